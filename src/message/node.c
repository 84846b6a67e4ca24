/*
 * node.c - heads, version messages and network names of coins' peers. Sources: node.h.
 */
#include "config.h"

#include "message/node.h"

#include "base/keccak.h"

#define HEAD 24
#define COMMAND_AT 4
#define COMMAND_LEN 12
#define LENGTH_AT 16
#define LENGTH_MAX (32u << 20) /* MAX_PROTOCOL_MESSAGE_LENGTH: 4 MB of Bitcoin's, 32 MB of Bitcoin Cash's blocks */

#define VERSION_AGENT 80 /* in a version message: 4 + 8 + 8 + 26 + 26 + 8 bytes come before the agent's length */
#define AGENT_MAX 256    /* MAX_SUBVERSION_LENGTH */
#define VERSION_WANT (HEAD + VERSION_AGENT + 1 + AGENT_MAX)

#define LEVIN_HEAD 33
#define LEVIN_MAX (100u << 20) /* LEVIN_DEFAULT_MAX_PACKET_SIZE */
#define LEVIN_HANDSHAKE 1001
#define LEVIN_WANT \
    1024 /* node_data, with network_id in it, is the first section or the second; peer lists of 250 rows lie beside it */

enum type { TYPE_BITCOIN, TYPE_BITCOIN_VERSION, TYPE_LEVIN, TYPE_LEVIN_HANDSHAKE };

/*
 * Magics, as they go over the wire. Some coins share theirs (eCash with Bitcoin Cash, Monacoin with Litecoin, Vertcoin with
 * Bitcoin's regtest, Syscoin with Dash's testnet): the one with most nodes is named.
 */
#define NETWORKS(X)                     \
    X(0xf9beb4d9, "BTC")                \
    X(0x0b110907, "BTC") /* testnet3 */ \
    X(0x1c163f28, "BTC") /* testnet4 */ \
    X(0x0a03cf40, "BTC") /* signet */   \
    X(0xfabfb5da, "BTC") /* regtest */  \
    X(0xf9beb4fe, "NMC")                \
    X(0xf9beb4d4, "GRS")                \
    X(0xfbc0b6db, "LTC")                \
    X(0xfdd2c8f1, "LTC") /* testnet */  \
    X(0xc0c0c0c0, "DOGE")               \
    X(0xfcc1b7dc, "DOGE") /* testnet */ \
    X(0xbf0c6bbd, "DASH")               \
    X(0xcee2caff, "DASH") /* testnet */ \
    X(0xe3e1f3e8, "BCH")                \
    X(0xf4e5f3f4, "BCH") /* testnet */  \
    X(0x24e92764, "ZEC")                \
    X(0xfa1af9bf, "ZEC") /* testnet */  \
    X(0xe1476d44, "BTG")                \
    X(0x5241564e, "RVN")                \
    X(0xfac3b6da, "DGB")                \
    X(0x72746d2e, "RTM")

static const uint8_t levin_signature[8] = {0x01, 0x21, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01};

/* The ticker of the network whose magic the bytes are, or begin. */
static const char *network_of(struct view data)
{
#define X(magic, coin) {magic, coin},
    static const struct {
        uint32_t magic;
        const char *coin;
    } networks[] = {NETWORKS(X)};
#undef X
    uint32_t have = 0;

    if (data.n >= 4) {
        switch (view_be32(data, 0)) {
#define X(magic, coin) \
    case magic: return coin;
            NETWORKS(X)
#undef X
        default: return NULL;
        }
    }
    for (size_t i = 0; i < data.n; i++)
        have = have << 8 | data.p[i];
    for (size_t i = 0; data.n > 0 && i < ARRAY_LEN(networks); i++)
        if (networks[i].magic >> (32 - 8 * data.n) == have)
            return networks[i].coin;
    return NULL;
}

