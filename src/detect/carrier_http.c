/*
 * carrier_http.c - requests and replies of HTTP/1.1 (RFC 9112) on one connection.
 *
 * A message is kept in the stream's window from its first byte until its body is whole, so that nothing of its head has
 * to be copied: heads of miners have 300 bytes, bodies up to some KiB. What does not fit is read as far as it goes, and
 * the rest is skipped by its length. Bodies that are no JSON are skipped at once.
 */
#include "config.h"

#include "detect/carrier_part.h"

#define FOREIGN_LINES 4
#define BATCH_MAX 16 /* messages of one body (JSON-RPC 2.0, batches); mining proxies send a handful */

/* --- requests and their replies, in order */

static void push_asked(struct carrier *c, uint8_t asked)
{
    if (c->n_asked == CARRIER_ASKED)
        c->n_asked = 0; /* whose replies will come is not known any more */
    c->asked[(c->asked_at + c->n_asked++) % CARRIER_ASKED] = asked;
}

static uint8_t pop_asked(struct carrier *c)
{
    uint8_t asked = c->asked[c->asked_at % CARRIER_ASKED];

    if (c->n_asked == 0)
        return HTTP_ASKED_UNKNOWN;
    c->asked_at = (uint8_t)((c->asked_at + 1) % CARRIER_ASKED);
    c->n_asked--;
    return asked;
}

/* --- heads */

static bool is_interim(const struct http_head *head)
{
    return head->facts.reply && head->status >= 100 && head->status < 200 && head->status != 101;
}

/* True for a reply behind which a tunnel is open; without its request by its words, and its having nothing else. */
static bool opens_tunnel(const struct http_head *head, uint8_t asked)
{
    if (!head->facts.reply || head->status < 200 || head->status > 299)
        return false;
    return asked == HTTP_ASKED_CONNECT ||
           (asked == HTTP_ASKED_UNKNOWN && head->established && !head->has_type && !head->has_length && !head->chunked);
}

/* RFC 9112 section 6.3. */
static enum carrier_body body_of(const struct http_head *head, uint8_t asked)
{
    uint16_t status = head->status;

    if (head->facts.reply && (asked == HTTP_ASKED_HEAD || status < 200 || status == 204 || status == 304))
        return CARRIER_BODY_NONE;
    if (opens_tunnel(head, asked) || head->facts.asked == HTTP_ASKED_CONNECT)
        return CARRIER_BODY_NONE;
    if (head->chunked)
        return CARRIER_BODY_CHUNKED;
    if (head->has_length)
        return head->length ? CARRIER_BODY_LENGTH : CARRIER_BODY_NONE;
    return head->facts.reply ? CARRIER_BODY_CLOSE : CARRIER_BODY_NONE;
}

/* The head of a request or reply is whole: notes how its body will come. False when it is no head. */
static bool begin_message(struct at *at, struct view text, size_t head_n)
{
    struct carrier_way *way = carrier_way_of(at);
    struct carrier *c = &at->d->carrier;
    struct http_head head;

    if (head_n > UINT16_MAX || !http_read_head(view_head(text, head_n), true, &head))
        return false;
    c->client = (uint8_t)(head.facts.reply ? !at->dir : at->dir);
    way->speaks_http = true;
    way->asked = (uint8_t)head.facts.asked;
    if (!head.facts.reply)
        push_asked(c, way->asked);
    else if (!is_interim(&head))
        way->asked = pop_asked(c);
    way->body = (uint8_t)body_of(&head, way->asked);
    way->head_n = (uint16_t)head_n;
    way->seen = (uint16_t)head_n;
    way->left = head_n + head.length;
    way->chunks = (struct http_chunks){0};
    way->encoded = head.is_encoded;
    way->judged = false;
    way->n_tries = 0;
    return true;
}

/* The head again, as it is kept, with what is known of its request. */
static void read_again(struct at *at, struct view text, struct http_head *head)
{
    struct carrier_way *way = carrier_way_of(at);

    http_read_head(view_head(text, way->head_n), true, head);
    if (head->facts.reply)
        head->facts.asked = (enum http_asked)way->asked;
}

