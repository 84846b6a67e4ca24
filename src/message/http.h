/*
 * http.h - heads of HTTP messages (RFC 9112) and chunked bodies (its section 7.1), as far as mining needs them.
 *
 * Mining over HTTP says much in the head: the program (User-Agent), the login (Basic authorization, RFC 7617, or the
 * request target), headers that only miners and pools send (X-Mining-Extensions, X-Mining-Hashrate, X-Long-Polling,
 * X-Stratum of getwork; X-Hash-Difficulty of XMRig), and how long the body is. A password is never decoded beyond the
 * colon before it.
 */
#ifndef MESSAGE_HTTP_H
#define MESSAGE_HTTP_H

#include "base/buf.h"

#define HTTP_HEADERS_MAX 64 /* lines of a head that are looked at; miners send 10, browsers 20 */
#define HTTP_USER_MAX 128   /* bytes of a user name kept */

/* What a request wants, as far as its reply is to be read by it. */
enum http_asked {
    HTTP_ASKED_UNKNOWN, /* the request was not seen */
    HTTP_ASKED_OTHER,
    HTTP_ASKED_HEAD, /* its reply has no body */
    HTTP_ASKED_CONNECT,
    HTTP_ASKED_WEBSOCKET,
    HTTP_ASKED_PARTIAL, /* Chia: POST /partial */
    HTTP_ASKED_FARMER,  /* Chia: /farmer */
    HTTP_ASKED_POOL     /* Chia: /pool_info */
};

/* Facts of the head before a body. Views lie in the head, or in `user`. */
struct http_facts {
    bool reply;             /* the body belongs to a response */
    bool get;               /* the request is a GET */
    bool mining_headers;    /* X-Mining-Extensions, X-Mining-Hashrate in a request; X-Long-Polling, X-Stratum in a reply */
    bool stratum;           /* X-Stratum in a reply: where the pool speaks Stratum */
    bool hash_difficulty;   /* X-Hash-Difficulty: XMRig in daemon mode */
    bool login_in_uri;      /* /?miner=30@wallet@rig, /wallet/rig */
    bool miner_in_query;    /* the first of these forms, which only miners' programs write */
    bool cut;               /* the head or the body is not whole */
    enum http_asked asked;  /* of a reply: by the request that it answers */
    uint64_t claimed_hs;    /* X-Mining-Hashrate; 0 = none */
    struct view target;     /* of a request: path and query as sent */
    struct view host;       /* Host, without the port; of a CONNECT what it asks for */
    struct view agent;      /* User-Agent */
    struct view uri_login;  /* login in the target: wallet@rig, or wallet/rig */
    struct view uri_worker; /* its worker */
    char user[HTTP_USER_MAX];
    uint8_t n_user; /* bytes of the name of Basic authorization in `user`; 0 = none */
};

/* A head as a whole. */
struct http_head {
    struct http_facts facts;
    uint16_t status;   /* of a reply */
    bool established;  /* its reason says so: proxies answer CONNECT by "Connection established" */
    bool chunked;      /* Transfer-Encoding: chunked */
    bool has_length;   /* `length` is that of Content-Length */
    bool has_type;     /* Content-Type is there */
    struct view type;  /* its value */
    bool is_encoded;   /* Content-Encoding: the body is compressed */
    bool to_websocket; /* Upgrade: websocket */
    uint64_t length;
};

enum http_start { HTTP_NONE, HTTP_BEGUN, HTTP_REQUEST, HTTP_REPLY };

/*
 * What a text begins with: a request line, a status line, neither, or too few bytes to tell: a request line is told by
 * its end, as other protocols have a CONNECT and a GET too.
 */
enum http_start http_starts(struct view text);

/*
 * The length of the head that `text` begins with, its empty line included, or 0 when its end is not there. The first
 * `seen` bytes were looked at before.
 */
size_t http_head_end(struct view text, size_t seen);

/*
 * Reads a head. With whole == false it may end anywhere: a header whose end is missing counts only where its name
 * says it all. False when it does not begin as http_starts wants.
 */
bool http_read_head(struct view text, bool whole, struct http_head *head);

/*
 * The gate: a quick look at a payload that may begin with a head. True when that head, or the body behind it, can be
 * mining's or leads to another protocol; false for the ordinary web, whose heads must cost little. first: it is the first of
 * its direction.
 */
bool http_request_may_mine(struct view payload, bool first);

/* The same for a reply whose request cannot be seen. */
bool http_lone_reply_may_mine(struct view payload);

/* The same for a reply; alone: the other direction was not seen. Otherwise requests tell more, but for a 101. */
static inline bool http_reply_may_mine(struct view payload, bool alone)
{
    if (view_be32(payload, 9) >> 8 == ('1' << 16 | '0' << 8 | '1')) /* behind "HTTP/1.1 " */
        return http_starts(payload) == HTTP_REPLY;
    return UNLIKELY(alone) && http_lone_reply_may_mine(payload);
}

/* Where the reader of a chunked body stands. All zero at its start. */
struct http_chunks {
    uint64_t left;     /* bytes of the chunk */
    uint8_t phase;     /* enum chunk_phase of http.c */
    uint8_t n_digits;  /* of the size so far */
    bool in_line;      /* the line of the trailer at hand is not empty */
    bool done, broken; /* the body has ended; it is no chunked body */
};

/*
 * The next piece of the body's data in b. False when b is used up, or with `done` or `broken` set; then b stands behind
 * the last byte read.
 */
bool http_next_piece(struct http_chunks *c, struct buf *b, struct view *piece);

/* Steps over n bytes that are missing. False when they were not all data of the chunk at hand. */
bool http_skip_missing(struct http_chunks *c, uint64_t n);

#endif
