#include "Baseline.h"
#include "context.h"

enum { servers_max = 64 };

static int echo(void *socket, const char *endpoint) {
    if (zmq_bind(socket, endpoint) < 0)
        return errno;
    zmq_msg_t address, body;
    zmq_msg_init(&address);
    zmq_msg_init(&body);
    size_t size;
    do {
        if (zmq_msg_recv(&address, socket, 0) < 0 || zmq_msg_recv(&body, socket, 0) < 0)
            return errno;
        size = zmq_msg_size(&body);
        if (zmq_msg_send(&address, socket, ZMQ_SNDMORE) < 0 || zmq_msg_send(&body, socket, 0) < 0)
            return errno;
    } while (size >= 2);
    return 0;
}

int baseline_echo(const char *endpoint, int high_water_mark) {
    void *context = zmq_ctx_new();
    void *socket = open_socket(context, ZMQ_ROUTER, high_water_mark);
    int error = socket ? echo(socket, endpoint) : errno;
    return close_all(context, &socket, 1, error);
}

static int send_one(void *socket, int64_t size) {
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, (size_t) size) < 0)
        return errno;
    return zmq_msg_send(&message, socket, 0) < 0 ? errno : 0;
}

/* One message there and back on every connection: it is made, and warm. Also how a server is told to stop. */
static int exchange_with_all(void **sockets, int servers, int64_t size) {
    for (int server = 0; server < servers; server++) {
        int error = send_one(sockets[server], size);
        if (error)
            return error;
    }
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int server = 0; server < servers; server++) {
        if (zmq_msg_recv(&message, sockets[server], 0) < 0)
            return errno;
    }
    zmq_msg_close(&message);
    return 0;
}

/* Takes what has come back, without waiting; negative on error. */
static int64_t take_all(void **sockets, int servers, zmq_msg_t *message) {
    int64_t taken = 0;
    for (int server = 0; server < servers; server++) {
        while (zmq_msg_recv(message, sockets[server], ZMQ_DONTWAIT) >= 0)
            taken++;
        if (errno != EAGAIN)
            return -errno;
    }
    return taken;
}

static int pipeline(void **sockets, int servers, int64_t size, int window, int64_t count) {
    zmq_pollitem_t items[servers_max];
    for (int server = 0; server < servers; server++)
        items[server] = (zmq_pollitem_t){.socket = sockets[server], .events = ZMQ_POLLIN};
    zmq_msg_t message;
    zmq_msg_init(&message);
    int64_t sent = 0, received = 0;
    while (received < count) {
        while (sent < count && sent - received < window) {
            int error = send_one(sockets[sent % servers], size);
            if (error)
                return error;
            sent++;
        }
        int64_t taken = take_all(sockets, servers, &message);
        if (taken < 0)
            return (int) -taken;
        received += taken;
        if (taken == 0 && zmq_poll(items, servers, -1) < 0)
            return errno;
    }
    return 0;
}

static int request(
    void **sockets, const char *const *endpoints, int servers, int64_t size, int window, int64_t count,
    int64_t *nanoseconds) {
    for (int server = 0; server < servers; server++) {
        if (zmq_connect(sockets[server], endpoints[server]) < 0)
            return errno;
    }
    int error = exchange_with_all(sockets, servers, size);
    int64_t start = monotonic_nanoseconds();
    if (!error)
        error = pipeline(sockets, servers, size, window, count);
    *nanoseconds = monotonic_nanoseconds() - start;
    return error ? error : exchange_with_all(sockets, servers, 1);
}

int baseline_request(
    const char *const *endpoints, int servers, int high_water_mark, int64_t size, int window, int64_t count,
    int64_t *nanoseconds) {
    if (servers < 1 || servers > servers_max)
        return -EINVAL;
    void *context = zmq_ctx_new();
    void *sockets[servers_max] = {NULL};
    int error = 0;
    for (int server = 0; server < servers && !error; server++) {
        sockets[server] = open_socket(context, ZMQ_DEALER, high_water_mark);
        if (!sockets[server])
            error = errno;
    }
    if (!error)
        error = request(sockets, endpoints, servers, size, window, count, nanoseconds);
    return close_all(context, sockets, servers, error);
}

static int ping(void *socket, int64_t size, int64_t warmup, int64_t count, int64_t *nanoseconds) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int64_t index = -warmup; index < count; index++) {
        int64_t start = monotonic_nanoseconds();
        int error = send_one(socket, size);
        if (error)
            return error;
        if (zmq_msg_recv(&message, socket, 0) < 0)
            return errno;
        if (index >= 0)
            nanoseconds[index] = monotonic_nanoseconds() - start;
    }
    return exchange_with_all(&socket, 1, 1);
}

int baseline_ping(
    const char *endpoint, int high_water_mark, int64_t size, int64_t warmup, int64_t count, int64_t *nanoseconds) {
    void *context = zmq_ctx_new();
    void *socket = open_socket(context, ZMQ_DEALER, high_water_mark);
    int error = socket ? 0 : errno;
    if (!error && zmq_connect(socket, endpoint) < 0)
        error = errno;
    if (!error)
        error = ping(socket, size, warmup, count, nanoseconds);
    return close_all(context, &socket, 1, error);
}
