/*
 * wallet_cryptonote.c - addresses in Monero's base58: a tag as a varint, two keys, a payment id or none, four bytes of
 * Keccak-256.
 *
 * Sources: Monero's src/cryptonote_basic/cryptonote_basic_impl.cpp for the layout. Tags: XMR, WOW, ARQ, SUMO and GRFT of
 * XMRig's src/base/tools/cryptonote/WalletAddress.cpp, XHV and SAL of src/cryptonote_config.h of haven and salvium, SAL's
 * SC1 of salvium-js's constants, ZEPH of public addresses. Only main networks are named. A text whose checksum is wrong can
 * but be named by how it begins and how long it is: these follow from the tag.
 */
#include "config.h"

#include "evidence/wallet_cryptonote.h"

#include "base/base58.h"
#include "base/keccak.h"

#define CHARS_MIN 95 /* of a tag of one byte and two keys */
#define KEYS 64      /* bytes */
#define PAYMENT_ID 8
#define CHECKSUM 4

static const struct form {
    uint64_t tag;
    const char *start; /* what each address with this tag begins with */
    uint8_t chars;     /* its length */
    const char *coin, *kind;
} forms[] = {
    {0x12, "4", 95, "XMR", "xmr-address"},
    {0x13, "4", 106, "XMR", "xmr-address"},
    {0x2a, "8", 95, "XMR", "xmr-address"},
    {0x1032, "Wo", 97, "WOW", "wow-address"},
    {0x1a9a, "So", 108, "WOW", "wow-address"},
    {0x2fb0, "WW", 97, "WOW", "wow-address"},
    {0x8dd58c0, "ZEPHs", 99, "ZEPH", "zeph-address"},
    {0x6241d18c0, "ZEPHYR", 101, "ZEPH", "zeph-address"},
    {0x3ef318, "SaLv", 99, "SAL", "sal-address"},
    {0x55ef318, "SaLvi", 110, "SAL", "sal-address"},
    {0xf5ef318, "SaLvs", 99, "SAL", "sal-address"},
    {0x180c96, "SC11", 98, "SAL", "sal-address"},
    {0x2ccc96, "SC1i", 110, "SAL", "sal-address"},
    {0x314c96, "SC1s", 99, "SAL", "sal-address"},
    {0x2cca, "ar", 97, "ARQ", "arq-address"},
    {0x116bc7, "aRi", 109, "ARQ", "arq-address"},
    {0x6847, "aRS", 98, "ARQ", "arq-address"},
    {0x5af4, "hvx", 98, "XHV", "xhv-address"},
    {0xcd774, "hvi", 109, "XHV", "xhv-address"},
    {0x12d974, "hvs", 98, "XHV", "xhv-address"},
    {0x2bb39a, "Sumo", 99, "SUMO", "sumo-address"},
    {0x29339a, "Sumi", 110, "SUMO", "sumo-address"},
    {0x8319a, "Subo", 98, "SUMO", "sumo-address"},
    {0x5a, "G", 95, "GRFT", "grft-address"},
    {0x5b, "G", 106, "GRFT", "grft-address"},
    {0x66, "J", 95, "GRFT", "grft-address"},
};

static bool read_varint(struct buf *b, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        uint8_t byte = buf_u8(b);

        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return buf_ok(b);
    }
    return false;
}

/* The tag of an address whose checksum is right and whose length is that of keys, or of keys and a payment id. */
static bool read_checked(struct view v, uint64_t *tag)
{
    uint8_t bytes[WALLET_MAX], digest[KECCAK_BYTES];
    size_t n = base58_decode_blocks(v, bytes, sizeof(bytes));
    struct buf b = buf_of(view_of(bytes, n > CHECKSUM ? n - CHECKSUM : 0));

    keccak_256(buf_rest(&b), digest);
    if (!read_varint(&b, tag) || (buf_left(&b) != KEYS && buf_left(&b) != KEYS + PAYMENT_ID))
        return false;
    return memcmp(bytes + n - CHECKSUM, digest, CHECKSUM) == 0;
}

bool wallet_read_cryptonote(struct view v, struct wallet *w)
{
    uint64_t tag;
    bool valid;

    if (v.n < CHARS_MIN)
        return false;
    valid = read_checked(v, &tag);
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        const struct form *f = &forms[i];

        if (valid ? tag != f->tag : v.n != f->chars || !view_starts(v, f->start))
            continue;
        w->coin = f->coin;
        w->kind = f->kind;
        w->check = valid ? WALLET_VALID : WALLET_INVALID;
        return true;
    }
    if (valid)
        w->check = WALLET_VALID; /* of one of many other coins, or of a test network */
    return valid;
}
