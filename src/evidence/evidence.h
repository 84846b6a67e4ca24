/*
 * evidence.h - the record that a detector sends to the folding side: flat, pointer-free, at most 576 bytes.
 *
 * It is the later process boundary: everything that the finding side knows of a flow came in such
 * records. Counters are absolute for the flow, so that a record seen twice changes nothing; (worker,
 * seq) names a record. Texts are raw bytes from the wire, bounded, not yet escaped.
 */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include "base/addr.h"
#include "base/buf.h"
#include "message/mining.h"

#define EVIDENCE_VERSION 6
#define EVIDENCE_SIZE_MAX 576
#define EVIDENCE_TEXT_MAX 256 /* bytes of one text; longer ones are cut and marked */

enum evidence_class {
    CLASS_NONE, /* carries facts and counters only */
    CLASS_PROTOCOL,
    CLASS_NAME,        /* a name of the feeds was asked for */
    CLASS_FINGERPRINT, /* marks of a program or an account: a wallet's checksum, XMRig's donation */
    CLASS_SHAPE,       /* lengths and order of messages that cannot be read */
    CLASS_DPI,         /* another program's opinion; adds to a proof, is none */
    CLASS_FLEET,       /* what many connections show together */
    CLASS_ADDRESS,     /* the lists know the pool's address and port; adds to a proof, is none */
    CLASS_N
};

enum stage { STAGE_NONE, STAGE_LOOKUP, STAGE_CONTACT, STAGE_HANDSHAKE, STAGE_MINING, STAGE_PAID, STAGE_N };

/* What a connection's messages travel in; the words of mining.transport. */
enum transport {
    TRANSPORT_TCP,
    TRANSPORT_TLS,
    TRANSPORT_HTTP,
    TRANSPORT_WS,
    TRANSPORT_SOCKS4,
    TRANSPORT_SOCKS5,
    TRANSPORT_CONNECT,
    TRANSPORT_N
};

#define EVIDENCE_WORK_MAX 1e100 /* of 2^256 hashes a share, more shares than can be sent */
#define EVIDENCE_TRANSPORTS 4   /* layers, outermost first */

/* What the sum of work was counted from; the words of hashrate.method. */
enum rate_method {
    RATE_NONE,
    RATE_ACCEPTED,  /* shares that the pool accepted */
    RATE_SUBMITTED, /* shares handed in; the pool's side was not seen */
    RATE_HASHES,    /* as before, and their difficulty was told from their hashes: no job was seen */
    RATE_N
};

enum direction { DIRECTION_TO_POOL, DIRECTION_TO_MINER, DIRECTION_BOTH };

/*
 * X(symbol, name, class, weight). The weights: a message that names nobody and does nothing yet is worth 50; one that carries an
 * account, work or a share 60 to 70; an exchange in which both sides agree 85 and more. What each kind saw, and what else may cause it,
 * is told in finding/message_texts.h.
 */
