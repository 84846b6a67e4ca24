/*
 * inventory_image.h - how an inventory lies in memory: what inventory_write.c writes and the look-ups read.
 *
 * A header, then parts, each a row of records of one size at an offset from the start that is a multiple of 8. Records name
 * each other by their number in their part, and texts by their offset in the part of texts; there is no pointer. Numbers are
 * in the byte order of the machine that made the image.
 *
 * A text is 4 bytes with its length, and its bytes, up to the next multiple of 4; equal texts have one offset. Offset 0 is
 * the empty text.
 *
 * Addresses are bindings: this thing had this address in this VPC from a time until another. They are sorted, so that the
 * bindings of one address stand together, and of these those of one VPC, by time; those of one layer, address and VPC do not
 * overlap.
 */
#ifndef ENRICH_INVENTORY_IMAGE_H
#define ENRICH_INVENTORY_IMAGE_H

#include "enrich/inventory.h"

#define INVENTORY_MAGIC UINT64_C(0x0a31766e694d4d43) /* "CMMinv1\n", which also tells the byte order */
#define INVENTORY_NONE UINT32_MAX                    /* no record */
#define INVENTORY_ALWAYS INT64_MIN                   /* from: nothing says since when */
#define INVENTORY_OPEN INT64_MAX                     /* until, sure: it is still so */
#define INVENTORY_TEXT_MAX 1024                      /* bytes; an ARN has up to 2,048 in theory and some 150 in practice */
#define INVENTORY_CONTAINERS_MAX 64                  /* stored of a task or pod; a task has at most 10 */
#define INVENTORY_TAGS_MAX 50                        /* stored of a thing: AWS's own limit */
#define INVENTORY_RESIDENTS_MAX 4096                 /* stored of a machine; a node has at most some hundred pods */
#define INVENTORY_LENGTHS_MAX 8                      /* different lengths of prefixes; AWS gives /28 and /80 */
#define INVENTORY_BYTES_MAX (UINT64_C(1) << 31)      /* so that offsets and numbers have 32 bits */

enum inventory_part {
    /* Things: they begin with a struct inventory_thing. */
    INVENTORY_SESSIONS,
    INVENTORY_FILTERS,
    INVENTORY_INTERFACES,
    INVENTORY_INSTANCES,
    INVENTORY_TASKS,
    INVENTORY_PODS,
    INVENTORY_NODES,
    INVENTORY_THINGS, /* their number */
    INVENTORY_CONTAINERS = INVENTORY_THINGS,
    INVENTORY_TAGS,
    INVENTORY_BINDINGS,
    INVENTORY_RESIDENTS, /* numbers of tasks, of pods: those of one instance, one node stand together */
    INVENTORY_IDS,       /* containers by their identifiers */
    INVENTORY_VPCS,      /* texts, in the order of their bytes */
    INVENTORY_TEXTS,
    INVENTORY_PARTS
};

enum inventory_flag {
    INVENTORY_KEPT = 1,     /* was in an image before, and is in no file now */
    INVENTORY_IMPLIED = 2,  /* known by name only: another thing says that it is part of it */
    INVENTORY_METADATA = 4, /* a task: that which the sensor runs in */
    INVENTORY_DNS = 8,      /* a filter: shows amazon-dns */
    INVENTORY_HOST = 16,    /* a pod: has the network of its node */
    INVENTORY_DEAD = 32     /* while an image is built: another record says the same, newer */
};

struct inventory_span {
    uint32_t first; /* number of a record */
    uint32_t n;     /* records */
    uint32_t total; /* that there were; more than n when not all are stored */
};

struct inventory_thing {
    ns_t from;    /* or INVENTORY_ALWAYS */
    ns_t until;   /* not included; or INVENTORY_OPEN */
    ns_t sure;    /* from here up to until it is only likely; or INVENTORY_OPEN */
    ns_t written; /* the newest document that told of it */
    uint32_t flags;
    uint32_t id[3]; /* texts that tell it from others of its kind; the first is its identifier */
};

/* Behind the thing of each record stand its texts, then numbers of records, then spans. Dots: set when all things are known. */
struct inventory_session {
    struct inventory_thing thing; /* id: session, interface, VNI in decimal */
    uint32_t filter, account;
    uint32_t interface; /* . */
    uint32_t vni;
    uint8_t outer[16]; /* . the primary address of the interface; zeros = not known */
};

struct inventory_filter {
    struct inventory_thing thing; /* id: filter */
    uint32_t session;             /* . the first that uses it, when it is blind */
    uint32_t n_sessions;          /* . that use it, when it is blind */
};