/* True for a command that nodes send, or its beginning; it is padded with zeros. */
static bool is_command(struct view v)
{
    static const char commands[][COMMAND_LEN + 1] = {
        "version",      "verack",    "addr",         "addrv2",     "sendaddrv2",  "wtxidrelay",  "sendheaders", "sendcmpct",
        "feefilter",    "inv",       "getdata",      "getheaders", "headers",     "getblocks",   "block",       "tx",
        "ping",         "pong",      "getaddr",      "mempool",    "notfound",    "reject",      "alert",       "cmpctblock",
        "getblocktxn",  "blocktxn",  "filterload",   "filteradd",  "filterclear", "merkleblock", "getcfilters", "cfilter",
        "getcfheaders", "cfheaders", "getcfcheckpt", "cfcheckpt",  "sendtxrcncl", "senddsq",     "spork",       "sendrecsigs",
    };

    v = view_head(v, COMMAND_LEN);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        char padded[COMMAND_LEN] = {0};

        memcpy(padded, commands[i], strlen(commands[i]));
        if (memcmp(v.p, padded, v.n) == 0)
            return true;
    }
    return false;
}

static bool is_levin(struct view data)
{
    return data.n > 0 && memcmp(data.p, levin_signature, min_size(data.n, sizeof(levin_signature))) == 0;
}

static enum piece_look look_bitcoin(struct view data, struct piece *pc)
{
    uint32_t n = view_le32(data, LENGTH_AT);
    bool version;

    if (data.n > COMMAND_AT && !is_command(view_skip(data, COMMAND_AT)))
        return PIECE_NO;
    if (data.n < HEAD)
        return PIECE_MORE;
    if (n > LENGTH_MAX)
        return PIECE_NO;
    version = memcmp(data.p + COMMAND_AT, "version", 8) == 0;
    *pc = (struct piece){.total = HEAD + n, .want = HEAD, .type = TYPE_BITCOIN, .coin = network_of(data)};
    if (version) {
        pc->type = TYPE_BITCOIN_VERSION;
        pc->want = pc->total < VERSION_WANT ? pc->total : VERSION_WANT;
    }
    return PIECE_YES;
}

/* The numbers that P2P_COMMANDS_POOL_BASE (1000) and BC_COMMANDS_POOL_BASE (2000) begin. */
static bool is_levin_command(uint32_t n)
{
    return (n > 1000 && n < 1020) || (n > 2000 && n < 2030);
}

static enum piece_look look_levin(struct view data, struct piece *pc)
{
    uint32_t n = view_le32(data, 8), command = view_le32(data, 17);

    if (data.n < LEVIN_HEAD)
        return PIECE_MORE;
    if (n > LEVIN_MAX || view_le32(data, 12) != 0 || !is_levin_command(command) || data.p[16] > 1 || view_le32(data, 29) != 1)
        return PIECE_NO;
    *pc = (struct piece){.total = LEVIN_HEAD + n, .want = LEVIN_HEAD, .type = TYPE_LEVIN};
    if (command == LEVIN_HANDSHAKE) {
        pc->type = TYPE_LEVIN_HANDSHAKE;
        pc->want = pc->total < LEVIN_WANT ? pc->total : LEVIN_WANT;
    }
    return PIECE_YES;
}

enum piece_look node_look(struct view data, struct piece *pc)
{
    if (data.n == 0)
        return PIECE_MORE;
    if (network_of(data))
        return look_bitcoin(data, pc);
    return is_levin(data) ? look_levin(data, pc) : PIECE_NO;
}

static bool is_printable(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] < ' ' || v.p[i] > '~')
            return false;
    return true;
}

/* "/Satoshi:27.0.0/" of a version message. */
static void read_version(struct view payload, struct node_said *out)
{
    struct view rest = view_skip(payload, VERSION_AGENT);
    uint8_t n = view_u8(rest, 0);

    if (rest.n == 0 || n >= 0xfd) /* a longer one is not sent */
        return;
    out->agent = view_head(view_skip(rest, 1), n);
    out->agent_cut = out->agent.n < n;
    if (!is_printable(out->agent))
        out->agent = (struct view){NULL, 0};
}