#define EVIDENCE_KINDS(X)                                   \
    X(FACTS, "facts", CLASS_NONE, 0)                        \
    X(SUBSCRIBE, "stratum-subscribe", CLASS_PROTOCOL, 50)   \
    X(LOGIN, "stratum-login", CLASS_PROTOCOL, 60)           \
    X(REQUEST, "stratum-request", CLASS_PROTOCOL, 50)       \
    X(SUBMIT, "stratum-submit", CLASS_PROTOCOL, 70)         \
    X(HASHRATE, "hashrate-claim", CLASS_PROTOCOL, 60)       \
    X(SUBSCRIBED, "stratum-subscribed", CLASS_PROTOCOL, 60) \
    X(JOB, "stratum-job", CLASS_PROTOCOL, 70)               \
    X(DIFFICULTY, "stratum-difficulty", CLASS_PROTOCOL, 55) \
    X(NOTICE, "stratum-notice", CLASS_PROTOCOL, 50)         \
    X(KEEPALIVE, "stratum-keepalive", CLASS_PROTOCOL, 55)   \
    X(DIALOGUE, "stratum-dialogue", CLASS_PROTOCOL, 85)     \
    X(PIECES, "stratum-pieces", CLASS_PROTOCOL, 45)         \
    X(REFUSED, "login-refused", CLASS_PROTOCOL, 85)         \
    X(REJECTED, "share-rejected", CLASS_PROTOCOL, 90)       \
    X(ACCEPTED, "share-accepted", CLASS_PROTOCOL, 95)       \
    X(NAME_ASKED, "name-asked", CLASS_NAME, 40)             \
    X(NAME_DENIED, "name-denied", CLASS_NAME, 40)           \
    X(NAME_ANSWERED, "name-answered", CLASS_NAME, 50)       \
    X(DPI, "ndpi-mining", CLASS_DPI, 5)                     \
    X(HEADER, "miner-header", CLASS_PROTOCOL, 65)           \
    X(FRAMES, "stratum-v2-frames", CLASS_SHAPE, 70)         \
    X(SIDECHAIN, "p2pool-peer", CLASS_PROTOCOL, 80)         \
    X(NODE, "node-peer", CLASS_PROTOCOL, 80)                \
    X(WALLET, "wallet-checksum", CLASS_FINGERPRINT, 5)      \
    X(DONATION, "xmrig-donation", CLASS_FINGERPRINT, 10)    \
    X(SCAN, "many-pools", CLASS_FLEET, 60)                  \
    X(SERVICE, "inside-listener", CLASS_FLEET, 85)          \
    X(CAMPAIGN, "shared-wallet", CLASS_FLEET, 80)           \
    X(CONTACT, "pool-contact", CLASS_NAME, 60)              \
    X(LISTED, "listed-endpoint", CLASS_ADDRESS, 5)

enum evidence_kind {
#define X(symbol, name, class, weight) EVIDENCE_##symbol,
    EVIDENCE_KINDS(X)
#undef X
        EVIDENCE_N
};

enum evidence_flag {
    EVIDENCE_MIDSTREAM = 0x01,     /* the start of the connection was not seen */
    EVIDENCE_ONE_SIDED = 0x02,     /* packets of one direction only */
    EVIDENCE_ANSWERED = 0x04,      /* acknowledgements show that the unseen side answers */
    EVIDENCE_FLOW_END = 0x08,      /* the last record of the flow */
    EVIDENCE_HAS_MACS = 0x10,      /* mac is set */
    EVIDENCE_HAS_ENCAP = 0x20,     /* vni, outer_src and outer_dst are set */
    EVIDENCE_UNSURE = 0x40,        /* the protocol is what the messages allow, not what they prove */
    EVIDENCE_REFUSED_ALL = 0x80,   /* every login so far was refused */
    EVIDENCE_NO_CLOCK = 0x100,     /* reserved */
    EVIDENCE_OUT_OF_SIGHT = 0x200, /* the miner also asks for names where they cannot be seen (detect/encrypted_dns.h) */
    EVIDENCE_ASIDE = 0x400 /* of kind facts, of no flow: that it does; pool, TEXT_HOST and TEXT_REASON say whom and how */
};

/* Texts that a record may carry, one after the other in `text`: tag, length, bytes. */
enum evidence_text {
    TEXT_LOGIN = 1,
    TEXT_AGENT,
    TEXT_WORKER,
    TEXT_ALGORITHM,
    TEXT_REASON,
    TEXT_NAME,   /* the name that the feeds list */
    TEXT_ASKED,  /* the name that was asked for, where the answer led from it to the listed one */
    TEXT_ANSWER, /* what DNS said: addresses, or why there is none */
    TEXT_HOST,   /* name of the pool, as the connection itself says it, or as its client asked for it */
    TEXT_TAG,    /* pool's tag in the coinbase */
    TEXT_PAYOUT, /* address that the coinbase pays */
    TEXT_COIN,   /* ticker of the coin that is mined, or of the node's network */
    TEXT_OWNER, /* whose the miner is, as a DNS log says: account, region, VPC and instance of AWS, with blanks between; - = not said */
    TEXT_N
};

