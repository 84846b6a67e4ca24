/*
 * say_owner.c - words and sentences about the parties of a finding: whose machine the miner is, and where the pool stands.
 *
 * What is certain is said as such. Of a candidate it is said that it is a guess, and why.
 */
#include "config.h"

#include "finding/say.h"

#define LIST_SHOWN 3 /* containers, parents, candidates that a sentence names */

static const struct about_owner *owner_of(const struct saying *s)
{
    return &s->about->owner;
}

/* The last part of an ARN: "arn:aws:ecs:...:task/prod/0123abcd" is the task 0123abcd. */
static struct view tail_of(struct view arn)
{
    size_t at = view_find_last(arn, '/');

    return at < arn.n ? view_skip(arn, at + 1) : arn;
}

static void put_comma(const struct saying *s, uint32_t i)
{
    if (i)
        say(s, MESSAGE_LIST_NEXT);
}

static void put_task(const struct saying *s)
{
    say_foreign(s, tail_of(owner_of(s)->aws.ecs.task));
}

static struct view cluster_of(const struct about_owner *o)
{
    return o->aws.ecs.cluster.n ? o->aws.ecs.cluster : tail_of(o->aws.ecs.cluster_arn);
}

static void put_cluster(const struct saying *s)
{
    say_foreign(s, cluster_of(owner_of(s)));
}

static void put_in_cluster(const struct saying *s)
{
    if (cluster_of(owner_of(s)).n)
        say(s, MESSAGE_IN_CLUSTER);
}

static void put_of_definition(const struct saying *s)
{
    if (owner_of(s)->aws.ecs.definition.n)
        say(s, MESSAGE_OF_DEFINITION);
}

static void put_named_definition(const struct saying *s)
{
    if (owner_of(s)->aws.ecs.definition.n)
        say(s, MESSAGE_NAMED_DEFINITION);
}

static void put_pod(const struct saying *s)
{
    const struct about_kubernetes *k = &owner_of(s)->kubernetes;

    if (k->namespace.n) {
        say_foreign(s, k->namespace);
        out_char(s->o, '/');
    }
    say_foreign(s, k->pod);
}

static void put_pod_owner(const struct saying *s)
{
    if (owner_of(s)->kubernetes.owner_name.n)
        say(s, MESSAGE_POD_OWNER);
}

static void put_on_node(const struct saying *s)
{
    if (owner_of(s)->kubernetes.node.n)
        say(s, MESSAGE_ON_NODE);
}

static void put_service_account(const struct saying *s)
{
    say(s, owner_of(s)->kubernetes.service_account.n ? MESSAGE_SERVICE_ACCOUNT : MESSAGE_SERVICE_ACCOUNT_ANY);
}

/* The containers of the task, or else of the pod. */
static const struct about_containers *containers_of(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);

    return o->aws.ecs.task.n ? &o->aws.ecs.containers : &o->kubernetes.containers;
}

static void put_in_container(const struct saying *s)
{
    const struct about_containers *c = containers_of(s);
    struct saying t = *s;

    t.container = &c->v[0];
    if (c->total == 1 && c->n == 1 && c->v[0].name.n)
        say(&t, MESSAGE_IN_CONTAINER);
    else
        say(&t, c->total > 1 && c->n ? MESSAGE_IN_A_CONTAINER : MESSAGE_IN_UNKNOWN);
}

static void put_container(const struct saying *s)
{
    if (s->container)
        say_foreign(s, s->container->name);
}

static void put_image_name(const struct saying *s)
{
    if (s->container)
        say_foreign(s, s->container->image);
}

static void put_digest(const struct saying *s)
{
    if (s->container)
        say_foreign(s, s->container->digest);
}

static void put_image(const struct saying *s)
{
    const struct about_container *c = s->container;

    if (c && c->image.n)
        say(s, c->digest.n ? MESSAGE_IMAGE_DIGEST : MESSAGE_IMAGE);
    else if (c && c->digest.n)
        say(s, MESSAGE_IMAGE_ONLY_DIGEST);
}

