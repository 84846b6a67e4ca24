/*
 * dns_event.c - writing and reading the data of an event.
 *
 * A name is its length and its bytes; so is the owner, where there is one, between question and answers. An answer: flags, kind of data, type, class, TTL, port, the owner where there is
 * one, the data; integers big endian.
 */
#include "config.h"

#include "evidence/dns_event.h"

#define ANSWER_FIXED 12

enum answer_flag { ANSWER_OWNER = 1, ANSWER_TTL = 2, ANSWER_TEXT_CUT = 4, ANSWER_FLAGS = 7 };

/* --- writing ------------------------------------------------------------------------------------ */

static void put_bytes(struct dns_event *e, struct view v)
{
    if (v.n)
        memcpy(e->data + e->n_data, v.p, v.n);
    e->n_data = (uint16_t)(e->n_data + v.n);
}

static void put_number(struct dns_event *e, uint32_t v, unsigned n_bytes)
{
    while (n_bytes-- > 0)
        e->data[e->n_data++] = (uint8_t)(v >> 8 * n_bytes);
}

static void put_name(struct dns_event *e, const struct name *name)
{
    put_number(e, name->n, 1);
    put_bytes(e, name_view(name));
}

void dns_event_begin(struct dns_event *e, const struct name *asked)
{
    e->n_data = e->n_answers = e->n_listed = 0;
    put_name(e, asked);
}

void dns_event_put_owner(struct dns_event *e, struct view words)
{
    words = view_head(words, DNS_EVENT_OWNER_MAX);
    put_number(e, (uint32_t)words.n, 1);
    put_bytes(e, words);
}

static size_t size_of(const struct dns_event_answer *a, struct view text)
{
    size_t n = ANSWER_FIXED + (a->has_owner ? 1u + a->owner.n : 0);

    switch (a->kind) {
    case DNS_DATA_ADDR: return n + sizeof(a->addr);
    case DNS_DATA_NAME: return n + 1 + a->name.n;
    case DNS_DATA_TEXT: return n + 2 + text.n;
    default: return n;
    }
}

void dns_event_add(struct dns_event *e, const struct dns_event_answer *a)
{
    struct view text = view_head(a->text, DNS_EVENT_TEXT_MAX);
    bool cut = a->text_cut || a->text.n > text.n;

    if (e->n_answers == UINT16_MAX)
        return;
    /* None is listed behind one that found no room: what is listed are the first ones. */
    if (e->n_answers++ > e->n_listed || e->n_listed == DNS_EVENT_ANSWERS_MAX || e->n_data + size_of(a, text) > sizeof(e->data))
        return;
    e->n_listed++;
    put_number(e, (a->has_owner ? ANSWER_OWNER : 0) | (a->has_ttl ? ANSWER_TTL : 0) | (cut ? ANSWER_TEXT_CUT : 0), 1);
    put_number(e, a->kind, 1);
    put_number(e, a->type, 2);
    put_number(e, a->class_, 2);
    put_number(e, a->ttl_s, 4);
    put_number(e, a->port, 2);
    if (a->has_owner)
        put_name(e, &a->owner);
    if (a->kind == DNS_DATA_ADDR) {
        put_bytes(e, view_of(a->addr.b, sizeof(a->addr.b)));
    } else if (a->kind == DNS_DATA_NAME) {
        put_name(e, &a->name);
    } else if (a->kind == DNS_DATA_TEXT) {
        put_number(e, (uint32_t)text.n, 2);
        put_bytes(e, text);
    }
}

/* --- reading ------------------------------------------------------------------------------------ */

static void take_name(struct buf *b, struct name *name)
{
    struct buf labels = buf_of(buf_take(b, buf_u8(b)));

    name_init(name);
    while (buf_left(&labels) > 0) {
        struct view label = buf_take(&labels, buf_u8(&labels));

        if (!buf_ok(&labels) || !name_add_label(name, label)) {
            buf_fail(b);
            return;
        }
    }
}

/* Reads up to the first answer. */
static struct buf take_head(const struct dns_event *e, struct name *asked, struct view *owner)
{
    struct buf b = buf_of(view_of(e->data, e->n_data));

    *owner = view_of(NULL, 0);
    take_name(&b, asked);
    if (!(e->flags & DNS_EVENT_HAS_OWNER))
        return b;
    *owner = buf_take(&b, buf_u8(&b));
    if (owner->n == 0)
        buf_fail(&b);
    return b;
}

struct buf dns_event_question(const struct dns_event *e, struct name *asked)
{
    struct view owner;

    return take_head(e, asked, &owner);
}

struct view dns_event_owner(const struct dns_event *e)
{
    struct name asked;
    struct view owner;

    (void)take_head(e, &asked, &owner);
    return owner;
}

bool dns_event_next(struct buf *rest, struct dns_event_answer *a)
{
    uint8_t flags, kind;

    if (buf_left(rest) == 0)
        return false;
    flags = buf_u8(rest);
    kind = buf_u8(rest);
    if ((flags & ~ANSWER_FLAGS) || kind >= DNS_DATA_N) {
        buf_fail(rest);
        return false;
    }
    a->has_owner = flags & ANSWER_OWNER;
    a->has_ttl = flags & ANSWER_TTL;
    a->text_cut = flags & ANSWER_TEXT_CUT;
    a->kind = (enum dns_event_data)kind;
    a->type = buf_be16(rest);
    a->class_ = buf_be16(rest);
    a->ttl_s = buf_be32(rest);
    a->port = buf_be16(rest);
    a->text = view_of(NULL, 0);
    if (a->has_owner)
        take_name(rest, &a->owner);
    if (kind == DNS_DATA_ADDR) {
        struct view v = buf_take(rest, sizeof(a->addr.b));

        if (v.n)
            memcpy(a->addr.b, v.p, v.n);
    } else if (kind == DNS_DATA_NAME) {
        take_name(rest, &a->name);
    } else if (kind == DNS_DATA_TEXT) {
        a->text = buf_take(rest, buf_be16(rest));
        if (a->text.n > DNS_EVENT_TEXT_MAX)
            buf_fail(rest);
    }
    return buf_ok(rest);
}

static bool is_time(int64_t t)
{
    return t >= -NS_TIME_MAX && t <= NS_TIME_MAX;
}

bool dns_event_take(struct view bytes, struct dns_event *e)
{
    struct dns_event_answer a;
    struct name asked;
    struct buf rest;
    unsigned n = 0;

    if (bytes.n < DNS_EVENT_HEAD || bytes.n > sizeof(*e))
        return false;
    memcpy(e, bytes.p, bytes.n);
    if (e->n_data != bytes.n - DNS_EVENT_HEAD || e->proto >= DNS_EVENT_PROTO_N || (e->flags & ~DNS_EVENT_FLAGS) ||
        !is_time(e->time_ns) || e->n_listed > e->n_answers || e->n_listed > DNS_EVENT_ANSWERS_MAX)
        return false;
    rest = dns_event_question(e, &asked);
    while (n <= DNS_EVENT_ANSWERS_MAX && dns_event_next(&rest, &a))
        n++;
    return buf_ok(&rest) && buf_left(&rest) == 0 && n == e->n_listed;
}
