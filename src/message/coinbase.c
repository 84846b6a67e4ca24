/*
 * coinbase.c - the coinbase transaction of mining.notify.
 *
 * It comes in two halves between which the miner puts the extranonce, whose length is not known here: coinbase 1 starts
 * the transaction and its script, coinbase 2 may begin with the rest of the script, then sequence, outputs and lock
 * time. Where the sequence is follows from what comes behind it: outputs that take up the text to its last digit.
 *
 * Sources: Bitcoin's transaction format; BIP 34 (height), BIP 141 (witness; Stratum leaves it out, some pools do not),
 * BIP 341 (P2TR); Bitcoin wiki, "Merged mining specification" (mark fabe6d6d, 32 bytes of root, 8 of size and number); Dash's
 * DIP 2 (payload behind the lock time). Examples: the Stratum documentation of Slush's pool.
 */
#include "config.h"

#include "message/coinbase.h"

#include "base/parse.h"

#define SCRIPT_MAX 100    /* bytes that a coinbase script has at most, by consensus */
#define OUTPUTS_MAX 10000 /* more do not fit in a message; p2pool for Bitcoin made some hundred */
#define RUN_MIN 4         /* printable bytes in a row; fewer are common among counters and times */
#define MERGE_BYTES 44    /* mark, root, size, number */
#define AMOUNT_MAX (UINT64_C(1) << 62)

/* A cursor over hexadecimal digits, as struct buf is over bytes. */
struct hex {
    struct view text;
    size_t at; /* digits */
    bool bad;
};

/* The bytes of a script that one of the halves holds. */
struct script {
    uint8_t bytes[SCRIPT_MAX];
    size_t n;
};

static size_t hex_left(const struct hex *h)
{
    return (h->text.n - h->at) / 2;
}

static uint8_t hex_u8(struct hex *h)
{
    int high, low;

    if (h->bad || hex_left(h) == 0) {
        h->bad = true;
        return 0;
    }
    high = parse_hex_digit(h->text.p[h->at]);
    low = parse_hex_digit(h->text.p[h->at + 1]);
    h->at += 2;
    h->bad = high < 0 || low < 0;
    return h->bad ? 0 : (uint8_t)(high << 4 | low);
}

/* n bytes, at most 8, little endian. */
static uint64_t hex_le(struct hex *h, unsigned n)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < n; i++)
        value |= (uint64_t)hex_u8(h) << 8 * i;
    return value;
}

static void hex_skip(struct hex *h, uint64_t n)
{
    if (h->bad || n > hex_left(h))
        h->bad = true;
    else
        h->at += n * 2;
}

/* Bitcoin's count: below 253 a byte, else 2, 4 or 8 behind it. */
static uint64_t hex_count(struct hex *h)
{
    uint8_t first = hex_u8(h);

    return first < 253 ? first : hex_le(h, first == 253 ? 2 : first == 254 ? 4 : 8);
}

/* Digits before the script's length in coinbase 1, or 0 when this is no coinbase. */
static size_t script_at(struct view text)
{
    static const uint8_t mark[] = "ffffffff";

    /* 4 bytes of version, 1 of input count and 32 of previous hash come first; segwit marks may shift them by 2. */
    for (size_t at = 64; at + 8 <= text.n && at <= 96; at += 2)
        if (memcmp(text.p + at, mark, 8) == 0)
            return at + 8;
    return 0;
}

/* The height, and how many bytes of the script its push takes; 0 when there is none. */
static uint64_t read_height(struct hex h, size_t *n_push)
{
    uint8_t n = hex_u8(&h);
    uint64_t height = n >= 1 && n <= 4 ? hex_le(&h, n) : 0;

    *n_push = height && !h.bad ? n + 1u : 0;
    return *n_push ? height : 0;
}

