/*
 * codec.c - structures as bytes and back.
 */
#include "config.h"

#include "finding/codec.h"

#include <math.h>
#include <stdlib.h>

/* Against disks and hands, not against forgers: whoever writes our files can write the sum too. */
#define SUM_NUMBER 0x73756d6dULL

static uint64_t sum_up(uint64_t sum, struct view block)
{
    struct hash_key key;
    uint64_t both[2];

    hash_key_fixed(&key, SUM_NUMBER);
    both[0] = sum;
    both[1] = hash_64(&key, block);
    return hash_64(&key, view_of(both, sizeof(both)));
}

static void hand_out(struct codec *c)
{
    struct view block = view_of(c->block, c->n);

    c->sum = sum_up(c->sum, block);
    if (!c->bad && c->n && !c->fn(c->arg, block))
        c->bad = true;
    c->n = 0;
}

bool codec_save(struct codec *c, finding_write_fn *fn, void *arg)
{
    *c = (struct codec){.fn = fn, .arg = arg, .block = malloc(CODEC_BLOCK)};
    return c->block;
}

static void put(struct codec *c, const void *p, size_t n)
{
    struct view v = view_of(p, n);

    while (v.n) {
        size_t piece = min_size(v.n, CODEC_BLOCK - c->n);

        memcpy(c->block + c->n, v.p, piece);
        c->n += piece;
        v = view_skip(v, piece);
        if (c->n == CODEC_BLOCK)
            hand_out(c);
    }
}

static void store_be64(uint8_t b[8], uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        b[i] = (uint8_t)v;
}

bool codec_save_end(struct codec *c)
{
    uint8_t b[8];

    hand_out(c);
    store_be64(b, c->sum);
    put(c, b, sizeof(b));
    hand_out(c);
    free(c->block);
    c->block = NULL;
    return !c->bad;
}

bool codec_load(struct codec *c, struct view saved)
{
    struct view rest;
    struct buf tail;
    uint64_t sum = 0, told;

    *c = (struct codec){.load = true};
    if (saved.n < 8)
        return false;
    rest = view_head(saved, saved.n - 8);
    c->in = buf_of(rest);
    do {
        sum = sum_up(sum, view_head(rest, CODEC_BLOCK));
        rest = view_skip(rest, CODEC_BLOCK);
    } while (rest.n);
    if ((saved.n - 8) % CODEC_BLOCK == 0 && saved.n > 8) /* when it was saved the rest was empty then, and summed up */
        sum = sum_up(sum, view_head(saved, 0));
    tail = buf_of(view_skip(saved, saved.n - 8));
    told = (uint64_t)buf_be32(&tail) << 32;
    told |= buf_be32(&tail);
    return told == sum;
}

bool codec_load_end(const struct codec *c)
{
    return !c->bad && buf_ok(&c->in) && buf_left(&c->in) == 0;
}

void codec_bytes(struct codec *c, void *p, size_t n)
{
    struct view v;

    if (n == 0)
        return;
    if (!c->load) {
        put(c, p, n);
        return;
    }
    v = buf_take(&c->in, n);
    if (v.n == n) {
        memcpy(p, v.p, n);
    } else {
        memset(p, 0, n);
        c->bad = true;
    }
}

void codec_u64(struct codec *c, uint64_t *v)
{
    uint8_t b[8];

    store_be64(b, *v);
    codec_bytes(c, b, sizeof(b));
    if (!c->load)
        return;
    *v = 0;
    for (int i = 0; i < 8; i++)
        *v = *v << 8 | b[i];
}

/* A number that fits into n bytes. */
static uint64_t narrow(struct codec *c, uint64_t v, size_t n)
{
    uint8_t b[8];

    store_be64(b, v);
    codec_bytes(c, &b[8 - n], n);
    if (!c->load)
        return v;
    v = 0;
    for (size_t i = 8 - n; i < 8; i++)
        v = v << 8 | b[i];
    return v;
}

void codec_u32(struct codec *c, uint32_t *v)
{
    *v = (uint32_t)narrow(c, *v, sizeof(*v));
}

void codec_u16(struct codec *c, uint16_t *v)
{
    *v = (uint16_t)narrow(c, *v, sizeof(*v));
}

uint32_t codec_upto(struct codec *c, uint32_t v, uint32_t max)
{
    v = (uint32_t)narrow(c, v, sizeof(v));
    if (v <= max)
        return v;
    c->bad = true;
    return 0;
}

void codec_u8(struct codec *c, uint8_t *v, uint8_t max)
{
    *v = (uint8_t)narrow(c, *v, sizeof(*v));
    if (*v > max) {
        c->bad = true;
        *v = 0;
    }
}

void codec_bool(struct codec *c, bool *v)
{
    uint8_t b = *v;

    codec_u8(c, &b, 1);
    *v = b;
}

void codec_time(struct codec *c, ns_t *v)
{
    uint64_t u = (uint64_t)*v;

    codec_u64(c, &u);
    *v = (ns_t)u;
    if (*v > NS_TIME_MAX || *v < -NS_TIME_MAX) {
        c->bad = true;
        *v = 0;
    }
}

void codec_double(struct codec *c, double *v)
{
    uint64_t u;

    memcpy(&u, v, sizeof(u));
    codec_u64(c, &u);
    memcpy(v, &u, sizeof(u));
    if (!isfinite(*v) || *v < 0) {
        c->bad = true;
        *v = 0;
    }
}

void codec_addr(struct codec *c, struct addr *a)
{
    codec_bytes(c, a->b, sizeof(a->b));
}

void codec_endpoint(struct codec *c, struct endpoint *e)
{
    codec_addr(c, &e->addr);
    codec_u16(c, &e->port);
}

void codec_text(struct codec *c, struct finding_text *t)
{
    t->len = (uint16_t)codec_upto(c, t->len, sizeof(t->bytes));
    codec_bool(c, &t->cut);
    codec_bytes(c, t->bytes, t->len);
}

void codec_row(struct codec *c, struct finding_row *row)
{
    row->kind = (enum feed_kind)codec_upto(c, row->kind, FEED_NEVER);
    row->confidence = codec_upto(c, row->confidence, 100);
    codec_u32(c, &row->line);
    codec_u8(c, &row->name_len, UINT8_MAX);
    codec_u8(c, &row->coins_len, UINT8_MAX);
    codec_u8(c, &row->list_len, UINT8_MAX);
    codec_bytes(c, row->name, row->name_len);
    codec_bytes(c, row->coins, row->coins_len);
    codec_bytes(c, row->list, row->list_len);
}
