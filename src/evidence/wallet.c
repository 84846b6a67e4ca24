/*
 * wallet.c - addresses: Bitcoin and its kin, Ethereum, and the forms with a colon; those of CryptoNote are in
 * wallet_cryptonote.c.
 *
 * Sources. Versions of base58 addresses: chainparams.cpp of Bitcoin Core, Litecoin, Dogecoin, Dash and Ravencoin, Zcash
 * protocol specification 5.6.1.1. Witness addresses: BIP 173, BIP 350. CashAddr: specification of Bitcoin Cash. 0x: EIP-55.
 * Ergo: the address format of ergo-docs (network and type, key, BLAKE2b). Alephium: its documentation on addresses (type 0, a
 * BLAKE2b of the key). Kaspa: crypto/addresses of rusty-kaspa; names of its forks: the miner tnn-miner, whose donation
 * addresses pass. Nervos: RFC 21. Chia: chia-blockchain's bech32m.py. Grin: RFC 15. Xelis: crypto/address.rs of
 * xelis-blockchain. Conflux: CIP-37 with the alphabet that was put into use. Kadena: KIP-12. Beam: wallet/core/common.cpp of beam. Nimiq: Address.js of core-js.
 */
#include "config.h"

#include "evidence/wallet.h"

#include "base/base58.h"
#include "base/bech32.h"
#include "base/blake2b.h"
#include "base/keccak.h"
#include "base/parse.h"
#include "evidence/wallet_cryptonote.h"

#define SHAPE_MIN 26 /* characters: a shorter text with a wrong checksum is rather a name than an address */
#define BYTES_MAX (BECH32_MAX * 5 / 8)

static bool say(struct wallet *w, const char *coin, const char *kind, enum wallet_check check)
{
    w->coin = coin;
    w->kind = kind;
    w->check = check;
    return true;
}

/* An address has letters of both cases, but for one in a thousand million; a number in hexadecimal has not. */
static bool has_both_cases(struct view v)
{
    return !bech32_one_case(v);
}

/* --- base58 --- */

static const struct base58_form {
    uint8_t version[2];
    uint8_t n_version;
    char first;       /* character that the address begins with, where that and the length tell it from other text; or 0 */
    uint8_t min, max; /* characters */
    const char *coin, *kind;
} base58_forms[] = {
    {{0x00}, 1, '1', 26, 34, "BTC", "btc-address"},       {{0x05}, 1, '3', 26, 34, "BTC", "btc-address"},
    {{0x30}, 1, 'L', 34, 34, "LTC", "ltc-address"},       {{0x32}, 1, 'M', 34, 34, "LTC", "ltc-address"},
    {{0x1e}, 1, 'D', 34, 34, "DOGE", "doge-address"},     {{0x16}, 1, 0, 0, 0, "DOGE", "doge-address"},
    {{0x4c}, 1, 'X', 34, 34, "DASH", "dash-address"},     {{0x10}, 1, 0, 0, 0, "DASH", "dash-address"},
    {{0x3c}, 1, 'R', 34, 34, "RVN", "rvn-address"},       {{0x7a}, 1, 0, 0, 0, "RVN", "rvn-address"},
    {{0x1c, 0xb8}, 2, 't', 35, 35, "ZEC", "zec-address"}, {{0x1c, 0xbd}, 2, 't', 35, 35, "ZEC", "zec-address"},
};

/* A version of 1 or 2 bytes and a hash of 20. */
static bool read_base58_check(struct view v, struct wallet *w)
{
    uint8_t bytes[BASE58_MAX];
    size_t n = base58_check_decode(v, bytes, sizeof(bytes));

    for (size_t i = 0; i < ARRAY_LEN(base58_forms) && (n == 21 || n == 22); i++) {
        const struct base58_form *f = &base58_forms[i];

        if (n == f->n_version + 20u && memcmp(bytes, f->version, f->n_version) == 0)
            return say(w, f->coin, f->kind, WALLET_VALID);
    }
    if (n == 21 || n == 22)
        return say(w, NULL, NULL, WALLET_VALID); /* one of hundreds of other coins */
    for (size_t i = 0; i < ARRAY_LEN(base58_forms); i++) {
        const struct base58_form *f = &base58_forms[i];

        if (v.p[0] != (uint8_t)f->first || v.n < f->min || v.n > f->max || !has_both_cases(v))
            continue;
        if (f->n_version == 1 || v.p[1] == '1' || v.p[1] == '3')
            return say(w, f->coin, f->kind, WALLET_INVALID);
    }
    return false;
}

