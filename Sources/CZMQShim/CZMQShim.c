#define _GNU_SOURCE
#include "CZMQShim.h"

#include <czmq.h>
#include <dlfcn.h>
#include <poll.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int czmqshim_context_terminate(void *context) {
    int result;
    do {
        result = zmq_ctx_term(context);
    } while (result < 0 && zmq_errno() == EINTR);
    return czmqshim_result(result);
}

int czmqshim_message_resize(zmq_msg_t *message, size_t count) {
    int result = zmq_msg_close(message);
    if (result < 0)
        return -zmq_errno();
    result = zmq_msg_init_size(message, count);
    if (result == 0)
        return 0;
    int error = zmq_errno();
    zmq_msg_init(message);
    return -error;
}

_Static_assert(sizeof(czmqshim_poll_item) == sizeof(struct pollfd), "czmqshim_poll_item is struct pollfd");
_Static_assert(offsetof(czmqshim_poll_item, requested) == offsetof(struct pollfd, events), "same field order");
_Static_assert(offsetof(czmqshim_poll_item, returned) == offsetof(struct pollfd, revents), "same field order");

const int16_t czmqshim_poll_readable = POLLIN;
const int16_t czmqshim_poll_writable = POLLOUT;

int czmqshim_poll(czmqshim_poll_item *items, size_t count, int64_t timeout_nanoseconds) {
    const int64_t second = 1000000000;
    struct timespec timeout = {
        .tv_sec = (time_t) (timeout_nanoseconds / second),
        .tv_nsec = (long) (timeout_nanoseconds % second),
    };
    int ready = ppoll((struct pollfd *) items, count, timeout_nanoseconds < 0 ? NULL : &timeout, NULL);
    return ready >= 0 ? ready : -errno;
}

int czmqshim_crowd_open(void) {
    int crowd = epoll_create1(EPOLL_CLOEXEC);
    return crowd >= 0 ? crowd : -errno;
}

int czmqshim_crowd_add(int crowd, int descriptor, uint32_t number) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = number}};
    return epoll_ctl(crowd, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

void czmqshim_crowd_close(int crowd) {
    close(crowd);
}

// For kernels before 5.11, which have no epoll_pwait2: ppoll waits for the epoll instance, to the nanosecond.
static int crowd_wait_by_poll(int crowd, struct epoll_event *events, int most, int64_t timeout_nanoseconds) {
    czmqshim_poll_item item = {.descriptor = crowd, .requested = POLLIN};
    int ready = czmqshim_poll(&item, 1, timeout_nanoseconds);
    if (ready <= 0)
        return ready;
    ready = epoll_wait(crowd, events, most, 0);
    return ready >= 0 ? ready : -errno;
}

int czmqshim_crowd_wait(int crowd, uint32_t *numbers, size_t count, int64_t timeout_nanoseconds) {
    const int64_t second = 1000000000;
    struct epoll_event events[512];
    int most = count < 512 ? (int) count : 512;
    struct timespec timeout = {
        .tv_sec = (time_t) (timeout_nanoseconds / second),
        .tv_nsec = (long) (timeout_nanoseconds % second),
    };
    int ready = epoll_pwait2(crowd, events, most, timeout_nanoseconds < 0 ? NULL : &timeout, NULL);
    if (ready < 0 && errno == ENOSYS)
        ready = crowd_wait_by_poll(crowd, events, most, timeout_nanoseconds);
    else if (ready < 0)
        return -errno;
    for (int place = 0; place < ready; place++)
        numbers[place] = events[place].data.u32;
    return ready;
}

int czmqshim_czmq_version(int *major, int *minor, int *patch) {
    // Stays loaded, so that asking again costs nothing.
    void *library = dlopen("libczmq.so.4", RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL)
        return -ELIBACC;
    __typeof__(zsys_version) *version;
    *(void **) &version = dlsym(library, "zsys_version");
    if (version == NULL)
        return -ELIBACC;
    version(major, minor, patch);
    return 0;
}
