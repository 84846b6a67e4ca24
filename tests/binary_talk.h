/*
 * binary_talk.h - a conversation of two hosts through detect/binary.c, without packets and streams: for tests and a fuzz target.
 *
 * It does what the pipeline and a stream do with bytes that come in order: opens the dialogue by the payload at hand, and keeps
 * what was not taken.
 */
#ifndef TESTS_BINARY_TALK_H
#define TESTS_BINARY_TALK_H

#include "detect/binary.h"
#include "detect/dialogue.h"
#include "detect/reconnect.h"
#include "detect/speech.h"

#include <stdlib.h>

#define TALK_CALLER 0 /* direction of who connected */
#define TALK_SERVER 1

struct binary_talk {
    struct dialogue d;
    struct flow f;
    struct dialogue_env env;
    struct hash_key key;
    struct reconnects *reconnects;
    struct frame frame;
    uint16_t server_port;
    bool open;
    bool stop_when_lost;      /* what comes after bytes that are no message depends on segments */
    size_t n_said, opened_at; /* bytes of both sides: until now, and before the payload that opened it */
    uint32_t seq[2];
    uint8_t held[2][STREAM_WINDOW];
    size_t n_held[2];
    uint32_t kinds[EVIDENCE_N];
    uint32_t n;
    struct evidence newest, first;
};

static inline void talk_collect(void *arg, const struct evidence *e)
{
    struct binary_talk *t = arg;

    if (!evidence_check(e) || e->kind >= EVIDENCE_N)
        abort();
    if (t->n++ == 0)
        t->first = *e;
    t->newest = *e;
    t->kinds[e->kind]++;
}

static inline struct binary_talk *talk_new(void)
{
    struct binary_talk *t = calloc(1, sizeof(*t));

    if (!t)
        abort();
    t->reconnects = calloc(1, sizeof(*t->reconnects));
    if (!t->reconnects)
        abort();
    hash_key_fixed(&t->key, 1);
    t->env = (struct dialogue_env){.hash = &t->key, .reconnects = t->reconnects, .emit = talk_collect, .arg = t};
    t->f = (struct flow){.flags = FLOW_SEEN_SYN, .side = FLOW_NO_SIDE};
    t->f.packets[0] = t->f.packets[1] = 1;
    t->server_port = 8333;
    t->seq[0] = 1000;
    t->seq[1] = UINT32_MAX - 40; /* wraps around */
    return t;
}

static inline void talk_free(struct binary_talk *t)
{
    free(t->reconnects);
    free(t);
}

static inline struct packet talk_packet(struct binary_talk *t, int dir, struct view data)
{
    static const uint8_t caller[4] = {10, 0, 0, 1}, server[4] = {203, 0, 113, 9};
    struct packet p = {.frame = &t->frame,
                       .sport = dir == TALK_CALLER ? 40000 : t->server_port,
                       .dport = dir == TALK_CALLER ? t->server_port : 40000,
                       .tcp_flags = TCP_ACK,
                       .tcp_seq = t->seq[dir],
                       .tcp_ack = t->seq[!dir],
                       .payload = data,
                       .payload_wire_len = (uint32_t)data.n};

    addr_set_v4(&p.src, dir == TALK_CALLER ? caller : server);
    addr_set_v4(&p.dst, dir == TALK_CALLER ? server : caller);
    return p;
}

/* Hands the bytes to the dialogue as a stream does, and keeps what it is not done with. */
static inline void talk_stream(struct binary_talk *t, int dir, struct view data)
{
    struct at at = {&t->d, &t->env, &t->f, dir};
    bool lost = t->stop_when_lost && t->d.binary.lost[dir];
    size_t done;

    if (lost || t->n_held[dir] + data.n > sizeof(t->held[dir]))
        return;
    memcpy(t->held[dir] + t->n_held[dir], data.p, data.n);
    t->n_held[dir] += data.n;
    done = binary_consume(&at, view_of(t->held[dir], t->n_held[dir]), t->d.binary.begun[dir] ? 0 : STREAM_GAP,
                          t->seq[dir] + (uint32_t)data.n - (uint32_t)t->n_held[dir]);
    if (done > t->n_held[dir])
        abort();
    t->n_held[dir] -= done;
    memmove(t->held[dir], t->held[dir] + done, t->n_held[dir]);
}

/* One segment. */
static inline void talk_segment(struct binary_talk *t, int dir, struct view data)
{
    struct packet p = talk_packet(t, dir, data);
    struct at at = {&t->d, &t->env, &t->f, dir};

    if (data.n == 0)
        return;
    t->f.bytes[dir] += data.n;
    t->f.packets[dir]++;
    if (!t->open) {
        enum binary_form form = binary_may_start(&t->f, &p, dir);

        if (form != BINARY_NONE) {
            dialogue_init(&t->d, 0, &p, dir);
            binary_init(&t->d, form, &p, dir);
            t->open = true;
            t->opened_at = t->n_said;
        }
    }
    if (t->open && binary_counts(&t->d)) {
        struct stream_segment seg = {p.tcp_seq, data, p.payload_wire_len, 0};

        binary_segment(&at, &seg);
    } else if (t->open) {
        talk_stream(t, dir, data);
    }
    t->seq[dir] += (uint32_t)data.n;
    t->n_said += data.n;
}

/* A message in segments of at most `step` bytes. */
static inline void talk_say(struct binary_talk *t, int dir, struct view data, size_t step)
{
    for (size_t at = 0; at < data.n; at += step)
        talk_segment(t, dir, view_head(view_skip(data, at), step));
}

static inline void talk_end(struct binary_talk *t)
{
    if (t->open)
        binary_end(&t->d, &t->env, &t->f);
}

#endif
