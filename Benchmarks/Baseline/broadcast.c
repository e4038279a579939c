#include "Baseline.h"
#include "context.h"

#include <string.h>

/* A role that hears nothing for so long has lost its peer. */
enum { patience_milliseconds = 10000 };

/* Where a frame of the product has its message's number: octets 10 to 15, in network byte order. */
enum { number_first = 10, number_last = 15 };

static void write_frame(uint8_t *bytes, const uint8_t *frame, size_t size, int64_t number) {
    memcpy(bytes, frame, size);
    for (int octet = number_last; octet >= number_first; octet--, number >>= 8)
        bytes[octet] = (uint8_t) number;
}

/* Takes so many messages; they say that somebody subscribed, or does not any more. */
static int take(void *socket, int count) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    int result = 0;
    while (result >= 0 && count-- > 0)
        result = zmq_msg_recv(&message, socket, 0);
    zmq_msg_close(&message);
    return result;
}

static int publish(
    void *socket, const char *endpoint, int subscriptions, const uint8_t *frame, int64_t size, int64_t count) {
    int on = 1, patience = patience_milliseconds;
    if (frame && size <= number_last)
        return EINVAL;
    if (zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience) < 0 ||
        zmq_setsockopt(socket, ZMQ_SNDTIMEO, &patience, sizeof patience) < 0)
        return errno;
    if (zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &on, sizeof on) < 0 ||
        zmq_setsockopt(socket, ZMQ_XPUB_VERBOSER, &on, sizeof on) < 0 || zmq_bind(socket, endpoint) < 0)
        return errno;
    if (take(socket, subscriptions) < 0)
        return errno;
    zmq_msg_t message;
    for (int64_t index = 0; index < count; index++) {
        if (zmq_msg_init_size(&message, (size_t) size) < 0)
            return errno;
        if (frame)
            write_frame(zmq_msg_data(&message), frame, (size_t) size, index);
        if (zmq_msg_send(&message, socket, 0) < 0)
            return errno;
    }
    /* Over ipc a receiver whose queue is full loses what is still in its socket when this end is closed. */
    return take(socket, subscriptions) < 0 ? errno : 0;
}

int baseline_publish(
    const char *endpoint, int high_water_mark, int subscriptions, const uint8_t *frame, int64_t size, int64_t count) {
    void *context = zmq_ctx_new();
    void *socket = open_socket(context, ZMQ_XPUB, high_water_mark);
    int error = socket ? publish(socket, endpoint, subscriptions, frame, size, count) : errno;
    return close_all(context, &socket, 1, error);
}

static int subscribe(void *socket, const char *endpoint, int64_t count, int64_t *nanoseconds) {
    int patience = patience_milliseconds;
    if (zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience) < 0 ||
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) < 0 || zmq_connect(socket, endpoint) < 0)
        return errno;
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, socket, 0) < 0)
        return errno;
    int64_t first = monotonic_nanoseconds();
    for (int64_t index = 1; index < count; index++) {
        if (zmq_msg_recv(&message, socket, 0) < 0)
            return errno;
    }
    *nanoseconds = monotonic_nanoseconds() - first;
    zmq_msg_close(&message);
    return 0;
}

int baseline_subscribe(const char *endpoint, int high_water_mark, int64_t count, int64_t *nanoseconds) {
    void *context = zmq_ctx_new();
    void *socket = open_socket(context, ZMQ_SUB, high_water_mark);
    int error = socket ? subscribe(socket, endpoint, count, nanoseconds) : errno;
    return close_all(context, &socket, 1, error);
}
