/*
 * gate.c - first bytes.
 *
 * Text begins with a brace or blanks, a method or version of HTTP, a SOCKS greeting at the very start, or the head of a
 * WebSocket frame. What is no text begins with the magic number of a coin's network, with the zeros of Stratum V2's frames
 * or of p2pool's challenge, or is told by its length alone (act 1 of Stratum V2's handshake).
 */
#include "config.h"

#include "detect/gate.h"

#include "message/http.h"
#include "message/jsonrpc.h"
#include "message/socks.h"
#include "message/stratum_v2.h"
#include "message/websocket.h"

#define BIT(n) (UINT64_C(1) << (n))

enum way { WAY_SHUT, WAY_JSON, WAY_REQUEST, WAY_REPLY, WAY_FRAME, WAY_SOCKS, WAY_BINARY };

const uint8_t gate_ways[256] = {
    ['{'] = WAY_JSON,    [' '] = WAY_JSON,    ['\t'] = WAY_JSON,   ['\n'] = WAY_JSON,   ['\v'] = WAY_JSON,
    ['\f'] = WAY_JSON,   ['\r'] = WAY_JSON,   ['P'] = WAY_REQUEST, ['G'] = WAY_REQUEST, ['C'] = WAY_REQUEST,
    ['H'] = WAY_REPLY,   [0x81] = WAY_FRAME,  [0x04] = WAY_SOCKS,  [0x05] = WAY_SOCKS,  [0x00] = WAY_BINARY,
    [0x01] = WAY_BINARY, [0x02] = WAY_BINARY, [0x03] = WAY_BINARY, [0x1c] = WAY_BINARY, [0x24] = WAY_BINARY,
    [0x52] = WAY_BINARY, [0x72] = WAY_BINARY, [0xbf] = WAY_BINARY, [0xc0] = WAY_BINARY, [0xce] = WAY_BINARY,
    [0xe1] = WAY_BINARY, [0xe3] = WAY_BINARY, [0xf4] = WAY_BINARY, [0xf9] = WAY_BINARY, [0xfa] = WAY_BINARY,
    [0xfb] = WAY_BINARY, [0xfc] = WAY_BINARY, [0xfd] = WAY_BINARY,
};

/* Second bytes of what is no line, but for p2pool's, which are chance. */
static bool may_be_second(uint8_t c)
{
    static const uint64_t set[4] = {
        BIT(0x00) | BIT(0x03) | BIT(0x0c) | BIT(0x11) | BIT(0x16) | BIT(0x1a) | BIT(0x21),
        BIT(0x41 & 63) | BIT(0x47 & 63) | BIT(0x74 & 63),
        BIT(0x80 & 63) | BIT(0xbe & 63) | BIT(0xbf & 63),
        BIT(0xc0 & 63) | BIT(0xc1 & 63) | BIT(0xc3 & 63) | BIT(0xd2 & 63) | BIT(0xe1 & 63) | BIT(0xe2 & 63) | BIT(0xe5 & 63) |
            BIT(0xe9 & 63),
    };

    return set[c / 64] >> c % 64 & 1;
}

/* Whether a payload of its way begins a dialogue of text. first: it is the first of its direction. */
static bool begins_text(const struct flow *f, struct view payload, int dir, bool first)
{
    switch ((enum way)gate_ways[payload.p[0]]) {
    case WAY_JSON: return jsonrpc_may_start(payload);
    case WAY_REQUEST: return http_request_may_mine(payload, first);
    case WAY_REPLY: return http_reply_may_mine(payload, f->packets[!dir] == 0);
    case WAY_FRAME: return websocket_starts_json(payload) == WEBSOCKET_FRAME;
    case WAY_SOCKS: return first && socks_starts(payload) != SOCKS_BAD;
    case WAY_BINARY:
    case WAY_SHUT: break;
    }
    return false;
}

/*
 * Whether it is worth a look at all of it. Many protocols begin with zeros: Stratum V2's frames have a kind and a length
 * behind two of them, and p2pool's challenge, which is chance, is a first payload. Two of the blanks begin the names of
 * networks too.
 */
static bool may_be_binary(const struct flow *f, struct view v, int dir, bool first)
{
    if (binary_is_act1(f, dir))
        return true;
    if (gate_ways[v.p[0]] == WAY_JSON)
        return v.p[0] == 0x0a || v.p[0] == 0x0b;
    if (gate_ways[v.p[0]] != WAY_BINARY)
        return false;
    if (v.n == 1)
        return true;
    if (first && v.n > 2 && v.p[2] == 4 && v.p[0] <= 3 && v.p[0] > 0) /* an opening of RLPx */
        return true;
    if (v.p[0] != 0)
        return may_be_second(v.p[1]);
    if (v.n >= SV2_HEAD && (v.p[1] & 0x7f) == 0 && v.p[4] <= 5 && v.p[5] == 0) /* lengths of up to 1291 */
        return true;
    return first && (v.n <= P2POOL_CHALLENGE || v.p[P2POOL_CHALLENGE] == 1);
}

bool gate_opens(const struct flow *f, const struct packet *p, int dir, struct gate_opening *opening)
{
    bool first = f->bytes[dir] == p->payload_wire_len;

    *opening = (struct gate_opening){.text = begins_text(f, p->payload, dir, first), .form = BINARY_NONE};
    if (!opening->text && may_be_binary(f, p->payload, dir, first))
        opening->form = binary_may_start(f, p, dir);
    return opening->text || opening->form != BINARY_NONE;
}
