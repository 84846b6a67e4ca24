/*
 * detectors.c - the table of dialects. To add one that speaks lines of JSON: a reader in message/ and
 * a row here with the kinds of messages that it is to be asked about; the more particular reader stands before the more general.
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

/* Kinds of messages, as their method, or the result of a reply without one, tells at a glance. */
enum {
    FAMILY = 1, /* a method of mining.* or client.* */
    WORD = 2,   /* any other */
    LIST = 4,   /* a reply whose result is a list */
    OBJECT = 8, /* an object */
    OTHER = 16, /* anything else, or none */
    ANY = 0xff
};

struct reader {
    bool (*read)(const struct jsonrpc *m, struct mining_msg *out);
    uint8_t of; /* kinds of messages that it knows some of; all others it refuses, so it is not asked */
};

static const struct reader readers[] = {
    /* Coins of the mining.* family: each knows only its own shapes, which exclude each other. */
    {ironfish_read, FAMILY},
    {equihash_read, FAMILY},
    {eth_stratum_read, FAMILY | LIST | OBJECT},
    {kawpow_read, FAMILY},
    {ergo_read, FAMILY},
    {kaspa_read, FAMILY | WORD | LIST},
    {alephium_read, FAMILY | WORD},
    {stratum_variants_read, FAMILY | WORD | LIST},
    /* What is left of the family. */
    {stratum_v1_read, FAMILY | LIST | OTHER},
    {ethereum_read, WORD | LIST},
    /* login, job and submit: by the fields that stand at the top, by ids and fields, the rest. */
    {beam_read, WORD},
    {grin_read, WORD},
    {cryptonote_read, WORD | OBJECT},
    /* Bodies whose HTTP head was not seen. */
    {getwork_read, WORD | LIST | OBJECT | OTHER},
    /* Replies without a dialect. */
    {mining_read_reply, LIST | OBJECT | OTHER},
};

/* Over HTTP nothing else is spoken: what looks like another dialect there is a document about it. */
static const struct reader http_readers[] = {{chia_read, ANY}, {getwork_read, ANY}, {mining_read_reply, ANY}};

/* In a WebSocket these come first, then all that lines speak. */
static const struct reader websocket_readers[] = {{web_miner_read, ANY}, {nimiq_read, ANY}, {getwork_read, ANY}};

static uint8_t kinds_of(const struct jsonrpc *m)
{
    if (m->method.type != JSON_STRING)
        return m->result.type == JSON_ARRAY ? LIST : m->result.type == JSON_OBJECT ? OBJECT : OTHER;
    if (m->method.escaped) /* it may be spelt anyhow */
        return FAMILY | WORD;
    return view_starts(m->method.text, "mining.") || view_starts(m->method.text, "client.") ? FAMILY : WORD;
}

/* The first of n readers that knows the message. */
static bool read_by(const struct reader *list, size_t n, struct jsonrpc *m, struct mining_msg *msg)
{
    uint8_t kinds = kinds_of(m);
    struct jsonrpc_room room;
    bool known = false;

    room.items_read = room.result_read = false;
    m->room = &room;
    for (size_t i = 0; i < n && !known; i++)
        known = (list[i].of & kinds) && list[i].read(m, msg);
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