/* What follows a message without a body: the next one, or another protocol. */
static void go_on(struct at *at, const struct http_head *head)
{
    struct carrier_way *way = carrier_way_of(at), *back = &at->d->carrier.way[!at->dir];

    carrier_reopen(way, false);
    if (!head->facts.reply && way->asked == HTTP_ASKED_CONNECT) {
        carrier_tunnel(at->d, TRANSPORT_CONNECT, head->facts.host);
        carrier_reopen(way, true);
    } else if (!head->facts.reply && way->asked == HTTP_ASKED_WEBSOCKET) {
        carrier_name(at->d, head->facts.host, NAME_HTTP_HOST);
        way->upgrades = true;
    } else if (head->facts.reply && head->status == 101) {
        way->mode = head->to_websocket ? CARRIER_FRAMES : CARRIER_OPAQUE;
        back->upgrades |= head->to_websocket;
        at->d->carrier.opaque |= !head->to_websocket;
    } else if (opens_tunnel(head, way->asked)) {
        if (way->asked == HTTP_ASKED_UNKNOWN)
            carrier_tunnel(at->d, TRANSPORT_CONNECT, (struct view){NULL, 0});
        carrier_reopen(way, true);
    }
}

/* A message that says nothing of mining counts as several lines: on the web one tells more than a line among others. */
static void foreign(struct at *at)
{
    at->d->n_foreign += FOREIGN_LINES;
}

/* --- bodies */

static struct view without_blanks(struct view v)
{
    while (v.n > 0 && (v.p[0] == ' ' || (v.p[0] >= '\t' && v.p[0] <= '\r')))
        v = view_skip(v, 1);
    return v;
}

/* One JSON text, or a batch of them. True when one was a message. */
static bool take_texts(struct at *at, struct view body, const struct http_facts *http)
{
    struct json_walk walk;
    struct json_val batch = {.type = JSON_ARRAY}, item;
    bool found = false;

    body = without_blanks(body);
    if (body.n == 0 || body.p[0] != '[')
        return carrier_text(at, body, CARRIED_HTTP, http);
    batch.text = body;
    walk = json_walk_of(&batch);
    for (int i = 0; i < BATCH_MAX && json_next_item(&walk, &item); i++)
        found |= item.type == JSON_OBJECT && carrier_text(at, item.text, CARRIED_HTTP, http);
    return found;
}

/* The body, whole or as far as it is there. */
static void take_body(struct at *at, struct view text, struct view body, bool cut)
{
    struct http_head head;

    read_again(at, text, &head);
    head.facts.cut = cut;
    if (!take_texts(at, body, &head.facts) && !carrier_head(at, &head.facts))
        foreign(at);
}

/* The same of a chunked body, of which text has the bytes up to `end`. */
static void take_chunks(struct at *at, struct view text, size_t end, bool cut)
{
    uint8_t joined[STREAM_WINDOW];
    struct view coded = view_skip(view_head(text, end), carrier_way_of(at)->head_n), piece;
    struct buf b = buf_of(coded);
    struct http_chunks chunks = {0};
    size_t n = 0;

    while (n < sizeof(joined) && http_next_piece(&chunks, &b, &piece)) {
        piece = view_head(piece, sizeof(joined) - n);
        memcpy(joined + n, piece.p, piece.n);
        n += piece.n;
    }
    take_body(at, text, view_of(joined, n), cut);
}

/* True when the body can be one to read; false when it is to be skipped. Its first byte is there. */
static bool is_worth_reading(struct at *at, struct view text, uint8_t first)
{
    struct http_head head;

    if (!carrier_way_of(at)->encoded && (first == '{' || first == '[' || first == ' ' || (first >= '\t' && first <= '\r')))
        return true;
    read_again(at, text, &head);
    if (!carrier_head(at, &head.facts))
        foreign(at);
    return false;
}

/* The first byte of the body; false when it is not there yet. */
static bool first_of_body(const struct carrier_way *way, struct view text, uint8_t *first)
{
    struct view body = view_skip(text, way->head_n), piece = body;
    struct buf b = buf_of(body);
    struct http_chunks chunks = {0};

    if (way->body == CARRIER_BODY_CHUNKED && !http_next_piece(&chunks, &b, &piece))
        return false;
    *first = view_u8(piece, 0);
    return piece.n > 0;
}

/* Skips the body from its start, whatever it is. */
static size_t skip_body(struct carrier_way *way)
{
    static const uint8_t modes[] = {[CARRIER_BODY_NONE] = CARRIER_OPEN,
                                    [CARRIER_BODY_LENGTH] = CARRIER_BODY,
                                    [CARRIER_BODY_CHUNKED] = CARRIER_CHUNKS,
                                    [CARRIER_BODY_CLOSE] = CARRIER_CLOSE};
    size_t n = way->head_n;

    way->mode = modes[way->body];
    way->left -= n;
    way->chunks = (struct http_chunks){0};
    way->head_n = way->seen = 0;
    return n;
}

