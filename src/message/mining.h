/*
 * mining.h - what one mining message means, whatever its dialect.
 *
 * The readers in stratum_v1.h, cryptonote.h, ethereum.h and equihash.h fill a struct mining_msg from a
 * struct jsonrpc. They are pure: equal bytes give equal meaning. The roles follow from the meaning
 * alone: `from_pool` says which side can have sent such a message, not which side did.
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
    PROTOCOL_N
};

enum mining_say {
    SAY_NOTHING,
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
    TARGET_DIFFICULTY, /* a number: mining.set_difficulty */
    TARGET_BE256,      /* 256-bit target, hex, big endian (eth-proxy, Equihash) */
    TARGET_CRYPTONOTE  /* 4 or 8 bytes, hex, little endian */
};

struct mining_msg {
    enum mining_protocol protocol;
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
    struct json_val job;       /* what names the job: its id, or the header hash */
    struct json_val target;    /* string, or number for TARGET_DIFFICULTY */
    struct json_val reason;    /* why something was refused */
    uint64_t height;           /* of the block worked on; 0 = not said */
    uint64_t claimed_hs;       /* SAY_HASHRATE: hashes per second */
    bool has_job;              /* SAY_REPLY: the answer to the login carries a job */
    bool accepted;             /* SAY_REPLY: yes; otherwise no */
};

/* The word of the closed vocabulary (stratum-v1, cryptonote, ...). */
const char *mining_protocol_name(enum mining_protocol protocol);

/*
 * The verdict of a reply that has no dialect of its own: true, or an object whose status is OK or
 * KEEPALIVED, is a yes; false, null or an error is a no. Fills say, from_pool, accepted, reason.
 * False when the message is no reply or says neither.
 */
bool mining_read_reply(const struct jsonrpc *m, struct mining_msg *out);

#endif
