/*
 * http.c - heads: lines and the few headers that matter; the gate; chunks.
 *
 * Sources: RFC 9110, 9112, 7617; the getwork extensions in cpuminer's util.c and bfgminer's requests; XMRig's
 * DaemonClient.cpp; targets of Ethereum pools as eth.pp.ua (/?miner=30@wallet@rig) and dwarfpool (/wallet/rig) had them.
 */
#include "config.h"

#include "message/http.h"

#include "base/parse.h"
#include "message/jsonrpc.h"

#define BEGUN_MAX 64 /* bytes of a first line that came alone and may go on with anything */
#define PLAUSIBLE_LENGTH (UINT64_C(1) << 60)

/* Bytes at once: how targets begin ("/ ", "/LP ", "/?mi", "/jso", "/0x", "/far", "/par", "http"). */
enum {
    ROOT = 0x2f20,
    LONG_POLL = 0x2f4c5020,
    LOGIN = 0x2f3f6d69,
    JSON_RPC = 0x2f6a736f,
    WALLET = 0x2f3078,
    FARMER = 0x2f666172,
    PARTIAL = 0x2f706172,
    ABSOLUTE = 0x68747470
};

/* True when v holds `word` (lower case) in any case. */
static bool has_word(struct view v, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= v.n; i++)
        if (byte_lower(v.p[i]) == (uint8_t)word[0] && view_is_word(view_head(view_skip(v, i), n), word))
            return true;
    return false;
}

static struct view trimmed(struct view v)
{
    while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t'))
        v = view_skip(v, 1);
    while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t' || v.p[v.n - 1] == '\r'))
        v.n--;
    return v;
}

/* True when a first line ends as a request's does: "HTTP/1." and a digit. */
static bool ends_as_request(struct view line)
{
    line = trimmed(line);
    return line.n >= 9 && memcmp(line.p + line.n - 9, " HTTP/1.", 8) == 0;
}

enum http_start http_starts(struct view text)
{
    static const char *const words[] = {"HTTP/1.", "POST ",    "GET ",   "CONNECT ", "PUT ",
                                        "HEAD ",   "OPTIONS ", "PATCH ", "DELETE "};

    for (size_t i = 0; i < ARRAY_LEN(words) && text.n > 0; i++) {
        size_t n = min_size(text.n, strlen(words[i])), end;

        if (text.p[0] != (uint8_t)words[i][0] || memcmp(text.p, words[i], n) != 0)
            continue;
        if (n < strlen(words[i]))
            return HTTP_BEGUN;
        if (i == 0)
            return HTTP_REPLY;
        end = view_find(text, '\n');
        if (end == text.n)
            return HTTP_BEGUN;
        return ends_as_request(view_head(text, end)) ? HTTP_REQUEST : HTTP_NONE;
    }
    return HTTP_NONE;
}

size_t http_head_end(struct view text, size_t seen)
{
    size_t at = seen > 3 ? seen - 3 : 0; /* the last bytes of what was seen may begin the end */

    while (at < text.n) {
        at += view_find(view_skip(text, at), '\n') + 1;
        if (at < text.n && text.p[at] == '\n')
            return at + 1;
        if (at + 1 < text.n && text.p[at] == '\r' && text.p[at + 1] == '\n')
            return at + 2;
    }
    return 0;
}

/* --- what stands in headers */

