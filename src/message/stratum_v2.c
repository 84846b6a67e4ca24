/*
 * stratum_v2.c - frames of Stratum V2 and their meaning. Sources: stratum_v2.h.
 */
#include "config.h"

#include "message/stratum_v2.h"

#include "base/out.h"

#include <math.h>

enum kind {
    SETUP = 0x00,
    SETUP_OK = 0x01,
    SETUP_ERROR = 0x02,
    ENDPOINT_CHANGED = 0x03,
    RECONNECT = 0x04,
    OPEN_STANDARD = 0x10,
    OPEN_STANDARD_OK = 0x11,
    OPEN_ERROR = 0x12,
    OPEN_EXTENDED = 0x13,
    OPEN_EXTENDED_OK = 0x14,
    NEW_JOB = 0x15,
    UPDATE_CHANNEL = 0x16,
    UPDATE_ERROR = 0x17,
    CLOSE_CHANNEL = 0x18,
    SET_PREFIX = 0x19,
    SUBMIT_STANDARD = 0x1a,
    SUBMIT_EXTENDED = 0x1b,
    SHARES_OK = 0x1c,
    SHARES_ERROR = 0x1d,
    NEW_EXTENDED_JOB = 0x1f,
    SET_PREV_HASH = 0x20,
    SET_TARGET = 0x21,
    CUSTOM_FIRST = 0x22, /* custom jobs and group channels, to 0x25: nothing is read of them */
    CUSTOM_LAST = 0x25,
    DECLARATION_FIRST = 0x50, /* job declaration and template distribution: neither */
    TEMPLATE_LAST = 0x76
};

#define CHANNEL_BIT 0x8000
#define SV2_VERSION 2
#define PAYLOAD_MAX (UINT32_C(1) << 22) /* of what is passed by: a block has at most 4 MB */
#define NTIME_MIN 1577836800u           /* 2020: there was no Stratum V2 before */
#define HASHRATE_MAX 1e22               /* H/s: ten times that of Bitcoin's whole network in 2025 */

/* Lengths of payloads; texts are up to 255 bytes, an extranonce up to 32, and a merkle path up to 255 hashes. */
static bool is_length(uint8_t kind, uint32_t n)
{
    static const struct {
        uint8_t kind;
        uint32_t min, max;
    } lengths[] = {
        {SETUP, 16, 16 + 5 * 255},
        {SETUP_OK, 6, 6},
        {SETUP_ERROR, 5, 260},
        {ENDPOINT_CHANGED, 4, 4},
        {RECONNECT, 3, 258},
        {OPEN_STANDARD, 41, 41 + 255},
        {OPEN_STANDARD_OK, 45, 45 + 32},
        {OPEN_ERROR, 5, 260},
        {OPEN_EXTENDED, 43, 43 + 255},
        {OPEN_EXTENDED_OK, 43, 47 + 32},
        {NEW_JOB, 45, 49},
        {UPDATE_CHANNEL, 40, 40},
        {UPDATE_ERROR, 5, 260},
        {CLOSE_CHANNEL, 5, 260},
        {SET_PREFIX, 5, 37},
        {SUBMIT_STANDARD, 24, 24},
        {SUBMIT_EXTENDED, 25, 57},
        {SHARES_OK, 20, 20},
        {SHARES_ERROR, 9, 264},
        {NEW_EXTENDED_JOB, 19, 23 + 255 * 32 + 2 * 65535},
        {SET_PREV_HASH, 48, 48},
        {SET_TARGET, 36, 36},
    };

    for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
        if (lengths[i].kind == kind)
            return n >= lengths[i].min && n <= lengths[i].max;
    return ((kind >= CUSTOM_FIRST && kind <= CUSTOM_LAST) || (kind >= DECLARATION_FIRST && kind <= TEMPLATE_LAST)) && n > 0 &&
           n <= PAYLOAD_MAX;
}

enum piece_look sv2_look(struct view data, struct piece *pc)
{
    struct buf b = buf_of(data);
    uint16_t extension = buf_le16(&b);
    uint8_t kind = buf_u8(&b);
    uint32_t n = buf_le16(&b);

