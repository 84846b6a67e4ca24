/*
 * fuzz_http.c - heads, frames, SOCKS and chunks: the input as each of them, in one piece and in two.
 *
 * Invariants: views lie in the head or in the facts; the end of a head is found wherever the search for it was
 * interrupted; the gate takes what it is given; chunks give the same bytes in any pieces, of which the first byte chooses
 * the size; what was read of a frame or of SOCKS lies in the input.
 */
#include "config.h"

#include "message/http.h"
#include "message/socks.h"
#include "message/websocket.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool is_inside(struct view part, struct view whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_head(struct view text, bool whole)
{
    struct http_head head;
    const struct http_facts *f = &head.facts;

    if (!http_read_head(text, whole, &head))
        return;
    check(is_inside(f->target, text) && is_inside(f->host, text) && is_inside(f->agent, text));
    check(is_inside(f->uri_login, text) && is_inside(f->uri_worker, text));
    check(f->n_user <= HTTP_USER_MAX && !memchr(f->user, ':', f->n_user));
    for (size_t i = f->n_user; f->n_user && i < sizeof(f->user); i++)
        check(f->user[i] == 0); /* nothing of a password */
}

/* Decodes in pieces of `step` bytes. */
static size_t decode(struct view text, size_t step, uint8_t *out, struct http_chunks *c)
{
    size_t n = 0;

    *c = (struct http_chunks){0};
    for (size_t at = 0; at < text.n && !c->done && !c->broken; at += step) {
        struct buf b = buf_of(view_head(view_skip(text, at), step));
        struct view piece;

        while (http_next_piece(c, &b, &piece)) {
            check(piece.n > 0 && is_inside(piece, text));
            memcpy(out + n, piece.p, piece.n);
            n += piece.n;
        }
        check(buf_left(&b) == 0 || c->done || c->broken);
    }
    return n;
}

static void check_chunks(struct view text, size_t step)
{
    uint8_t *one = malloc(text.n + 1), *two = malloc(text.n + 1);
    struct http_chunks a, b;
    size_t n;

    check(one && two);
    n = decode(text, text.n ? text.n : 1, one, &a);
    check(n == decode(text, step, two, &b) && memcmp(one, two, n) == 0);
    check(a.done == b.done && a.broken == b.broken && a.left == b.left && a.phase == b.phase);
    free(one);
    free(two);
}

static void check_others(struct view text)
{
    struct websocket_frame frame;
    struct socks_said said;

    if (websocket_read_head(text, &frame) == WEBSOCKET_FRAME)
        check(frame.head <= text.n && frame.head <= WEBSOCKET_HEAD_MAX && frame.length <= WEBSOCKET_LENGTH_MAX);
    websocket_starts_json(text);
    for (int step = SOCKS_START; step < SOCKS_DONE; step++) {
        if (socks_read_client(text, (enum socks_step)step, &said) == SOCKS_READ)
            check(said.n > 0 && said.n <= text.n && is_inside(said.name, text));
        if (socks_read_proxy(text, (enum socks_step)step, step % 2 ? 5 : 4, &said) == SOCKS_READ)
            check(said.n > 0 && said.n <= text.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, size);
    size_t end, step;

    if (size == 0)
        return 0;
    step = data[0] ? data[0] : 1;
    text = view_skip(text, 1);
    end = http_head_end(text, 0);
    check(end <= text.n);
    for (size_t n = 0; n < text.n; n += step) {
        size_t early = http_head_end(view_head(text, n), 0);

        check(early ? early == end : end == 0 || http_head_end(text, n) == end);
    }
    check_head(end ? view_head(text, end) : text, end != 0);
    check_head(text, false);
    http_starts(text);
    if (text.n > 0) {
        http_request_may_mine(text, true);
        http_reply_may_mine(text, true);
    }
    check_chunks(text, step);
    check_chunks(view_skip(text, end), step);
    check_others(text);
    return 0;
}
