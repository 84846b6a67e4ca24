/*
 * redact.c - masking of what names a person or an account.
 */
#include "config.h"

#include "finding/redact.h"

#include "base/out.h"

#define KEEP_LONG 6  /* characters of each end */
#define KEEP_SHORT 2 /* characters of the start */
#define LONG_MIN (2 * KEEP_LONG + 1)
#define SHORT_MIN (KEEP_SHORT + 1)
#define MENTION_MIN 3 /* bytes: a shorter login is found in any sentence */
#define WORD_MAX 20   /* a longer word of a reason is a wallet, or part of one: no dialect's error text has one */
#define WALLET_MIN 26 /* characters of the shortest wallet: an address of Bitcoin */
#define NEEDLES_MAX (4 + 2 * FINDING_LOGINS)

/* What pools may repeat of a login. */
struct needles {
    struct view v[NEEDLES_MAX];
    size_t n;
};

static bool is_letter_or_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Bytes that parts of a login are made of; all of UTF-8 beyond ASCII is. */
static bool is_part_byte(uint8_t c)
{
    return is_letter_or_digit(c) || c == '-' || c == '_' || c >= 0x80;
}

/* Bytes of the first n characters of v; a byte that is not UTF-8 is a character. */
static size_t bytes_of(struct view v, size_t n)
{
    size_t at = 0, len;

    for (; n > 0 && at < v.n; n--, at += len)
        utf8_decode(view_skip(v, at), &len);
    return at;
}

static size_t characters_of(struct view v)
{
    size_t n = 0, len;

    for (size_t at = 0; at < v.n; at += len, n++)
        utf8_decode(view_skip(v, at), &len);
    return n;
}

/* One part. With cut its end is not the end it had, and the ellipsis is put by who prints it. */
static void mask_part(struct view v, bool cut, struct out *o)
{
    size_t n = characters_of(v);
    size_t head = n >= LONG_MIN ? KEEP_LONG : n >= SHORT_MIN ? KEEP_SHORT : 0;

    out_bytes(o, view_head(v, bytes_of(v, head)));
    if (cut)
        return;
    out_str(o, "…");
    if (n >= LONG_MIN)
        out_bytes(o, view_skip(v, bytes_of(v, n - KEEP_LONG)));
}

static void mask_all(struct view v, bool cut, struct out *o)
{
    while (v.n > 0) {
        size_t n = 0;

        if (!is_part_byte(v.p[0])) {
            out_bytes(o, view_head(v, 1));
            v = view_skip(v, 1);
            continue;
        }
        while (n < v.n && is_part_byte(v.p[n]))
            n++;
        mask_part(view_head(v, n), cut && n == v.n, o);
        v = view_skip(v, n);
    }
}

/* Puts what was written into t. */
static void set_text(struct finding_text *t, const struct out *o, bool cut)
{
    t->len = (uint16_t)o->n;
    t->cut = cut || o->full;
    memcpy(t->bytes, o->p, o->n);
}

static void mask_text(struct finding_text *to, struct view from, bool cut)
{
    char mem[EVIDENCE_TEXT_MAX + 1];
    struct out o = out_of(mem, sizeof(mem));

    mask_all(from, cut, &o);
    set_text(to, &o, cut);
}

/* Bytes at the start of v that are the needle, or its start when v ends in it; 0 = none. Pools change the case of addresses. */
static size_t matches(struct view v, struct view needle)
{
    size_t n = min_size(v.n, needle.n);

    for (size_t i = 0; i < n; i++)
        if (byte_lower(v.p[i]) != byte_lower(needle.p[i]))
            return 0;
    return n >= MENTION_MIN ? n : 0;
}

static void add_needle(struct needles *needles, struct view v)
{
    if (v.n >= MENTION_MIN && needles->n < NEEDLES_MAX)
        needles->v[needles->n++] = v;
}

static void add_login(struct needles *needles, const struct finding_text *t, uint8_t protocol)
{
    struct login l = login_of(view_of(t->bytes, t->len), (enum mining_protocol)protocol);

    add_needle(needles, l.account);
    add_needle(needles, l.worker);
}

/* Length of what must be masked at the start of v: a mention, or a long word when v is at the start of one. */
static size_t secret_at(const struct needles *needles, struct view v, bool starts_word)
{
    size_t longest = 0, word = 0;

    for (size_t i = 0; i < needles->n; i++)
        longest = max_size(longest, matches(v, needles->v[i]));
    while (starts_word && word < v.n && is_letter_or_digit(v.p[word]))
        word++;
    return word >= WORD_MAX ? max_size(word, longest) : longest;
}

static void mask_mentions(struct finding_text *to, const struct finding_text *from, const struct needles *needles)
{
    char mem[EVIDENCE_TEXT_MAX + 1];
    struct out o = out_of(mem, sizeof(mem));
    struct view v = view_of(from->bytes, from->len);
    bool starts_word = true;

    while (v.n > 0) {
        size_t n = secret_at(needles, v, starts_word);

        if (n > 0)
            mask_all(view_head(v, n), false, &o);
        else
            out_bytes(&o, view_head(v, 1));
        n = max_size(n, 1);
        starts_word = !is_letter_or_digit(v.p[n - 1]);
        v = view_skip(v, n);
    }
    set_text(to, &o, from->cut);
}

void redact_finding(const struct finding *f, struct redacted *r)
{
    struct view login = view_of(f->login.bytes, f->login.len);
    struct login l = login_of(login, (enum mining_protocol)f->protocol);
    struct needles needles = {.n = 0};
    struct finding *to = &r->finding;

    *to = *f;
    add_needle(&needles, view_of(f->worker.bytes, f->worker.len));
    add_login(&needles, &f->login, f->protocol);
    for (uint32_t i = 0; i < f->n_logins_listed; i++) {
        add_login(&needles, &f->logins[i], f->protocol);
        mask_text(&r->logins[i], view_of(f->logins[i].bytes, f->logins[i].len), f->logins[i].cut);
    }
    to->logins = r->logins;
    to->masked_kind = l.kind;
    to->masked_coin = l.coin;
    to->masked_wallet = l.wallet;
    to->masked_wallet.address = (struct view){NULL, 0}; /* the text is masked_address */
    mask_text(&to->masked_address, l.account, false);
    mask_text(&to->login, login, f->login.cut);
    if (f->worker.len)
        mask_text(&to->worker, view_of(f->worker.bytes, f->worker.len), f->worker.cut);
    else if (!f->login.cut)
        mask_text(&to->worker, l.worker, false);
    if (f->payout.len) /* of a miner that mines alone it is its own */
        mask_text(&to->payout, view_of(f->payout.bytes, f->payout.len), f->payout.cut);
    mask_mentions(&to->reason, &f->reason, &needles);
}

void redact_words(struct view text, struct out *o)
{
    while (text.n > 0) {
        size_t n = 0;

        while (n < text.n && is_letter_or_digit(text.p[n]))
            n++;
        if (n >= WALLET_MIN)
            mask_part(view_head(text, n), false, o);
        else
            out_bytes(o, view_head(text, n = max_size(n, 1)));
        text = view_skip(text, n);
    }
}
