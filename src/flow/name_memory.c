/*
 * name_memory.c - a ring of answers with an index by client and address.
 */
#include "config.h"

#include "flow/name_memory.h"

#include "config/limits.h"

#include <stdlib.h>

#define RECORD_BYTES 120 /* of the ring, for one name of the limit; the rest of LIMIT_BYTES_NAME is the index */
#define UNIT sizeof(uint64_t)
#define WALK 32 /* records of one place of the index that are looked at: a client that got an address under more names is odd */

_Static_assert(RECORD_BYTES + sizeof(uint32_t) <= LIMIT_BYTES_NAME, "limits.h has the size of a remembered name");

/* Followed by the names, as bytes. Records of one place of the index are a list, the newest first. */
struct record {
    uint64_t key; /* of place, client and address */
    ns_t first_ns, newest_ns;
    uint32_t ttl_s;
    uint32_t newer, older; /* places + 1; 0 = none */
    uint16_t n_units;
    uint8_t n_asked, n_listed; /* bytes; listed without bytes of its own: it is what was asked for */
    bool is_listed;
};

#define RECORD_MAX ((uint32_t)((sizeof(struct record) + 2 * NAME_BYTES_MAX + UNIT - 1) / UNIT))

bool name_memory_init(struct name_memory *m, uint32_t max_names, const struct hash_key *hash)
{
    uint64_t n_units = (uint64_t)max_names * RECORD_BYTES / UNIT / NAME_PARTS;
    uint32_t n_heads = 1;

    *m = (struct name_memory){.hash = hash, .listed_until = -NS_TIME_MAX};
    if (max_names == 0)
        return true;
    n_units = n_units < 4 * RECORD_MAX ? 4 * RECORD_MAX : n_units > UINT32_MAX / 2 ? UINT32_MAX / 2 : n_units;
    while (n_heads * 2 <= max_names / NAME_PARTS)
        n_heads *= 2;
    m->mem = calloc(n_units * NAME_PARTS, UNIT);
    m->heads = calloc((size_t)n_heads * NAME_PARTS, sizeof(*m->heads));
    if (!m->mem || !m->heads) {
        name_memory_fini(m);
        return false;
    }
    m->n_units = (uint32_t)n_units;
    m->mask = n_heads - 1;
    for (size_t i = 0; i < NAME_PARTS; i++)
        m->part[i] = (struct name_part){.mem = m->mem + i * n_units, .heads = m->heads + i * n_heads};
    return true;
}

void name_memory_fini(struct name_memory *m)
{
    free(m->mem);
    free(m->heads);
    m->mem = NULL;
    m->heads = NULL;
    m->n_units = 0;
}

struct name_place name_place_of(bool has_encap, uint32_t vni, const struct addr *a, const struct addr *b)
{
    bool swap = addr_cmp(a, b) > 0;

    if (!has_encap)
        return (struct name_place){.has_encap = 0};
    return (struct name_place){.outer_lo = swap ? *b : *a, .outer_hi = swap ? *a : *b, .vni = vni, .has_encap = 1};
}

/* --- records ---------------------------------------------------------------------------------------- */

static struct record *record_at(const struct name_part *p, uint32_t place)
{
    return (struct record *)(void *)(p->mem + place);
}

static uint32_t place_of(const struct name_part *p, const struct record *r)
{
    return (uint32_t)((const uint64_t *)(const void *)r - p->mem);
}

static uint8_t *names_of(struct record *r)
{
    return (uint8_t *)(r + 1);
}

static uint32_t *head_of(const struct name_memory *m, const struct name_part *p, uint64_t key)
{
    return &p->heads[(uint32_t)key & m->mask];
}

static ns_t until(const struct record *r)
{
    return r->newest_ns + (ns_t)r->ttl_s * NS_PER_SEC;
}

static void unlink_record(const struct name_memory *m, struct name_part *p, struct record *r)
{
    if (r->newer)
        record_at(p, r->newer - 1)->older = r->older;
    else
        *head_of(m, p, r->key) = r->older;
    if (r->older)
        record_at(p, r->older - 1)->newer = r->newer;
}

