/*
 * about.h - what is known of the two sides of a finding from elsewhere than its packets: whose machine the miner is, and
 * where in the world the pool stands.
 *
 * enrich/ fills it, wording and outputs print it. All texts are views of what enrich/ holds, raw: they come from
 * inventories, from /proc and from databases, and are escaped where they are printed. An empty text is one that is not known.
 */
#ifndef FINDING_ABOUT_H
#define FINDING_ABOUT_H

#include "base/base.h"
#include "base/buf.h"

#define ABOUT_CONTAINERS 8 /* listed; all are counted */
#define ABOUT_CANDIDATES 8 /* listed; all are counted */
#define ABOUT_TAGS 16      /* listed; all are counted */
#define ABOUT_PARENTS 8    /* the nearest ones */

/* Where the word about the owner comes from; the words of owner.source. */
enum owner_source {
    OWNER_NONE,
    OWNER_INVENTORY,    /* files of the AWS CLI and kubectl */
    OWNER_ECS_METADATA, /* the task metadata endpoint, version 4: the sensor runs in the same task */
    OWNER_DNS_LOG,      /* the entry of a DNS log itself */
    OWNER_PROCESS       /* /proc of the machine that the sensor runs on, and nothing else */
};

struct about_tag {
    struct view key, value;
};

struct about_container {
    struct view name;   /* in its task or pod */
    struct view image;  /* as it was asked for: registry/repository:tag */
    struct view digest; /* of the image: "sha256:..." */
    struct view id;     /* of the container, as the run time knows it */
};

/* The containers of a task or pod. One alone is the one that mines; of several it is not known which, unless a process told. */
struct about_containers {
    struct about_container v[ABOUT_CONTAINERS];
    uint32_t n;     /* listed */
    uint32_t total; /* 0 = not known */
};

struct about_ecs {
    struct view cluster; /* its name */
    struct view cluster_arn;
    struct view task;        /* ARN */
    struct view definition;  /* family:revision */
    struct view group;       /* "service:web" */
    struct view launch_type; /* FARGATE, EC2, EXTERNAL */
    struct about_containers containers;
};

struct about_kubernetes {
    struct view namespace, pod, uid, node;
    struct view owner_kind, owner_name; /* "ReplicaSet", "web-7d4b" */
    struct view service_account;
    struct about_containers containers;
};

struct about_aws {
    struct view account, region, vpc, subnet, eni, instance, instance_type, session; /* session: "tms-..." */
    struct about_tag tags[ABOUT_TAGS]; /* of the most particular thing that is known and has some: task, instance, interface */
    uint32_t n_tags, tags_total;
    struct about_ecs ecs;
};

/* One of several things that it may be. */
struct about_candidate {
    struct view kind; /* "ecs-task", "instance", "interface", "pod" */
    struct view id;   /* ARN, identifier, or namespace/name */
    struct view what; /* family:revision, or the pod's owner */
};

/* A process of this machine. */
struct about_process {
    uint32_t pid, uid;                  /* pid 0 = not known */
    ns_t started_ns;                    /* wall clock; 0 = not known */
    struct view name, exe, cmdline;     /* cmdline: arguments with blanks between, passwords masked */
    struct view parents[ABOUT_PARENTS]; /* names, the nearest first */
    uint32_t n_parents;
    struct view container; /* identifier from its control group */
};

struct about_owner {
    enum owner_source source; /* OWNER_NONE: nothing is known, and all the rest is empty */
    bool candidate;           /* a guess: the facts leave more than one possibility, or are old */
    bool has_age;
    int64_t age_s; /* how much older the inventory is than the finding's newest packet; 0 when it is newer */
    struct about_aws aws;
    struct about_kubernetes kubernetes;
    struct about_process process;
    struct about_candidate candidates[ABOUT_CANDIDATES]; /* when candidate, and there are several */
    uint32_t n_candidates, candidates_total;
};

/* A place of the world, by the databases of the operator. */
struct about_place {
    uint32_t asn;             /* 0 = not known */
    struct view organization; /* that the number is registered for */
    struct view country;      /* ISO 3166-1 alpha-2, upper case */
    struct view city;
};

struct about {
    struct about_owner owner; /* of the miner */
    struct about_place pool;  /* of the pool's address */
};

/* True when anything of a task of ECS is known. */
static inline bool about_has_ecs(const struct about_ecs *e)
{
    return e->task.n || e->cluster.n || e->cluster_arn.n || e->definition.n || e->group.n || e->launch_type.n ||
           e->containers.n || e->containers.total;
}

/* The same of AWS, of Kubernetes. */
static inline bool about_has_aws(const struct about_owner *o)
{
    const struct about_aws *a = &o->aws;

    return a->account.n || a->region.n || a->vpc.n || a->subnet.n || a->eni.n || a->instance.n || a->instance_type.n ||
           a->session.n || a->tags_total || about_has_ecs(&a->ecs);
}

static inline bool about_has_kubernetes(const struct about_owner *o)
{
    const struct about_kubernetes *k = &o->kubernetes;

    return k->namespace.n || k->pod.n || k->uid.n || k->node.n || k->owner_kind.n || k->owner_name.n || k->service_account.n ||
           k->containers.n || k->containers.total;
}

#endif
