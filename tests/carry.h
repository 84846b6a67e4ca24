/*
 * carry.h - one conversation that is fed to a dialogue's carrier in pieces, as a stream would hand them out: what is not
 * taken comes again with what follows it. For the tests of the carrier and its fuzz target.
 */
#ifndef TESTS_CARRY_H
#define TESTS_CARRY_H

#include "detect/carrier.h"
#include "detect/reconnect.h"
#include "detect/speech.h"

#include <string.h>

struct carry {
    struct dialogue d;
    struct dialogue_env env;
    struct hash_key key;
    struct reconnects reconnects;
    struct flow f;
    uint8_t kept[2][STREAM_WINDOW];
    size_t n_kept[2];
    uint32_t seq[2]; /* behind what was pushed */
    bool gap[2];
    unsigned n_evidence;
};

static inline void carry_evidence(void *arg, const struct evidence *e)
{
    (void)e;
    ((struct carry *)arg)->n_evidence++;
}

/* from_start: the connection's first bytes will be seen. */
static inline void carry_init(struct carry *c, bool from_start)
{
    memset(c, 0, sizeof(*c));
    carrier_init(&c->d.carrier);
    c->d.carrier.way[0].fresh = c->d.carrier.way[1].fresh = from_start;
    c->env = (struct dialogue_env){.hash = &c->key, .reconnects = &c->reconnects, .emit = carry_evidence, .arg = c};
    c->gap[0] = c->gap[1] = true;
    c->f.side = FLOW_NO_SIDE;
    c->f.packets[0] = c->f.packets[1] = 1;
}

static inline void carry_hand_out(struct carry *c, int dir, unsigned flags)
{
    struct at at = {&c->d, &c->env, &c->f, dir};
    size_t n;

    if (c->n_kept[dir] == 0)
        return;
    if (c->n_kept[dir] == STREAM_WINDOW)
        flags |= STREAM_CUT;
    n = carrier_take(&at, view_of(c->kept[dir], c->n_kept[dir]), flags | (c->gap[dir] ? STREAM_GAP : 0),
                     c->seq[dir] - (uint32_t)c->n_kept[dir]);
    c->gap[dir] = (flags & STREAM_CUT) != 0;
    n = flags & STREAM_CUT ? c->n_kept[dir] : n;
    memmove(c->kept[dir], c->kept[dir] + n, c->n_kept[dir] - n);
    c->n_kept[dir] -= n;
}

/* Bytes that follow those before them in this direction. */
static inline void carry_push(struct carry *c, int dir, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        size_t some = min_size(n, STREAM_WINDOW - c->n_kept[dir]);

        memcpy(c->kept[dir] + c->n_kept[dir], bytes, some);
        c->n_kept[dir] += some;
        c->seq[dir] += (uint32_t)some;
        c->d.last_ns++;
        carry_hand_out(c, dir, 0);
        bytes += some;
        n -= some;
    }
}

/* n bytes of this direction are missing. */
static inline void carry_lose(struct carry *c, int dir, uint32_t n)
{
    carry_hand_out(c, dir, STREAM_CUT);
    c->gap[dir] = true;
    c->seq[dir] += n;
}

static inline void carry_end(struct carry *c)
{
    for (int dir = 0; dir < 2; dir++)
        carry_hand_out(c, dir, STREAM_CUT);
}

#endif
