/*
 * carrier.c - the loop over what a direction carries, gaps, lines, and the tunnels of SOCKS.
 */
#include "config.h"

#include "detect/carrier.h"

#include "detect/binary.h"
#include "detect/carrier_part.h"
#include "message/socks.h"
#include "message/websocket.h"

#define UNREAD_MAX (1u << 30) /* more is not counted */

void carrier_init(struct carrier *c)
{
    *c = (struct carrier){.client = CARRIER_NOBODY};
}

void carrier_expect_body(struct carrier *c, int dir, int client)
{
    c->way[dir].speaks_http = c->way[dir].gap = true;
    c->client = (uint8_t)client;
}

void carrier_unread(struct at *at, size_t n)
{
    if (at->d->n_unread < UNREAD_MAX)
        at->d->n_unread += (uint32_t)min_size(n, UNREAD_MAX);
}

void carrier_reopen(struct carrier_way *way, bool tunnel)
{
    way->mode = CARRIER_OPEN;
    way->head_n = way->seen = 0;
    way->n_tries = 0;
    way->gap = false;
    if (tunnel) {
        way->fresh = way->tunnelled = true;
        way->speaks_http = way->upgrades = false;
    }
}

/* --- what begins */

enum start { START_NONE, START_MORE, START_LINE, START_HTTP, START_FRAME, START_SOCKS, START_TLS };

