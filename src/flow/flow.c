/*
 * flow.c - the flow table.
 *
 * Buckets of one cache line: 12 one-byte tags and 12 indexes of records. A flow lives in the bucket
 * its hash names or in that bucket's neighbour (index with the lowest bit turned). Records come from a
 * pool. Idle flows are found by sweeping over the pool in time slices: no list is kept up per packet.
 */
#include "config.h"

#include "flow/flow.h"

#include "config/limits.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <sys/mman.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SLOTS 12
#define FLOWS_PER_BUCKET 8 /* at the cap: a third of the slots stays free, so few buckets overflow */

#define IDLE_NS (600 * NS_PER_SEC)            /* no conversation under suspicion */
#define IDLE_PROTECTED_NS (7200 * NS_PER_SEC) /* a miner's connection: 2 h is the usual TCP keep-alive */
#define IDLE_CLOSING_NS (10 * NS_PER_SEC)     /* stragglers after FIN or RST */

#define SWEEP_PART 64    /* the pool is swept in this many slices, so in about a minute */
#define SWEEP_MOST 1024u /* records looked at in one slice */

#define SYN_WAYS 4      /* of one set: connections that open together seldom meet so many of their like */
#define SYN_MEMORY 4096 /* SYNs remembered; enough for a second of new connections at 4 k/s */

struct bucket {
    uint8_t tag[16]; /* 0 = free; the last four are never used, but tags are read 8 at a time */
    uint32_t index[SLOTS];
};
_Static_assert(sizeof(struct bucket) == LIMIT_BYTES_BUCKET, "a bucket is one cache line");

struct flow_table {
    struct hash_key hash;
    struct pool records;
    struct bucket *buckets; /* owned mapping */
    uint32_t mask;          /* number of buckets - 1 */
    uint32_t sweep_at;      /* next record to look at */
    flow_end_fn *on_end;
    flow_new_fn *on_new; /* or NULL */
    void *arg;
    struct flow_counters ctr;
    uint64_t syn[SYN_MEMORY / SYN_WAYS][SYN_WAYS]; /* hashes of SYNs seen; 0 = empty */
};

struct flow_table *flow_table_new(uint32_t max_flows, const struct hash_key *key, flow_end_fn *on_end, void *arg)
{
    struct flow_table *t = calloc(1, sizeof(*t));
    uint32_t n_buckets = 8;
    void *mem;

    if (!t)
        return NULL;
    while (n_buckets < max_flows / FLOWS_PER_BUCKET)
        n_buckets *= 2;
    mem = mmap(NULL, n_buckets * sizeof(struct bucket), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mem == MAP_FAILED || !pool_init(&t->records, sizeof(struct flow), max_flows)) {
        if (mem != MAP_FAILED)
            munmap(mem, n_buckets * sizeof(struct bucket));
        free(t);
        return NULL;
    }
    /*
     * The hash spreads the first thousands of connections over all of it: two faults for huge pages instead of a thousand,
     * and no miss of the TLB with each packet. A kernel without them has small ones.
     */
    (void)madvise(mem, n_buckets * sizeof(struct bucket), MADV_HUGEPAGE);
    t->buckets = mem;
    t->mask = n_buckets - 1;
    t->hash = *key;
    t->on_end = on_end;
    t->arg = arg;
    return t;
}

void flow_table_on_new(struct flow_table *t, flow_new_fn *on_new)
{
    t->on_new = on_new;
}

void flow_table_free(struct flow_table *t)
{
    if (!t)
        return;
    pool_fini(&t->records);
    munmap(t->buckets, ((size_t)t->mask + 1) * sizeof(struct bucket));
    free(t);
}

static inline uint8_t tag_of(uint64_t hash)
{
    uint8_t tag = (uint8_t)(hash >> 56);

    return tag ? tag : 1;
}

static inline struct bucket *bucket_of(const struct flow_table *t, uint64_t hash)
{
    return &t->buckets[(uint32_t)hash & t->mask];
}

static struct bucket *neighbour(const struct flow_table *t, const struct bucket *b)
{
    return &t->buckets[(size_t)(b - t->buckets) ^ 1];
}

static inline uint32_t v4_of(const struct addr *a)
{
    uint32_t v;

    memcpy(&v, a->b + 12, sizeof(v));
    return v;
}

/* The kind of key, in the byte of id.lo that is neither port nor VNI. */
enum { KEY_IPV4 = 1, KEY_HASH = 2 };

