/*
 * carrier_part.h - what the files of the carrier share: carrier.c (the loop, lines, tunnels), carrier_http.c,
 * carrier_frames.c, carrier_text.c.
 */
#ifndef DETECT_CARRIER_PART_H
#define DETECT_CARRIER_PART_H

#include "detect/speech.h"
#include "message/http.h"

/* What the next byte of a direction belongs to. */
enum carrier_mode {
    CARRIER_OPEN,       /* nothing: a line, a head or a frame begins */
    CARRIER_HTTP,       /* a request or reply, from its first byte on */
    CARRIER_BODY,       /* a body that is skipped, `left` bytes */
    CARRIER_CHUNKS,     /* the same in chunks */
    CARRIER_CLOSE,      /* the same to the end of the connection */
    CARRIER_FRAMES,     /* a WebSocket's frames, from the first byte of a message on */
    CARRIER_FRAME_REST, /* a frame that is skipped, `left` bytes */
    CARRIER_LOST,       /* somewhere in frames: the next segment that begins like one goes on */
    CARRIER_SOCKS,
    CARRIER_OPAQUE
};

/* How the body of the message being received ends. */
enum carrier_body { CARRIER_BODY_NONE, CARRIER_BODY_LENGTH, CARRIER_BODY_CHUNKED, CARRIER_BODY_CLOSE };

#define CARRIER_TRIES_MAX 16

static inline struct carrier_way *carrier_way_of(const struct at *at)
{
    return &at->d->carrier.way[at->dir];
}

/* Counts bytes that are not read. */
void carrier_unread(struct at *at, size_t n);

/* This direction goes on with something new: the next message, or what a tunnel carries. */
void carrier_reopen(struct carrier_way *way, bool tunnel);

/*
 * True when v is a whole object without the newline behind it; some clients never send one. Not tried
 * for ever on one text, or one sent byte by byte would cost the square of its length.
 */
bool carrier_is_whole_object(struct carrier_way *way, struct view v);

/* Readers of the modes: they take bytes and give how many are done with; 0 without a change of mode: more are needed. */
size_t carrier_http(struct at *at, struct view rest, unsigned flags);
size_t carrier_http_rest(struct at *at, struct view rest);
size_t carrier_frames(struct at *at, struct view rest, unsigned flags);
size_t carrier_frame_rest(struct at *at, struct view rest);

/* --- carrier_text.c */

/* A tunnel that opens, around all that follows; name: of the host it leads to, or empty. */
void carrier_tunnel(struct dialogue *d, enum transport layer, struct view name);

/* What is innermost. */
void carrier_innermost(struct dialogue *d, enum transport layer);

/* The pool's name, as a tunnel or an HTTP head says it; addresses are none. */
void carrier_name(struct dialogue *d, struct view name, enum name_source source);

/* Reads one JSON text; http: facts of the head before it, or NULL. True when it is a message. */
bool carrier_text(struct at *at, struct view text, enum carriage carriage, const struct http_facts *http);

/* Reads a head that no body follows, or none that says anything. True when it is a message. */
bool carrier_head(struct at *at, const struct http_facts *http);

#endif