static bool is_line_start(struct view v)
{
    size_t i = 0;

    while (i < v.n && (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\r' || v.p[i] == '\n'))
        i++;
    return i < v.n && v.p[i] == '{';
}

/* The frame of a WebSocket whose start was not seen, when the bytes follow a gap; any frame when one was asked for. */
static enum start frame_start(const struct carrier_way *way, struct view v)
{
    struct websocket_frame frame;
    enum websocket_read read = WEBSOCKET_NONE;

    if (way->upgrades)
        read = websocket_read_head(v, &frame);
    else if (way->gap && !way->speaks_http)
        read = websocket_starts_json(v);
    return read == WEBSOCKET_FRAME ? START_FRAME : read == WEBSOCKET_SHORT ? START_MORE : START_NONE;
}

static enum start start_of(const struct carrier_way *way, struct view v)
{
    enum http_start http;

    if (v.p[0] == '{' || is_line_start(v))
        return START_LINE;
    http = http_starts(v);
    if (http != HTTP_NONE)
        return http == HTTP_BEGUN ? START_MORE : START_HTTP;
    if (way->fresh && socks_starts(v) != SOCKS_BAD)
        return socks_starts(v) == SOCKS_SHORT ? START_MORE : START_SOCKS;
    if (way->fresh && way->tunnelled && v.p[0] == 0x16) /* TLS: a handshake record of version 3 (RFC 8446 section 5.1) */
        return v.n < 2 ? START_MORE : v.p[1] == 3 ? START_TLS : START_NONE;
    return frame_start(way, v);
}

/* --- lines */

bool carrier_is_whole_object(struct carrier_way *way, struct view v)
{
    struct buf b = buf_of(v);
    struct json_val object;

    if (v.n == 0 || v.p[v.n - 1] != '}' || way->n_tries >= CARRIER_TRIES_MAX || !is_line_start(v))
        return false;
    way->n_tries++;
    return json_read(&b, &object) && object.type == JSON_OBJECT && object.complete && buf_left(&b) == 0;
}

/* A line where HTTP is spoken: a body whose head is missing, or nothing. */
static ATTR_NOINLINE bool take_lone_body(struct at *at, struct view line)
{
    struct http_facts facts = {.reply = at->d->carrier.client != at->dir, .cut = true};

    return carrier_way_of(at)->gap && is_line_start(line) && carrier_text(at, line, CARRIED_HTTP, &facts);
}

/* One line, or what is left of one. */
static void take_line(struct at *at, struct view line)
{
    bool read = carrier_way_of(at)->speaks_http ? take_lone_body(at, line) : carrier_text(at, line, CARRIED_LINE, NULL);

    if (!read && line.n > 1) /* an empty line is none */
        at->d->n_foreign++;
}

static size_t take_lines(struct at *at, struct view rest, unsigned flags)
{
    struct carrier_way *way = carrier_way_of(at);
    size_t n = view_find(rest, '\n');

    if (n == rest.n && !(flags & STREAM_CUT) && !carrier_is_whole_object(way, rest))
        return 0;
    take_line(at, view_head(rest, n));
    carrier_reopen(way, false);
    way->fresh = false;
    return min_size(n + 1, rest.n);
}

/* --- tunnels */

static size_t give_up(struct at *at, struct view rest)
{
    carrier_way_of(at)->mode = CARRIER_OPAQUE;
    at->d->carrier.opaque = true;
    carrier_unread(at, rest.n);
    return rest.n;
}

/*
 * What begins inside of a tunnel and is no text: the client's first 64 bytes may be act 1 of Stratum V2's handshake, when it
 * waits for an answer after them (binary.h).
 */
static size_t take_unknown(struct at *at, struct view rest, unsigned flags)
{
    struct carrier *c = &at->d->carrier;
    const struct carrier_way *way = carrier_way_of(at);

    if (c->client != at->dir || rest.n > SV2_ACT1 || flags & (STREAM_GAP | STREAM_CUT))
        return give_up(at, rest);
    if (rest.n < SV2_ACT1)
        return 0;
    binary_init_noise(at->d, at->dir, way->expect, c->way[!at->dir].expect);
    return rest.n;
}

static void begin_socks(struct at *at)
{
    struct carrier *c = &at->d->carrier;

    c->client = (uint8_t)at->dir;
    c->socks = 0;
    for (int i = 0; i < 2; i++) {
        if (i != at->dir && c->way[i].mode != CARRIER_OPEN)
            continue;
        c->way[i].mode = CARRIER_SOCKS;
        c->way[i].socks = SOCKS_START;
        c->way[i].skipping = false;
    }
}

static size_t take_socks(struct at *at, struct view rest, unsigned flags)
{
    struct carrier_way *way = carrier_way_of(at);
    struct carrier *c = &at->d->carrier;
    bool asks = c->client == at->dir;
    struct socks_said said;
    enum socks_read read = asks ? socks_read_client(rest, (enum socks_step)way->socks, &said)
                                : socks_read_proxy(rest, (enum socks_step)way->socks, c->socks, &said);

    if (read == SOCKS_BAD || (read == SOCKS_SHORT && flags & STREAM_CUT))
        return give_up(at, rest);
    if (read == SOCKS_SHORT)
        return 0;
    if (asks)
        c->socks = said.version;
    way->socks = said.step;
    if (said.step == SOCKS_DONE) {
        if (asks)
            carrier_tunnel(at->d, said.version == 4 ? TRANSPORT_SOCKS4 : TRANSPORT_SOCKS5, said.name);
        carrier_reopen(way, true);
    }
    return said.n;
}

/* --- the loop */

/* In the rest of a line whose start is missing. */
static size_t skip_line(struct at *at, struct view rest)
{
    size_t n = view_find(rest, '\n');

    if (n == rest.n) {
        carrier_unread(at, n);
        return n;
    }
    carrier_way_of(at)->skipping = false;
    return n + 1;
}

static size_t take_open(struct at *at, struct view rest, unsigned flags)
{
    struct carrier_way *way = carrier_way_of(at);

    if (way->skipping)
        return skip_line(at, rest);
    switch (start_of(way, rest)) {
    case START_HTTP:
        way->mode = CARRIER_HTTP;
        way->fresh = way->upgrades = false;
        return 0;
    case START_FRAME: way->mode = CARRIER_FRAMES; return 0;
    case START_SOCKS: begin_socks(at); return 0;
    case START_TLS: carrier_innermost(at->d, TRANSPORT_TLS); return give_up(at, rest);
    case START_MORE:
        if (!(flags & STREAM_CUT))
            return 0;
        if (http_starts(rest) == HTTP_BEGUN)
            way->mode = CARRIER_HTTP;
        return way->mode == CARRIER_HTTP ? 0 : take_lines(at, rest, flags);
    case START_NONE:
        if (way->fresh && way->tunnelled)
            return take_unknown(at, rest, flags);
        break;
    case START_LINE: break;
    }
    return take_lines(at, rest, flags);
}

/* Somewhere in frames: goes on where a segment begins with a message. */
static size_t find_frame(struct at *at, struct view rest, unsigned flags)
{
    enum websocket_read read = websocket_starts_json(rest);

    if (read == WEBSOCKET_FRAME) {
        carrier_way_of(at)->mode = CARRIER_FRAMES;
        carrier_way_of(at)->more = false;
        return 0;
    }
    if (read == WEBSOCKET_SHORT && !(flags & STREAM_CUT))
        return 0;
    carrier_unread(at, rest.n);
    return rest.n;
}

static size_t take(struct at *at, struct view rest, unsigned flags)
{
    switch ((enum carrier_mode)carrier_way_of(at)->mode) {
    case CARRIER_OPEN: return take_open(at, rest, flags);
    case CARRIER_HTTP: return carrier_http(at, rest, flags);
    case CARRIER_BODY:
    case CARRIER_CHUNKS:
    case CARRIER_CLOSE: return carrier_http_rest(at, rest);
    case CARRIER_FRAMES: return carrier_frames(at, rest, flags);
    case CARRIER_FRAME_REST: return carrier_frame_rest(at, rest);
    case CARRIER_LOST: return find_frame(at, rest, flags);
    case CARRIER_SOCKS: return take_socks(at, rest, flags);
    case CARRIER_OPAQUE: break;
    }
    carrier_unread(at, rest.n);
    return rest.n;
}

/* n bytes are missing that belong to what is skipped. True when it was so; then reading goes on as if they had been there. */
static bool step_over(struct carrier_way *way, uint64_t n)
{
    switch ((enum carrier_mode)way->mode) {
    case CARRIER_BODY:
    case CARRIER_FRAME_REST:
        if (n > way->left)
            return false;
        way->left -= n;
        if (way->left == 0)
            way->mode = way->mode == CARRIER_BODY ? CARRIER_OPEN : CARRIER_FRAMES;
        return true;
    case CARRIER_CHUNKS: return http_skip_missing(&way->chunks, n);
    case CARRIER_FRAMES: return n == 0;
    case CARRIER_OPAQUE: return true;
    default: return false;
    }
}

/* Bytes before `data` are missing, or it is the first of the direction. */
static void cross_gap(struct at *at, struct view data, uint32_t seq)
{
    struct carrier_way *way = carrier_way_of(at);
    uint32_t missing = seq - way->expect;
    bool in_frames = way->mode == CARRIER_FRAMES || way->mode == CARRIER_FRAME_REST || way->mode == CARRIER_LOST;

    if (!way->started) { /* nothing is missing that was ever seen; the other direction may have said how this one begins */
        way->gap = true;
        way->skipping = way->lost = way->mode == CARRIER_OPEN && start_of(way, data) == START_NONE;
        return;
    }
    if (missing <= INT32_MAX && step_over(way, missing))
        return;
    if (way->mode == CARRIER_CLOSE && http_starts(data) != HTTP_REPLY)
        return;
    carrier_reopen(way, false);
    at->d->carrier.n_asked = 0;
    way->gap = true;
    way->more = false;
    way->fresh = false;
    way->lost |= in_frames;
    if (in_frames)
        way->mode = CARRIER_LOST;
    way->skipping = start_of(way, data) == START_NONE;
    way->lost |= way->skipping;
}

static size_t take_all(struct at *at, struct view data, unsigned flags, uint32_t seq)
{
    struct carrier_way *way = carrier_way_of(at);
    size_t done = 0;

    if (flags & STREAM_GAP)
        cross_gap(at, data, seq);
    way->started = true;
    way->expect = seq + (uint32_t)data.n;
    while (done < data.n) {
        uint8_t mode = way->mode;
        size_t n = take(at, view_skip(data, done), flags);

        if (n == 0 && way->mode == mode)
            break;
        done += n;
    }
    return done;
}

size_t carrier_take(struct at *at, struct view data, unsigned flags, uint32_t seq)
{
    struct carrier_way *way = carrier_way_of(at);
    bool alone = flags == (STREAM_GAP | STREAM_CUT) && way->started && (int32_t)(seq - way->expect) < 0;

    if (alone) { /* from before the stream was joined: what follows it is read already */
        struct carrier saved = at->d->carrier;
        size_t n = take_all(at, data, flags, seq);

        at->d->carrier = saved;
        return n;
    }
    return take_all(at, data, flags, seq);
}
