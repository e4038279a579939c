/*
 * The door to libzmq and libczmq: the only place that sees zmq.h and czmq.h.
 *
 * Every function that can fail returns its result (>= 0) or the negated error number. The number is taken in the same
 * C function as the call: Swift may run reference counting between two statements, and that may change errno.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

/* Error numbers. Some are macros of macros, which Swift does not import. */
static const int32_t czmqshim_eagain = EAGAIN;
static const int32_t czmqshim_eintr = EINTR;
static const int32_t czmqshim_einval = EINVAL;
static const int32_t czmqshim_enomem = ENOMEM;
static const int32_t czmqshim_emsgsize = EMSGSIZE;
static const int32_t czmqshim_emfile = EMFILE;
static const int32_t czmqshim_eaddrinuse = EADDRINUSE;
static const int32_t czmqshim_eaddrnotavail = EADDRNOTAVAIL;
static const int32_t czmqshim_econnrefused = ECONNREFUSED;
static const int32_t czmqshim_ehostunreach = EHOSTUNREACH;
static const int32_t czmqshim_enodev = ENODEV;
static const int32_t czmqshim_enoent = ENOENT;
static const int32_t czmqshim_enotsup = ENOTSUP;
static const int32_t czmqshim_eprotonosupport = EPROTONOSUPPORT;
static const int32_t czmqshim_efsm = EFSM;
static const int32_t czmqshim_eterm = ETERM;
static const int32_t czmqshim_enotsock = ENOTSOCK;

static inline int czmqshim_result(int result) { return result >= 0 ? result : -zmq_errno(); }

/* Context */

/* NULL when memory or descriptors ran out; *error then holds the positive error number. */
static inline void *czmqshim_context_new(int *error) {
    void *context = zmq_ctx_new();
    *error = context ? 0 : zmq_errno();
    return context;
}

static inline int czmqshim_context_set(void *context, int option, int value) {
    return czmqshim_result(zmq_ctx_set(context, option, value));
}

static inline int czmqshim_context_shutdown(void *context) { return czmqshim_result(zmq_ctx_shutdown(context)); }

/* Retries when a signal interrupts the wait: giving up there would leak the context. */
int czmqshim_context_terminate(void *context);

/* Socket */

static inline void *czmqshim_socket_new(void *context, int type, int *error) {
    void *socket = zmq_socket(context, type);
    *error = socket ? 0 : zmq_errno();
    return socket;
}

static inline int czmqshim_socket_close(void *socket) { return czmqshim_result(zmq_close(socket)); }

static inline int czmqshim_socket_bind(void *socket, const char *endpoint) {
    return czmqshim_result(zmq_bind(socket, endpoint));
}

static inline int czmqshim_socket_connect(void *socket, const char *endpoint) {
    return czmqshim_result(zmq_connect(socket, endpoint));
}

static inline int czmqshim_socket_unbind(void *socket, const char *endpoint) {
    return czmqshim_result(zmq_unbind(socket, endpoint));
}

static inline int czmqshim_socket_disconnect(void *socket, const char *endpoint) {
    return czmqshim_result(zmq_disconnect(socket, endpoint));
}

/* Starts a monitor, or stops it when endpoint is NULL. */
static inline int czmqshim_socket_monitor(void *socket, const char *endpoint, int events) {
    return czmqshim_result(zmq_socket_monitor(socket, endpoint, events));
}

static inline int czmqshim_socket_set_int32(void *socket, int option, int32_t value) {
    return czmqshim_result(zmq_setsockopt(socket, option, &value, sizeof value));
}

static inline int czmqshim_socket_set_int64(void *socket, int option, int64_t value) {
    return czmqshim_result(zmq_setsockopt(socket, option, &value, sizeof value));
}

static inline int czmqshim_socket_set_bytes(void *socket, int option, const void *bytes, size_t count) {
    return czmqshim_result(zmq_setsockopt(socket, option, bytes, count));
}

static inline int czmqshim_socket_get_int32(void *socket, int option, int32_t *value) {
    size_t count = sizeof *value;
    return czmqshim_result(zmq_getsockopt(socket, option, value, &count));
}

static inline int czmqshim_socket_get_int64(void *socket, int option, int64_t *value) {
    size_t count = sizeof *value;
    return czmqshim_result(zmq_getsockopt(socket, option, value, &count));
}

