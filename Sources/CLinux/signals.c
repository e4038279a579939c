#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int fill(sigset_t *set, const int *signals, int count) {
    sigemptyset(set);
    for (int i = 0; i < count; i++) {
        if (sigaddset(set, signals[i]) != 0) return -errno;
    }
    return 0;
}

int clinux_signal_open(const int *signals, int count) {
    sigset_t set;
    const int filled = fill(&set, signals, count);
    if (filled < 0) return filled;
    const int blocked = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (blocked != 0) return -blocked;
    const int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor >= 0 ? descriptor : -errno;
}

int clinux_signal_read(int descriptor, int *signal, int *sender) {
    struct signalfd_siginfo info;
    ssize_t count;
    do {
        count = read(descriptor, &info, sizeof info);
    } while (count == -1 && errno == EINTR);
    if (count == -1) return errno == EAGAIN ? 0 : -errno;
    if (count != (ssize_t)sizeof info) return -EIO;
    *signal = (int)info.ssi_signo;
    *sender = (int)info.ssi_pid;
    return 1;
}

int clinux_signal_unblock(const int *signals, int count) {
    sigset_t set;
    const int filled = fill(&set, signals, count);
    if (filled < 0) return filled;
    return -pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int clinux_ignore_broken_pipes(void) {
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}
