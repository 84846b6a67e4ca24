/*
 * status-server.c - for tests/status.py: serves made-up figures.
 *
 * usage: status-server ADDRESS:PORT ok|failing     Prints "ready" and serves until its standard input ends.
 */
#include "config.h"

#include "role/status.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct metrics figures;
static struct blind_health health;
static struct status *server;

static ns_t now_of(void *arg)
{
    struct timespec t;

    (void)arg;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * NS_PER_SEC + t.tv_nsec;
}

static const struct metrics *give_metrics(void *arg)
{
    (void)arg;
    figures.status = *status_counters(server);
    return &figures;
}

static const struct blind_health *give_health(void *arg)
{
    (void)arg;
    return &health;
}

static void set_text(char *to, size_t n, const char *text)
{
    (void)snprintf(to, n, "%s", text);
}

/* Two workers, one of which died once, and names with everything that needs care. */
static void make_figures(void)
{
    struct worker_counters c = {
        .frames = 1000, .received = {600, 400}, .kernel_dropped = {1, 2}, .last_packet_ns = 1764000000500000000};

    c.wire.vxlan = 7;
    c.wire.malformed_ip = 8;
    c.wire.refused_esp = 9;
    figures.start_ns = INT64_C(1764000000) * NS_PER_SEC;
    figures.n_workers = 2;
    metrics_worker_take(&figures.worker[0], &c, 1);
    metrics_worker_gone(&figures.worker[0]);
    figures.worker[0].restarts = 1;
    metrics_worker_take(&figures.worker[0], &c, 1);
    metrics_worker_take(&figures.worker[1], &c, 1);
    figures.n_interfaces = 2;
    set_text(figures.interface[0].name, METRICS_NAME_MAX, "eth0");
    set_text(figures.interface[1].name, METRICS_NAME_MAX, "udp:[2001:db8::1]");
    figures.interface[0].up = figures.interface[0].has_dropped = 1;
    figures.interface[0].dropped = 5;
    figures.interface[0].n_allowances = 1;
    set_text(figures.interface[0].allowance[0].name, METRICS_NAME_MAX, "bw_in_allowance_exceeded");
    figures.n_outputs = 1;
    set_text(figures.output[0].name, METRICS_NAME_MAX, "json:/tmp/a \"b\"\\c\n\x1b[31m\xff.json");
    figures.output[0].written = 3;
    figures.n_lists = 1;
    set_text(figures.list[0].name, METRICS_NAME_MAX, "pools.csv");
    figures.list[0].loaded_ns = figures.start_ns;
    figures.findings[FINDING_MINING] = 4;
}

static void on_stdin(evutil_socket_t fd, short what, void *arg)
{
    char byte;

    (void)what;
    if (read((int)fd, &byte, 1) == 0)
        event_base_loopbreak(arg);
}

int main(int argc, char **argv)
{
    struct event_base *base;
    struct status_hooks hooks = {give_metrics, give_health, now_of, NULL, 0};
    struct event *end;
    char why[256];
    int fd;

    if (argc != 3)
        return 2;
    make_figures();
    if (strcmp(argv[2], "failing") == 0) {
        health = (struct blind_health){.failing = true, .n = 2};
        set_text(health.reason[0], BLIND_DETAIL_MAX, "no packet for 60 s");
        set_text(health.reason[1], BLIND_DETAIL_MAX, "output json:\"\x1b\xff fails");
    }
    fd = status_listen(argv[1], why, sizeof(why));
    if (fd < 0) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    hooks.start_ns = now_of(NULL);
    base = event_base_new();
    if (!base)
        return 1;
    server = status_new(base, fd, &hooks);
    end = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, on_stdin, base);
    if (!server || !end || event_add(end, NULL) != 0)
        return 1;
    puts("ready");
    fflush(stdout);
    event_base_dispatch(base);
    status_free(server);
    event_free(end);
    event_base_free(base);
    libevent_global_shutdown();
    return 0;
}