/* The network's name in a handshake, in epee's form: name with its length, type "string", length 16 times four. */
static const char *network_of_handshake(struct view body)
{
    static const uint8_t key[] = {10, 'n', 'e', 't', 'w', 'o', 'r', 'k', '_', 'i', 'd', 0x0a, 16 << 2};
    /* Monero's P2P NETWORK_ID; the last byte is 0x10, and 0x11 and 0x12 of the networks for tests. */
    static const uint8_t monero[15] = {0x12, 0x30, 0xf1, 0x71, 0x61, 0x04, 0x41, 0x61,
                                       0x17, 0x31, 0x00, 0x82, 0x16, 0xa1, 0xa1};

    for (size_t at = 0; at + sizeof(key) + 16 <= body.n; at++) {
        if (body.p[at] != key[0] || memcmp(body.p + at, key, sizeof(key)) != 0)
            continue;
        return memcmp(body.p + at + sizeof(key), monero, sizeof(monero)) == 0 ? "XMR" : NULL;
    }
    return NULL;
}

void node_read(const struct piece *pc, struct view data, struct node_said *out)
{
    data = view_head(data, pc->want);
    *out = (struct node_said){.coin = pc->coin};
    if (pc->type == TYPE_BITCOIN_VERSION)
        read_version(view_skip(data, HEAD), out);
    else if (pc->type == TYPE_LEVIN_HANDSHAKE)
        out->coin = network_of_handshake(view_skip(data, LEVIN_HEAD));
}

bool node_may_start(struct view payload)
{
    struct piece pc;

    return payload.n > 0 && node_look(payload, &pc) != PIECE_NO;
}

/* True when v begins with a list in RLP that ends in it; other data may follow (EIP 8), of which little was ever seen. */
static bool is_list(struct view v)
{
    uint8_t first = view_u8(v, 0);
    size_t n = 0;

    if (first >= 0xc0 && first < 0xf8)
        n = 1u + first - 0xc0;
    else if (first == 0xf8)
        n = 2u + view_u8(v, 1);
    else if (first == 0xf9)
        n = 3u + view_be16(v, 1);
    return n > 0 && n <= v.n && v.n - n <= 256;
}

bool node_is_discv4(struct view payload)
{
    uint8_t digest[KECCAK_BYTES];

    if (!node_may_be_discv4(payload) || !is_list(view_skip(payload, DISCV4_MIN)))
        return false;
    keccak_256(view_skip(payload, KECCAK_BYTES), digest);
    return memcmp(payload.p, digest, sizeof(digest)) == 0;
}

/* "1.4", or an array of the least and the greatest. */
static bool is_electrum_version(const struct json_val *v)
{
    struct json_val first = v->type == JSON_ARRAY ? json_item(v, 0) : *v;

    return first.type == JSON_STRING && first.text.n >= 1 && (first.text.p[0] == '0' || first.text.p[0] == '1') &&
           (first.text.n == 1 || first.text.p[1] == '.');
}

bool node_read_electrum(const struct jsonrpc *m, struct node_said *out)
{
    static const char *const methods[] = {
        "blockchain.headers.subscribe",      "blockchain.scripthash.subscribe",   "blockchain.scripthash.get_history",
        "blockchain.scripthash.get_balance", "blockchain.scripthash.listunspent", "blockchain.scripthash.get_mempool",
        "blockchain.transaction.get",        "blockchain.transaction.get_merkle", "blockchain.transaction.broadcast",
        "blockchain.block.header",           "blockchain.block.headers",
    };
    struct json_val name, version;
    uint8_t first = view_u8(m->method.text, 0);

    if (first != 'b' && first != 's')
        return false; /* nearly always */
    *out = (struct node_said){.coin = NULL};
    if (json_is(&m->method, "server.version")) {
        name = json_item(&m->params, 0);
        version = json_item(&m->params, 1);
        if (name.type != JSON_STRING || !name.complete || name.escaped || !is_electrum_version(&version))
            return false;
        out->agent = name.text;
        return true;
    }
    if (m->id.type == JSON_NONE) /* a notice of the server */
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (json_is(&m->method, methods[i]))
            return true;
    return false;
}
