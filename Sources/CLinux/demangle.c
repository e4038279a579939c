#include "CLinux.h"

#include <string.h>

// Part of the Swift runtime that every Swift program has; weak, so that this links without one.
__attribute__((weak)) char *swift_demangle(
    const char *name, size_t length, char *buffer, size_t *buffer_length, uint32_t flags);

char *clinux_swift_name(const char *mangled) {
    if (!swift_demangle) return NULL;
    return swift_demangle(mangled, strlen(mangled), NULL, NULL, 0);
}