static void put_containers(const struct saying *s)
{
    const struct about_containers *c = containers_of(s);

    for (uint32_t i = 0; i < c->n && i < LIST_SHOWN; i++) {
        put_comma(s, i);
        say_foreign(s, c->v[i].name);
    }
    if (c->total > LIST_SHOWN)
        say(s, MESSAGE_LIST_MORE);
}

static void put_on_interface(const struct saying *s)
{
    const struct about_aws *a = &owner_of(s)->aws;
    bool instance = a->instance.n && a->ecs.task.n; /* else the sentence is about the instance */

    if (a->eni.n)
        say(s, instance ? MESSAGE_ON_BOTH : MESSAGE_ON_INTERFACE);
    else if (instance)
        say(s, MESSAGE_ON_INSTANCE);
}

static void put_of_type(const struct saying *s)
{
    if (owner_of(s)->aws.instance_type.n)
        say(s, MESSAGE_OF_TYPE);
}

static bool has_account(const struct saying *s)
{
    return owner_of(s)->aws.account.n || owner_of(s)->aws.region.n;
}

static void put_account(const struct saying *s)
{
    const struct about_aws *a = &owner_of(s)->aws;

    if (a->account.n)
        say(s, a->region.n ? MESSAGE_ACCOUNT_REGION : MESSAGE_ACCOUNT);
    else
        say(s, MESSAGE_REGION);
}

static void put_in_account(const struct saying *s)
{
    if (has_account(s))
        say(s, MESSAGE_IN_ACCOUNT);
}

static void put_runs(const struct saying *s)
{
    say(s, owner_of(s)->candidate ? MESSAGE_MAY_RUN : MESSAGE_RUNS);
}

static void put_is(const struct saying *s)
{
    say(s, owner_of(s)->candidate ? MESSAGE_MAY_BE : MESSAGE_IS);
}

static void put_process(const struct saying *s)
{
    if (owner_of(s)->process.name.n)
        say_foreign(s, owner_of(s)->process.name);
    else
        say(s, MESSAGE_UNNAMED);
}

static uint64_t pid(const struct saying *s)
{
    return owner_of(s)->process.pid;
}

static void put_exe(const struct saying *s)
{
    if (owner_of(s)->process.exe.n)
        say(s, MESSAGE_EXE);
}

static void put_started_by(const struct saying *s)
{
    if (owner_of(s)->process.n_parents)
        say(s, MESSAGE_STARTED_BY);
}

static void put_parents(const struct saying *s)
{
    const struct about_process *p = &owner_of(s)->process;

    for (uint32_t i = 0; i < p->n_parents && i < LIST_SHOWN; i++) {
        put_comma(s, i);
        say_foreign(s, p->parents[i]);
    }
    if (p->n_parents > LIST_SHOWN)
        say(s, MESSAGE_LIST_MORE);
}

static uint64_t candidates_total(const struct saying *s)
{
    return owner_of(s)->candidates_total;
}

static void put_candidates(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);

    for (uint32_t i = 0; i < o->n_candidates && i < LIST_SHOWN; i++) {
        struct saying t = *s;

        t.candidate = &o->candidates[i];
        put_comma(s, i);
        say(&t, o->candidates[i].what.n ? MESSAGE_CANDIDATE_WHAT : MESSAGE_CANDIDATE);
    }
    if (o->candidates_total > LIST_SHOWN)
        say(s, MESSAGE_LIST_MORE);
}

static void put_candidate_kind(const struct saying *s)
{
    if (s->candidate)
        say_foreign(s, s->candidate->kind);
}

static void put_candidate_id(const struct saying *s)
{
    if (s->candidate)
        say_foreign(s, s->candidate->id);
}

static void put_candidate_what(const struct saying *s)
{
    if (s->candidate)
        say_foreign(s, s->candidate->what);
}

/* Ages beyond what a time can be are not told from the longest one that can. */
static void put_age(const struct saying *s)
{
    int64_t max_s = NS_TIME_MAX / NS_PER_SEC, age_s = owner_of(s)->age_s;

    say_span(s, (age_s < max_s ? age_s : max_s) * NS_PER_SEC);
}

