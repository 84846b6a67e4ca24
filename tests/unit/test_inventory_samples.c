/*
 * test_inventory_samples.c - the documents of tests/inventory, as the programs print them: each packet of a small account finds its owner.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory_fixture.h"

#include "base/out.h"

#define TASK "arn:aws:ecs:us-east-1:111122223333:task/shop/"

static char *read_file(const char *name, size_t *n)
{
    const char *top = getenv("TOP_SRCDIR");
    static char text[1 << 16]; /* the largest has 9 kB */
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/inventory/%s", top ? top : "..", name);
    f = fopen(path, "r");
    if (!f)
        fail_msg("%s cannot be opened", path);
    *n = fread(text, 1, sizeof(text) - 1, f);
    text[*n] = '\0';
    fclose(f);
    return text;
}

static void add(struct world *w, const char *name, uint32_t n_things)
{
    size_t n;
    char *text = read_file(name, &n);

    if (!world_add(w, "10:30:00", text))
        fail_msg("%s: %s", name, w->outcome.fault);
    assert_string_equal(w->outcome.left_out, "");
    assert_int_equal(w->outcome.n_things, n_things);
}

static struct world account(const char *tasks)
{
    struct world w = world_begin(NULL);

    add(&w, "account/network-interfaces.json", 5);
    add(&w, "account/mirror-sessions.json", 4);
    add(&w, "account/mirror-filters.json", 2);
    add(&w, "account/mirror-targets.json", 0);
    add(&w, "account/instances.json", 3);
    add(&w, tasks, 4);
    add(&w, "account/task-definition.json", 1);
    add(&w, "account/container-instances.json", 1);
    add(&w, "account/pods.json", 3);
    add(&w, "account/nodes.json", 1);
    world_end(&w);
    return w;
}

/* The owner in a line: what it is, with ? when it is not sure, and the candidates. */
static const char *line_of(const struct about_owner *o)
{
    static char text[1024];
    struct out line = out_of(text, sizeof(text));

    out_bytes(&line, o->aws.vpc);
    out_fmt(&line, " %s", text_of(o->aws.eni));
    if (o->aws.ecs.task.n)
        out_fmt(&line, " %s %s %s", text_of(o->aws.ecs.definition), text_of(o->aws.ecs.cluster),
                text_of(o->aws.ecs.containers.v[0].name));
    if (o->kubernetes.pod.n)
        out_fmt(&line, " %s/%s", text_of(o->kubernetes.namespace), text_of(o->kubernetes.pod));
    if (o->aws.instance.n)
        out_fmt(&line, " %s", text_of(o->aws.instance));
    out_str(&line, o->candidate ? "?" : "");
    for (uint32_t i = 0; i < o->n_candidates; i++)
        out_fmt(&line, " %s", text_of(o->candidates[i].what.n ? o->candidates[i].what : o->candidates[i].id));
    return text;
}

static void test_account(void **state)
{
    static const struct {
        const char *clock, *addr, *outer;
        uint32_t vni;
        const char *owner;
    } rows[] = {
        /* The recycled address, and the same one in the other VPC. */
        {"10:00:01", "10.0.3.17", NULL, 0, " ? database web:7"},
        {"10:00:01", "10.0.3.17", "10.0.3.17", 77, "vpc-0a eni-0a16 web:7 shop web"},
        {"10:10:42", "10.0.3.17", "10.0.3.17", 77, "vpc-0a eni-0a17 batch:3 shop batch"},
        {"10:10:42", "10.0.3.17", "10.0.3.17", 80, "vpc-0b eni-0b17 i-0b17"},
        /* Tasks in bridge mode, of which one had ended. */
        {"09:30:00", "10.0.3.40", "10.0.3.40", 78, "vpc-0a eni-0a40 i-0a40? worker:1 cron:9"},
        {"10:10:00", "10.0.3.40", "10.0.3.40", 78, "vpc-0a eni-0a40 i-0a40? worker:1"},
        /* Pods on a second address and in a prefix; the address of the node. */
        {"10:10:00", "10.0.3.51", "10.0.3.50", 79, "vpc-0a eni-0a50 shop/cart-5d i-0a50"},
        {"10:10:00", "10.0.3.66", "10.0.3.50", 79, "vpc-0a eni-0a50 shop/mail-0 i-0a50"},
        {"10:10:00", "10.0.3.67", "10.0.3.50", 79, "vpc-0a eni-0a50 i-0a50"},
        {"10:10:00", "10.0.3.50", "10.0.3.50", 79, "vpc-0a eni-0a50 i-0a50? cart-5d mail kube-proxy"},
        {"10:10:00", "2001:db8:0:a::50", "10.0.3.50", 79, "vpc-0a eni-0a50 i-0a50? cart-5d mail kube-proxy"},
        /* Not mirrored, seen by a neighbour's mirror. */
        {"10:10:00", "10.0.3.60", "10.0.3.40", 78, "vpc-0a eni-0a60 i-0a50? cart-5d mail kube-proxy"},
        {"10:10:00", "10.0.3.99", "10.0.3.40", 78, "vpc-0a ?"},
    };

    (void)state;
    for (int version = 1; version <= 2; version++) {
        struct world w = account(version == 1 ? "cli-1/tasks.json" : "account/tasks.json");

        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            struct inventory_question q = question(rows[i].clock, rows[i].addr, rows[i].outer, rows[i].vni);
            struct about_owner owner;

            assert_true(inventory_find(w.inv, &q, 0, &owner));
            assert_string_equal(line_of(&owner), rows[i].owner);
        }
        world_free(&w);
    }
}

/* What a finding about a container shows: as much as GuardDuty's. */
static void test_container(void **state)
{
    struct world w = account("account/tasks.json");
    struct inventory_question q = question("10:00:01", "10.0.3.17", "10.0.3.17", 77);
    struct about_owner o = ask(&w, &q);

    (void)state;
    assert_text(o.aws.account, "111122223333");
    assert_text(o.aws.region, "us-east-1");
    assert_text(o.aws.session, "tms-0a17");
    assert_text(o.aws.ecs.task, TASK "1111");
    assert_text(o.aws.ecs.containers.v[0].image, "111122223333.dkr.ecr.us-east-1.amazonaws.com/web:7");
    assert_text(o.aws.ecs.containers.v[0].digest, "sha256:1111111111111111111111111111111111111111111111111111111111111111");
    assert_text(o.aws.tags[0].key, "team");
    assert_int_equal(o.aws.ecs.containers.total, 1);
    world_free(&w);
}

static void test_blind(void **state)
{
    struct world w = account("account/tasks.json");
    struct inventory_blind blind;

    (void)state;
    assert_true(inventory_blind_filter(w.inv, 0, &blind));
    assert_text(blind.filter, "tmf-blind");
    assert_text(blind.session, "tms-0b17");
    assert_text(blind.interface, "eni-0b17");
    assert_false(inventory_blind_filter(w.inv, 1, &blind));
    world_free(&w);
}

static void test_metadata(void **state)
{
    struct world w = world_begin(NULL);
    struct inventory_question q = question("10:00:00", "192.0.2.3", NULL, 0);
    struct about_owner o;

    (void)state;
    add(&w, "task/metadata.json", 1);
    world_end(&w);
    assert_true(inventory_find(w.inv, &q, 0, &o));
    assert_int_equal(o.source, OWNER_ECS_METADATA);
    assert_string_equal(line_of(&o), "  curltest:2 default curl");
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_container),
        cmocka_unit_test(test_blind),
        cmocka_unit_test(test_metadata),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
