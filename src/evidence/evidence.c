/*
 * evidence.c - texts in records, the check of a record, and the words of the vocabularies.
 */
#include "config.h"

#include "evidence/evidence.h"

#include <math.h>

struct kind {
    const char *name;
    enum evidence_class class;
    unsigned weight;
};

static const struct kind kinds[EVIDENCE_N] = {
#define X(symbol, name, class, weight) {name, class, weight},
    EVIDENCE_KINDS(X)
#undef X
};

/* A text is a tag byte, a 16-bit length (host order: records never leave the machine) and the bytes. */
#define TEXT_HEAD 3

bool evidence_add_text(struct evidence *e, enum evidence_text tag, struct view text, bool cut)
{
    uint16_t len = (uint16_t)min_size(text.n, EVIDENCE_TEXT_MAX);

    if (text.n > EVIDENCE_TEXT_MAX)
        cut = true;
    if (e->text_len + TEXT_HEAD + (size_t)len > sizeof(e->text))
        return false;
    e->text[e->text_len] = (uint8_t)tag;
    memcpy(e->text + e->text_len + 1, &len, sizeof(len));
    if (len)
        memcpy(e->text + e->text_len + TEXT_HEAD, text.p, len);
    e->text_len = (uint16_t)(e->text_len + TEXT_HEAD + len);
    if (cut)
        e->cut_texts |= (uint16_t)(1u << (tag - 1));
    return true;
}

/* Reads the next text at the cursor. */
static bool next_text(struct buf *b, uint8_t *tag, struct view *text)
{
    uint16_t len;
    struct view raw;

    if (buf_left(b) == 0)
        return false;
    *tag = buf_u8(b);
    raw = buf_take(b, sizeof(len));
    if (!buf_ok(b))
        return false;
    memcpy(&len, raw.p, sizeof(len));
    *text = buf_take(b, len);
    return buf_ok(b);
}

struct view evidence_text(const struct evidence *e, enum evidence_text tag)
{
    struct buf b = buf_of(view_of(e->text, e->text_len));
    struct view text;
    uint8_t got;

    while (next_text(&b, &got, &text))
        if (got == tag)
            return text;
    return (struct view){NULL, 0};
}

bool evidence_is_cut(const struct evidence *e, enum evidence_text tag)
{
    return e->cut_texts & 1u << (tag - 1);
}

static bool is_time(int64_t t)
{
    return t >= -NS_TIME_MAX && t <= NS_TIME_MAX;
}

/* The sums of work are far below what a double holds, so that adding up flows stays finite. */
static bool are_numbers(const struct evidence *e)
{
    const double all[] = {e->difficulty_min, e->difficulty_max, e->work};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (!isfinite(all[i]) || all[i] < 0 || all[i] > EVIDENCE_WORK_MAX)
            return false;
    return e->session_first_ns <= e->session_last_ns && is_time(e->session_first_ns) && is_time(e->session_last_ns);
}

bool evidence_check(const struct evidence *e)
{
    struct buf b;
    struct view text;
    uint8_t tag;

    if (e->version != EVIDENCE_VERSION || e->text_len > sizeof(e->text) || e->kind >= EVIDENCE_N ||
        e->direction > DIRECTION_BOTH || e->protocol >= PROTOCOL_N || e->stage >= STAGE_N || !isfinite(e->difficulty) ||
        e->difficulty < 0 || !are_numbers(e) || e->rate_method >= RATE_N || e->host_source >= NAME_SOURCE_N)
        return false;
    for (int i = 0; i < EVIDENCE_TRANSPORTS; i++)
        if (e->transport[i] >= TRANSPORT_N)
            return false;
    if (!is_time(e->time_ns) || !is_time(e->flow_start_ns) || !is_time(e->flow_last_ns))
        return false;
    b = buf_of(view_of(e->text, e->text_len));
    while (next_text(&b, &tag, &text))
        if (tag == 0 || tag >= TEXT_N || text.n > EVIDENCE_TEXT_MAX)
            return false;
    return buf_ok(&b) && (kinds[e->kind].class != CLASS_NAME || evidence_text(e, TEXT_NAME).n > 0);
}

bool evidence_has_row(enum evidence_kind kind)
{
    return kinds[kind].class == CLASS_NAME || kinds[kind].class == CLASS_ADDRESS;
}

const char *evidence_name(enum evidence_kind kind)
{
    return kinds[kind].name;
}

enum evidence_class evidence_class(enum evidence_kind kind)
{
    return kinds[kind].class;
}

unsigned evidence_weight(enum evidence_kind kind)
{
    return kinds[kind].weight;
}

const char *evidence_class_name(enum evidence_class c)
{
    static const char *const names[CLASS_N] = {"none", "protocol", "name", "fingerprint", "shape", "dpi", "fleet", "address"};

    return names[c];
}

const char *stage_name(enum stage stage)
{
    static const char *const names[STAGE_N] = {"none", "lookup", "contact", "handshake", "mining", "paid"};

    return names[stage];
}

const char *transport_name(enum transport transport)
{
    static const char *const names[TRANSPORT_N] = {"tcp", "tls", "http", "ws", "socks4", "socks5", "http-connect"};

    return names[transport];
}

const char *rate_method_name(enum rate_method method)
{
    static const char *const names[RATE_N] = {"none", "accepted-shares", "submitted-shares", "share-hashes"};

    return names[method];
}

const char *direction_name(enum direction direction)
{
    static const char *const names[] = {"to-pool", "to-miner", "both"};

    return names[direction];
}
