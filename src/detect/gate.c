/*
 * gate.c - first bytes.
 *
 * Text begins with a brace or blanks, a method or version of HTTP, a SOCKS greeting at the very start, or the head of a
 * WebSocket frame. What is no text begins with the magic number of a coin's network, with the zeros of Stratum V2's frames
 * or of p2pool's challenge, or is told by its length alone (act 1 of Stratum V2's handshake).
 */
#include "config.h"

#include "detect/gate.h"

#include "message/dns.h"
#include "message/http.h"
#include "message/jsonrpc.h"
#include "message/socks.h"
#include "message/stratum_v2.h"
#include "message/websocket.h"

#define FIRST_MIN 4        /* a shorter first payload tells nothing: probes have one byte */
#define FIRST_TEXT 16      /* bytes of it that tell text from what is none */
#define FIRST_LINE_MAX 256 /* bytes of a first line looked at */
#define STATUS_AT 9        /* where the status stands in "HTTP/1.1 101" */

#define WORD(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

#define BITS(mask, second) mask, 0xff ^ (second)
#define ANY BITS(0, 0) /* second byte */
#define FIRST 0, 0     /* none fits: only the first payload of a direction is looked at */
#define IS(byte) BITS(0xff, byte)
#define ASCII BITS(0x80, 0) /* a blank, a brace or a quote */

/* The second bytes of POST and PUT have the bits of 0x45 in common, those of the networks that begin with 0xfa of 0x02. */
const struct gate gates[256] = {
    ['{'] = {GATE_JSON, ASCII},       [' '] = {GATE_JSON, ASCII},
    ['\t'] = {GATE_JSON, ASCII},      ['\n'] = {GATE_JSON, ANY},
    ['\v'] = {GATE_JSON, ANY},        ['\f'] = {GATE_JSON, ASCII},
    ['\r'] = {GATE_JSON, ASCII},      ['P'] = {GATE_REQUEST, BITS(0xe5, 0x45)},
    ['G'] = {GATE_REQUEST, IS('E')},  ['C'] = {GATE_REQUEST, IS('O')},
    ['H'] = {GATE_REPLY, IS('T')},    [0x81] = {GATE_FRAME, ANY},
    [0x04] = {GATE_SOCKS, FIRST},     [0x05] = {GATE_SOCKS, FIRST},
    [0x00] = {GATE_BINARY, ANY},      [0x01] = {GATE_BINARY, IS(0x21)},
    [0x02] = {GATE_BINARY, FIRST},    [0x03] = {GATE_BINARY, FIRST},
    [0x1c] = {GATE_BINARY, IS(0x16)}, [0x24] = {GATE_BINARY, IS(0xe9)},
    [0x52] = {GATE_BINARY, IS(0x41)}, [0x72] = {GATE_BINARY, IS(0x74)},
    [0xbf] = {GATE_BINARY, IS(0x0c)}, [0xc0] = {GATE_BINARY, IS(0xc0)},
    [0xce] = {GATE_BINARY, IS(0xe2)}, [0xe1] = {GATE_BINARY, IS(0x47)},
    [0xe3] = {GATE_BINARY, IS(0xe1)}, [0xf4] = {GATE_BINARY, IS(0xe5)},
    [0xf9] = {GATE_BINARY, IS(0xbe)}, [0xfa] = {GATE_BINARY, BITS(0x02, 0x02)},
    [0xfb] = {GATE_BINARY, IS(0xc0)}, [0xfc] = {GATE_BINARY, IS(0xc1)},
    [0xfd] = {GATE_BINARY, IS(0xd2)},
};

/*
 * Whether what begins with the bytes of a network, or of zeros, is worth a look at all of it. Many protocols begin with
 * zeros: Stratum V2's frames have a kind and a length behind two of them, and p2pool's challenge, which is chance, is a
 * first payload, as an opening of RLPx is.
 */
static bool may_be_binary(struct view v, bool first)
{
    if (v.n == 1 || binary_may_be_dns(v, first))
        return true;
    if (first && v.n > 2 && v.p[2] == 4 && v.p[0] <= 3 && v.p[0] > 0)
        return true;
    if (v.p[0] != 0)
        return gate_fits_second(&gates[v.p[0]], v.p[1]);
    if (v.n >= SV2_HEAD && (v.p[1] & 0x7f) == 0 && v.p[4] <= 5 && v.p[5] == 0) /* lengths of up to 1291 */
        return true;
    return first && (v.n <= P2POOL_CHALLENGE || v.p[P2POOL_CHALLENGE] == 1);
}

/*
 * The first line of another protocol, of text or not. What is left of a line of JSON whose start was lost ends with a brace,
 * or has no end here; so does what a miner or a pool says in blanks and probes.
 */