    n |= (uint32_t)buf_u8(&b) << 16;
    if (!buf_ok(&b)) /* the extension is told by its first bytes: 0000 or 0080 */
        return data.n > 0 && (data.p[0] != 0 || (data.n > 1 && (data.p[1] & 0x7f))) ? PIECE_NO : PIECE_MORE;
    if (extension & ~CHANNEL_BIT || !is_length(kind, n))
        return PIECE_NO;
    *pc = (struct piece){.total = SV2_HEAD + n, .type = kind};
    pc->want = pc->total < PIECE_WANT_MAX ? pc->total : PIECE_WANT_MAX;
    return PIECE_YES;
}

/* A text of up to 255 bytes behind its length; of a cut one what is there. False when it is not printable. */
static bool take_text(struct buf *b, struct json_val *v)
{
    uint8_t n = buf_u8(b);
    struct view text = view_head(buf_rest(b), n);

    *v = json_text_of(text);
    v->complete = buf_ok(b) && text.n == n;
    if (!buf_skip(b, n))
        v->complete = false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < ' ' || text.p[i] == 0x7f)
            return false;
    return true;
}

/* A 256-bit number, as hex with the highest byte first. */
static bool take_target(struct buf *b, struct sv2_said *out)
{
    static const char digits[] = "0123456789abcdef";
    struct view v = buf_take(b, 32);

    if (v.n == 0)
        return false;
    for (size_t i = 0; i < 32; i++) {
        out->target[2 * i] = digits[v.p[31 - i] >> 4];
        out->target[2 * i + 1] = digits[v.p[31 - i] & 15];
    }
    out->target[64] = '\0';
    out->msg.target = json_text_of(view_of(out->target, 64));
    out->msg.target_kind = TARGET_BE256;
    return true;
}

static void set_job(struct sv2_said *out, uint32_t id)
{
    struct out o = out_of(out->job, sizeof(out->job));

    out_fmt(&o, "%x", id);
    out->msg.job = json_text_of(out_view(&o));
}

static void set_port(struct sv2_said *out, uint16_t port)
{
    struct out o = out_of(out->port, sizeof(out->port));

    out_fmt(&o, "%u", port);
    out->msg.port = json_text_of(out_view(&o));
}

static bool is_time(uint32_t ntime)
{
    return ntime >= NTIME_MIN;
}

static bool read_setup(struct buf *b, struct sv2_said *out)
{
    struct out agent = out_of(out->agent, sizeof(out->agent));
    uint8_t protocol = buf_u8(b);
    uint16_t min = buf_le16(b), max = buf_le16(b), port;
    struct json_val part[4];
    bool complete = true;

    buf_skip(b, 4);
    if (!buf_ok(b) || protocol > 2 || min != SV2_VERSION || max != SV2_VERSION)
        return false;
    if (!take_text(b, &out->msg.host))
        return false;
    port = buf_le16(b);
    for (size_t i = 0; i < ARRAY_LEN(part); i++) /* vendor, hardware, firmware, and the device, which is not shown */
        if (!take_text(b, &part[i]))
            return false;
    for (size_t i = 0; i < 3; i++) {
        complete = complete && part[i].complete;
        if (part[i].text.n && agent.n)
            out_char(&agent, ' ');
        out_bytes(&agent, part[i].text);
    }
    out->msg.say = SAY_SUBSCRIBE;
    out->msg.agent = json_text_of(out_view(&agent));
    out->msg.agent.complete = complete;
    out->msg.host_source = NAME_SUBSCRIBE;
    if (out->msg.host.complete)
        set_port(out, port);
    return true;
}

static bool read_rate(struct buf *b, struct sv2_said *out)
{
    uint32_t raw = buf_le32(b);
    float rate;

    if (!buf_ok(b))
        return true; /* cut */
    memcpy(&rate, &raw, sizeof(rate));
    if (!isfinite(rate) || rate < 0 || (double)rate > HASHRATE_MAX)
        return false;
    out->msg.claimed_hs = (double)rate < 1.8e19 ? (uint64_t)rate : 0;
    return true;
}