/* The shortest name of a certain owner, for a title: the task's definition, pod, process, or instance. */
static void put_owner(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);

    if (o->aws.ecs.definition.n)
        say_foreign(s, o->aws.ecs.definition);
    else if (o->kubernetes.pod.n)
        put_pod(s);
    else if (o->aws.ecs.task.n)
        put_task(s);
    else if (o->process.name.n)
        say_foreign(s, o->process.name);
    else
        say_foreign(s, o->aws.instance);
}

static void put_whose(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);
    bool named = o->aws.ecs.definition.n || o->aws.ecs.task.n || o->kubernetes.pod.n || o->process.name.n || o->aws.instance.n;

    if (o->source != OWNER_NONE && !o->candidate && named)
        say(s, MESSAGE_WHOSE);
}

static void put_country(const struct saying *s)
{
    say(s, s->about->pool.city.n ? MESSAGE_COUNTRY_CITY : MESSAGE_COUNTRY);
}

static uint64_t asn(const struct saying *s)
{
    return s->about->pool.asn;
}

static void put_network_of_pool(const struct saying *s)
{
    say(s, s->about->pool.organization.n ? MESSAGE_AS_NUMBER_NAMED : MESSAGE_AS_NUMBER);
}

static void say_machine(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);

    if (o->aws.ecs.task.n)
        say_sentence(s, MESSAGE_OWNER_TASK);
    else if (o->kubernetes.pod.n)
        say_sentence(s, MESSAGE_OWNER_POD);
    else if (o->aws.instance.n)
        say_sentence(s, MESSAGE_OWNER_INSTANCE);
    else if (o->kubernetes.node.n)
        say_sentence(s, MESSAGE_OWNER_NODE);
    else if (o->aws.eni.n)
        say_sentence(s, MESSAGE_OWNER_INTERFACE);
    else if (o->aws.vpc.n)
        say_sentence(s, MESSAGE_OWNER_VPC);
    else if (has_account(s))
        say_sentence(s, MESSAGE_OWNER_ACCOUNT);
}

static void say_guess(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);
    bool old = o->has_age && o->age_s > 0;

    if (o->candidates_total > 1)
        say_sentence(s, old ? MESSAGE_GUESS_SEVERAL_OLD : MESSAGE_GUESS_SEVERAL);
    else
        say_sentence(s, old ? MESSAGE_GUESS_OLD : MESSAGE_GUESS);
}

static void say_place(const struct saying *s)
{
    const struct about_place *p = &s->about->pool;

    if (p->country.n)
        say_sentence(s, p->asn ? MESSAGE_PLACE_NETWORK : MESSAGE_PLACE);
    else if (p->asn)
        say_sentence(s, MESSAGE_POOL_NETWORK);
}

void say_about(const struct saying *s)
{
    const struct about_owner *o = owner_of(s);

    if (o->source != OWNER_NONE) {
        say_machine(s);
        if (o->candidate)
            say_guess(s);
        if (o->process.pid)
            say_sentence(s, MESSAGE_OWNER_PROCESS);
    }
    say_place(s);
}

#define AT(field) offsetof(struct about, field)