/* Main network (0) and key (1), 33 bytes of key, 4 bytes of BLAKE2b. Contracts, which nobody mines to, are longer. */
static bool read_ergo(struct view v, struct wallet *w)
{
    uint8_t bytes[BASE58_MAX], digest[BLAKE2B_BYTES];
    bool right;

    if (v.p[0] != '9' || !has_both_cases(v))
        return false;
    right = base58_decode(v, bytes, sizeof(bytes)) == 38 && bytes[0] == 0x01;
    if (right) {
        blake2b_256(view_of(bytes, 34), digest);
        right = memcmp(bytes + 34, digest, 4) == 0;
    }
    return say(w, "ERG", "erg-address", right ? WALLET_VALID : WALLET_INVALID);
}

/* Type 0 and a hash of 32 bytes: no checksum. The other types are contracts and keys of several owners. */
static bool read_alephium(struct view v, struct wallet *w)
{
    uint8_t bytes[BASE58_MAX];

    if (v.p[0] != '1' || !has_both_cases(v) || base58_decode(v, bytes, sizeof(bytes)) != 33)
        return false;
    return say(w, "ALPH", "alph-address", WALLET_UNCHECKED);
}

static bool read_base58(struct view v, struct wallet *w)
{
    if (!base58_is(v))
        return false;
    if (v.n >= 26 && v.n <= 36)
        return read_base58_check(v, w);
    if (v.n == 44 || v.n == 45)
        return read_alephium(v, w);
    if (v.n == 51)
        return read_ergo(v, w);
    return wallet_read_cryptonote(v, w);
}

/* --- bech32 and bech32m --- */

/* A witness version, and a program of 2 to 40 bytes; of version 0 20 or 32. */
static bool is_witness(const struct bech32 *b, enum bech32_code code)
{
    uint8_t program[BYTES_MAX];
    size_t n_values, n;

    if (b->n < 1 + BECH32_CHECKSUM || b->values[0] > 16)
        return false;
    n_values = b->n - 1 - BECH32_CHECKSUM;
    n = bech32_n_bytes(n_values);
    if (n < 2 || n > 40 || !bech32_bytes(b, 1, n_values, program, n))
        return false;
    return b->values[0] == 0 ? code == BECH32_FIRST && (n == 20 || n == 32) : code == BECH32_M;
}

/* All values before the checksum as bytes; gives their count, or 0. */
static size_t payload(const struct bech32 *b, size_t checksum, uint8_t bytes[BYTES_MAX])
{
    size_t n_values = b->n > checksum ? b->n - checksum : 0;
    size_t n = bech32_n_bytes(n_values);

    return bech32_bytes(b, 0, n_values, bytes, n) ? n : 0;
}

/* Format 0: code hash, its type, arguments. Old ones: 1 for known codes with 20 bytes, 2 and 4 with a code hash. */
static bool is_nervos(const struct bech32 *b, enum bech32_code code)
{
    uint8_t bytes[BYTES_MAX];
    size_t n = payload(b, BECH32_CHECKSUM, bytes);

    if (n == 0)
        return false;
    if (bytes[0] == 0)
        return code == BECH32_M && n >= 34;
    return code == BECH32_FIRST && ((bytes[0] == 1 && n >= 22) || ((bytes[0] == 2 || bytes[0] == 4) && n >= 33));
}

static bool is_chia(const struct bech32 *b, enum bech32_code code)
{
    uint8_t bytes[BYTES_MAX];

    return code == BECH32_M && payload(b, BECH32_CHECKSUM, bytes) == 32;
}

static bool is_grin(const struct bech32 *b, enum bech32_code code)
{
    uint8_t bytes[BYTES_MAX];

    return code == BECH32_FIRST && payload(b, BECH32_CHECKSUM, bytes) == 32;
}

/* A key of 32 bytes and a type: 0, or 1 with data behind it. */
static bool is_xelis(const struct bech32 *b, enum bech32_code code)
{
    uint8_t bytes[BYTES_MAX];
    size_t n = payload(b, BECH32_CHECKSUM, bytes);

    return code == BECH32_FIRST && n >= 33 && (bytes[32] == 0 ? n == 33 : bytes[32] == 1);
}

static const struct bech32_form {
    const char *prefix;
    char separator;
    bool (*is_payload)(const struct bech32 *b, enum bech32_code code);
    const char *coin, *kind;
} bech32_forms[] = {
    {"bc", '1', is_witness, "BTC", "btc-address"},  {"ltc", '1', is_witness, "LTC", "ltc-address"},
    {"ckb", '1', is_nervos, "CKB", "ckb-address"},  {"xch", '1', is_chia, "XCH", "xch-address"},
    {"grin", '1', is_grin, "GRIN", "grin-address"}, {"xel", ':', is_xelis, "XEL", "xel-address"},
};

