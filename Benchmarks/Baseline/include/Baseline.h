/*
 * The baselines: libzmq used as directly as C can, with nothing but the loop that is compared.
 *
 * Each function is the whole of one role, run in a process of its own, and owns its context. No account is kept, no
 * clock is read inside a loop except where the result is a latency. Results are >= 0; errors are negated error numbers.
 */
#pragma once

#include <stdint.h>

/*
 * XPUB with NODROP: binds, waits for that many subscriptions, sends `count` messages of `size` bytes, then waits until
 * the subscriptions have gone again.
 * With a `frame` of `size` bytes each message is a copy of it with its number, from 0, in octets 10 to 15.
 * Gives up with EAGAIN when nobody comes, takes anything or goes for 10 seconds.
 */
int baseline_publish(
    const char *endpoint, int high_water_mark, int subscriptions, const uint8_t *frame, int64_t size, int64_t count);

/*
 * SUB: receives `count` messages; *nanoseconds is the time from the first to the last. Gives up with EAGAIN when none
 * comes for 10 seconds.
 */
int baseline_subscribe(const char *endpoint, int high_water_mark, int64_t count, int64_t *nanoseconds);

/* ROUTER: returns every message to its sender, until it gets one of less than 2 bytes. */
int baseline_echo(const char *endpoint, int high_water_mark);

/*
 * One DEALER for each of `servers` endpoints: keeps `window` messages outstanding over all of them, in turn, until
 * `count` have come back; *nanoseconds is the time from the first send to the last receive. Stops the servers.
 */
int baseline_request(
    const char *const *endpoints, int servers, int high_water_mark, int64_t size, int window, int64_t count,
    int64_t *nanoseconds);

/*
 * DEALER: one message at a time to one server and back, `count` times, after `warmup` times that are not measured.
 * The round-trip times are written to `nanoseconds[count]`. Stops the server.
 */
int baseline_ping(
    const char *endpoint, int high_water_mark, int64_t size, int64_t warmup, int64_t count, int64_t *nanoseconds);