/* IPv4 without a tunnel, nearly every packet: the key as it is. Lower endpoint first. */
static inline void id_of_v4(const struct packet *p, struct flow_key *key)
{
    uint32_t src = be32toh(v4_of(&p->src)), dst = be32toh(v4_of(&p->dst));
    uint64_t s = (uint64_t)src << 16 | p->sport, d = (uint64_t)dst << 16 | p->dport;
    bool swap = s > d;
    uint64_t lo = swap ? d : s, hi = swap ? s : d;

    key->dir = swap;
    key->id.lo = (lo & 0xffff) << 48 | (hi & 0xffff) << 32 | KEY_IPV4;
    key->id.hi = lo >> 16 << 32 | hi >> 16;
}

/* Adds a pair of addresses to the words that are hashed. */
static size_t add_pair(uint64_t *w, const struct addr *a, const struct addr *b, bool swap)
{
    memcpy(w, swap ? b->b : a->b, sizeof(a->b));
    memcpy(w + 2, swap ? a->b : b->b, sizeof(a->b));
    return 4;
}

/* IPv6, or anything in a tunnel: a fingerprint. Not inlined: it would make the usual case save registers. */
static ATTR_NOINLINE void id_of_other(const struct flow_table *t, const struct packet *p, struct flow_key *key)
{
    int order = addr_cmp(&p->src, &p->dst);
    bool swap = order > 0 || (order == 0 && p->sport > p->dport);
    uint64_t lo = swap ? p->dport : p->sport, hi = swap ? p->sport : p->dport;
    struct hash128 h;
    uint64_t w[9];
    size_t n = 1;

    key->dir = swap;
    w[0] = lo << 48 | hi << 32 | (uint64_t)p->n_encap << 24 | p->vni;
    n += add_pair(w + n, &p->src, &p->dst, swap);
    if (p->n_encap)
        n += add_pair(w + n, &p->outer_src, &p->outer_dst, addr_cmp(&p->outer_src, &p->outer_dst) > 0);
    h = hash_128(&t->hash, view_of(w, n * sizeof(w[0])));
    key->id.lo = (h.lo & ~UINT64_C(0xff)) | KEY_HASH;
    key->id.hi = h.hi;
}

void flow_key_of(const struct flow_table *t, const struct packet *p, struct flow_key *key)
{
    if (LIKELY(p->is_v4 && p->n_encap == 0))
        id_of_v4(p, key);
    else
        id_of_other(t, p, key);
    key->hash = hash_fold(&t->hash, key->id.lo, key->id.hi);
    __builtin_prefetch(bucket_of(t, key->hash));
}

