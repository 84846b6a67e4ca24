/*
 * mining.h - what one mining message means, whatever its dialect.
 *
 * The readers of the dialects (stratum_v1.h, cryptonote.h, ...) fill a struct mining_msg from a
 * struct jsonrpc. They are pure: equal bytes give equal meaning. Dialects that are not JSON lend their
 * texts as complete strings (json_text_of). The roles follow from the meaning alone: `from_pool` says which side can have sent such a message, not which side did.
 */
#ifndef MESSAGE_MINING_H
#define MESSAGE_MINING_H

#include "message/jsonrpc.h"

/* The words of mining.protocol; PROTOCOL_NAMES in mining.c has the same order. */
enum mining_protocol {
    PROTOCOL_UNKNOWN, /* of the family, but the bytes do not say which dialect */
    PROTOCOL_STRATUM_V1,
    PROTOCOL_CRYPTONOTE,
    PROTOCOL_ETH_PROXY,
    PROTOCOL_EQUIHASH,
    PROTOCOL_ETH_STRATUM_1,
    PROTOCOL_ETH_STRATUM_2,
    PROTOCOL_KAWPOW,
    PROTOCOL_ERGO,
    PROTOCOL_KASPA,
    PROTOCOL_ALEPHIUM,
    PROTOCOL_IRONFISH,
    PROTOCOL_GRIN,
    PROTOCOL_BEAM,
    PROTOCOL_GETWORK,
    PROTOCOL_GETBLOCKTEMPLATE,
    PROTOCOL_DAEMON_RPC,
    PROTOCOL_STRATUM_V2,
    PROTOCOL_P2POOL,
    PROTOCOL_WEB_CRYPTONOTE,
    PROTOCOL_NIMIQ,
    PROTOCOL_CHIA,
    PROTOCOL_N
};

enum mining_say {
    SAY_NOTHING, /* of a message: it only has facts, and proves nothing */
    /* from the miner */
    SAY_SUBSCRIBE, /* opens a session */
    SAY_LOGIN,     /* names an account */
    SAY_SUBMIT,    /* hands in a share */
    SAY_HASHRATE,  /* claims a hash rate */
    SAY_ASK,       /* asks for what only a miner wants: work, an extranonce, a keep-alive */
    /* from the pool */
    SAY_SUBSCRIBED, /* answers a subscription */
    SAY_JOB,        /* hands out work */
    SAY_DIFFICULTY, /* sets difficulty or target */
    SAY_NOTICE,     /* sets an extranonce or a version mask, tells to reconnect, shows a message */
    /* from the pool, meaning by the request it answers */
    SAY_REPLY
};

/* How much one message proves. */
enum mining_proof {
    PROOF_NONE, /* belongs to a dialogue already proven, or to none */
    PROOF_WEAK, /* fits, but other software might send it: needs an answer in kind */
    PROOF_FULL  /* only a miner or a pool sends this */
};

enum target_kind {
    TARGET_NONE,
    TARGET_DIFFICULTY,    /* a number: mining.set_difficulty; its unit is the dialect's */
    TARGET_BE256,         /* 256-bit target, 64 hex digits, big endian (eth-proxy, Equihash, KawPoW) */
    TARGET_LE256,         /* the same, little endian (getwork, Stratum V2) */
    TARGET_HEX,           /* the same, big endian, without leading zeros (EthereumStratum 2.0) */
    TARGET_CRYPTONOTE,    /* 4 or 8 bytes, hex, little endian */
    TARGET_CRYPTONOTE_BE, /* 8 bytes, hex, big endian (rx/yada) */
    TARGET_ERGO,          /* decimal number b of Ergo's work: 2^256 / b hashes at difficulty 1 */
    TARGET_BEAM,          /* Beam's packed difficulty, a number: order in the high byte, mantissa below */
    TARGET_GRIN           /* Grin's difficulty, a number: no count of hashes is claimed from it */
};

/* How the pool's name came up; the words of domain_source, in mining.c. */
enum name_source {
    NAME_NONE,
    NAME_DNS,
    NAME_SNI,
    NAME_HTTP_HOST,
    NAME_SOCKS,
    NAME_CONNECT,
    NAME_CERT,
    NAME_RECONNECT,
    NAME_SUBSCRIBE,
    NAME_SOURCE_N
};

struct mining_msg {
    enum mining_protocol protocol;
    enum mining_protocol hint; /* the dialect that it probably is, where protocol is PROTOCOL_UNKNOWN */
    enum mining_say say;
    enum mining_proof proof;
    bool from_pool;
    bool family_stratum; /* of the mining.* family, where several dialects share messages */
    bool not_bitcoin;    /* of that family, and its shape is not that of Bitcoin's dialect */
    enum target_kind target_kind;
    struct json_val login;     /* account or wallet as sent */
    struct json_val worker;    /* worker where it has a field of its own */
    struct json_val agent;     /* software */
    struct json_val algorithm; /* of the job or the login */
    struct json_val job;       /* what names the job: its id, or the header hash; of SAY_SUBMIT too */
    struct json_val target;    /* string, or number for TARGET_DIFFICULTY */
    struct json_val reason;    /* why something was refused */
    struct json_val host;      /* name of the pool, where the message says one; port beside it, string or number */
    struct json_val port;
    enum name_source host_source;
    struct json_val share_hash; /* SAY_SUBMIT, CryptoNote: the share's own hash, 64 hex digits, little endian */
    struct json_val coinbase1;  /* SAY_JOB, Stratum v1: the coinbase transaction before and after the extranonces */
    struct json_val coinbase2;
    const char *coin;    /* ticker, where the dialect itself names the coin ("ALPH"); a constant, or NULL */
    uint64_t height;     /* of the block worked on; 0 = not said */
    uint64_t ntime_s;    /* SAY_JOB: time of the block header, Unix; 0 = not said */
    uint64_t claimed_hs; /* SAY_HASHRATE and others: hashes per second that the miner claims; 0 = none */
    uint32_t n_answers;  /* SAY_REPLY with answers: how many requests it answers; 0 = one */
    enum mining_say
        answers;   /* SAY_REPLY: the kind of request that it must answer, whatever the id; SAY_NOTHING = the id tells */
    bool has_job;  /* SAY_REPLY: the answer to the login carries a job */
    bool accepted; /* SAY_REPLY: yes; otherwise no */
};

/* The word of the closed vocabulary (stratum-v1, cryptonote, ...). */
const char *mining_protocol_name(enum mining_protocol protocol);

/* The word of domain_source ("http-host", ...); "none" for NAME_NONE. */
const char *mining_name_source(enum name_source source);

/*
 * The verdict of a reply that has no dialect of its own: true, a text, an object whose status is OK or
 * KEEPALIVED, or nothing but an id is a yes; false, null or an error is a no. Fills say, from_pool, accepted, reason.
 * False when the message is no reply or says neither.
 */
bool mining_read_reply(const struct jsonrpc *m, struct mining_msg *out);

#endif
