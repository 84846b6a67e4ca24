/*
 * carrier_frames.c - messages of a WebSocket (RFC 6455) from its frames.
 *
 * A message is kept until its last frame is whole; control frames may stand between its frames. Compressed messages
 * (RFC 7692), and those that do not begin like JSON, are skipped by their lengths.
 */
#include "config.h"

#include "detect/carrier_part.h"

#include "message/websocket.h"

#define LINES_MAX 16 /* texts in one message: a client that carries lines sends them as they come */

static size_t lose(struct at *at, size_t n)
{
    struct carrier_way *way = carrier_way_of(at);

    way->mode = CARRIER_LOST;
    way->lost = true;
    way->seen = 0;
    carrier_unread(at, n);
    return n;
}

/* A message, whole or as far as it is there: one JSON text or some, a line each. */
static void take_message(struct at *at, struct view text)
{
    for (int i = 0; i < LINES_MAX && text.n > 0; i++) {
        size_t n = view_find(text, '\n');

        if (n > 0 && !carrier_text(at, view_head(text, n), CARRIED_WEBSOCKET, NULL))
            at->d->n_foreign++;
        text = view_skip(text, n + 1);
    }
}

/* Joins the frames of `data`, the last of which may be cut, without their masks. */
static void join(struct at *at, struct view data)
{
    uint8_t joined[STREAM_WINDOW];
    struct websocket_frame frame;
    size_t n = 0;

    while (websocket_read_head(data, &frame) == WEBSOCKET_FRAME) {
        struct view payload = view_skip(data, frame.head);

        payload = view_head(payload, frame.length < payload.n ? (size_t)frame.length : payload.n);
        data = view_skip(data, frame.head + payload.n);
        if (websocket_is_control(&frame))
            continue;
        payload = view_head(payload, sizeof(joined) - n);
        for (size_t i = 0; i < payload.n; i++)
            joined[n++] = websocket_unmask(&frame, i, payload.p[i]);
    }
    take_message(at, view_of(joined, n));
}

/* True when a message that begins with this frame can be read; its first byte is there. */
static bool is_worth_reading(const struct websocket_frame *frame, struct view payload)
{
    uint8_t first = payload.n ? websocket_unmask(frame, 0, payload.p[0]) : 0;

    return !frame->compressed && (first == '{' || first == ' ' || (first >= '\t' && first <= '\r'));
}

/* Skips the frame at hand, which begins `rest`, and the others of its message. */
static size_t skip_frame(struct carrier_way *way, const struct websocket_frame *frame)
{
    way->left = frame->length;
    way->more = websocket_is_control(frame) ? way->more : !frame->final;
    way->mode = way->left ? CARRIER_FRAME_REST : CARRIER_FRAMES;
    way->seen = 0;
    return frame->head;
}

/* A frame at the start of a message. Gives how many bytes are done with; 0 when the frame is to be kept. */
static size_t first_frame(struct at *at, const struct websocket_frame *frame, struct view payload)
{
    struct carrier_way *way = carrier_way_of(at);

    if (websocket_is_control(frame))
        return skip_frame(way, frame);
    if (frame->opcode == WEBSOCKET_MORE) /* of a message that is skipped, or whose start is missing */
        return skip_frame(way, frame);
    way->more = false;
    if (frame->length == 0 && frame->final)
        return skip_frame(way, frame);
    if (frame->compressed || (payload.n > 0 && !is_worth_reading(frame, payload))) {
        at->d->n_foreign++;
        return skip_frame(way, frame);
    }
    return 0;
}

/* What is there of a message is all that can be kept: reads it, and skips the rest of the frame at hand. */
static size_t take_cut(struct at *at, struct view rest, size_t at_frame, const struct websocket_frame *frame)
{
    struct carrier_way *way = carrier_way_of(at);
    size_t end_n = rest.n - at_frame - frame->head;

    join(at, rest);
    way->more = websocket_is_control(frame) || !frame->final;
    way->left = frame->length - end_n;
    way->mode = CARRIER_FRAME_REST;
    way->seen = 0;
    return rest.n;
}

size_t carrier_frames(struct at *at, struct view rest, unsigned flags)
{
    struct carrier_way *way = carrier_way_of(at);
    struct websocket_frame frame;

    for (;;) {
        struct view here = view_skip(rest, way->seen), payload;
        enum websocket_read read = websocket_read_head(here, &frame);
        size_t done;

        if (read == WEBSOCKET_NONE)
            return lose(at, rest.n);
        if (read == WEBSOCKET_SHORT) {
            if (!(flags & STREAM_CUT))
                return 0;
            join(at, view_head(rest, way->seen));
            return lose(at, rest.n);
        }
        payload = view_skip(here, frame.head);
        if (way->seen == 0) {
            done = first_frame(at, &frame, payload);
            if (done > 0)
                return done;
        } else if (frame.opcode == WEBSOCKET_TEXT || frame.opcode == WEBSOCKET_BINARY) {
            return lose(at, rest.n); /* a message begins inside of another */
        }
        if (payload.n < frame.length)
            return flags & STREAM_CUT ? take_cut(at, rest, way->seen, &frame) : 0;
        way->seen = (uint16_t)(rest.n - payload.n + frame.length);
        if (frame.final && !websocket_is_control(&frame)) {
            size_t end = way->seen;

            join(at, view_head(rest, end));
            way->seen = 0;
            return end;
        }
    }
}

size_t carrier_frame_rest(struct at *at, struct view rest)
{
    struct carrier_way *way = carrier_way_of(at);
    size_t n = way->left < rest.n ? (size_t)way->left : rest.n;

    way->left -= n;
    carrier_unread(at, n);
    if (way->left == 0)
        way->mode = CARRIER_FRAMES;
    return n;
}