static void link_record(const struct name_memory *m, struct name_part *p, struct record *r)
{
    uint32_t *head = head_of(m, p, r->key);

    r->newer = 0;
    r->older = *head;
    if (*head)
        record_at(p, *head - 1)->newer = place_of(p, r) + 1;
    *head = place_of(p, r) + 1;
}

static void push_out(struct name_memory *m, struct name_part *p, ns_t now)
{
    struct record *r = record_at(p, p->tail);

    m->ctr.pushed += until(r) > now;
    unlink_record(m, p, r);
    p->n--;
    p->tail += r->n_units;
    if (p->lapped && p->tail == p->end) {
        p->tail = 0;
        p->lapped = false;
    }
}

/* Room for a record of n units; pushes out what is there. A record is whole: what does not fit at the end begins anew at 0. */
static struct record *take_room(struct name_memory *m, struct name_part *p, uint32_t n, ns_t now)
{
    struct record *r;

    while (p->lapped ? p->tail - p->at < n : m->n_units - p->at < n) {
        if (p->lapped) {
            push_out(m, p, now);
        } else {
            p->lapped = p->n > 0;
            p->end = p->at;
            p->at = 0;
            p->tail = p->lapped ? p->tail : 0;
        }
    }
    r = record_at(p, p->at);
    *r = (struct record){.n_units = (uint16_t)n};
    p->at += n;
    p->n++;
    return r;
}

/* --- looking up --------------------------------------------------------------------------------------- */

/* The client in its network. */
static uint64_t who_of(const struct name_memory *m, const struct name_place *place, const struct addr *client)
{
    struct {
        struct name_place place;
        struct addr client;
    } who = {*place, *client};

    return hash_64(m->hash, view_of(&who, sizeof(who)));
}

/* The client's part. */
static size_t part_of(uint64_t who)
{
    return (who >> 32) % NAME_PARTS;
}

static uint64_t key_of(const struct name_memory *m, uint64_t who, const struct addr *to)
{
    struct {
        uint64_t who;
        struct addr to;
    } what = {who, *to};

    return hash_64(m->hash, view_of(&what, sizeof(what)));
}

static bool is_name(struct record *r, const struct name *asked)
{
    return view_eq(view_of(names_of(r), r->n_asked), name_view(asked));
}

/*
 * The newest record of the key, when it has this name. Only that one is renewed where it stands: so records of one key go
 * out in the order of their times, and an older name never takes the place of a newer one.
 */
static struct record *known(const struct name_memory *m, const struct name_part *p, uint64_t key, const struct name *asked)
{
    uint32_t place = *head_of(m, p, key);

    for (int i = 0; place && i < WALK; i++) {
        struct record *r = record_at(p, place - 1);

        if (r->key == key)
            return is_name(r, asked) ? r : NULL;
        place = r->older;
    }
    return NULL;
}

/* True when it will not be pushed out before half of the ring was written anew. */
static bool is_young(const struct name_memory *m, const struct name_part *p, const struct record *r)
{
    uint32_t place = place_of(p, r), behind = p->at > place ? p->at - place : p->at + m->n_units - place;

    return behind < m->n_units / 2;
}

/* The bytes of one that was made here: labels, each within its bounds. */
static void copy_name(struct name *to, struct view bytes)
{
    struct buf b = buf_of(bytes);

    name_init(to);
    while (buf_left(&b) > 0 && name_add_label(to, buf_take(&b, buf_u8(&b))))
        ;
}

static void note_lead(struct name_memory *m, const struct addr *to, ns_t when)
{
    ns_t *lead = &m->lead_until[name_lead_at(m, to)];

    if (when > *lead)
        *lead = when;
    if (when > m->listed_until)
        m->listed_until = when;
}

