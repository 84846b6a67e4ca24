/*
 * coinbase.h - what the two halves of a coinbase transaction in mining.notify say: height, pool, payout.
 */
#ifndef MESSAGE_COINBASE_H
#define MESSAGE_COINBASE_H

#include "base/json_scan.h"

#define COINBASE_TAG_MAX 64 /* bytes */

enum coinbase_script {
    COINBASE_SCRIPT_NONE, /* no output was read */
    COINBASE_SCRIPT_OTHER,
    COINBASE_SCRIPT_P2PKH, /* hash of 20 bytes, as of the next two */
    COINBASE_SCRIPT_P2SH,
    COINBASE_SCRIPT_P2WPKH,
    COINBASE_SCRIPT_P2WSH, /* of 32 bytes, as of the next */
    COINBASE_SCRIPT_P2TR
};

struct coinbase_payout {
    enum coinbase_script script;
    uint8_t hash[32];
    uint8_t hash_len; /* bytes; 0 with NONE and OTHER */
    uint64_t amount;  /* in the coin's smallest unit */
};

struct coinbase {
    uint64_t height;               /* BIP 34; 0 = not there */
    bool merge_mining;             /* the script commits to blocks of other chains */
    uint8_t tag[COINBASE_TAG_MAX]; /* printable text of the script, by which pools sign; no NUL */
    size_t tag_len;                /* 0 = none */
    uint32_t n_outputs;            /* 0 = the outputs were not read */
    struct coinbase_payout payout; /* the largest output */
};

/*
 * The height that the script in coinbase 1 (hexadecimal digits, may be cut) starts with, or 0: BIP 34 writes it as the first
 * push.
 */
uint64_t coinbase_height(struct view coinbase1);

/*
 * Reads both halves, strings of hexadecimal digits; either may be of another type or cut. A tag and outputs are given only
 * when both are whole: more digits could give others.
 */
void coinbase_read(const struct json_val *coinbase1, const struct json_val *coinbase2, struct coinbase *out);

#endif
