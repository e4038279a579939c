#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

int clinux_set_timer_slack_ns(unsigned long slack_ns) {
    return prctl(PR_SET_TIMERSLACK, slack_ns) == 0 ? 0 : -errno;
}

int64_t clinux_timer_slack_ns(void) {
    const int slack_ns = prctl(PR_GET_TIMERSLACK);
    return slack_ns >= 0 ? slack_ns : -errno;
}

int clinux_set_thread_name(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    return -pthread_setname_np(pthread_self(), cut);
}

int64_t clinux_raise_open_files(int64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -errno;
    const rlim_t target = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
    if (limit.rlim_cur >= target) return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
    limit.rlim_cur = target;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? (int64_t)target : -errno;
}

int64_t clinux_clock_ns(int clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return -errno;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_process_cpu_ns(int pid) {
    clockid_t clock;
    const int code = clock_getcpuclockid(pid, &clock);
    return code == 0 ? clinux_clock_ns(clock) : -code;
}

// A fixed cpu_set_t holds 1,024 CPUs; the kernel answers EINVAL on bigger machines, so the set grows until it fits.
int clinux_usable_cpus(void) {
    for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set) return -ENOMEM;
        const size_t bytes = CPU_ALLOC_SIZE(cpus);
        const int failed = sched_getaffinity(0, bytes, set) != 0;
        const int code = errno;
        const int count = failed ? 0 : CPU_COUNT_S(bytes, set);
        CPU_FREE(set);
        if (!failed) return count;
        if (code != EINVAL) return -code;
    }
    return -EINVAL;
}

int clinux_online_cpus(void) {
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : -EIO;
}

int64_t clinux_ticks_per_second(void) {
    const long ticks = sysconf(_SC_CLK_TCK);
    return ticks > 0 ? ticks : 100;
}

int clinux_host_name(char *name, size_t capacity) {
    if (capacity == 0 || gethostname(name, capacity) != 0) return capacity == 0 ? -EINVAL : -errno;
    name[capacity - 1] = '\0';
    return 0;
}

int clinux_architecture(char *name, size_t capacity) {
    struct utsname record;
    if (uname(&record) != 0) return -errno;
    if (strlen(record.machine) >= capacity) return -ERANGE;
    strcpy(name, record.machine);
    return 0;
}
