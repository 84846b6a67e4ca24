/*
 * inventory_look.c - binary searches over the sorted parts of an image.
 */
#include "config.h"

#include "enrich/inventory_look.h"

#define SAME_MAX 64 /* things with one key that are looked at: sessions of one VNI, versions of one container */

/* --- bindings ----------------------------------------------------------------------------------- */

struct key {
    uint8_t layer, bits;
    uint8_t addr[16];
    uint32_t vpc;
    ns_t from;
};

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* The order of bindings without the VPC and what follows. */
static int compare_address(const struct key *k, const struct inventory_binding *b)
{
    int c = compare_u64((uint64_t)k->layer << 8 | k->bits, (uint64_t)b->layer << 8 | b->bits);

    return c ? c : memcmp(k->addr, b->addr, sizeof(b->addr));
}

static int compare(const struct key *k, const struct inventory_binding *b)
{
    int c = compare_address(k, b);

    if (c == 0)
        c = compare_u64(k->vpc, b->vpc);
    if (c == 0)
        c = k->from < b->from ? -1 : k->from > b->from;
    return c;
}

/* The number of the first binding that comes after the key. */
static uint32_t search(const struct inventory *inv, const struct key *k)
{
    uint32_t low = 0, high = inventory_n(inv, INVENTORY_BINDINGS);

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (compare(k, inventory_at(inv, INVENTORY_BINDINGS, mid)) < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

static struct key key_of(enum inventory_layer layer, const struct addr *addr, uint8_t bits)
{
    struct key k = {.layer = (uint8_t)layer, .bits = bits};

    memcpy(k.addr, addr->b, bits / 8);
    if (bits % 8 != 0)
        k.addr[bits / 8] = (uint8_t)(addr->b[bits / 8] & 0xff << (8 - bits % 8));
    return k;
}

/* The binding of the key's address and VPC that holds at the time. */
static const struct inventory_binding *holds(const struct inventory *inv, struct key *k, ns_t t)
{
    const struct inventory_binding *b;
    uint32_t i;

    k->from = t;
    i = search(inv, k);
    if (i == 0)
        return NULL;
    b = inventory_at(inv, INVENTORY_BINDINGS, i - 1);
    if (compare_address(k, b) != 0 || b->vpc != k->vpc || look_when(b->from, b->until, b->sure, t) == LOOK_NOT)
        return NULL;
    return b;
}

const struct inventory_binding *look_address(const struct inventory *inv, enum inventory_layer layer, const struct addr *addr,
                                             uint32_t vpc, ns_t t)
{
    for (uint32_t i = 0; i < inv->n_lengths; i++) {
        struct key k = key_of(layer, addr, inv->lengths[i]);
        const struct inventory_binding *b;

        k.vpc = vpc;
        b = holds(inv, &k, t);
        if (b)
            return b;
    }
    return NULL;
}

static size_t add_vpc(uint32_t vpc, uint32_t *vpcs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (vpcs[i] == vpc)
            return n;
    vpcs[n] = vpc;
    return n + 1;
}

size_t look_vpcs(const struct inventory *inv, enum inventory_layer layer, const struct addr *addr, ns_t t, uint32_t *vpcs,
                 size_t n, size_t cap)
{
    size_t turns = 0;

    for (uint32_t i = 0; i < inv->n_lengths; i++) {
        struct key k = key_of(layer, addr, inv->lengths[i]);

        while (n < cap && turns++ < cap * 2) { /* bindings of the past take turns too */
            const struct inventory_binding *b;
            uint32_t at;

            k.from = INT64_MIN;
            at = search(inv, &k);
            /* One from always on compares equal, and stands before. */
            if (at > 0) {
                b = inventory_at(inv, INVENTORY_BINDINGS, at - 1);
                at -= compare(&k, b) == 0;
            }
            if (at >= inventory_n(inv, INVENTORY_BINDINGS))
                break;
            b = inventory_at(inv, INVENTORY_BINDINGS, at);
            if (compare_address(&k, b) != 0 || b->vpc < k.vpc)
                break;
            k.vpc = b->vpc;
            if (holds(inv, &k, t))
                n = add_vpc(k.vpc, vpcs, n);
            if (k.vpc == UINT32_MAX)
                break;
            k.vpc++;
        }
    }
    return n;
}

/* --- texts -------------------------------------------------------------------------------------- */

static int compare_view(struct view a, struct view b)
{
    size_t n = min_size(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : compare_u64(a.n, b.n);
}

uint32_t look_vpc(const struct inventory *inv, struct view name)
{
    const uint32_t *vpcs = inventory_at(inv, INVENTORY_VPCS, 0);
    uint32_t low = 0, high = inventory_n(inv, INVENTORY_VPCS);

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int c = compare_view(name, inventory_text(inv, vpcs[mid]));

        if (c == 0)
            return vpcs[mid];
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return 0;
}

const struct inventory_id *look_container(const struct inventory *inv, struct view id, ns_t t)
{
    const struct inventory_id *ids = inventory_at(inv, INVENTORY_IDS, 0);
    uint32_t low = 0, high = inventory_n(inv, INVENTORY_IDS);

    if (id.n == 0)
        return NULL;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (compare_view(id, inventory_text(inv, ids[mid].id)) <= 0)
            high = mid;
        else
            low = mid + 1;
    }
    for (uint32_t i = low; i < inventory_n(inv, INVENTORY_IDS) && i - low < SAME_MAX; i++) {
        if (!view_eq(id, inventory_text(inv, ids[i].id)))
            break;
        if (look_when_thing(inventory_thing_at(inv, ids[i].is_pod ? INVENTORY_PODS : INVENTORY_TASKS, ids[i].thing), t) !=
            LOOK_NOT)
            return &ids[i];
    }
    return NULL;
}

/* --- mirror sessions ---------------------------------------------------------------------------- */

/* The first session of the VNI whose mirrored interface has the address, or one that comes after it. */
static uint32_t first_session(const struct inventory *inv, uint32_t vni, const uint8_t outer[16])
{
    const struct inventory_session *sessions = inventory_at(inv, INVENTORY_SESSIONS, 0);
    uint32_t low = 0, high = inventory_n(inv, INVENTORY_SESSIONS);

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int c = compare_u64(vni, sessions[mid].vni);

        if (c < 0 || (c == 0 && memcmp(outer, sessions[mid].outer, sizeof(sessions->outer)) <= 0))
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/*
 * The sessions of the VNI at the time, of any address (outer is NULL) or of one: how many interfaces they mirror, of which
 * two are as good as many, and one of them, a sure one before others.
 */
static unsigned find_sessions(const struct inventory *inv, uint32_t vni, const uint8_t *outer, ns_t t,
                              const struct inventory_session **found)
{
    static const uint8_t any[16] = {0};
    uint32_t first = first_session(inv, vni, outer ? outer : any);
    unsigned n = 0;

    for (uint32_t i = first; n < 2 && i < inventory_n(inv, INVENTORY_SESSIONS) && i - first < SAME_MAX; i++) {
        const struct inventory_session *s = inventory_at(inv, INVENTORY_SESSIONS, i);
        enum look_when when = look_when_thing(&s->thing, t);

        if (s->vni != vni || (outer && memcmp(s->outer, outer, sizeof(s->outer)) != 0))
            break;
        if (when == LOOK_NOT)
            continue;
        if (n == 0 || s->thing.id[1] != (*found)->thing.id[1])
            n++;
        else if (when < look_when_thing(&(*found)->thing, t))
            continue; /* a session that was made again, and the one before it */
        *found = s;
    }
    return n;
}

static uint32_t vpc_of(const struct inventory *inv, const struct inventory_session *session)
{
    const struct inventory_interface *interface;

    if (session->interface == INVENTORY_NONE)
        return 0;
    interface = inventory_at(inv, INVENTORY_INTERFACES, session->interface);
    return interface->vpc;
}

/* By the mirrored interface alone: the one that has this primary address, when there is one only. */
static struct look_tunnel tunnel_by_address(const struct inventory *inv, const struct addr *outer, ns_t t)
{
    uint32_t vpcs[2] = {0, 0};
    size_t n = look_vpcs(inv, LAYER_INTERFACE, outer, t, vpcs, 0, ARRAY_LEN(vpcs));
    struct look_tunnel found = {0};

    if (n == 1 && look_address(inv, LAYER_INTERFACE, outer, vpcs[0], t)->is_primary)
        found.vpc = vpcs[0];
    return found;
}

struct look_tunnel look_tunnel(const struct inventory *inv, const struct addr *outer, uint32_t vni, ns_t t)
{
    const struct inventory_session *s = NULL;
    unsigned n = find_sessions(inv, vni, outer->b, t, &s);

    if (n == 1)
        return (struct look_tunnel){s, vpc_of(inv, s), look_when_thing(&s->thing, t) == LOOK_SURE};
    if (n > 1)
        return (struct look_tunnel){0}; /* in VPCs with the same addresses */
    if (find_sessions(inv, vni, NULL, t, &s) == 1)
        return (struct look_tunnel){s, vpc_of(inv, s), false};
    return tunnel_by_address(inv, outer, t);
}
