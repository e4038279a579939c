/* What the roles share: opening a socket, closing it, the clock. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <time.h>
#include <zmq.h>

static inline int64_t monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* NULL on failure, with errno set. */
static inline void *open_socket(void *context, int type, int high_water_mark) {
    void *socket = zmq_socket(context, type);
    if (!socket)
        return NULL;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &high_water_mark, sizeof high_water_mark);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &high_water_mark, sizeof high_water_mark);
    return socket;
}

/*
 * Closes everything; the context waits until what was sent has left, but after an error for nothing. Returns the
 * negated error number, or 0.
 */
static inline int close_all(void *context, void **sockets, int count, int error) {
    for (int index = 0; index < count; index++) {
        if (!sockets[index])
            continue;
        int none = 0;
        if (error)
            zmq_setsockopt(sockets[index], ZMQ_LINGER, &none, sizeof none);
        zmq_close(sockets[index]);
    }
    if (context)
        zmq_ctx_term(context);
    return -error;
}