static int sextet(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* "Basic " and base64 of user:password. The name counts only when the colon behind it was seen; nothing behind it is kept. */
static void read_basic(struct view value, struct http_facts *f)
{
    char user[HTTP_USER_MAX];
    uint32_t bits = 0;
    size_t n = 0;

    if (!view_is_word(view_head(value, 6), "basic ") || f->n_user > 0)
        return;
    value = trimmed(view_skip(value, 6));
    for (size_t i = 0; i < value.n; i++) {
        int s = sextet(value.p[i]);
        uint8_t c;

        if (s < 0)
            return;
        bits = bits << 6 | (uint32_t)s;
        if (i % 4 == 0)
            continue;
        c = (uint8_t)(bits >> (6 - 2 * (i % 4)));
        if (c == ':') {
            memcpy(f->user, user, n);
            f->n_user = (uint8_t)n;
            return;
        }
        if (n == sizeof(user))
            return;
        user[n++] = (char)c;
    }
}

/* A name without its port; an address in brackets keeps them. */
static struct view without_port(struct view host)
{
    size_t colon = view_find_last(host, ':');

    if (colon == host.n || view_find(view_skip(host, colon), ']') < host.n - colon)
        return host;
    return view_head(host, colon);
}

/* A wallet as Ethereum pools take it: 40 hex digits, with 0x or without. */
static bool is_eth_wallet(struct view v)
{
    if (view_starts(v, "0x") || view_starts(v, "0X"))
        v = view_skip(v, 2);
    return v.n == 40 && parse_is_hex(v);
}

/* /?miner=RATE@WALLET[@RIG] and /WALLET[/RIG[/MAIL]], or WALLET.RIG. */
static void read_target_login(struct http_facts *f)
{
    struct view t = f->target, wallet, rig;
    bool in_query = view_starts(t, "/?miner=");
    size_t at;

    if (in_query) {
        t = view_skip(t, 8);
        t = view_head(t, view_find(t, '&'));
        at = view_find(t, '@');
        t = view_skip(t, at + 1);
        at = view_find(t, '@');
    } else {
        t = view_skip(t, 1);
        t = view_head(t, view_find(t, '?'));
        at = min_size(view_find(t, '/'), view_find(t, '.'));
    }
    wallet = view_head(t, at);
    rig = view_skip(t, at + 1);
    if (!is_eth_wallet(wallet))
        return;
    f->login_in_uri = true;
    f->miner_in_query = in_query;
    f->uri_login = rig.n ? t : wallet;
    f->uri_worker = view_head(rig, view_find(rig, '/'));
}

static void read_asked(struct view method, struct http_facts *f)
{
    struct view path = view_head(f->target, view_find(f->target, '?'));

    f->asked = HTTP_ASKED_OTHER;
    if (view_is(method, "CONNECT"))
        f->asked = HTTP_ASKED_CONNECT;
    else if (view_is(method, "HEAD"))
        f->asked = HTTP_ASKED_HEAD;
    else if (view_is(path, "/partial"))
        f->asked = HTTP_ASKED_PARTIAL;
    else if (view_is(path, "/farmer"))
        f->asked = HTTP_ASKED_FARMER;
    else if (view_is(path, "/pool_info"))
        f->asked = HTTP_ASKED_POOL;
    if (f->asked == HTTP_ASKED_CONNECT)
        f->host = without_port(f->target);
    f->get = view_is(method, "GET");
}

/* The first line. An absolute target, as proxies get it, gives its path and its host. */
static void read_start(struct view line, bool whole, struct http_head *head)
{
    struct http_facts *f = &head->facts;
    size_t space = view_find(line, ' ');
    struct view word = view_head(line, space), rest = view_skip(line, space + 1);
    uint64_t status;

    if (f->reply) {
        head->status = (uint16_t)(parse_u64(view_head(rest, 3), &status) && rest.n >= 3 ? status : 0);
        head->established = has_word(rest, "established");
        return;
    }
    space = view_find(rest, ' ');
    if (space == rest.n && !whole)
        return; /* the target may go on */
    f->target = view_head(rest, space);
    if (view_starts(f->target, "http://")) {
        struct view there = view_skip(f->target, 7);
        size_t slash = view_find(there, '/');

        f->host = without_port(view_head(there, slash));
        f->target = view_skip(there, slash);
    }
    read_asked(word, f);
    read_target_login(f);
}

/* Headers of requests and replies that say how the body comes. Told apart by their length first. */
static void read_framing(struct view name, struct view value, struct http_head *head)
{
    uint64_t n;

    if (name.n == 14 && view_is_word(name, "content-length")) {
        head->has_length = parse_u64(value, &n) && n < PLAUSIBLE_LENGTH;
        head->length = head->has_length ? n : 0;
    } else if (name.n == 12 && view_is_word(name, "content-type")) {
        head->has_type = true;
        head->type = value;
    } else if (name.n == 16 && view_is_word(name, "content-encoding")) {
        head->is_encoded = !view_is_word(value, "identity");
    } else if (name.n == 17 && view_is_word(name, "transfer-encoding")) {
        head->chunked = has_word(value, "chunked");
        head->is_encoded |= has_word(value, "gzip") || has_word(value, "deflate");
    } else if (name.n == 7 && view_is_word(name, "upgrade")) {
        head->to_websocket = has_word(value, "websocket");
    }
}

/* Headers that say who asks whom. */
static void read_who(struct view name, struct view value, struct http_facts *f)
{
    if (name.n == 10 && view_is_word(name, "user-agent"))
        f->agent = value;
    else if (name.n == 13 && view_is_word(name, "authorization"))
        read_basic(value, f);
    else if (name.n == 4 && view_is_word(name, "host") && f->host.n == 0)
        f->host = without_port(value);
}

/* Headers of mining, whose names say it all. */
static void read_mining(struct view name, struct view value, struct http_facts *f)
{
    if (f->reply) {
        f->stratum |= view_is_word(name, "x-stratum") && view_starts(value, "stratum+");
        f->mining_headers |= f->stratum || view_is_word(name, "x-long-polling");
    } else if (view_is_word(name, "x-mining-extensions")) {
        f->mining_headers = true;
    } else if (view_is_word(name, "x-mining-hashrate")) {
        f->mining_headers = true;
        if (!parse_u64(value, &f->claimed_hs))
            f->claimed_hs = 0;
    } else if (view_is_word(name, "x-hash-difficulty")) {
        f->hash_difficulty = true;
    }
}

/* Goes over the header lines, up to behind the empty line. full: who asks whom counts too, not only what the gate wants. */
static void read_headers(struct buf *b, bool whole, bool full, struct http_head *head)
{
    struct http_facts *f = &head->facts;

    for (int i = 0; i < HTTP_HEADERS_MAX && buf_left(b) > 0; i++) {
        struct view line = buf_rest(b);
        size_t n = view_find(line, '\n'), colon;
        bool ended = n < line.n || whole;
        struct view name, value;

        buf_skip(b, min_size(n + 1, line.n));
        line = view_head(line, n);
        colon = view_find(line, ':');
        if (colon == line.n) {
            if (trimmed(line).n == 0 && ended)
                return; /* the empty line, or none */
            continue;
        }
        name = view_head(line, colon);
        value = trimmed(view_skip(line, colon + 1));
        if (byte_lower(name.p[0]) == 'x')
            read_mining(name, ended ? value : (struct view){value.p, 0}, f);
        else if (ended && (byte_lower(name.p[0]) == 'c' || byte_lower(name.p[0]) == 't' || byte_lower(name.p[0]) == 'u'))
            read_framing(name, value, head);
        if (full && ended && !f->reply)
            read_who(name, value, f);
    }
}

static bool begin(struct buf *b, bool whole, struct http_head *head)
{
    struct view text = buf_rest(b);
    enum http_start start = http_starts(text);
    size_t n = view_find(text, '\n');

    *head = (struct http_head){.facts = {.reply = start == HTTP_REPLY}};
    if (start == HTTP_NONE || (whole && start == HTTP_BEGUN))
        return false;
    buf_skip(b, min_size(n + 1, text.n));
    read_start(trimmed(view_head(text, n)), whole || n < text.n, head);
    return true;
}

bool http_read_head(struct view text, bool whole, struct http_head *head)
{
    struct buf b = buf_of(text);

    if (!begin(&b, whole, head))
        return false;
    read_headers(&b, whole, true, head);
    head->facts.cut = !whole;
    if (head->to_websocket && head->facts.asked == HTTP_ASKED_OTHER)
        head->facts.asked = HTTP_ASKED_WEBSOCKET;
    return true;
}

/* --- the gate */

/* True when the bytes behind a head can be JSON-RPC's first; behind a chunk's size too. */
static bool body_may_mine(struct view body)
{
    if (body.n > 0 && parse_hex_digit(body.p[0]) >= 0)
        body = view_skip(body, view_find(body, '\n') + 1);
    return body.n > 0 && (body.p[0] == '[' || jsonrpc_may_start(body));
}

/* Targets at which nodes and pools are asked: the root, /LP and the like, monerod's, Chia's, a login. */
static bool is_at_pool(const struct http_facts *f)
{
    return f->login_in_uri || f->asked >= HTTP_ASKED_PARTIAL || f->target.n <= 3 || view_is(f->target, "/json_rpc");
}

/* What is behind a head, whose headers are not looked at. */
static struct view behind_head(struct view text)
{
    size_t n = http_head_end(text, 0);

    return view_skip(text, n ? n : text.n);
}

/* A head as a whole, where no cheaper sign told. */
static bool head_may_mine(struct view payload)
{
    struct buf b = buf_of(payload);
    struct http_head head;
    const struct http_facts *f = &head.facts;

    if (!begin(&b, false, &head))
        return false;
    if (http_starts(payload) == HTTP_BEGUN) /* the first line is not whole */
        return f->login_in_uri || payload.n < BEGUN_MAX;
    if (f->asked == HTTP_ASKED_CONNECT)
        return true;
    read_headers(&b, false, false, &head);
    if (f->mining_headers || f->hash_difficulty)
        return true;
    if (f->get)
        return f->asked == HTTP_ASKED_FARMER;
    return !head.is_encoded && is_at_pool(f) && (f->login_in_uri || has_word(head.type, "json") || body_may_mine(buf_rest(&b)));
}

/* A request with a body: at a target as pools have, or with JSON-RPC behind its head. */
static bool post_may_mine(struct view payload)
{
    struct view rest = view_skip(payload, view_find(payload, ' ') + 1);
    uint32_t start = view_be32(rest, 0);
    uint8_t last;

    if (start >> 16 == ROOT || start == JSON_RPC || start == LOGIN || start >> 8 == WALLET || start == FARMER ||
        start == PARTIAL || start == LONG_POLL || start == ABSOLUTE || view_find(payload, '\n') == payload.n)
        return head_may_mine(payload);
    last = payload.p[payload.n - 1];
    if (last != '}' && last != ']')
        return false; /* a head whose body is yet to come tells enough by itself */
    return body_may_mine(behind_head(payload)) && http_starts(payload) == HTTP_REQUEST;
}

/* One that ends with its JSON, or with the last chunk. */
bool http_lone_reply_may_mine(struct view payload)
{
    uint8_t last = payload.p[payload.n - 1];

    return (last == '}' || last == '\n') && http_starts(payload) == HTTP_REPLY && body_may_mine(behind_head(payload));
}

static bool names_websocket(struct view head, char initial, const char *word)
{
    while (head.n > 0) {
        head = view_skip(head, view_find(head, (uint8_t)initial));
        if (view_starts(head, word))
            return true;
        head = view_skip(head, 1);
    }
    return false;
}

/*
 * A browser's or program's request for a WebSocket: most write the names of its headers with capitals. A target that ends
 * like a file's name is not looked at further: that is most of the web. A few first bytes may go on with anything.
 */
static bool asks_for_websocket(struct view head)
{
    size_t end = 4 + view_find(view_skip(head, 4), ' ');

    if (head.n < BEGUN_MAX && http_head_end(head, 0) == 0)
        return true;
    if (view_u8(head, end - 3) == '.' || view_u8(head, end - 4) == '.' || view_u8(head, end - 5) == '.')
        return false;
    if (!view_starts(head, "GET "))
        return false;
    return names_websocket(head, 'W', "WebSocket") || names_websocket(head, 'w', "websocket");
}

bool http_request_may_mine(struct view payload, bool first)
{
    uint32_t start = view_be32(payload, 4);

    switch (view_u8(payload, 0)) {
    case 'G': /* a long poll, a login in the target, a farmer; or a WebSocket, which begins its connection */
        if (start == LONG_POLL || start == LOGIN || start == FARMER)
            return head_may_mine(payload);
        return first && asks_for_websocket(payload);
    case 'P': return post_may_mine(payload);
    default: return head_may_mine(payload);
    }
}

/* --- chunks: size in hex, extensions to the end of the line, data, CRLF; after the last one, of size 0, trailer lines */

enum chunk_phase { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, CHUNK_TRAILER };

static void read_size(struct http_chunks *c, uint8_t byte)
{
    int digit = parse_hex_digit(byte);

    if (digit >= 0) {
        c->left = c->left << 4 | (uint64_t)digit;
        c->broken = ++c->n_digits > 15;
    } else if (c->n_digits == 0) {
        c->broken = true;
    } else if (byte == '\n') {
        c->phase = c->left ? CHUNK_DATA : CHUNK_TRAILER;
    } else {
        c->phase = CHUNK_EXTENSION;
    }
}

static void read_byte(struct http_chunks *c, uint8_t byte)
{
    switch (c->phase) {
    case CHUNK_SIZE: read_size(c, byte); break;
    case CHUNK_EXTENSION:
        if (byte == '\n')
            c->phase = c->left ? CHUNK_DATA : CHUNK_TRAILER;
        break;
    case CHUNK_END:
        if (byte == '\n')
            c->phase = CHUNK_SIZE;
        else
            c->broken = byte != '\r';
        break;
    default:
        if (byte == '\n') {
            c->done = !c->in_line;
            c->in_line = false;
        } else if (byte != '\r') {
            c->in_line = true;
        }
        break;
    }
}

/* The data of a chunk has come to its end. */
static void end_data(struct http_chunks *c)
{
    if (c->left == 0) {
        c->phase = CHUNK_END;
        c->n_digits = 0;
    }
}

bool http_next_piece(struct http_chunks *c, struct buf *b, struct view *piece)
{
    while (buf_left(b) > 0 && !c->done && !c->broken) {
        if (c->phase == CHUNK_DATA) {
            *piece = buf_take(b, c->left < buf_left(b) ? (size_t)c->left : buf_left(b));
            c->left -= piece->n;
            end_data(c);
            return true;
        }
        read_byte(c, buf_u8(b));
    }
    return false;
}

bool http_skip_missing(struct http_chunks *c, uint64_t n)
{
    if (n == 0)
        return true;
    if (c->phase != CHUNK_DATA || n > c->left || c->done || c->broken)
        return false;
    c->left -= n;
    end_data(c);
    return true;
}