/* On success *count is the number of bytes written, the final NUL of a string included. */
static inline int czmqshim_socket_get_bytes(void *socket, int option, void *bytes, size_t *count) {
    return czmqshim_result(zmq_getsockopt(socket, option, bytes, count));
}

/* Transfer. An interrupted call is repeated, so EINTR is never returned. */

static inline int czmqshim_message_send(zmq_msg_t *message, void *socket, int flags) {
    int result;
    do {
        result = zmq_msg_send(message, socket, flags);
    } while (result < 0 && zmq_errno() == EINTR);
    return czmqshim_result(result);
}

static inline int czmqshim_message_receive(zmq_msg_t *message, void *socket, int flags) {
    int result;
    do {
        result = zmq_msg_recv(message, socket, flags);
    } while (result < 0 && zmq_errno() == EINTR);
    return czmqshim_result(result);
}

static inline int czmqshim_bytes_send(void *socket, const void *bytes, size_t count, int flags) {
    int result;
    do {
        result = zmq_send(socket, bytes, count, flags);
    } while (result < 0 && zmq_errno() == EINTR);
    return czmqshim_result(result);
}

/* Message */

static inline void czmqshim_message_init(zmq_msg_t *message) { (void) zmq_msg_init(message); }

static inline int czmqshim_message_init_size(zmq_msg_t *message, size_t count) {
    return czmqshim_result(zmq_msg_init_size(message, count));
}

/* Replaces the content by `count` bytes of undefined value. On failure the message is empty, and still valid. */
int czmqshim_message_resize(zmq_msg_t *message, size_t count);

static inline int czmqshim_message_close(zmq_msg_t *message) { return czmqshim_result(zmq_msg_close(message)); }

static inline int czmqshim_message_copy(zmq_msg_t *destination, zmq_msg_t *source) {
    return czmqshim_result(zmq_msg_copy(destination, source));
}

static inline int czmqshim_message_move(zmq_msg_t *destination, zmq_msg_t *source) {
    return czmqshim_result(zmq_msg_move(destination, source));
}

static inline void *czmqshim_message_data(zmq_msg_t *message) { return zmq_msg_data(message); }
static inline size_t czmqshim_message_size(const zmq_msg_t *message) { return zmq_msg_size(message); }
static inline int czmqshim_message_more(const zmq_msg_t *message) { return zmq_msg_more(message); }

/* NULL when the message carries no such property. The text lives as long as the message's content. */
static inline const char *czmqshim_message_gets(const zmq_msg_t *message, const char *property) {
    return zmq_msg_gets(message, property);
}

/* Sleeping on descriptors */

/* The layout of struct pollfd, under a name that does not depend on which libc module Swift has imported. */
typedef struct {
    int32_t descriptor;
    int16_t requested;
    int16_t returned;
} czmqshim_poll_item;

extern const int16_t czmqshim_poll_readable;
extern const int16_t czmqshim_poll_writable;

/* ppoll(2) with the calling thread's signal mask. timeout_nanoseconds < 0 waits for ever. */
int czmqshim_poll(czmqshim_poll_item *items, size_t count, int64_t timeout_nanoseconds);

/* epoll(7), level-triggered and for reading, with a number of the caller's for each descriptor. */
int czmqshim_crowd_open(void);
int czmqshim_crowd_add(int crowd, int descriptor, uint32_t number);
void czmqshim_crowd_close(int crowd);
/* Writes the numbers of those that are ready, at most count (and at most 512), and returns how many; 0 after the
   timeout, < 0 waits for ever. */
int czmqshim_crowd_wait(int crowd, uint32_t *numbers, size_t count, int64_t timeout_nanoseconds);

/* Library */

static inline const char *czmqshim_error_text(int32_t code) { return zmq_strerror(code); }
static inline int czmqshim_has(const char *capability) { return zmq_has(capability); }
static inline void czmqshim_version(int *major, int *minor, int *patch) { zmq_version(major, minor, patch); }

/* The version of the libczmq that is installed, or a negative number when there is none. It is loaded here, not linked:
 * with libsystemd and what that needs it makes a process 1 MiB larger, and nothing else of it is called. */
int czmqshim_czmq_version(int *major, int *minor, int *patch);
