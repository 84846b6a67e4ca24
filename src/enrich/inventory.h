/*
 * inventory.h - whose an address is, at a time: what the AWS CLI and kubectl told of a cloud account, as one image.
 *
 * The image is made by a jailed process (inventory_read.h) and has no pointers: whoever maps it checks it whole, once
 * (inventory_open), and then reads it. Nothing here allocates, logs, or reads a clock. Texts of the answers are views of the
 * image.
 *
 * How an owner is found. The tunnel's outer source and VNI name a mirror session, by the session's number and the primary
 * address of its interface: so the VPC is known. In that VPC the miner's address names an interface, the interface a task or
 * an instance, or a pod has the address. Each of these was valid from a time on, until another one: an address that was given
 * to another task is told by the time of the packet. Where a fact is missing the answer is a candidate.
 */
#ifndef ENRICH_INVENTORY_H
#define ENRICH_INVENTORY_H

#include "base/addr.h"
#include "finding/about.h"

struct inventory;

struct inventory_question {
    struct addr addr; /* of the miner */
    ns_t time_ns;     /* of the packet, UTC */
    bool has_tunnel;  /* outer_src and vni are those of a mirror's tunnel */
    struct addr outer_src;
    uint32_t vni;
    struct view vpc; /* that the packet is of, when something else says it (a DNS log); empty = not known */
};

/* How many things the image holds, for -T and figures. */
struct inventory_counts {
    uint32_t sessions, filters, interfaces, instances, tasks, definitions, pods, nodes;
    uint32_t addresses;     /* ranges of time of addresses */
    uint32_t kept;          /* things that were in an image before, and in the files no more */
    uint32_t blind_filters; /* filters in use by a session that do not show amazon-dns */
    uint32_t cut;           /* texts, tags, containers, lengths of prefixes, tasks of a machine that an image has no room for */
    ns_t oldest_ns, newest_ns; /* when the files were written */
};

/*
 * Checks the bytes of an image, which whoever made them may have made wrong on purpose: after this no look-up reads
 * outside of them. NULL when they are no image. The answer lies in the bytes and lives as long as they do.
 */
const struct inventory *inventory_open(struct view image);

/*
 * Fills in owner: of the source OWNER_INVENTORY or OWNER_ECS_METADATA, or OWNER_NONE. stale_after_ns is how much younger than
 * the files a packet may be before the answer is only a candidate; 0 = any; what the task metadata endpoint says of the
 * sensor's own task is never too old. False when nothing is known.
 *
 * A candidate may be of three kinds. One thing, and no list: it is the only one known, but the VPC is not sure, the files are
 * old, or the thing has gone since. Several things, listed: aws then has only what they have in common. A machine that is
 * sure, and a list: one of the tasks or pods on it, which share its address, or none of them. An address inside that a known
 * session mirrors and no file has is a candidate with the session, its VPC and account, and nothing else.
 */
bool inventory_find(const struct inventory *inv, const struct inventory_question *q, ns_t stale_after_ns,
                    struct about_owner *owner);

/*
 * A number for the owner that inventory_find would name with certainty, made from its identifier (ARN of a task, instance,
 * pod's uid, interface), the same in each image and each run: findings of one address that had two owners are kept apart by
 * it. Of a machine that is sure while its task or pod is not, the machine counts. 0 when there is none, or only a candidate.
 */
uint64_t inventory_scope(const struct inventory *inv, const struct inventory_question *q, ns_t stale_after_ns);

/*
 * Says more of an owner whose container is known (about_process.container): leaves of its containers only that one. Nothing
 * changes when it is none of those listed.
 */
void inventory_narrow(struct about_owner *owner);

/*
 * The owner of a container by its identifier, for a machine whose addresses are not those of its containers: fills in ecs or
 * kubernetes of owner, which may hold the machine already, with that container alone, and ends candidates: an identifier of a
 * container is no guess. False when the container is not known, or was not there at the time; owner is then as it was.
 */
bool inventory_find_container(const struct inventory *inv, struct view id, ns_t time_ns, struct about_owner *owner);

void inventory_count(const struct inventory *inv, struct inventory_counts *counts);

/* A mirror filter that is in use and does not show the DNS of the VPC: lookups through its sessions are not seen. */
struct inventory_blind {
    struct view filter;
    struct view session, interface; /* the first session that uses it, and what that one mirrors */
    uint32_t n_sessions;            /* that use it */
};

/* The i-th of counts.blind_filters such filters, from 0. False when there are no more. */
bool inventory_blind_filter(const struct inventory *inv, uint32_t i, struct inventory_blind *blind);

#endif
