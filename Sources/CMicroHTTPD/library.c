#define _GNU_SOURCE
#include "library.h"

#include "CMicroHTTPD.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

struct microhttpd microhttpd;

static pthread_once_t once = PTHREAD_ONCE_INIT;
// Why the library could not be loaded; empty when it was. Kept, as dlerror(3) tells only the thread that tried.
static char reason[256];

static void load(void) {
    void *library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(reason, sizeof reason, "%s", dlerror());
        return;
    }
    const struct {
        const char *name;
        void *function;
    } wanted[] = {
        {"MHD_start_daemon", &microhttpd.start_daemon},
        {"MHD_stop_daemon", &microhttpd.stop_daemon},
        {"MHD_create_response_from_buffer", &microhttpd.create_response_from_buffer},
        {"MHD_add_response_header", &microhttpd.add_response_header},
        {"MHD_queue_response", &microhttpd.queue_response},
        {"MHD_destroy_response", &microhttpd.destroy_response},
    };
    for (size_t index = 0; index < sizeof wanted / sizeof wanted[0]; index++) {
        void *found = dlsym(library, wanted[index].name);
        if (found == NULL) {
            snprintf(reason, sizeof reason, "%s", dlerror());
            dlclose(library);
            return;
        }
        *(void **) wanted[index].function = found;
    }
}

const char *cmicrohttpd_load(void) {
    pthread_once(&once, load);
    return reason[0] == '\0' ? NULL : reason;
}
