/*
 * p2pool.c - lengths and handshake of p2pool's peers. Source: p2pool.h.
 */
#include "config.h"

#include "message/p2pool.h"

enum id {
    ID_CHALLENGE,
    ID_SOLUTION,
    ID_LISTEN_PORT,
    ID_BLOCK_REQUEST,
    ID_BLOCK_RESPONSE,
    ID_BLOCK_BROADCAST,
    ID_PEERS_REQUEST,
    ID_PEERS_RESPONSE,
    ID_BLOCK_COMPACT,
    ID_BLOCK_NOTIFY,
    ID_AUX_DONATION,
    ID_MONERO_BLOCK,
    ID_N
};

#define HASH 32
#define SALT 8
#define BLOCK_MAX 131072 /* P2P_BUF_SIZE */
#define PEERS_MAX 16
#define PEER 19              /* bytes */
#define WORK UINT64_C(10000) /* CHALLENGE_DIFFICULTY */

/* The length of a message with a counter of what follows, or 0 when the counter is not there yet. */
static uint32_t counted(uint8_t id, struct view data, bool *fits)
{
    uint32_t n;

    if (id == ID_PEERS_RESPONSE) {
        if (data.n < 2)
            return 0;
        *fits = data.p[1] <= PEERS_MAX;
        return 2u + PEER * (uint32_t)data.p[1];
    }
    if (data.n < 5)
        return 0;
    n = view_le32(data, 1);
    *fits = n <= BLOCK_MAX - 5;
    return *fits ? 5 + n : 0;
}

enum piece_look p2pool_look(const struct p2pool *s, int dir, struct view data, struct piece *pc)
{
    static const uint8_t fixed[ID_N] = {
        [ID_CHALLENGE] = P2POOL_CHALLENGE, [ID_SOLUTION] = P2POOL_SOLUTION, [ID_LISTEN_PORT] = 1 + 4,
        [ID_BLOCK_REQUEST] = 1 + HASH,     [ID_PEERS_REQUEST] = 1,          [ID_BLOCK_NOTIFY] = 1 + HASH,
    };
    bool fits = true;
    uint8_t id;

    if (data.n == 0)
        return PIECE_MORE;
    id = data.p[0];
    if (id >= ID_N || (s->n[dir] < 2 ? id != s->n[dir] : id < ID_LISTEN_PORT))
        return PIECE_NO;
    *pc = (struct piece){.type = id, .total = fixed[id] ? fixed[id] : counted(id, data, &fits)};
    if (!fits)
        return PIECE_NO;
    if (pc->total == 0)
        return PIECE_MORE;
    pc->want = fixed[id] ? fixed[id] : 1;
    return PIECE_YES;
}

static uint64_t le64(struct view data, size_t at)
{
    return view_le32(data, at) | (uint64_t)view_le32(data, at + 4) << 32;
}

bool p2pool_take(struct p2pool *s, int dir, const struct piece *pc, struct view data)
{
    uint64_t high;

    if (pc->type <= ID_SOLUTION && data.n < pc->total)
        return false; /* cut: nothing can be told of it */
    switch (pc->type) {
    case ID_CHALLENGE:
        if (le64(data, 1) == 0 || le64(data, 9) == 0) /* random numbers */
            return false;
        break;
    case ID_SOLUTION:
        high = le64(data, 1 + HASH - 8);
        s->has_pow[dir] = high != 0 && high <= UINT64_MAX / WORK;
        if (high == 0 || le64(data, 1 + HASH) == 0)
            return false;
        break;
    case ID_LISTEN_PORT:
        if (data.n >= 5 && view_le32(data, 1) > UINT16_MAX)
            return false;
        break;
    case ID_BLOCK_RESPONSE:
        s->blocks |= pc->total > 5; /* an empty one: the block is not known */
        break;
    case ID_BLOCK_BROADCAST:
    case ID_BLOCK_COMPACT:
    case ID_BLOCK_NOTIFY: s->blocks = true; break;
    default: break;
    }
    s->n[dir] += s->n[dir] < UINT8_MAX;
    return true;
}

bool p2pool_is_proven(const struct p2pool *s)
{
    if (s->n[0] > 0 && s->n[1] > 0 && (s->has_pow[0] || s->has_pow[1]))
        return true;
    return s->n[0] > 1 && s->n[1] > 1 && s->n[0] + s->n[1] > 4; /* handshake and more, whatever the hashes are worth */
}

int p2pool_caller(const struct p2pool *s, int otherwise)
{
    return s->has_pow[0] == s->has_pow[1] ? otherwise : s->has_pow[1];
}

bool p2pool_may_start(struct view payload)
{
    if (payload.n == 0 || payload.p[0] != ID_CHALLENGE)
        return false;
    if (payload.n > 2 && payload.p[1] == 0 && payload.p[2] == 0)
        return false; /* many protocols begin with zeros, and a challenge only by chance */
    return payload.n <= P2POOL_CHALLENGE || (payload.n >= P2POOL_CHALLENGE + P2POOL_SOLUTION && payload.p[17] == ID_SOLUTION);
}
