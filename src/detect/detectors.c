/*
 * detectors.c - the table of dialects. To add one that speaks lines of JSON: a reader in message/ and
 * a row here; the more particular reader stands before the more general.
 */
#include "config.h"

#include "detect/detectors.h"

#include "message/alephium.h"
#include "message/beam.h"
#include "message/cryptonote.h"
#include "message/equihash.h"
#include "message/ergo.h"
#include "message/eth_stratum.h"
#include "message/ethereum.h"
#include "message/grin.h"
#include "message/ironfish.h"
#include "message/kaspa.h"
#include "message/kawpow.h"
#include "message/stratum_v1.h"
#include "message/stratum_variants.h"

typedef bool reader_fn(const struct jsonrpc *m, struct mining_msg *out);

static reader_fn *const readers[] = {
    /* Coins of the mining.* family: each knows only its own shapes, which exclude each other. */
    ironfish_read,
    equihash_read,
    eth_stratum_read,
    kawpow_read,
    ergo_read,
    kaspa_read,
    alephium_read,
    stratum_variants_read,
    /* What is left of the family. */
    stratum_v1_read,
    ethereum_read,
    /* login, job and submit: by the fields that stand at the top, by ids and fields, the rest. */
    beam_read,
    grin_read,
    cryptonote_read,
    /* Replies without a dialect. */
    mining_read_reply,
};

bool detectors_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m,
                    struct mining_msg *msg)
{
    if (!jsonrpc_read(line, carriage, http, m))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (readers[i](m, msg))
            return true;
    return false;
}
