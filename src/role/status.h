/*
 * status.h - the figures and the health of a live run over HTTP.
 *
 * GET and HEAD of /healthz and /metrics; 404 and 405 for anything else. One request a connection. Whoever connects can cost
 * little: 64 connections, of which the oldest gives way to a newer one, 8 KiB of header, 1 KiB of body,
 * 5 seconds from the first byte to the last, and the figures are put into words once a second.
 */
#ifndef ROLE_STATUS_H
#define ROLE_STATUS_H

#include "role/blind.h"
#include "role/metrics.h"

struct event_base;
struct status;

/* What is asked for when a request comes; each brings what it lends up to date. */
struct status_hooks {
    const struct metrics *(*metrics)(void *arg);
    const struct blind_health *(*health)(void *arg);
    ns_t (*now)(void *arg); /* of a clock that does not step; start_ns below is of the same */
    void *arg;
    ns_t start_ns; /* of the parent */
};

/* A listening TCP socket, non-blocking, on 192.0.2.1:4789 or [2001:db8::1]:4789; -1 and why. Gives. */
int status_listen(const char *address_port, char *why, size_t n_why);

/* Serves on a listening socket, which it takes. Keeps base and the hooks. NULL when memory is short. Gives. */
struct status *status_new(struct event_base *base, int listen_fd, const struct status_hooks *hooks);

/*
 * Before the end: runs the loop until those who have connected have their answers, for_ns at most and a turn of the loop. Who connects
 * from now on waits for the process that listens next.
 */
void status_finish(struct status *s, ns_t for_ns);
void status_free(struct status *s);

/* Lent. */
const struct status_counters *status_counters(const struct status *s);

#endif
