#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/// What a child that could not start tells its parent.
struct failure {
    int stage;
    int code;
};

/// The child's three standard descriptors, all numbered 3 or more so that dup2 cannot overwrite one of them.
struct standard {
    int descriptor[3];
};

static void close_standard(const struct standard *standard) {
    for (int i = 0; i < 3; i++) {
        if (standard->descriptor[i] >= 0) close(standard->descriptor[i]);
    }
}

static int open_standard(const struct clinux_spawn_request *request, struct standard *standard) {
    const int wanted[3] = { request->input, request->output, request->error };
    for (int i = 0; i < 3; i++) standard->descriptor[i] = -1;
    for (int i = 0; i < 3; i++) {
        int source = wanted[i];
        int null = -1;
        if (source < 0 && i > 0) continue;
        if (source < 0) source = null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        standard->descriptor[i] = source < 0 ? -1 : fcntl(source, F_DUPFD_CLOEXEC, 3);
        const int code = errno;
        if (null >= 0) close(null);
        if (standard->descriptor[i] < 0) {
            close_standard(standard);
            return -code;
        }
    }
    return 0;
}

/// Marks everything above standard error close-on-exec. Kernels before 5.11 cannot do it in one call.
static void keep_only_standard_descriptors(void) {
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    struct rlimit limit;
    int last = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)last) last = (int)limit.rlim_cur;
    for (int i = 3; i < last; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
}

/// Asks the kernel and not glibc, which hides the two signals its threads use: a parent that ignores those would break
/// thread cancellation in the child. All bytes zero means SIG_DFL, no flags and no mask on every architecture.
static void reset_signals(void) {
    const unsigned char standard[64] = { 0 };
    for (int i = 1; i <= 64; i++) syscall(SYS_rt_sigaction, i, standard, NULL, 8UL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/// Runs between fork and exec in a process that may have had many threads: async-signal-safe calls only.
static struct failure become(
    const struct clinux_spawn_request *request, const struct standard *standard, pid_t parent) {
    struct failure failure = { CLINUX_SPAWN_PREPARE, 0 };
    if (request->new_group && setpgid(0, 0) != 0) goto failed;
    if (request->death_signal) {
        if (prctl(PR_SET_PDEATHSIG, request->death_signal) != 0) goto failed;
        // The parent may have died before the request took effect; then nobody would ever send the signal.
        if (getppid() != parent) _exit(127);
    }
    for (int i = 0; i < 3; i++) {
        if (standard->descriptor[i] >= 0 && dup2(standard->descriptor[i], i) < 0) goto failed;
    }
    keep_only_standard_descriptors();
    failure.stage = CLINUX_SPAWN_DIRECTORY;
    if (request->directory && chdir(request->directory) != 0) goto failed;
    failure.stage = CLINUX_SPAWN_EXECUTE;
    reset_signals();
    execvpe(request->program, request->argv, request->envp);
failed:
    failure.code = errno;
    return failure;
}

/// Waits until the child runs its program (the pipe closes, unwritten) or has said why it cannot.
static struct failure hear_from(int descriptor) {
    struct failure failure = { CLINUX_SPAWN_PREPARE, 0 };
    ssize_t count;
    do {
        count = read(descriptor, &failure, sizeof failure);
    } while (count == -1 && errno == EINTR);
    if (count == -1) failure.code = errno;
    return failure;
}

static int fork_and_exec(const struct clinux_spawn_request *request, const struct standard *standard, int ends[2],
                         pid_t *child) {
    const pid_t parent = getpid();
    // No handler of this process may run in the child before it has reset them all.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    *child = fork();
    const int code = errno;
    if (*child == 0) {
        const struct failure failure = become(request, standard, parent);
        // Nothing can be done if even this fails: the parent then sees exit code 127.
        const ssize_t ignored = write(ends[1], &failure, sizeof failure);
        (void)ignored;
        _exit(127);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return *child < 0 ? -code : 0;
}

static void discard(pid_t child) {
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR) {}
}

int clinux_spawn(const struct clinux_spawn_request *request, int *pid, int *pidfd, int *stage) {
    *stage = CLINUX_SPAWN_PREPARE;
    struct standard standard;
    int code = open_standard(request, &standard);
    if (code < 0) return code;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        code = -errno;
        close_standard(&standard);
        return code;
    }
    // A process started with its standard descriptors closed would get the pipe in their place.
    const int report = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
    code = report < 0 ? -errno : 0;
    close(ends[1]);
    ends[1] = report;

    pid_t child = -1;
    if (code == 0) code = fork_and_exec(request, &standard, ends, &child);
    if (report >= 0) close(report);
    close_standard(&standard);
    if (code == 0) {
        const struct failure failure = hear_from(ends[0]);
        *stage = failure.stage;
        code = -failure.code;
        if (code == 0) {
            *pidfd = (int)syscall(SYS_pidfd_open, child, 0U);
            if (*pidfd < 0) code = -errno;
        }
        if (code < 0) discard(child);
    }
    close(ends[0]);
    if (code == 0) *pid = child;
    return code;
}

static int64_t nanoseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

int clinux_reap(int pid, int blocking, struct clinux_exit *result) {
    int status = 0;
    struct rusage usage;
    pid_t reaped;
    do {
        reaped = wait4(pid, &status, blocking ? 0 : WNOHANG, &usage);
    } while (reaped == -1 && errno == EINTR);
    if (reaped == -1) return -errno;
    if (reaped == 0) return 0;
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->dumped_core = WIFSIGNALED(status) && WCOREDUMP(status) ? 1 : 0;
    result->cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    result->peak_resident_bytes = (int64_t)usage.ru_maxrss * 1024;
    return 1;
}

int clinux_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0U) == 0 ? 0 : -errno;
}
