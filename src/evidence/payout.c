/*
 * payout.c - addresses of output scripts. Sources: those of wallet.c.
 */
#include "config.h"

#include "evidence/payout.h"

#include "base/base58.h"
#include "base/bech32.h"

static const struct coin {
    const char *name;
    uint8_t key_hash[2], script_hash[2]; /* versions of base58 addresses */
    uint8_t n_version;                   /* 0: CashAddr instead */
    const char *prefix;                  /* of CashAddr or of witness addresses; NULL = the coin has none */
} coins[] = {
    {"BTC", {0x00}, {0x05}, 1, "bc"},
    {"BCH", {0}, {0}, 0, "bitcoincash"},
    {"LTC", {0x30}, {0x32}, 1, "ltc"},
    {"DOGE", {0x1e}, {0x16}, 1, NULL},
    {"DASH", {0x4c}, {0x10}, 1, NULL},
    {"RVN", {0x3c}, {0x7a}, 1, NULL},
    {"ZEC", {0x1c, 0xb8}, {0x1c, 0xbd}, 2, NULL},
};

static size_t write_hash(const struct coin *coin, bool is_script, struct view hash, char text[PAYOUT_MAX])
{
    uint8_t bytes[2 + 32];

    if (coin->n_version == 0)
        return cashaddr_encode(coin->prefix, is_script, hash, text, PAYOUT_MAX);
    memcpy(bytes, is_script ? coin->script_hash : coin->key_hash, coin->n_version);
    memcpy(bytes + coin->n_version, hash.p, hash.n);
    return base58_check_encode(view_of(bytes, coin->n_version + hash.n), text, PAYOUT_MAX);
}

static size_t write_witness(const struct coin *coin, uint8_t version, struct view hash, char text[PAYOUT_MAX])
{
    if (coin->n_version == 0 || !coin->prefix)
        return 0;
    return bech32_encode_witness(coin->prefix, version, hash, text, PAYOUT_MAX);
}

size_t payout_address(const struct coinbase_payout *p, const char *coin, char text[PAYOUT_MAX])
{
    struct view hash = view_of(p->hash, min_size(p->hash_len, sizeof(p->hash)));

    text[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(coins); i++) {
        if (strcmp(coins[i].name, coin) != 0)
            continue;
        switch (p->script) {
        case COINBASE_SCRIPT_P2PKH: return write_hash(&coins[i], false, hash, text);
        case COINBASE_SCRIPT_P2SH: return write_hash(&coins[i], true, hash, text);
        case COINBASE_SCRIPT_P2WPKH:
        case COINBASE_SCRIPT_P2WSH: return write_witness(&coins[i], 0, hash, text);
        case COINBASE_SCRIPT_P2TR: return write_witness(&coins[i], 1, hash, text);
        case COINBASE_SCRIPT_NONE:
        case COINBASE_SCRIPT_OTHER: break;
        }
    }
    return 0;
}
