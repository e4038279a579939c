#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY(call)                                \
    ({                                             \
        __typeof__(call) result;                   \
        do {                                       \
            result = (call);                       \
        } while (result == -1 && errno == EINTR);  \
        result == -1 ? -(__typeof__(call))errno : result; \
    })

const char *clinux_error_text(int code) {
    const char *text = strerrordesc_np(code);
    return text ? text : "unknown error";
}

const char *clinux_error_name(int code) {
    const char *name = strerrorname_np(code);
    return name ? name : "";
}

int clinux_open(const char *path, int flags, int mode) {
    return RETRY(open(path, flags | O_CLOEXEC, (mode_t)mode));
}

// close(2) must not be repeated on Linux: the descriptor is gone even when EINTR is returned.
int clinux_close(int descriptor) {
    return close(descriptor) == 0 || errno == EINTR ? 0 : -errno;
}

ssize_t clinux_read(int descriptor, void *bytes, size_t count) {
    return RETRY(read(descriptor, bytes, count));
}

ssize_t clinux_pread(int descriptor, void *bytes, size_t count, int64_t offset) {
    return RETRY(pread(descriptor, bytes, count, offset));
}

ssize_t clinux_write(int descriptor, const void *bytes, size_t count) {
    return RETRY(write(descriptor, bytes, count));
}

int clinux_fsync(int descriptor) {
    return RETRY(fsync(descriptor));
}

int clinux_rename(const char *from, const char *to) {
    return rename(from, to) == 0 ? 0 : -errno;
}

int clinux_unlink(const char *path) {
    return unlink(path) == 0 ? 0 : -errno;
}

int clinux_mkdir(const char *path, int mode) {
    return mkdir(path, (mode_t)mode) == 0 ? 0 : -errno;
}

int clinux_symlink(const char *target, const char *path) {
    return symlink(target, path) == 0 ? 0 : -errno;
}

int64_t clinux_file_size(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -errno;
    if (S_ISDIR(status.st_mode)) return -EISDIR;
    return S_ISREG(status.st_mode) ? status.st_size : 0;
}

int clinux_file_kind(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return -errno;
    return S_ISDIR(status.st_mode) ? CLINUX_DIRECTORY : S_ISREG(status.st_mode) ? CLINUX_REGULAR : CLINUX_OTHER;
}

int clinux_is_replaceable(const char *path) {
    struct stat status;
    return lstat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

int clinux_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno;
}

static int wait_for(int descriptor, short events, int timeout_ms) {
    struct pollfd entry = { .fd = descriptor, .events = events };
    return RETRY(poll(&entry, 1, timeout_ms));
}

int clinux_wait_writable(int descriptor, int timeout_ms) {
    return wait_for(descriptor, POLLOUT, timeout_ms);
}

int clinux_wait_readable(int descriptor, int timeout_ms) {
    return wait_for(descriptor, POLLIN, timeout_ms);
}

static int is_dot(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int64_t clinux_directory_names(const char *path, char *names, size_t capacity) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    size_t used = 0;
    int failure = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) {
            failure = errno;
            break;
        }
        if (is_dot(entry->d_name)) continue;
        const size_t length = strlen(entry->d_name) + 1;
        if (length > capacity - used) {
            failure = ERANGE;
            break;
        }
        memcpy(names + used, entry->d_name, length);
        used += length;
    }
    closedir(directory);
    return failure ? -failure : (int64_t)used;
}

int64_t clinux_directory_count(const char *path) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    int64_t count = 0;
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) count += !is_dot(entry->d_name);
    const int failure = errno;
    closedir(directory);
    return failure ? -failure : count;
}