static bool begins_other(struct view v)
{
    struct view line;

    if (v.p[0] < ' ')
        return true;
    for (size_t i = 0; i < v.n && i < FIRST_TEXT && v.p[i] != '\n'; i++)
        if (v.p[i] < ' ' && v.p[i] != '\r' && v.p[i] != '\t')
            return true;
    line = view_head(v, view_find(view_head(v, FIRST_LINE_MAX), '\n'));
    if (line.n == v.n || line.n == FIRST_LINE_MAX || view_starts(v, "PROXY "))
        return false; /* the line of a balancer goes before what it carries */
    while (line.n > 0 && line.p[line.n - 1] <= ' ')
        line.n--;
    return line.n > 0 && line.p[line.n - 1] != '}';
}

/* A tunnel's reply says that it is open: HTTP/1.1 200 Connection established. */
static bool opens_tunnel(struct view v)
{
    struct http_head head;

    return (view_u8(v, 13) | 0x20) == 'c' && http_read_head(v, true, &head) && head.established;
}

static void note_first(struct flow *f, const struct packet *p, int dir)
{
    struct view v = p->payload;

    switch (view_be32(v, 0)) {
    case WORD('C', 'O', 'N', 'N'): return; /* CONNECT opens a tunnel */
    case WORD('H', 'T', 'T', 'P'):
        if (!opens_tunnel(v))
            f->flags |= (uint8_t)(FLOW_HTTP | (dir == 0 ? FLOW_ASKS_1 : 0));
        return;
    case WORD('G', 'E', 'T', ' '):
    case WORD('P', 'O', 'S', 'T'):
    case WORD('P', 'U', 'T', ' '):
    case WORD('H', 'E', 'A', 'D'):
    case WORD('P', 'A', 'T', 'C'):
    case WORD('D', 'E', 'L', 'E'):
    case WORD('O', 'P', 'T', 'I'): f->flags |= (uint8_t)(FLOW_HTTP | (dir == 1 ? FLOW_ASKS_1 : 0)); return;
    default: break;
    }
    if (v.n >= FIRST_MIN && gates[v.p[0]].way != GATE_JSON && f->flags & FLOW_SEEN_SYN && f->packets[!dir] > 0 &&
        begins_other(v))
        f->flags |= FLOW_OTHER;
}

/* The beginning of a DNS message, whatever its first byte is. Too little to tell, or no question, is taken for one on its own port only. */
static bool may_be_dns(const struct packet *p, bool first)
{
    if (first && binary_is_dns_port(p->sport, p->dport))
        return true;
    return p->payload.n >= DNS_LOOK_MIN && binary_may_be_dns(p->payload, first);
}

bool gate_may_open(struct flow *f, const struct packet *p, int dir)
{
    bool first = f->bytes[dir] == p->payload_wire_len;
    const struct gate *g = &gates[p->payload.p[0]];

    if (first) {
        note_first(f, p, dir);
        if (may_be_dns(p, true)) /* whatever its first byte is */
            return true;
    }
    switch ((enum gate_way)g->way) {
    case GATE_SHUT: return binary_is_act1(f, dir);
    case GATE_REPLY: /* switches to a WebSocket, or is all that was captured */
        return f->packets[!dir] == 0 || view_be16(p->payload, STATUS_AT) == ('1' << 8 | '0');
    case GATE_BINARY: return may_be_binary(p->payload, first) || binary_is_act1(f, dir);
    default: return first || p->payload.n < 2 || gate_fits_second(g, p->payload.p[1]) || binary_is_act1(f, dir);
    }
}

struct gate_opening gate_opens(const struct flow *f, const struct packet *p, int dir)
{
    bool first = f->bytes[dir] == p->payload_wire_len, binary = false, text = false;
    struct view v = p->payload;

    switch ((enum gate_way)gates[v.p[0]].way) {
    case GATE_REPLY: text = http_reply_may_mine(v, f->packets[!dir] == 0); break;
    case GATE_REQUEST: text = http_request_may_mine(v, first); break;
    case GATE_JSON:
        text = jsonrpc_may_start(v);
        binary = v.p[0] == 0x0a || v.p[0] == 0x0b; /* two of the blanks begin the names of networks too */
        break;
    case GATE_FRAME: text = websocket_starts_json(v) == WEBSOCKET_FRAME; break;
    case GATE_SOCKS: text = first && socks_starts(v) != SOCKS_BAD; break;
    case GATE_BINARY: binary = may_be_binary(v, first); break;
    case GATE_SHUT: break;
    }
    binary |= binary_is_act1(f, dir);
    if (!text && (binary || may_be_dns(p, first))) {
        enum binary_form form = binary_may_start(f, p, dir);

        return (struct gate_opening){.form = binary || form == BINARY_DNS ? form : BINARY_NONE};
    }
    return (struct gate_opening){.text = text,
                                 .body = gates[v.p[0]].way == GATE_JSON && f->flags & FLOW_HTTP,
                                 .quote = gates[v.p[0]].way == GATE_JSON && f->flags & FLOW_OTHER,
                                 .form = BINARY_NONE};
}
