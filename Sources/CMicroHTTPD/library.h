#pragma once

#include <microhttpd.h>

/// The functions of libmicrohttpd that are called: with them, nothing links it.
struct microhttpd {
    __typeof__(MHD_start_daemon) *start_daemon;
    __typeof__(MHD_stop_daemon) *stop_daemon;
    __typeof__(MHD_create_response_from_buffer) *create_response_from_buffer;
    __typeof__(MHD_add_response_header) *add_response_header;
    __typeof__(MHD_queue_response) *queue_response;
    __typeof__(MHD_destroy_response) *destroy_response;
};

/// Filled by cmicrohttpd_load.
extern struct microhttpd microhttpd;
