#include "CMicroHTTPD.h"
#include "library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct cmicrohttpd_server {
    struct MHD_Daemon *daemon;
    cmicrohttpd_answer answer;
    void *context;
};

struct cmicrohttpd_request {
    struct MHD_Connection *connection;
    enum MHD_Result result;
};

/// libmicrohttpd calls this for a request's headers, for its body, and when it is complete.
static enum MHD_Result handle(
    void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **state) {
    (void) version;
    (void) upload;
    static int seen;
    if (*state == NULL) {
        *state = &seen;
        // Any other method is answered now, so that its body is not waited for.
        if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
            return MHD_YES;
    }
    // Nobody has a reason to send a body with these: refusing closes the connection.
    if (*upload_size > 0)
        return MHD_NO;
    struct cmicrohttpd_server *server = context;
    struct cmicrohttpd_request request = {.connection = connection, .result = MHD_NO};
    server->answer(server->context, method, url, &request);
    return request.result;
}

int cmicrohttpd_start(
    int listener, const struct cmicrohttpd_limits *limits, cmicrohttpd_answer answer, void *context,
    cmicrohttpd_server **server) {
    struct cmicrohttpd_server *made = malloc(sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    made->answer = answer;
    made->context = context;
    errno = 0;
    made->daemon = microhttpd.start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, made, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, limits->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        limits->connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, limits->silence_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->connection_bytes, MHD_OPTION_END);
    if (made->daemon == NULL) {
        int error = errno;
        free(made);
        return error > 0 ? -error : -EINVAL;
    }
    *server = made;
    return 0;
}

void cmicrohttpd_stop(cmicrohttpd_server *server) {
    microhttpd.stop_daemon(server->daemon);
    free(server);
}

void cmicrohttpd_reply(
    cmicrohttpd_request *request, unsigned int status, const char *content_type, const char *allow,
    const void *bytes, size_t count) {
    struct MHD_Response *response =
        microhttpd.create_response_from_buffer(count, (void *) bytes, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return;
    enum MHD_Result result = microhttpd.add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    if (result == MHD_YES)
        result = microhttpd.add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (result == MHD_YES && allow != NULL)
        result = microhttpd.add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
    if (result == MHD_YES)
        request->result = microhttpd.queue_response(request->connection, status, response);
    microhttpd.destroy_response(response);
}