struct inventory_interface {
    struct inventory_thing thing; /* id: interface, instance, attachment of ECS */
    uint32_t vpc, subnet, account, region, description;
    uint32_t instance; /* . */
    uint32_t task;     /* . */
    struct inventory_span tags;
};

struct inventory_instance {
    struct inventory_thing thing; /* id: instance */
    uint32_t vpc, subnet, account, region, type;
    uint32_t node; /* . */
    struct inventory_span tags;
    struct inventory_span tasks; /* . residents */
};

struct inventory_task {
    struct inventory_thing thing; /* id: ARN */
    uint32_t cluster;             /* ARN or name */
    uint32_t definition;          /* ARN, or family:revision */
    uint32_t group, launch_type, account, region, instance_id, interface_id, attachment, subnet, container_instance;
    uint32_t instance;  /* . */
    uint32_t interface; /* . */
    uint32_t unused;
    ns_t begun; /* when its containers began, at the earliest; or INVENTORY_ALWAYS */
    struct inventory_span tags;
    struct inventory_span containers;
};

struct inventory_pod {
    struct inventory_thing thing; /* id: uid, or namespace and name in the second and third */
    uint32_t namespace, name, path /* namespace/name */, uid, node_name, host /* address of the node */, owner_kind, owner_name,
        service_account;
    uint32_t node; /* . */
    struct inventory_span containers;
    uint32_t unused;
};

struct inventory_node {
    struct inventory_thing thing; /* id: name, instance */
    uint32_t instance;            /* . */
    struct inventory_span pods;   /* . residents */
};

struct inventory_container {
    uint32_t name, image, digest, id;
};

struct inventory_tag {
    uint32_t key, value;
};

enum inventory_layer { LAYER_INTERFACE, LAYER_INSTANCE, LAYER_TASK, LAYER_POD, LAYER_NODE, LAYER_N };

struct inventory_binding {
    uint8_t addr[16]; /* the bits behind the first `bits' are 0 */
    ns_t from, until, sure;
    uint32_t vpc;   /* text; 0 = not known */
    uint32_t thing; /* number in the part of the layer */
    uint8_t layer;
    uint8_t bits;       /* of the prefix; 128 = one address */
    uint8_t is_primary; /* the first address of a machine: what its containers hide behind */
    uint8_t is_old;     /* while an image is built: the newest document that has the thing does not say it */
    uint32_t unused;
};

/* Sorted by the bytes of the identifier. */
struct inventory_id {
    uint32_t id; /* text */
    uint32_t container;
    uint32_t thing; /* a task, a pod */
    uint32_t is_pod;
};

struct inventory {
    uint64_t magic;
    uint64_t n_bytes;
    struct {
        uint64_t at; /* offset from the start */
        uint64_t n;  /* records; bytes of texts */
    } parts[INVENTORY_PARTS];
    ns_t oldest_ns, newest_ns;
    uint32_t n_definitions;
    uint32_t n_blind;                       /* filters; they stand first in their part */
    uint32_t n_cut;                         /* texts, tags, containers, lengths, residents that did not fit */
    uint32_t n_lengths;                     /* of prefixes */
    uint8_t lengths[INVENTORY_LENGTHS_MAX]; /* the longest first */
};

/* What code that goes over all kinds of records needs to know of one. */
struct inventory_shape {
    uint32_t size;
    uint32_t n_texts;       /* behind the thing, or from the start of a record that is none */
    uint32_t tags_at;       /* offset of a span; 0 = none */
    uint32_t containers_at; /* the same */
};

/* A table by enum inventory_part, and the part of a layer's things. */
extern const struct inventory_shape inventory_shapes[INVENTORY_PARTS];
extern const uint8_t inventory_layer_part[LAYER_N];

static inline const void *inventory_at(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    return (const char *)inv + inv->parts[part].at + (size_t)i * inventory_shapes[part].size;
}

static inline uint32_t inventory_n(const struct inventory *inv, enum inventory_part part)
{
    return (uint32_t)inv->parts[part].n;
}

static inline const struct inventory_thing *inventory_thing_at(const struct inventory *inv, enum inventory_part part,
                                                               uint32_t i)
{
    return inventory_at(inv, part, i);
}

static inline struct view inventory_text(const struct inventory *inv, uint32_t text)
{
    const uint8_t *p = (const uint8_t *)inv + inv->parts[INVENTORY_TEXTS].at + text;
    uint32_t n;

    memcpy(&n, p, sizeof(n));
    return view_of(p + sizeof(n), n);
}

#endif
