/*
 * about_of.h - for tests: what is known of a finding's parties, with each of its texts made by a function.
 */
#ifndef ABOUT_OF_H
#define ABOUT_OF_H

#include "finding/about.h"

/* Makes the text called name, the i-th of its list. What it gives lives as long as the about. */
typedef struct view about_text_fn(void *arg, const char *name, uint32_t i);

static inline void about_fill_containers(struct about_containers *c, uint32_t n, bool kubernetes, about_text_fn *text,
                                         void *arg)
{
    c->n = c->total = n;
    for (uint32_t i = 0; i < n; i++) {
        c->v[i].name = text(arg, kubernetes ? "pod_container" : "container", i);
        c->v[i].image = text(arg, kubernetes ? "pod_image" : "image", i);
        c->v[i].digest = text(arg, kubernetes ? "pod_image_digest" : "image_digest", i);
        c->v[i].id = text(arg, kubernetes ? "pod_container_id" : "container_id", i);
    }
}

static inline void about_fill_aws(struct about_aws *aws, uint32_t n_containers, about_text_fn *text, void *arg)
{
    aws->account = text(arg, "account", 0);
    aws->region = text(arg, "region", 0);
    aws->vpc = text(arg, "vpc", 0);
    aws->subnet = text(arg, "subnet", 0);
    aws->eni = text(arg, "eni", 0);
    aws->instance = text(arg, "instance", 0);
    aws->instance_type = text(arg, "instance_type", 0);
    aws->session = text(arg, "session", 0);
    aws->n_tags = aws->tags_total = ABOUT_TAGS;
    for (uint32_t i = 0; i < ABOUT_TAGS; i++) {
        aws->tags[i].key = text(arg, "tag_key", i);
        aws->tags[i].value = text(arg, "tag_value", i);
    }
    aws->ecs.cluster = text(arg, "cluster", 0);
    aws->ecs.cluster_arn = text(arg, "cluster_arn", 0);
    aws->ecs.task = text(arg, "task", 0);
    aws->ecs.definition = text(arg, "task_definition", 0);
    aws->ecs.group = text(arg, "group", 0);
    aws->ecs.launch_type = text(arg, "launch_type", 0);
    about_fill_containers(&aws->ecs.containers, n_containers, false, text, arg);
}

static inline void about_fill_kubernetes(struct about_kubernetes *k, uint32_t n_containers, about_text_fn *text, void *arg)
{
    k->namespace = text(arg, "namespace", 0);
    k->pod = text(arg, "pod", 0);
    k->uid = text(arg, "pod_uid", 0);
    k->node = text(arg, "node", 0);
    k->owner_kind = text(arg, "owner_kind", 0);
    k->owner_name = text(arg, "owner_name", 0);
    k->service_account = text(arg, "service_account", 0);
    about_fill_containers(&k->containers, n_containers, true, text, arg);
}

/* All that there can be, with so many containers: what no single machine has. */
static inline void about_fill(struct about *about, uint32_t n_containers, about_text_fn *text, void *arg)
{
    struct about_owner *o = &about->owner;

    *about = (struct about){.owner = {.source = OWNER_INVENTORY, .candidate = true, .has_age = true, .age_s = 120}};
    about_fill_aws(&o->aws, n_containers, text, arg);
    about_fill_kubernetes(&o->kubernetes, n_containers, text, arg);
    o->process.pid = o->process.uid = UINT32_MAX;
    o->process.started_ns = INT64_C(1764000000) * NS_PER_SEC;
    o->process.name = text(arg, "process_name", 0);
    o->process.exe = text(arg, "exe", 0);
    o->process.cmdline = text(arg, "cmdline", 0);
    o->process.container = text(arg, "process_container", 0);
    o->process.n_parents = ABOUT_PARENTS;
    for (uint32_t i = 0; i < ABOUT_PARENTS; i++)
        o->process.parents[i] = text(arg, "parent", i);
    o->n_candidates = o->candidates_total = ABOUT_CANDIDATES;
    for (uint32_t i = 0; i < ABOUT_CANDIDATES; i++) {
        o->candidates[i].kind = text(arg, "candidate_kind", i);
        o->candidates[i].id = text(arg, "candidate_id", i);
        o->candidates[i].what = text(arg, "candidate_what", i);
    }
    about->pool.asn = UINT32_MAX;
    about->pool.organization = text(arg, "as_org", 0);
    about->pool.country = text(arg, "country", 0);
    about->pool.city = text(arg, "city", 0);
}

#endif