static bool read_bech32(struct view v, struct wallet *w)
{
    for (size_t i = 0; i < ARRAY_LEN(bech32_forms); i++) {
        const struct bech32_form *f = &bech32_forms[i];
        size_t n = strlen(f->prefix);
        struct view prefix = view_head(v, n);
        struct bech32 b;

        if (v.n <= n || v.p[n] != (uint8_t)f->separator || !view_is_word(prefix, f->prefix))
            continue;
        if (!bech32_one_case(v) || !bech32_read(view_skip(v, n + 1), BECH32_ALPHABET, &b))
            return false;
        if (f->is_payload(&b, bech32_check(prefix, &b)))
            return say(w, f->coin, f->kind, WALLET_VALID);
        return v.n >= SHAPE_MIN && say(w, f->coin, f->kind, WALLET_INVALID);
    }
    return false;
}

/* --- the code of CashAddr --- */

/* The code takes 5 bits of each character of a prefix: only letters are told apart by them. */
static bool is_prefix(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (byte_lower(v.p[i]) < 'a' || byte_lower(v.p[i]) > 'z')
            return false;
    return v.n >= 2 && v.n <= 20;
}

/* Kaspa and its forks, told apart by the prefix. */
static const struct kaspa_form {
    const char *prefix, *coin, *kind;
} kaspa_forms[] = {
    {"kaspa", "KAS", "kas-address"},      {"karlsen", "KLS", "kls-address"}, {"nexellia", "NXL", "nxl-address"},
    {"spectre", "SPR", "spr-address"},    {"astrix", "AIX", "aix-address"},  {"hoosat", "HTN", "htn-address"},
    {"waglayla", "WALA", "wala-address"},
};

/* Version 0 with a key of 32 bytes, 1 with one of 33, 8 with a script hash of 32. */
static bool is_kaspa(const struct bech32 *b)
{
    uint8_t bytes[BYTES_MAX];
    size_t n = payload(b, CASHADDR_CHECKSUM, bytes);

    return n > 0 && ((n == 33 && (bytes[0] == 0 || bytes[0] == 8)) || (n == 34 && bytes[0] == 1));
}

/* Key or script hash of 20 bytes, with tokens allowed (16 more) or not. */
static bool is_bitcoin_cash(const struct bech32 *b)
{
    uint8_t bytes[BYTES_MAX];

    return payload(b, CASHADDR_CHECKSUM, bytes) == 21 && (bytes[0] & 0xe7) == 0;
}

static bool read_cashaddr(struct view prefix, struct view rest, struct wallet *w)
{
    struct bech32 b;
    bool right;

    if (!is_prefix(prefix) || !bech32_read(rest, BECH32_ALPHABET, &b))
        return false;
    right = cashaddr_check(prefix, &b) && (is_kaspa(&b) || is_bitcoin_cash(&b));
    if (view_is_word(prefix, "bitcoincash"))
        return say(w, "BCH", "bch-address", right && is_bitcoin_cash(&b) ? WALLET_VALID : WALLET_INVALID);
    for (size_t i = 0; i < ARRAY_LEN(kaspa_forms); i++)
        if (view_is_word(prefix, kaspa_forms[i].prefix))
            return say(w, kaspa_forms[i].coin, kaspa_forms[i].kind, right && is_kaspa(&b) ? WALLET_VALID : WALLET_INVALID);
    return right && say(w, NULL, NULL, WALLET_VALID); /* a fork not known here */
}

/* Without its prefix, which the checksum covers all the same. */
static bool read_bare_cashaddr(struct view v, struct wallet *w)
{
    struct bech32 b;
    bool as_cash = v.n == 42;

    if ((!as_cash && v.n != 61 && v.n != 63) || !bech32_one_case(v) || !bech32_read(v, BECH32_ALPHABET, &b) || b.values[0] > 1)
        return false;
    if (as_cash)
        return say(w, "BCH", "bch-address",
                   cashaddr_check(view_str("bitcoincash"), &b) && is_bitcoin_cash(&b) ? WALLET_VALID : WALLET_INVALID);
    for (size_t i = 0; i < ARRAY_LEN(kaspa_forms); i++)
        if (cashaddr_check(view_str(kaspa_forms[i].prefix), &b) && is_kaspa(&b))
            return say(w, kaspa_forms[i].coin, kaspa_forms[i].kind, WALLET_VALID);
    return say(w, "KAS", "kas-address", WALLET_INVALID);
}