uint64_t coinbase_height(struct view coinbase1)
{
    size_t at = script_at(coinbase1), n_push;
    struct hex h = {.text = coinbase1, .at = at + 2, .bad = at == 0 || at + 2 > coinbase1.n};

    return read_height(h, &n_push);
}

static void classify(const uint8_t *script, size_t n, struct coinbase_payout *out)
{
    static const struct {
        enum coinbase_script script;
        uint8_t head[3], n_head, n_hash, tail[2], n_tail;
    } forms[] = {
        {COINBASE_SCRIPT_P2PKH, {0x76, 0xa9, 0x14}, 3, 20, {0x88, 0xac}, 2},
        {COINBASE_SCRIPT_P2SH, {0xa9, 0x14}, 2, 20, {0x87}, 1},
        {COINBASE_SCRIPT_P2WPKH, {0x00, 0x14}, 2, 20, {0}, 0},
        {COINBASE_SCRIPT_P2WSH, {0x00, 0x20}, 2, 32, {0}, 0},
        {COINBASE_SCRIPT_P2TR, {0x51, 0x20}, 2, 32, {0}, 0},
    };

    out->script = COINBASE_SCRIPT_OTHER;
    out->hash_len = 0;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t n_head = forms[i].n_head, n_hash = forms[i].n_hash;

        if (n != n_head + n_hash + forms[i].n_tail || memcmp(script, forms[i].head, n_head) != 0 ||
            memcmp(script + n_head + n_hash, forms[i].tail, forms[i].n_tail) != 0)
            continue;
        out->script = forms[i].script;
        out->hash_len = forms[i].n_hash;
        memcpy(out->hash, script + n_head, n_hash);
        return;
    }
}

/* One output; it is kept when it is the largest so far. */
static void read_output(struct hex *h, struct coinbase_payout *largest)
{
    uint8_t script[34]; /* the longest form */
    uint64_t amount = hex_le(h, 8);
    uint64_t n = hex_count(h);
    struct hex start = *h;

    h->bad |= amount > AMOUNT_MAX;
    hex_skip(h, n);
    if (h->bad || (largest->script != COINBASE_SCRIPT_NONE && amount <= largest->amount))
        return;
    for (size_t i = 0; i < sizeof(script); i++)
        script[i] = i < n ? hex_u8(&start) : 0;
    h->bad |= start.bad;
    largest->amount = amount;
    if (n <= sizeof(script))
        classify(script, n, largest);
    else
        *largest = (struct coinbase_payout){.script = COINBASE_SCRIPT_OTHER, .amount = amount};
}

/* What may stand behind the outputs: a lock time; before it one item of witness of 32 bytes; behind it a payload. */
static bool is_end(struct hex h)
{
    struct hex payload = h;

    if (hex_left(&h) == 4)
        return true;
    if (hex_left(&h) == 38 && hex_u8(&h) == 1 && hex_u8(&h) == 32)
        return true;
    hex_skip(&payload, 4);
    hex_skip(&payload, hex_count(&payload));
    return !payload.bad && hex_left(&payload) == 0;
}

/* Sequence, outputs and what follows: true when all of the text is just that. */
static bool read_outputs(struct hex h, struct coinbase *out)
{
    uint64_t sequence = hex_le(&h, 4), n;

    if (sequence != 0xffffffff && sequence != 0 && sequence != 0xfffffffe) /* the last lets a lock time count */
        return false;
    n = hex_count(&h);
    if (h.bad || n == 0 || n > OUTPUTS_MAX)
        return false;
    out->payout = (struct coinbase_payout){.script = COINBASE_SCRIPT_NONE};
    for (uint64_t i = 0; i < n && !h.bad; i++)
        read_output(&h, &out->payout);
    if (h.bad || !is_end(h)) {
        out->payout = (struct coinbase_payout){.script = COINBASE_SCRIPT_NONE};
        return false;
    }
    out->n_outputs = (uint32_t)n;
    return true;
}