/* One answer. own: listed, where it is not asked; it has bytes of its own then. */
static void add(struct name_memory *m, struct name_part *p, uint64_t key, const struct name *asked, const struct name *own,
                bool listed, ns_t now, uint32_t ttl_s)
{
    struct record *r = known(m, p, key, asked);

    m->ctr.added++;
    m->ctr.renewed += r != NULL;
    if (r && r->is_listed == listed && is_young(m, p, r) && now >= r->newest_ns) {
        unlink_record(m, p, r);
    } else {
        size_t n = sizeof(*r) + asked->n + (own ? own->n : 0);

        r = take_room(m, p, (uint32_t)((n + UNIT - 1) / UNIT), now);
        r->key = key;
        r->first_ns = now;
        r->n_asked = asked->n;
        r->n_listed = own ? own->n : 0;
        r->is_listed = listed;
        memcpy(names_of(r), asked->b, asked->n);
        if (own)
            memcpy(names_of(r) + asked->n, own->b, own->n);
    }
    r->newest_ns = now;
    r->ttl_s = ttl_s;
    link_record(m, p, r);
}

void name_memory_add(struct name_memory *m, const struct name_place *place, const struct addr *client,
                     const struct addr *answers, uint32_t n, const struct name *asked, const struct name *listed, ns_t now,
                     uint32_t ttl_s)
{
    const struct name *own = listed && !view_eq(name_view(listed), name_view(asked)) ? listed : NULL;
    struct name_part *p;
    uint64_t who;

    if (m->n_units == 0 || n == 0)
        return;
    ttl_s = ttl_s < NAME_TTL_MIN_S ? NAME_TTL_MIN_S : ttl_s > NAME_TTL_MAX_S ? NAME_TTL_MAX_S : ttl_s;
    who = who_of(m, place, client);
    p = &m->part[part_of(who)];
    for (uint32_t i = 0; i < n; i++) {
        add(m, p, key_of(m, who, &answers[i]), asked, own, listed != NULL, now, ttl_s);
        if (listed)
            note_lead(m, &answers[i], now + (ns_t)ttl_s * NS_PER_SEC);
    }
}

/* When the record, or the one that it renews, was the newest before start; false when it was not there. */
static bool when_before(const struct record *r, ns_t start, ns_t *when)
{
    *when = r->newest_ns <= start ? r->newest_ns : r->first_ns;
    return *when <= start && start < until(r);
}

static void lend(struct record *r, ns_t when, struct name_found *found)
{
    found->time_ns = when;
    found->certain = true;
    copy_name(&found->asked, view_of(names_of(r), r->n_asked));
    if (r->is_listed && r->n_listed == 0)
        found->listed = found->asked;
    else
        copy_name(&found->listed, view_of(names_of(r) + r->n_asked, r->n_listed));
}

void name_found_merge(struct name_found *found, const struct name_found *other)
{
    const struct name_found *newer = other->time_ns > found->time_ns ? other : found, *older = newer == found ? other : found;
    bool same = view_eq(name_view(&newer->asked), name_view(&older->asked));
    bool certain = found->certain && other->certain && (same || (newer->listed.n && older->listed.n));

    if (newer->time_ns - older->time_ns >= NAME_RIVAL_NS) {
        certain = newer->certain;
        older = newer;
    }
    if ((newer->listed.n || older->listed.n == 0 ? newer : older) != found)
        *found = *other;
    found->certain = certain;
}

bool name_memory_find(const struct name_memory *m, const struct name_place *place, const struct addr *client,
                      const struct addr *to, ns_t start, struct name_found *found)
{
    ns_t when, newest = -NS_TIME_MAX;
    const struct name_part *p;
    struct name_found other;
    uint64_t who, key;
    uint32_t at;

    if (m->n_units == 0)
        return false;
    who = who_of(m, place, client);
    p = &m->part[part_of(who)];
    key = key_of(m, who, to);
    at = *head_of(m, p, key);
    for (int i = 0; at && i < WALK; i++) {
        struct record *r = record_at(p, at - 1);

        at = r->older;
        if (r->key != key || !when_before(r, start, &when) || newest - when >= NAME_RIVAL_NS)
            continue;
        lend(r, when, newest == -NS_TIME_MAX ? found : &other);
        if (newest != -NS_TIME_MAX)
            name_found_merge(found, &other);
        newest = when > newest ? when : newest;
    }
    return newest != -NS_TIME_MAX;
}