static bool read_open(struct buf *b, struct sv2_said *out)
{
    buf_skip(b, 4);
    if (!buf_ok(b) || !take_text(b, &out->msg.login) || !read_rate(b, out))
        return false;
    buf_skip(b, 32);
    out->msg.say = SAY_LOGIN;
    return true;
}

static bool read_opened(struct buf *b, struct sv2_said *out)
{
    buf_skip(b, 8);
    out->msg.from_pool = true;
    out->msg.say = SAY_DIFFICULTY;
    return take_target(b, out);
}

/* NewMiningJob and NewExtendedMiningJob begin alike: channel, job, perhaps a time, version. */
static bool read_job(const struct piece *pc, struct buf *b, struct sv2_said *out)
{
    uint32_t job, version;
    uint8_t has_time;

    buf_skip(b, 4);
    job = buf_le32(b);
    has_time = buf_u8(b);
    if (has_time > 1 || (pc->type == NEW_JOB && pc->total != SV2_HEAD + 45u + 4u * has_time))
        return false;
    out->msg.ntime_s = has_time ? buf_le32(b) : 0;
    version = buf_le32(b);
    if (!buf_ok(b) || (has_time && !is_time((uint32_t)out->msg.ntime_s)) || version == 0)
        return false;
    out->msg.from_pool = true;
    out->msg.say = SAY_JOB;
    set_job(out, job);
    return true;
}

static bool read_prev_hash(struct buf *b, struct sv2_said *out)
{
    uint32_t job, ntime;
    struct view hash;

    buf_skip(b, 4);
    job = buf_le32(b);
    hash = buf_take(b, 32);
    ntime = buf_le32(b);
    buf_skip(b, 4);
    if (!buf_ok(b) || !is_time(ntime))
        return false;
    /* The hash of a block is a small number: its highest bytes, the last, are zero. On a test network not even that. */
    if (hash.p[31] != 0)
        out->msg.proof = PROOF_NONE;
    out->msg.from_pool = true;
    out->msg.say = SAY_JOB;
    out->msg.ntime_s = ntime;
    set_job(out, job);
    return true;
}

static bool read_submit(const struct piece *pc, struct buf *b, struct sv2_said *out)
{
    uint32_t job, ntime, version;

    buf_skip(b, 8);
    job = buf_le32(b);
    buf_skip(b, 4);
    ntime = buf_le32(b);
    version = buf_le32(b);
    if (!buf_ok(b) || !is_time(ntime) || version == 0)
        return false;
    if (pc->type == SUBMIT_EXTENDED && buf_u8(b) != pc->total - SV2_HEAD - 25)
        return false;
    out->msg.say = SAY_SUBMIT;
    set_job(out, job);
    return true;
}

static void set_reply(struct sv2_said *out, enum mining_say answers, bool accepted)
{
    out->msg.from_pool = true;
    out->msg.say = SAY_REPLY;
    out->msg.answers = answers;
    out->msg.accepted = accepted;
    out->msg.proof = PROOF_NONE;
}

/* What servers answer. skip is where the text of an error begins. */
static bool read_error(struct buf *b, struct sv2_said *out, enum mining_say answers, size_t skip)
{
    buf_skip(b, skip);
    set_reply(out, answers, false);
    return buf_ok(b) && take_text(b, &out->msg.reason);
}

static bool read_shares_ok(struct buf *b, struct sv2_said *out)
{
    buf_skip(b, 8);
    set_reply(out, SAY_SUBMIT, true);
    out->msg.n_answers = buf_le32(b);
    return buf_ok(b);
}

static bool read_reconnect(struct buf *b, struct sv2_said *out)
{
    bool ok = take_text(b, &out->msg.host);
    uint16_t port = buf_le16(b);

    out->msg.from_pool = true;
    out->msg.say = SAY_NOTICE;
    out->msg.host_source = NAME_RECONNECT;
    if (out->msg.host.text.n == 0) /* the same server again */
        out->msg.host_source = NAME_NONE;
    else if (out->msg.host.complete)
        set_port(out, port);
    return ok;
}