/* Up to max bytes into a script; false when a digit is wrong. */
static bool read_script(struct hex h, size_t max, struct script *s)
{
    size_t n = min_size(min_size(max, hex_left(&h)), SCRIPT_MAX);

    for (s->n = 0; s->n < n; s->n++)
        s->bytes[s->n] = hex_u8(&h);
    return !h.bad;
}

static bool is_merge_mark(struct view v)
{
    static const uint8_t mark[] = {0xfa, 0xbe, 'm', 'm'};

    return v.n >= sizeof(mark) && memcmp(v.p, mark, sizeof(mark)) == 0;
}

/* The longest run of printable bytes, without blanks at its ends and a length before it; empty when there is none. */
static struct view longest_run(struct view v)
{
    struct view best = {v.p, 0};

    while (v.n > 0) {
        size_t n = 0;

        if (is_merge_mark(v)) { /* a hash has letters too */
            v = view_skip(v, MERGE_BYTES);
            continue;
        }
        while (n < v.n && v.p[n] >= ' ' && v.p[n] <= '~')
            n++;
        if (n > best.n)
            best = view_head(v, n);
        v = view_skip(v, max_size(n, 1));
    }
    if (best.n > ' ' && best.p[0] == best.n - 1) /* the push of a text of 32 and more is itself printable */
        best = view_skip(best, 1);
    while (best.n > 0 && best.p[0] == ' ')
        best = view_skip(best, 1);
    while (best.n > 0 && best.p[best.n - 1] == ' ')
        best.n--;
    return best.n >= RUN_MIN ? best : view_head(best, 0);
}

static void add_tag(struct coinbase *out, struct view run)
{
    if (run.n > 0 && out->tag_len > 0 && out->tag_len < COINBASE_TAG_MAX)
        out->tag[out->tag_len++] = ' ';
    run = view_head(run, COINBASE_TAG_MAX - out->tag_len);
    if (run.n > 0)
        memcpy(out->tag + out->tag_len, run.p, run.n);
    out->tag_len += run.n;
}

static bool has_merge_mark(struct view v)
{
    for (; v.n > 0; v = view_skip(v, 1))
        if (is_merge_mark(v))
            return true;
    return false;
}

/* The first place in coinbase 2, behind at most max bytes of script, from which the rest is outputs; SIZE_MAX if none. */
static size_t find_outputs(struct view coinbase2, size_t max, struct coinbase *out)
{
    for (size_t i = 0; i <= max; i++) {
        struct hex h = {.text = coinbase2, .at = i * 2};

        if (i * 2 >= coinbase2.n)
            break;
        if (read_outputs(h, out))
            return i;
    }
    return SIZE_MAX;
}

void coinbase_read(const struct json_val *coinbase1, const struct json_val *coinbase2, struct coinbase *out)
{
    struct view first = json_is_string(coinbase1) ? coinbase1->text : (struct view){NULL, 0};
    struct hex h = {.text = first, .at = script_at(first)};
    struct script s1, s2;
    size_t n_script, n_push, split;

    *out = (struct coinbase){.height = 0};
    if (h.at == 0)
        return;
    n_script = hex_u8(&h);
    out->height = read_height(h, &n_push);
    if (h.bad || n_script > SCRIPT_MAX || !read_script(h, n_script, &s1))
        return;
    out->merge_mining = has_merge_mark(view_of(s1.bytes, s1.n));
    if (!coinbase1->complete || !json_is_string(coinbase2) || !coinbase2->complete || coinbase2->text.n % 2)
        return;
    split = find_outputs(coinbase2->text, n_script - s1.n, out);
    if (split == SIZE_MAX || !read_script((struct hex){.text = coinbase2->text}, split, &s2))
        return;
    out->merge_mining |= has_merge_mark(view_of(s2.bytes, s2.n));
    add_tag(out, longest_run(view_skip(view_of(s1.bytes, s1.n), n_push)));
    add_tag(out, longest_run(view_of(s2.bytes, s2.n)));
}
