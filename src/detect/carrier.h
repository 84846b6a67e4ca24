/*
 * carrier.h - what mining messages travel in: from bytes in order to JSON texts, through the layers of one connection.
 *
 * Both directions are read, each on its own, and join where one says how the other goes on: a SOCKS proxy or an HTTP
 * proxy that opens a tunnel, a WebSocket that is switched to, requests whose replies are read by what was asked. Inside
 * of all that, or without any of it, are lines. Bytes that are missing are stepped over by the lengths that were said
 * before; where that cannot be, reading goes on at the next head, line or frame that a segment begins with.
 */
#ifndef DETECT_CARRIER_H
#define DETECT_CARRIER_H

#include "message/http.h"

#define CARRIER_ASKED 8  /* requests remembered until their replies come; more in a row are not pipelined by any miner */
#define CARRIER_NOBODY 2 /* in place of a direction */

/* One direction. */
struct carrier_way {
    uint64_t left; /* bytes of a body or frame still to be skipped; of a request or reply being received, all it will have */
    struct http_chunks chunks;
    uint32_t expect; /* sequence number of the byte behind those seen */
    uint16_t head_n; /* of the message being received: its head, 0 = its end was not seen yet */
    uint16_t seen;   /* of the message being received: bytes looked at */
    uint8_t mode;    /* enum carrier_mode of carrier_part.h */
    uint8_t body;    /* enum carrier_body there */
    uint8_t asked;   /* enum http_asked: of the reply being received */
    uint8_t socks;   /* enum socks_step */
    uint8_t n_tries; /* times the text being received was looked at for its end without a newline */
    bool started;    /* bytes were seen, so `expect` is valid */
    bool skipping;   /* in the rest of a line whose start is missing */
    bool fresh;      /* at the start of the connection, or of what a tunnel carries */
    bool gap;        /* the bytes at hand follow a gap */
    bool tunnelled;  /* inside of SOCKS or CONNECT */
    bool speaks_http;
    bool upgrades; /* asked to be a WebSocket: what is no head is a frame */
    bool encoded;  /* the body being received is compressed */
    bool judged;   /* the body being received was found to begin like JSON */
    bool more;     /* frames of a message that is not read are still to come */
    bool lost;     /* once or more it was not known what began: then segments matter */
};

struct carrier {
    struct carrier_way way[2]; /* by direction */
    uint8_t asked[CARRIER_ASKED], asked_at, n_asked;
    uint8_t client;   /* direction of the requests, or CARRIER_NOBODY */
    uint8_t socks;    /* version, or 0 */
    uint8_t n_layers; /* tunnels around what is read now */
    bool opaque;      /* what a tunnel carries cannot be read */
};

struct at; /* detect/speech.h */

void carrier_init(struct carrier *c);

/* What comes first in dir is the body of a message whose head was passed by, or nothing. client: the direction of requests. */
void carrier_expect_body(struct carrier *c, int dir, int client);

/*
 * Takes bytes that travel in at->dir, as stream_fn in flow/stream.h, and hands on what they say. seq is the sequence number of
 * the first. Gives how many bytes are done with.
 */
size_t carrier_take(struct at *at, struct view data, unsigned flags, uint32_t seq);

#endif