static bool read_payload(const struct piece *pc, struct buf *b, struct sv2_said *out)
{
    switch (pc->type) {
    case SETUP: return read_setup(b, out);
    case SETUP_OK:
        out->msg.from_pool = true;
        out->msg.say = SAY_SUBSCRIBED;
        return buf_le16(b) == SV2_VERSION;
    case SETUP_ERROR: return read_error(b, out, SAY_SUBSCRIBE, 4);
    case RECONNECT: return read_reconnect(b, out);
    case OPEN_STANDARD:
    case OPEN_EXTENDED: return read_open(b, out);
    case OPEN_STANDARD_OK:
    case OPEN_EXTENDED_OK: return read_opened(b, out);
    case OPEN_ERROR: return read_error(b, out, SAY_LOGIN, 4);
    case NEW_JOB:
    case NEW_EXTENDED_JOB: return read_job(pc, b, out);
    case UPDATE_CHANNEL:
        out->msg.say = SAY_HASHRATE;
        buf_skip(b, 4);
        return read_rate(b, out);
    case SUBMIT_STANDARD:
    case SUBMIT_EXTENDED: return read_submit(pc, b, out);
    case SHARES_OK: return read_shares_ok(b, out);
    case SHARES_ERROR: return read_error(b, out, SAY_SUBMIT, 8);
    case SET_PREV_HASH: return read_prev_hash(b, out);
    case SET_TARGET:
        buf_skip(b, 4);
        out->msg.from_pool = true;
        out->msg.say = SAY_DIFFICULTY;
        return take_target(b, out);
    default: return true; /* says nothing */
    }
}

/* What has texts must end where its last field does. */
static bool is_used_up(const struct piece *pc, const struct buf *b)
{
    size_t left = buf_left(b);

    switch (pc->type) {
    case SETUP:
    case SETUP_ERROR:
    case RECONNECT:
    case OPEN_STANDARD:
    case OPEN_ERROR:
    case SHARES_ERROR: return left == 0;
    case OPEN_EXTENDED: return left == 2;
    default: return true;
    }
}

bool sv2_read(const struct piece *pc, struct view data, struct sv2_said *out, bool *fits)
{
    bool whole = data.n >= pc->total;
    struct buf b = buf_of(view_head(data, pc->total));

    out->msg = (struct mining_msg){.protocol = PROTOCOL_STRATUM_V2, .proof = PROOF_FULL};
    buf_skip(&b, SV2_HEAD);
    *fits = read_payload(pc, &b, out);
    if (whole && (!buf_ok(&b) || !is_used_up(pc, &b)))
        *fits = false;
    return *fits && out->msg.say != SAY_NOTHING;
}

/* Kinds whose length differs little or not at all, and that are sent over and over. */
static bool is_fixed(uint32_t kind)
{
    return kind == SUBMIT_STANDARD || kind == SUBMIT_EXTENDED || kind == SHARES_OK || kind == SET_PREV_HASH ||
           kind == SET_TARGET || kind == NEW_JOB;
}

bool sv2_may_start(struct view payload)
{
    static const uint8_t versions[4] = {SV2_VERSION, 0, SV2_VERSION, 0};
    struct piece pc;
    enum piece_look look = sv2_look(payload, &pc);
    struct view rest = view_skip(payload, SV2_HEAD + 1);
    struct piece next;

    if (look == PIECE_MORE)
        return true;
    if (look == PIECE_NO)
        return false;
    if (pc.type == SETUP && payload.p[1] == 0)
        return (payload.n <= SV2_HEAD || payload.p[SV2_HEAD] <= 2) &&
               (rest.n == 0 || memcmp(rest.p, versions, min_size(rest.n, sizeof(versions))) == 0);
    rest = view_skip(payload, pc.total);
    return is_fixed(pc.type) && payload.n >= pc.total && sv2_look(rest, &next) != PIECE_NO;
}
