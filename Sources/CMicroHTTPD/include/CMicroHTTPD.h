#pragma once

#include <stddef.h>
#include <stdint.h>

// Doors to libmicrohttpd, whose MHD_start_daemon is variadic and so out of Swift's reach. The only place that sees
// microhttpd.h. Functions return a value >= 0 or -errno.
//
// The library is loaded when it is first needed, not linked: with TLS and all that TLS needs it makes a process 2.5 MiB
// larger, and few nodes serve metrics.

/// Loads libmicrohttpd unless it is loaded. Returns NULL, or why it could not be loaded. Any thread may call it.
const char *cmicrohttpd_load(void);

/// Opens a socket that listens on `address`: a numeric IPv4 or IPv6 address (with or without brackets), the name of a
/// network interface, or "*" for all of them. Port 0 means any free one. Returns the descriptor, or -errno:
/// -EADDRINUSE when the port is taken, -EADDRNOTAVAIL when this host has no such address.
int cmicrohttpd_listen(const char *address, uint16_t port);
/// The port a socket listens on.
int cmicrohttpd_port(int listener);

/// What a server takes from its clients, at most.
struct cmicrohttpd_limits {
    /// Open connections.
    unsigned int connections;
    /// Open connections from one address.
    unsigned int connections_per_address;
    /// Seconds that a connection may be silent.
    unsigned int silence_seconds;
    /// Bytes of a request's line and headers, with what the server needs for the connection itself.
    size_t connection_bytes;
};

/// A server with a thread of its own.
typedef struct cmicrohttpd_server cmicrohttpd_server;
/// A request that waits for its answer.
typedef struct cmicrohttpd_request cmicrohttpd_request;

/// Answers a request with cmicrohttpd_reply, at once. Called on the server's thread.
typedef void (*cmicrohttpd_answer)(
    void *context, const char *method, const char *path, cmicrohttpd_request *request);

/// Starts to serve on a listening socket, which belongs to libmicrohttpd from then on, whether or not this succeeds.
/// Only after cmicrohttpd_load succeeded.
/// A GET or HEAD with a body is not answered: its connection is closed.
int cmicrohttpd_start(
    int listener, const struct cmicrohttpd_limits *limits, cmicrohttpd_answer answer, void *context,
    cmicrohttpd_server **server);
/// Stops a server: its thread and its connections are gone when this returns.
void cmicrohttpd_stop(cmicrohttpd_server *server);

/// Answers a request once; the connection is closed after it. The bytes are copied; `allow` may be NULL.
void cmicrohttpd_reply(
    cmicrohttpd_request *request, unsigned int status, const char *content_type, const char *allow,
    const void *bytes, size_t count);