const struct say_word say_owner_words[] = {
    {"account", SAY_CALL, 0, MESSAGE_N, NULL, put_account},
    {"account_id", SAY_VIEW, AT(owner.aws.account), MESSAGE_N, NULL, NULL},
    {"age", SAY_CALL, 0, MESSAGE_N, NULL, put_age},
    {"asn", SAY_NUMBER, 0, MESSAGE_N, asn, NULL},
    {"candidate_id", SAY_CALL, 0, MESSAGE_N, NULL, put_candidate_id},
    {"candidate_kind", SAY_CALL, 0, MESSAGE_N, NULL, put_candidate_kind},
    {"candidate_what", SAY_CALL, 0, MESSAGE_N, NULL, put_candidate_what},
    {"candidates", SAY_CALL, 0, MESSAGE_N, NULL, put_candidates},
    {"candidates_total", SAY_NUMBER, 0, MESSAGE_N, candidates_total, NULL},
    {"city", SAY_VIEW, AT(pool.city), MESSAGE_N, NULL, NULL},
    {"cluster", SAY_CALL, 0, MESSAGE_N, NULL, put_cluster},
    {"container", SAY_CALL, 0, MESSAGE_N, NULL, put_container},
    {"containers", SAY_CALL, 0, MESSAGE_N, NULL, put_containers},
    {"country", SAY_CALL, 0, MESSAGE_N, NULL, put_country},
    {"country_code", SAY_VIEW, AT(pool.country), MESSAGE_N, NULL, NULL},
    {"definition", SAY_VIEW, AT(owner.aws.ecs.definition), MESSAGE_N, NULL, NULL},
    {"digest", SAY_CALL, 0, MESSAGE_N, NULL, put_digest},
    {"eni", SAY_VIEW, AT(owner.aws.eni), MESSAGE_N, NULL, NULL},
    {"exe", SAY_CALL, 0, MESSAGE_N, NULL, put_exe},
    {"exe_path", SAY_VIEW, AT(owner.process.exe), MESSAGE_N, NULL, NULL},
    {"image", SAY_CALL, 0, MESSAGE_N, NULL, put_image},
    {"image_name", SAY_CALL, 0, MESSAGE_N, NULL, put_image_name},
    {"in_account", SAY_CALL, 0, MESSAGE_N, NULL, put_in_account},
    {"in_cluster", SAY_CALL, 0, MESSAGE_N, NULL, put_in_cluster},
    {"in_container", SAY_CALL, 0, MESSAGE_N, NULL, put_in_container},
    {"instance", SAY_VIEW, AT(owner.aws.instance), MESSAGE_N, NULL, NULL},
    {"instance_type", SAY_VIEW, AT(owner.aws.instance_type), MESSAGE_N, NULL, NULL},
    {"is", SAY_CALL, 0, MESSAGE_N, NULL, put_is},
    {"named_definition", SAY_CALL, 0, MESSAGE_N, NULL, put_named_definition},
    {"network_of_pool", SAY_CALL, 0, MESSAGE_N, NULL, put_network_of_pool},
    {"node", SAY_VIEW, AT(owner.kubernetes.node), MESSAGE_N, NULL, NULL},
    {"of_definition", SAY_CALL, 0, MESSAGE_N, NULL, put_of_definition},
    {"of_type", SAY_CALL, 0, MESSAGE_N, NULL, put_of_type},
    {"on_interface", SAY_CALL, 0, MESSAGE_N, NULL, put_on_interface},
    {"on_node", SAY_CALL, 0, MESSAGE_N, NULL, put_on_node},
    {"organization", SAY_VIEW, AT(pool.organization), MESSAGE_N, NULL, NULL},
    {"owner", SAY_CALL, 0, MESSAGE_N, NULL, put_owner},
    {"owner_kind", SAY_VIEW, AT(owner.kubernetes.owner_kind), MESSAGE_N, NULL, NULL},
    {"owner_name", SAY_VIEW, AT(owner.kubernetes.owner_name), MESSAGE_N, NULL, NULL},
    {"parents", SAY_CALL, 0, MESSAGE_N, NULL, put_parents},
    {"pid", SAY_NUMBER, 0, MESSAGE_N, pid, NULL},
    {"pod", SAY_CALL, 0, MESSAGE_N, NULL, put_pod},
    {"pod_owner", SAY_CALL, 0, MESSAGE_N, NULL, put_pod_owner},
    {"process", SAY_CALL, 0, MESSAGE_N, NULL, put_process},
    {"region", SAY_VIEW, AT(owner.aws.region), MESSAGE_N, NULL, NULL},
    {"runs", SAY_CALL, 0, MESSAGE_N, NULL, put_runs},
    {"service_account", SAY_CALL, 0, MESSAGE_N, NULL, put_service_account},
    {"service_account_name", SAY_VIEW, AT(owner.kubernetes.service_account), MESSAGE_N, NULL, NULL},
    {"started_by", SAY_CALL, 0, MESSAGE_N, NULL, put_started_by},
    {"task", SAY_CALL, 0, MESSAGE_N, NULL, put_task},
    {"vpc", SAY_VIEW, AT(owner.aws.vpc), MESSAGE_N, NULL, NULL},
    {"whose", SAY_CALL, 0, MESSAGE_N, NULL, put_whose},
};
const size_t say_n_owner_words = ARRAY_LEN(say_owner_words);
