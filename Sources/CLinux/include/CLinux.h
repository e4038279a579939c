#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Doors to Linux that Swift cannot open, or not safely. Every function returns a value >= 0 or -errno, so that nothing
// Swift does between the call and the check can change errno. Calls that a signal interrupts are repeated.

// ---- errors -----------------------------------------------------------------------------------------------------

/// The text of an errno value, such as "No space left on device"; never NULL. Not translated.
const char *clinux_error_text(int code);
/// The symbol of an errno value, such as "ENOSPC", or "" when it has none.
const char *clinux_error_name(int code);

// ---- files ------------------------------------------------------------------------------------------------------

/// open(2), always with O_CLOEXEC.
int clinux_open(const char *path, int flags, int mode);
int clinux_close(int descriptor);
ssize_t clinux_read(int descriptor, void *bytes, size_t count);
ssize_t clinux_pread(int descriptor, void *bytes, size_t count, int64_t offset);
ssize_t clinux_write(int descriptor, const void *bytes, size_t count);
int clinux_fsync(int descriptor);
int clinux_rename(const char *from, const char *to);
int clinux_unlink(const char *path);
int clinux_mkdir(const char *path, int mode);
int clinux_symlink(const char *target, const char *path);
/// The size of a regular file in bytes; -EISDIR for a directory, 0 for devices and pipes.
int64_t clinux_file_size(int descriptor);
/// What a path leads to.
enum { CLINUX_OTHER = 0, CLINUX_DIRECTORY = 1, CLINUX_REGULAR = 2 };
/// One of those, or -ENOENT when nothing is there.
int clinux_file_kind(const char *path);
/// Whether a file can take the place of what is there: 0 for links, devices, pipes and sockets, otherwise 1.
int clinux_is_replaceable(const char *path);
/// pipe2(2) with O_CLOEXEC; ends[0] is the reading end.
int clinux_pipe(int ends[2]);
/// Waits until the descriptor can be written: 1 ready, 0 timed out.
int clinux_wait_writable(int descriptor, int timeout_ms);
/// Waits until the descriptor can be read or its other end is gone: 1 ready, 0 timed out.
int clinux_wait_readable(int descriptor, int timeout_ms);
/// The names in a directory without "." and "..", each followed by a NUL, in no order. Returns the bytes used,
/// or -ERANGE when they do not fit.
int64_t clinux_directory_names(const char *path, char *names, size_t capacity);
/// How many names a directory holds, without "." and "..".
int64_t clinux_directory_count(const char *path);

// ---- signals ----------------------------------------------------------------------------------------------------

/// Blocks the signals in the calling thread (and so in every thread it makes later) and returns a non-blocking,
/// close-on-exec signalfd for them.
int clinux_signal_open(const int *signals, int count);
/// Reads one pending signal: 1 and its number and sender, or 0 when none is pending.
int clinux_signal_read(int descriptor, int *signal, int *sender);
/// Undoes clinux_signal_open's blocking in the calling thread.
int clinux_signal_unblock(const int *signals, int count);
/// Writes to a closed pipe or socket report EPIPE from now on, instead of ending the process.
int clinux_ignore_broken_pipes(void);

// ---- child processes --------------------------------------------------------------------------------------------

/// What went wrong in clinux_spawn.
enum clinux_spawn_stage {
    CLINUX_SPAWN_PREPARE = 0,
    CLINUX_SPAWN_DIRECTORY = 1,
    CLINUX_SPAWN_EXECUTE = 2,
};

/// What to start. Descriptors are borrowed: the caller still closes them.
struct clinux_spawn_request {
    /// The program: a path, or a name that is looked up in this process's PATH.
    const char *program;
    /// NULL-terminated; argv[0] included.
    char *const *argv;
    /// NULL-terminated NAME=value strings.
    char *const *envp;
    /// The working directory, or NULL to stay.
    const char *directory;
    /// The child's standard input, or -1 for /dev/null.
    int input;
    /// The child's standard output, or -1 to inherit.
    int output;
    /// The child's standard error, or -1 to inherit.
    int error;
    /// 1: the child leads a process group of its own, so a terminal's Ctrl-C does not reach it.
    int new_group;
    /// The signal the kernel sends to the child when the THREAD that started it ends, or 0.
    int death_signal;
};

/// Starts a child with an empty signal mask, default signal dispositions and no other descriptor. Returns 0 when the
/// program runs; a failed exec is reported here, with the stage it failed in.
int clinux_spawn(const struct clinux_spawn_request *request, int *pid, int *pidfd, int *stage);

/// How a child ended and what it used.
struct clinux_exit {
    /// The exit code, or -1 when a signal ended it.
    int code;
    /// The signal that ended it, or 0.
    int signal;
    int dumped_core;
    int64_t cpu_ns;
    int64_t peak_resident_bytes;
};

/// Reaps a child: 1 and its exit, or 0 when it still runs and blocking is 0.
int clinux_reap(int pid, int blocking, struct clinux_exit *result);
/// pidfd_send_signal(2): cannot hit a recycled process id.
int clinux_pidfd_signal(int pidfd, int signal);

// ---- this process, this thread, this machine --------------------------------------------------------------------

/// How late the kernel may wake the calling thread, for its own comfort; the default is 50 microseconds.
int clinux_set_timer_slack_ns(unsigned long slack_ns);
int64_t clinux_timer_slack_ns(void);
/// At most 15 bytes; longer names are cut.
int clinux_set_thread_name(const char *name);
/// Raises the soft limit on open files to `wanted`, or to the hard limit if that is less. Returns the limit.
int64_t clinux_raise_open_files(int64_t wanted);
/// A clock of clock_gettime(2), in nanoseconds.
int64_t clinux_clock_ns(int clock);
/// The CPU time of a whole process, all threads, in nanoseconds.
int64_t clinux_process_cpu_ns(int pid);
/// CPUs the calling thread may run on.
int clinux_usable_cpus(void);
/// CPUs that are online in the machine.
int clinux_online_cpus(void);
/// Clock ticks per second in /proc/PID/stat.
int64_t clinux_ticks_per_second(void);
int clinux_host_name(char *name, size_t capacity);
/// The machine's architecture, such as "x86_64".
int clinux_architecture(char *name, size_t capacity);
/// The name of Swift that a linker's name stands for, to be freed; NULL when it stands for none.
char *clinux_swift_name(const char *mangled);
