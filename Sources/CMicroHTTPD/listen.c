#define _GNU_SOURCE
#include "CMicroHTTPD.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Connections that wait to be accepted.
static const int backlog = 32;

/// Finds a numeric address, as zmq_bind(3) takes them.
static int find_numeric(const char *address, uint16_t port, struct sockaddr_storage *found, socklen_t *length) {
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    char service[6];
    size_t count = strlen(address);
    if (count >= 2 && address[0] == '[' && address[count - 1] == ']') {
        address += 1;
        count -= 2;
    }
    if (count >= sizeof host)
        return -EADDRNOTAVAIL;
    memcpy(host, address, count);
    host[count] = '\0';
    snprintf(service, sizeof service, "%u", (unsigned int) port);
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
    };
    struct addrinfo *list = NULL;
    if (getaddrinfo(strcmp(host, "*") == 0 ? "0.0.0.0" : host, service, &hints, &list) != 0)
        return -EADDRNOTAVAIL;
    memcpy(found, list->ai_addr, list->ai_addrlen);
    *length = list->ai_addrlen;
    freeaddrinfo(list);
    return 0;
}

/// Finds the IPv4 address of an interface.
static int find_interface(const char *name, uint16_t port, struct sockaddr_storage *found, socklen_t *length) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) < 0)
        return -errno;
    int result = -EADDRNOTAVAIL;
    for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
        if (entry->ifa_addr == NULL || entry->ifa_addr->sa_family != AF_INET || strcmp(entry->ifa_name, name) != 0)
            continue;
        struct sockaddr_in *address = (struct sockaddr_in *) found;
        memcpy(address, entry->ifa_addr, sizeof *address);
        address->sin_port = htons(port);
        *length = sizeof *address;
        result = 0;
        break;
    }
    freeifaddrs(list);
    return result;
}

int cmicrohttpd_listen(const char *address, uint16_t port) {
    struct sockaddr_storage found;
    socklen_t length = 0;
    memset(&found, 0, sizeof found);
    if (find_numeric(address, port, &found, &length) < 0) {
        int result = find_interface(address, port, &found, &length);
        if (result < 0)
            return result;
    }
    int listener = socket(found.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0)
        return -errno;
    // A restarted node must not wait for the old one's last connections; a port that listens stays taken.
    int yes = 1;
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0
        || bind(listener, (struct sockaddr *) &found, length) < 0 || listen(listener, backlog) < 0) {
        int error = errno;
        close(listener);
        return -error;
    }
    return listener;
}

int cmicrohttpd_port(int listener) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *) &address, &length) < 0)
        return -errno;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *) &address)->sin6_port);
    return ntohs(((struct sockaddr_in *) &address)->sin_port);
}
