/*
 * inlet.c - one way to interfaces and to sockets.
 */
#include "config.h"

#include "role/inlet.h"

#include "base/out.h"

#include <stdio.h>

bool inlet_name_ok(const char *name, char *why, size_t n_why)
{
    struct addr a;

    if (inlet_is_udp(name)) {
        if (udp_input_address(name + 4, &a))
            return true;
        snprintf(why, n_why, "expected an IP address behind `udp:', such as udp:0.0.0.0");
        return false;
    }
    if (live_name_ok(name))
        return true;
    snprintf(why, n_why, "expected the name of an interface, of up to 15 letters, digits and _ . : -, or udp:ADDRESS");
    return false;
}

static bool open_socket(struct inlet *in, const struct inlet_conf *c, uint16_t port, bool geneve, char *why, size_t n_why)
{
    struct udp_input_conf u = {.port = port,
                               .vxlan = geneve ? &c->conf->tunnels.vxlan_ports : NULL,
                               .n_sockets = c->n_workers,
                               .fanout_key = c->fanout_key,
                               .snaplen = c->conf->capture.snaplen,
                               .buffer = c->conf->capture.buffer,
                               .file = c->index};

    if (!udp_input_address(c->name + 4, &u.address)) {
        snprintf(why, n_why, "is no IP address");
        return false;
    }
    in->udp[in->n_udp] = udp_input_open(&u, why, n_why);
    if (!in->udp[in->n_udp])
        return false;
    in->n_udp++;
    return true;
}

static bool open_sockets(struct inlet *in, const struct inlet_conf *c, char *why, size_t n_why)
{
    const struct conf_ports *vxlan = &c->conf->tunnels.vxlan_ports, *geneve = &c->conf->tunnels.geneve_ports;
    bool ok = true;

    for (uint32_t i = 0; ok && i < vxlan->n; i++)
        ok = open_socket(in, c, vxlan->port[i], false, why, n_why);
    for (uint32_t i = 0; ok && i < geneve->n; i++)
        ok = open_socket(in, c, geneve->port[i], true, why, n_why);
    if (ok && in->n_udp > 0)
        return true;
    if (ok)
        snprintf(why, n_why, "there is no port to listen on: tunnels.vxlan_ports and tunnels.geneve_ports are empty");
    inlet_close(in);
    return false;
}

bool inlet_open(struct inlet *in, const struct inlet_conf *c, char *why, size_t n_why)
{
    struct live_conf l = {.name = c->name,
                          .snaplen = c->conf->capture.snaplen,
                          .buffer = c->conf->capture.buffer,
                          .promiscuous = c->conf->capture.promiscuous,
                          .filter = c->filter,
                          .file = c->index,
                          .fanout_key = c->fanout_key};

    *in = (struct inlet){.live = NULL};
    if (inlet_is_udp(c->name))
        return open_sockets(in, c, why, n_why);
    in->live = live_open(&l, why, n_why);
    return in->live;
}

bool inlet_arm(struct inlet *in, struct inlet_conf *c, char *why, size_t n_why)
{
    if (!in->live)
        return true;
    if (c->n_workers > 1) {
        if (!live_join(in->live, c->group, (enum conf_fanout)c->conf->capture.fanout, &c->conf->tunnels.vxlan_ports,
                       &c->conf->tunnels.geneve_ports, why, n_why))
            return false;
        c->group = live_group(in->live);
    }
    return live_arm(in->live, why, n_why);
}

size_t inlet_fds(const struct inlet *in, int *fds, size_t n)
{
    size_t used = 0;

    if (in->live && n > 0)
        fds[used++] = live_fd(in->live);
    for (uint32_t i = 0; i < in->n_udp && used < n; i++)
        fds[used++] = udp_input_fd(in->udp[i]);
    return used;
}

enum live_state inlet_read(struct inlet *in, int max, void (*take)(void *arg, const struct frame *f), void *arg, int *n)
{
    enum live_state state = LIVE_OK;
    int got = 0;

    *n = 0;
    if (in->live)
        return live_read(in->live, max, take, arg, n);
    for (uint32_t i = 0; i < in->n_udp; i++) {
        if (udp_input_read(in->udp[i], max, take, arg, &got) == LIVE_GONE)
            state = LIVE_GONE;
        *n = got > *n ? got : *n;
    }
    return state;
}

bool inlet_drops(struct inlet *in, uint64_t *received, uint64_t *dropped)
{
    uint64_t r, d;

    if (in->live)
        return live_drops(in->live, received, dropped);
    *received = *dropped = 0;
    for (uint32_t i = 0; i < in->n_udp; i++) {
        udp_input_drops(in->udp[i], &r, &d);
        *received += r + d;
        *dropped += d;
    }
    return true;
}

void inlet_close(struct inlet *in)
{
    if (in->live)
        live_close(in->live);
    for (uint32_t i = 0; i < in->n_udp; i++)
        udp_input_close(in->udp[i]);
    *in = (struct inlet){.live = NULL};
}