static size_t take_length(struct at *at, struct view text, bool cut)
{
    struct carrier_way *way = carrier_way_of(at);
    size_t n = text.n;

    if (text.n < way->left && !cut)
        return 0;
    if (text.n >= way->left) {
        n = (size_t)way->left;
        take_body(at, text, view_skip(view_head(text, n), way->head_n), false);
        carrier_reopen(way, false);
        return n;
    }
    take_body(at, text, view_skip(text, way->head_n), true);
    n -= skip_body(way);
    way->left -= n; /* skip_body took the head off */
    return text.n;
}

static size_t take_chunked(struct at *at, struct view text, bool cut)
{
    struct carrier_way *way = carrier_way_of(at);
    struct buf b = buf_of(view_skip(text, way->seen));
    struct view piece;
    size_t end;

    while (http_next_piece(&way->chunks, &b, &piece)) {
    }
    end = text.n - buf_left(&b);
    way->seen = (uint16_t)end;
    if (!way->chunks.done && !way->chunks.broken && !cut)
        return 0;
    take_chunks(at, text, end, !way->chunks.done);
    if (!way->chunks.done && !way->chunks.broken) {
        way->mode = CARRIER_CHUNKS; /* goes on where it is */
        way->head_n = way->seen = 0;
        return text.n;
    }
    way->skipping = way->chunks.broken;
    carrier_reopen(way, false);
    return end;
}

static size_t take_to_close(struct at *at, struct view text, bool cut)
{
    struct carrier_way *way = carrier_way_of(at);
    struct view body = view_skip(text, way->head_n);

    if (!cut && !carrier_is_whole_object(way, body))
        return 0;
    take_body(at, text, body, cut);
    skip_body(way);
    return text.n;
}

/* A head that the end of the bytes cuts. */
static void take_cut_head(struct at *at, struct view text)
{
    struct carrier_way *way = carrier_way_of(at);
    struct http_head head;

    carrier_reopen(way, false);
    way->skipping = true;
    if (!http_read_head(text, false, &head))
        return;
    way->speaks_http = true;
    at->d->carrier.client = (uint8_t)(head.facts.reply ? !at->dir : at->dir);
    at->d->carrier.n_asked = 0;
    if (!carrier_head(at, &head.facts))
        foreign(at);
}

/* A message without a body. */
static size_t take_bodiless(struct at *at, struct view text)
{
    struct http_head head;
    size_t n = carrier_way_of(at)->head_n;

    read_again(at, text, &head);
    if (!carrier_head(at, &head.facts) && head.facts.asked != HTTP_ASKED_CONNECT && head.facts.asked != HTTP_ASKED_WEBSOCKET &&
        !is_interim(&head))
        foreign(at);
    go_on(at, &head);
    return n;
}

size_t carrier_http(struct at *at, struct view rest, unsigned flags)
{
    struct carrier_way *way = carrier_way_of(at);
    bool cut = flags & STREAM_CUT;
    uint8_t first;

    if (way->head_n == 0) {
        size_t n = http_head_end(rest, way->seen);

        way->seen = (uint16_t)min_size(rest.n, UINT16_MAX);
        if (n == 0 && !cut)
            return 0;
        if (n == 0 || !begin_message(at, rest, n)) {
            take_cut_head(at, rest);
            return rest.n;
        }
    }
    if (way->body == CARRIER_BODY_NONE)
        return take_bodiless(at, rest);
    if (!way->judged && first_of_body(way, rest, &first)) {
        way->judged = true;
        if (!is_worth_reading(at, rest, first))
            return skip_body(way);
    }
    if (!way->judged && !cut)
        return 0;
    if (way->body == CARRIER_BODY_LENGTH)
        return take_length(at, rest, cut);
    return way->body == CARRIER_BODY_CHUNKED ? take_chunked(at, rest, cut) : take_to_close(at, rest, cut);
}

size_t carrier_http_rest(struct at *at, struct view rest)
{
    struct carrier_way *way = carrier_way_of(at);
    struct buf b = buf_of(rest);
    struct view piece;
    size_t n = rest.n;

    if (way->mode == CARRIER_BODY) {
        n = way->left < rest.n ? (size_t)way->left : rest.n;
        way->left -= n;
        if (way->left == 0)
            carrier_reopen(way, false);
    } else if (way->mode == CARRIER_CHUNKS) {
        while (http_next_piece(&way->chunks, &b, &piece)) {
        }
        n -= buf_left(&b);
        if (way->chunks.done || way->chunks.broken) {
            way->skipping = way->chunks.broken;
            carrier_reopen(way, false);
        }
    }
    carrier_unread(at, n);
    return n;
}