/* cfx:PAYLOAD, or CFX:TYPE.USER:PAYLOAD, where what stands between is not covered by the checksum. */
static bool read_conflux(struct view prefix, struct view rest, struct wallet *w)
{
    uint8_t bytes[BYTES_MAX];
    size_t colon = view_find_last(rest, ':');
    struct bech32 b;
    bool right;

    if (colon < rest.n) {
        struct view type = view_head(rest, colon);

        if (!view_is_word(type, "type.user") && !view_is_word(type, "type.contract") && !view_is_word(type, "type.builtin"))
            return false;
        rest = view_skip(rest, colon + 1);
    }
    if (rest.n != 42 || !bech32_read(rest, CONFLUX_ALPHABET, &b))
        return false;
    right = cashaddr_check(prefix, &b) && payload(&b, CASHADDR_CHECKSUM, bytes) == 21 && bytes[0] == 0;
    return say(w, "CFX", "cfx-address", right ? WALLET_VALID : WALLET_INVALID);
}

/* --- the rest --- */

static bool is_key(struct view v)
{
    return v.n == 64 && parse_is_hex(v);
}

/* PREFIX:REST. */
static bool read_colon(struct view v, struct wallet *w)
{
    size_t colon = view_find(v, ':');
    struct view prefix = view_head(v, colon), rest = view_skip(v, colon + 1);

    if (colon == 0 || colon == v.n)
        return false;
    if (view_is(prefix, "k") && is_key(rest))
        return say(w, "KDA", "kda-address", WALLET_UNCHECKED);
    if (!bech32_one_case(v))
        return false;
    if (view_is_word(prefix, "cfx"))
        return read_conflux(prefix, rest, w);
    return v.n >= SHAPE_MIN && read_cashaddr(prefix, rest, w);
}

/* 0x and 40 digits; letters of both cases are EIP-55's checksum: the capitals are where Keccak's digit is 8 or more. */
static bool read_ethereum(struct view v, struct wallet *w)
{
    uint8_t text[40], digest[KECCAK_BYTES];
    struct view digits = view_skip(v, 2);

    if (v.n != 42 || !view_starts(v, "0x") || !parse_is_hex(digits))
        return false;
    if (bech32_one_case(digits))
        return say(w, "ETH", "eth-address", WALLET_UNCHECKED);
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = byte_lower(digits.p[i]);
    keccak_256(view_of(text, sizeof(text)), digest);
    for (size_t i = 0; i < sizeof(text); i++) {
        bool capital = (digest[i / 2] >> (i % 2 ? 0 : 4) & 15) >= 8;

        if (text[i] >= 'a' && capital != (digits.p[i] < 'a'))
            return say(w, "ETH", "eth-address", WALLET_INVALID);
    }
    return say(w, "ETH", "eth-address", WALLET_VALID);
}

/* NQ, two digits and 32 characters, in groups of four with blanks between or none: the number of an IBAN, modulo 97. */
static bool read_nimiq(struct view v, struct wallet *w)
{
    uint8_t text[36];
    unsigned rest = 0;
    size_t n = 0;

    if (!view_starts(v, "NQ"))
        return false;
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];

        if (c == ' ' && n % 4 == 0 && v.p[i - 1] != ' ') /* the first character is N */
            continue;
        if (n == sizeof(text) || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Y' && c != 'I' && c != 'O' && c != 'W')))
            return false;
        text[n++] = c;
    }
    if (n != sizeof(text) || text[2] > '9' || text[3] > '9')
        return false;
    for (size_t i = 0; i < n; i++) { /* the first four go last, and letters stand for 10 and more */
        uint8_t c = text[(i + 4) % n];

        rest = c <= '9' ? rest * 10 + (c - '0') : rest * 100 + (c - 'A' + 10);
        rest %= 97;
    }
    return say(w, "NIM", "nim-address", rest == 1 ? WALLET_VALID : WALLET_INVALID);
}

struct wallet wallet_of(struct view text)
{
    static bool (*const readers[])(struct view v, struct wallet * w) = {
        read_ethereum, read_bech32, read_colon, read_nimiq, read_bare_cashaddr, read_base58,
    };
    struct wallet w = {.address = text};

    if (text.n < 14 || text.n > WALLET_MAX) /* the shortest is bc1 with 2 bytes of program */
        return w;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (readers[i](text, &w))
            break;
    return w;
}

struct wallet wallet_of_iron_fish(struct view text)
{
    struct wallet w = {.address = text};

    if (is_key(text))
        say(&w, "IRON", "iron-address", WALLET_UNCHECKED);
    return w;
}

struct wallet wallet_of_beam(struct view text)
{
    struct wallet w = {.address = text};

    /* A channel of 32 bits and a key of 256; it has a number below 1024, and the key seldom 8 zero bits in front. */
    if (text.n >= 62 && text.n <= 72 && parse_is_hex(text))
        say(&w, "BEAM", "beam-address", WALLET_UNCHECKED);
    return w;
}
