/*
 * inventory_place.h - what an address is at a time, as records of the image; and that as an owner.
 */
#ifndef ENRICH_INVENTORY_PLACE_H
#define ENRICH_INVENTORY_PLACE_H

#include "enrich/inventory_look.h"

/* All that is known of one address in one VPC. NULL = not known. */
struct inventory_place {
    uint32_t vpc; /* text; 0 = not known */
    const struct inventory_interface *interface;
    const struct inventory_instance *instance;
    const struct inventory_task *task;
    const struct inventory_pod *pod;
    const struct inventory_node *node;
    bool is_sure;   /* the time is one of which the documents are sure, and they do not contradict each other */
    bool is_shared; /* the address is the machine's, which its tasks and pods use too */
    ns_t since;     /* from when it is known to have had the address, or INVENTORY_ALWAYS */
    ns_t written;   /* the newest document that says it */
};

#define INVENTORY_PLACES_MAX 64 /* VPCs that have one address, of which more are not counted */

struct inventory_answer {
    struct inventory_place places[INVENTORY_PLACES_MAX];
    size_t n;
    bool is_sure; /* there is one place, and it is that */
    struct look_tunnel tunnel;
};

/* The most particular record of a place: a task, a pod, an instance, a node, an interface. */
const struct inventory_thing *inventory_place_thing(const struct inventory_place *p);

/* Writes an answer as an owner: everything but what a time does to it. */
void inventory_describe(const struct inventory *inv, const struct inventory_answer *a, const struct inventory_question *q,
                        struct about_owner *owner);

/* Writes a task with its containers, or a pod, its node and its containers. */
void inventory_describe_task(const struct inventory *inv, const struct inventory_task *task, struct about_owner *owner);
void inventory_describe_pod(const struct inventory *inv, const struct inventory_pod *pod, struct about_owner *owner);

#endif