/* One bit for each slot whose tag is this one. */
#ifdef __SSE2__ /* every amd64 machine */
static inline uint32_t match_tags(const struct bucket *b, uint8_t tag)
{
    __m128i tags = _mm_load_si128((const __m128i *)(const void *)b->tag);

    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag))) & ((1u << SLOTS) - 1);
}
#else
/* The bytes of word that equal tag, one bit each, the first byte lowest. */
static inline uint32_t match_word(uint64_t word, uint8_t tag)
{
    const uint64_t low7 = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t x = le64toh(word) ^ (UINT64_C(0x0101010101010101) * tag);
    uint64_t zero = ~(((x & low7) + low7) | x | low7); /* 0x80 in each byte that is zero */

    return (uint32_t)((zero >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

static inline uint32_t match_tags(const struct bucket *b, uint8_t tag)
{
    uint64_t words[2];

    memcpy(words, b->tag, sizeof(words));
    return (match_word(words[0], tag) | match_word(words[1], tag) << 8) & ((1u << SLOTS) - 1);
}
#endif

void flow_prefetch(const struct flow_table *t, struct flow_key *key)
{
    const struct bucket *b = bucket_of(t, key->hash);
    uint32_t bits = match_tags(b, tag_of(key->hash));

    key->guess = NULL;
    if (LIKELY(bits)) {
        key->guess = pool_at(&t->records, b->index[__builtin_ctz(bits)]);
        __builtin_prefetch(key->guess, 1);
    }
}

static bool is_live(const struct flow *f)
{
    return f->start_ns != FLOW_FREE;
}

static struct flow *find_in(const struct flow_table *t, const struct bucket *b, const struct flow_key *key)
{
    for (uint32_t bits = match_tags(b, tag_of(key->hash)); bits; bits &= bits - 1) {
        struct flow *f = pool_at(&t->records, b->index[__builtin_ctz(bits)]);

        if (f->id.lo == key->id.lo && f->id.hi == key->id.hi)
            return f;
    }
    return NULL;
}

static struct flow *find(const struct flow_table *t, const struct flow_key *key)
{
    struct bucket *b = bucket_of(t, key->hash);
    struct flow *f = find_in(t, b, key);

    return f ? f : find_in(t, neighbour(t, b), key);
}

uint32_t flow_index(const struct flow_table *t, const struct flow *f)
{
    return (uint32_t)(f - (const struct flow *)(const void *)t->records.mem);
}

struct flow *flow_at(const struct flow_table *t, uint32_t index)
{
    return pool_at(&t->records, index);
}

static bool unlink_from(struct bucket *b, uint32_t index)
{
    for (int i = 0; i < SLOTS; i++) {
        if (b->tag[i] && b->index[i] == index) {
            b->tag[i] = 0;
            return true;
        }
    }
    return false;
}

static void end_flow(struct flow_table *t, struct flow *f, enum flow_end why)
{
    uint32_t index = flow_index(t, f);
    struct bucket *b = bucket_of(t, hash_fold(&t->hash, f->id.lo, f->id.hi));
    bool found;

    t->on_end(t->arg, f, why);
    found = unlink_from(b, index) || unlink_from(neighbour(t, b), index);
    assert(found);
    f->start_ns = FLOW_FREE; /* the pool writes to the first bytes only */
    pool_give(&t->records, index);
}

/* The flow idle longest of the two buckets that may give way, or NULL. */
static struct flow *victim_of(const struct flow_table *t, const struct bucket *b)
{
    const struct bucket *both[2] = {b, neighbour(t, b)};
    struct flow *victim = NULL;

    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < SLOTS; i++) {
            struct flow *f;

            if (!both[k]->tag[i])
                continue;
            f = pool_at(&t->records, both[k]->index[i]);
            if (!(f->flags & FLOW_PROTECTED) && (!victim || f->last_ns < victim->last_ns))
                victim = f;
        }
    }
    return victim;
}

static int free_slot(const struct bucket *b)
{
    uint32_t bits = match_tags(b, 0);

    return bits ? __builtin_ctz(bits) : -1;
}

/* A free slot for a flow, in its bucket or the neighbour, and a free record; evicts when there is none. */
static bool make_room(struct flow_table *t, uint64_t hash, struct bucket **home, int *slot)
{
    struct bucket *b = bucket_of(t, hash);

    for (int tries = 0; tries < 2; tries++) {
        struct flow *victim;

        *home = b;
        *slot = free_slot(b);
        if (*slot < 0) {
            *home = neighbour(t, b);
            *slot = free_slot(*home);
        }
        if (*slot >= 0 && t->records.n_used < t->records.cap)
            return true;
        victim = victim_of(t, b);
        if (!victim)
            break;
        t->ctr.evicted++;
        end_flow(t, victim, FLOW_END_EVICTED);
    }
    t->ctr.refused++;
    return false;
}

static struct flow *create(struct flow_table *t, const struct flow_key *key, ns_t now)
{
    struct bucket *home;
    struct flow *f;
    uint32_t index;
    int slot;

    if (!make_room(t, key->hash, &home, &slot))
        return NULL;
    index = pool_take(&t->records);
    assert(index != POOL_NONE);
    home->tag[slot] = tag_of(key->hash);
    home->index[slot] = index;
    f = pool_at(&t->records, index);
    f->id = key->id;
    f->start_ns = now;
    f->side = FLOW_NO_SIDE;
    t->ctr.created++;
    return f;
}

/* Takes a SYN out of the memory; false when it is not there, never was or gave way to others. */
static bool recall_syn(struct flow_table *t, uint64_t hash)
{
    uint64_t *set = t->syn[(hash >> 32) % (SYN_MEMORY / SYN_WAYS)];

    for (uint32_t i = 0; i < SYN_WAYS; i++) {
        if (set[i] == (hash | 1)) {
            set[i] = 0;
            return true;
        }
    }
    return false;
}

/* One that is sent again finds its place, unless one before it has become free. In a full set one gives way, in turns: a flood leaves sets full. */
static void remember_syn(struct flow_table *t, uint64_t hash)
{
    uint64_t *set = t->syn[(hash >> 32) % (SYN_MEMORY / SYN_WAYS)];
    uint32_t i = 0;

    while (i < SYN_WAYS && set[i] != 0 && set[i] != (hash | 1))
        i++;
    set[i < SYN_WAYS ? i : t->ctr.lone_syn % SYN_WAYS] = hash | 1;
}

/* The packet has no record yet: decides whether it makes one. */
static struct flow *first_packet(struct flow_table *t, const struct flow_key *key, const struct packet *p)
{
    bool syn = p->tcp_flags & TCP_SYN, ack = p->tcp_flags & TCP_ACK;
    struct flow *f;

    if (syn && !ack && p->payload_wire_len == 0) {
        t->ctr.lone_syn++;
        remember_syn(t, key->hash);
        return NULL;
    }
    if (p->tcp_flags & TCP_RST && p->payload_wire_len == 0)
        return NULL;
    f = create(t, key, p->frame->time_ns);
    if (!f)
        return NULL;
    if (recall_syn(t, key->hash)) {
        f->flags |= FLOW_SEEN_SYN;
        /* The SYN's direction is that of the first packet, unless that is the answer. */
        f->packets[syn ? !key->dir : key->dir]++;
    } else if (syn) {
        f->flags |= FLOW_SEEN_SYN;
    }
    return f;
}

/*
 * A SYN on a connection that has carried data, or whose beginning was not seen, opens a new one between the same ports: a bare
 * ACK that goes ahead of a connection must not make it one of which nobody knows how it began.
 */
static bool is_new_connection(const struct flow *f, const struct packet *p)
{
    return (p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && (f->bytes[0] + f->bytes[1] > 0 || !(f->flags & FLOW_SEEN_SYN));
}

struct flow *flow_touch_unusual(struct flow_table *t, const struct flow_key *key, const struct packet *p)
{
    struct flow *f = find(t, key);
    bool is_new = false;

    if (p->tcp_flags & TCP_SYN)
        ++*(p->tcp_flags & TCP_ACK ? &t->ctr.syn_ack : &t->ctr.syn);
    if (f && UNLIKELY(is_new_connection(f, p))) {
        end_flow(t, f, FLOW_END_REPLACED);
        f = NULL;
    }
    if (UNLIKELY(!f)) {
        f = first_packet(t, key, p);
        if (!f)
            return NULL;
        is_new = true;
    }
    if (p->frame->time_ns > f->last_ns)
        f->last_ns = p->frame->time_ns;
    f->packets[key->dir]++;
    f->bytes[key->dir] += p->payload_wire_len;
    if (UNLIKELY(p->tcp_flags & (TCP_FIN | TCP_RST)))
        f->flags |= FLOW_CLOSING;
    if (is_new && t->on_new)
        t->on_new(t->arg, f, key, p);
    return f;
}

static bool is_idle(const struct flow *f, ns_t now)
{
    ns_t idle = now - f->last_ns;

    if (f->flags & FLOW_CLOSING)
        return idle > IDLE_CLOSING_NS;
    return idle > (f->flags & FLOW_PROTECTED ? IDLE_PROTECTED_NS : IDLE_NS);
}

void flow_sweep(struct flow_table *t, ns_t now)
{
    uint32_t n = t->records.n_touched;

    for (uint32_t left = n / SWEEP_PART + 64 < SWEEP_MOST ? n / SWEEP_PART + 64 : SWEEP_MOST; left > 0 && n > 0; left--) {
        struct flow *f;

        if (t->sweep_at >= n)
            t->sweep_at = 0;
        f = pool_at(&t->records, t->sweep_at++);
        if (is_live(f) && is_idle(f, now)) {
            t->ctr.ended_idle++;
            end_flow(t, f, FLOW_END_IDLE);
        }
    }
}

void flow_end_all(struct flow_table *t)
{
    for (uint32_t i = 0; i < t->records.n_touched; i++) {
        struct flow *f = pool_at(&t->records, i);

        if (is_live(f))
            end_flow(t, f, FLOW_END_INPUT);
    }
}

const struct flow_counters *flow_counters(const struct flow_table *t)
{
    return &t->ctr;
}

uint32_t flow_used(const struct flow_table *t)
{
    return t->records.n_used;
}

uint32_t flow_peak(const struct flow_table *t)
{
    return t->records.n_peak;
}
