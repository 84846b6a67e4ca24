/*
 * inventory_look.h - single look-ups in an image: who had an address, which mirror sent a packet.
 */
#ifndef ENRICH_INVENTORY_LOOK_H
#define ENRICH_INVENTORY_LOOK_H

#include "enrich/inventory_image.h"

/* What a time is to a thing or binding. */
enum look_when { LOOK_NOT, LOOK_LIKELY, LOOK_SURE };

static inline enum look_when look_when(ns_t from, ns_t until, ns_t sure, ns_t t)
{
    return t < from || t >= until ? LOOK_NOT : t < sure ? LOOK_SURE : LOOK_LIKELY;
}

static inline enum look_when look_when_thing(const struct inventory_thing *thing, ns_t t)
{
    return look_when(thing->from, thing->until, thing->sure, t);
}

/*
 * Which binding of the layer holds the address at the time in the VPC (a text of the image; 0 = that which is not known); of
 * networks the narrowest. NULL when none does.
 */
const struct inventory_binding *look_address(const struct inventory *inv, enum inventory_layer layer, const struct addr *addr,
                                             uint32_t vpc, ns_t t);

/*
 * Adds the VPCs in which a binding of the layer holds the address at the time to vpcs, which has room for cap, and has n
 * already; each once. Gives the new n. The work is bounded: of an address in more VPCs than cap the rest is left out.
 */
size_t look_vpcs(const struct inventory *inv, enum inventory_layer layer, const struct addr *addr, ns_t t, uint32_t *vpcs,
                 size_t n, size_t cap);

/* The text of a VPC by its name; 0 when the image has none such. */
uint32_t look_vpc(const struct inventory *inv, struct view name);

/* What a tunnel says. */
struct look_tunnel {
    const struct inventory_session *session; /* NULL = not known */
    uint32_t vpc;                            /* 0 = not known */
    bool is_sure;                            /* one session has this VNI and this address */
};

struct look_tunnel look_tunnel(const struct inventory *inv, const struct addr *outer, uint32_t vni, ns_t t);

/* The container with the identifier whose task or pod was there at the time; NULL when there is none. */
const struct inventory_id *look_container(const struct inventory *inv, struct view id, ns_t t);

#endif