struct evidence {
    uint16_t version;
    uint16_t text_len;
    uint32_t worker;
    uint64_t seq; /* per worker, from 1 */
    int64_t time_ns;
    int64_t flow_start_ns;
    int64_t flow_last_ns;
    uint64_t frame;
    uint32_t file;
    uint32_t vni;
    struct endpoint miner;
    struct endpoint pool;
    struct addr outer_src, outer_dst;       /* of the packet that opened the dialogue */
    uint8_t mac[6];                         /* the miner's */
    uint8_t kind;                           /* enum evidence_kind */
    uint8_t direction;                      /* enum direction */
    uint8_t protocol;                       /* enum mining_protocol */
    uint8_t stage;                          /* enum stage the flow has reached */
    uint8_t rate_method;                    /* enum rate_method */
    uint8_t host_source;                    /* enum name_source, of TEXT_HOST */
    uint8_t transport[EVIDENCE_TRANSPORTS]; /* enum transport, outermost first; TRANSPORT_TCP = none */
    uint16_t flags;                         /* enum evidence_flag */
    uint16_t cut_texts;                     /* bit i: the text with tag i + 1 was longer */
    /* Absolute for the flow; index 0 from the miner, 1 from the pool. */
    uint64_t bytes[2];
    uint32_t packets[2];
    uint32_t protocols; /* bit i: enum mining_protocol i was proven */
    uint32_t n_messages;
    uint32_t n_logins;
    uint32_t n_jobs;
    uint32_t n_submitted;
    uint32_t n_accepted;
    uint32_t n_rejected;
    uint32_t n_gaps;
    uint32_t n_truncated;
    double difficulty;                     /* newest: the pool's figure (Stratum v1) or expected hashes a share; 0 = not seen */
    double difficulty_min, difficulty_max; /* of the flow so far; 0 = not seen */
    double work; /* expected hashes (or solutions) of the shares in n_work; may shrink when the method changes */
    int64_t session_first_ns, session_last_ns; /* first and newest mining message: the time in which the work was done */
    uint32_t n_work;                           /* shares whose difficulty is known */
    uint64_t height;
    uint64_t claimed_hs;
    uint64_t digest;          /* of a lookup: equal for copies of one message, whatever carried it; 0 = none */
    uint32_t feed_generation; /* which image of the feeds the row is of */
    uint32_t feed_row;        /* of the feeds: what the name matched (class name), what lists the pool (class address) */
    uint8_t text[EVIDENCE_TEXT_MAX + 8];
};
_Static_assert(sizeof(struct evidence) <= EVIDENCE_SIZE_MAX, "an evidence record is at most 576 bytes");

/* Receives each record; borrows it. */
typedef void evidence_fn(void *arg, const struct evidence *e);

/* Appends a text, cut to EVIDENCE_TEXT_MAX bytes. False when there is no room for it any more. */
bool evidence_add_text(struct evidence *e, enum evidence_text tag, struct view text, bool cut);

/* The text with this tag, or an empty view with p == NULL. */
struct view evidence_text(const struct evidence *e, enum evidence_text tag);

/* True when the record can be used: version, lengths and enumerations in range, texts whole. */
bool evidence_check(const struct evidence *e);

/* True when the text with this tag was longer on the wire. */
bool evidence_is_cut(const struct evidence *e, enum evidence_text tag);

/* True of the classes name and address, whose records have a row of the feeds. */
bool evidence_has_row(enum evidence_kind kind);

const char *evidence_name(enum evidence_kind kind);
enum evidence_class evidence_class(enum evidence_kind kind);
const char *evidence_class_name(enum evidence_class c);
unsigned evidence_weight(enum evidence_kind kind);
const char *stage_name(enum stage stage);
const char *transport_name(enum transport transport);
const char *rate_method_name(enum rate_method method);
const char *direction_name(enum direction direction);

#endif
