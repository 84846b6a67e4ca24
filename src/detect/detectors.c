/*
 * detectors.c - the table of dialects. To add one that speaks lines of JSON: a reader in message/ and
 * a row here; the more particular reader stands before the more general.
 */
#include "config.h"

#include "detect/detectors.h"

#include "message/alephium.h"
#include "message/beam.h"
#include "message/chia.h"
#include "message/cryptonote.h"
#include "message/equihash.h"
#include "message/ergo.h"
#include "message/eth_stratum.h"
#include "message/ethereum.h"
#include "message/getwork.h"
#include "message/grin.h"
#include "message/ironfish.h"
#include "message/kaspa.h"
#include "message/kawpow.h"
#include "message/nimiq.h"
#include "message/stratum_v1.h"
#include "message/stratum_variants.h"
#include "message/web_miner.h"

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
    /* Bodies whose HTTP head was not seen. */
    getwork_read,
    /* Replies without a dialect. */
    mining_read_reply,
};

/* Over HTTP nothing else is spoken: what looks like another dialect there is a document about it. */
static reader_fn *const http_readers[] = {chia_read, getwork_read, mining_read_reply};

/* In a WebSocket these come first, then all that lines speak. */
static reader_fn *const websocket_readers[] = {web_miner_read, nimiq_read, getwork_read};

/* The first of n readers that knows the message. */
static bool read_by(reader_fn *const *list, size_t n, struct jsonrpc *m, struct mining_msg *msg)
{
    struct jsonrpc_room room;
    bool known = false;

    room.items_read = room.result_read = false;
    m->room = &room;
    for (size_t i = 0; i < n && !known; i++)
        known = list[i](m, msg);
    m->room = NULL;
    return known;
}

bool detectors_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m,
                    struct mining_msg *msg)
{
    if (!jsonrpc_read(line, carriage, http, m))
        return false;
    if (carriage == CARRIED_HTTP)
        return read_by(http_readers, ARRAY_LEN(http_readers), m, msg);
    if (carriage == CARRIED_WEBSOCKET && read_by(websocket_readers, ARRAY_LEN(websocket_readers), m, msg))
        return true;
    return read_by(readers, ARRAY_LEN(readers), m, msg);
}
