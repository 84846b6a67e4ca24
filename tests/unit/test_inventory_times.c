/*
 * test_inventory_times.c - whose an address was when: recycled addresses, within one document and over reloads, and what is kept.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory_fixture.h"

/* A Fargate task with the address 10.0.3.17 in the subnet; stopped: with a comma behind, or nothing. */
#define TASK(id, created, begun, stopped)                                                                                  \
    "{'taskArn':'" id "','createdAt':'2026-11-23T" created "+00:00','pullStartedAt':'2026-11-23T" begun "+00:00'," stopped \
    "'attachments':[{'id':'at-" id "','type':'ElasticNetworkInterface','details':[{'name':'subnetId','value':'subnet-1'}," \
    "{'name':'networkInterfaceId','value':'eni-" id "'},{'name':'privateIPv4Address','value':'10.0.3.17'}]}]}"
#define STOPPED(clock) "'stoppedAt':'2026-11-23T" clock "+00:00',"
#define TASKS(list) "{'tasks':[" list "]}"

/* Who had the address: a task, an interface, a pod or an instance, with ? behind when it is a candidate; "" = nobody. */
static const char *who(const struct world *w, const char *clock, const char *addr)
{
    struct inventory_question q = question(clock, addr, NULL, 0);
    struct about_owner owner;
    static char text[64];
    struct view name;

    if (!inventory_find(w->inv, &q, 0, &owner))
        return "";
    name = owner.aws.ecs.task.n     ? owner.aws.ecs.task
           : owner.kubernetes.pod.n ? owner.kubernetes.pod
           : owner.aws.instance.n   ? owner.aws.instance
                                    : owner.aws.eni;
    assert_int_equal(inventory_scope(w->inv, &q, 0) == 0, owner.candidate);
    snprintf(text, sizeof(text), "%.*s%s", (int)name.n, (const char *)name.p, owner.candidate ? "?" : "");
    return text;
}

/* One document with the three tasks that had the address one after the other. */
static void test_recycled(void **state)
{
    static const struct {
        const char *clock, *who;
    } rows[] = {
        {"08:59:59.9", ""},   {"09:00:00", "t1"}, {"09:29:59.9", "t1"}, {"09:30:00", ""},
        {"09:40:00", "t2"},   {"09:59:59", "t2"}, {"10:00:00", "t2"}, /* t3 is created, and waits for the address */
        {"10:00:04.9", "t2"}, {"10:00:05", "t3"}, {"10:30:00", "t3"},   {"23:00:00", "t3"},
    };
    struct world w = world_of(
        "11:00:00",
        TASKS(TASK("t3", "09:59:50", "10:00:07", "") "," TASK("t1", "09:00:00", "09:00:08", STOPPED("09:30:00")) "," TASK(
            "t2", "09:40:00", "09:40:08", STOPPED("10:00:05"))));

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(who(&w, rows[i].clock, "10.0.3.17"), rows[i].who);
    world_free(&w);
}

/* A task that began while the older one, as far as is known, still ran: the later ends the earlier. */
static void test_overlap(void **state)
{
    struct world w =
        world_of("11:00:00", TASKS(TASK("t1", "09:00:00", "09:00:08", "") "," TASK("t2", "09:40:00", "09:40:08", "")));

    (void)state;
    assert_string_equal(who(&w, "09:39:59", "10.0.3.17"), "t1");
    assert_string_equal(who(&w, "09:40:00", "10.0.3.17"), "t2");
    world_free(&w);
    /* One that had ended after the containers of the next one began. */
    w = world_of("11:00:00",
                 TASKS(TASK("t1", "09:00:00", "09:00:08", STOPPED("09:50:00")) "," TASK("t2", "09:40:00", "09:40:08", "")));
    assert_string_equal(who(&w, "09:39:59", "10.0.3.17"), "t1");
    assert_string_equal(who(&w, "09:40:00", "10.0.3.17"), "t2");
    world_free(&w);
}

/* The documents change between loads: who was seen is sure until the last file that had it, and likely until the first that had not. */
static void test_reload(void **state)
{
    static const struct {
        const char *clock, *who;
    } rows[] = {
        {"09:00:00", "t1"}, {"09:59:59", "t1"}, {"10:00:00", "t1?"}, {"10:09:59", "t1?"},
        {"10:10:00", "t2"}, {"10:29:59", "t2"}, {"10:30:00", "t2?"}, {"11:00:00", ""},
    };
    struct world a = world_of("10:00:00", TASKS(TASK("t1", "09:00:00", "09:00:08", "")));
    struct world b = world_begin(&a), c;
    struct inventory_counts counts;

    (void)state;
    assert_string_equal(who(&a, "10:20:00", "10.0.3.17"), "t1");
    assert_true(world_add(&b, "10:30:00", TASKS(TASK("t2", "10:10:00", "10:10:08", ""))));
    world_end(&b);
    world_free(&a);
    assert_string_equal(who(&b, "10:50:00", "10.0.3.17"), "t2");
    inventory_count(b.inv, &counts);
    assert_int_equal(counts.tasks, 2);
    assert_int_equal(counts.kept, 1);
    c = world_begin(&b);
    assert_true(world_add(&c, "11:00:00", TASKS("")));
    world_end(&c);
    world_free(&b);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(who(&c, rows[i].clock, "10.0.3.17"), rows[i].who);
    inventory_count(c.inv, &counts);
    assert_int_equal(counts.kept, 2);
    assert_true(counts.newest_ns == at("11:00:00"));
    world_free(&c);
}

/* The same files again change nothing, however often. */
static void test_reload_same(void **state)
{
    static const char document[] =
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17',"
        "'Attachment':{'InstanceId':'i-1','AttachTime':'2026-11-23T09:00:00Z'},'TagSet':[{'Key':'a','Value':'b'}]}]}"
        "{'Reservations':[{'Instances':[{'InstanceId':'i-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17',"
        "'Tags':[{'Key':'a','Value':'b'}],'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','PrivateIpAddress':'10.0.3.17'}]}]}]}";
    struct world before = world_of("10:00:00", document);
    uint64_t n = before.n;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct world w = world_begin(&before);
        struct inventory_counts counts;

        assert_true(world_add(&w, "10:00:00", document));
        world_end(&w);
        inventory_count(w.inv, &counts);
        assert_int_equal(counts.interfaces, 1);
        assert_int_equal(counts.addresses, 2); /* the interface's, the instance's */
        assert_int_equal(counts.kept, 0);
        assert_int_equal(w.n, n);
        assert_memory_equal(w.mem, before.mem, n);
        world_free(&before);
        before = w;
    }
    world_free(&before);
}

static void test_keep(void **state)
{
    struct world a = world_of("01:00:00", TASKS(TASK("t1", "00:30:00", "00:30:08", "")));
    struct inventory_counts counts;
    struct world b;
    char why[INVENTORY_WHY_MAX];

    (void)state;
    for (int i = 0; i < 2; i++) {
        uint64_t *mem = malloc(WORLD_MAX), n;
        const struct inventory *inv;

        b = (struct world){.b = inventory_builder_new(WORLD_MAX, a.inv, 3600 * NS_PER_SEC)};
        assert_true(world_add(&b, i == 0 ? "02:00:00" : "02:00:01", TASKS("")));
        n = inventory_builder_finish(b.b, mem, why, sizeof(why));
        inventory_builder_free(b.b);
        inv = inventory_open(view_of(mem, n));
        assert_non_null(inv);
        inventory_count(inv, &counts);
        assert_int_equal(counts.kept, i == 0);
        assert_int_equal(counts.addresses, i == 0);
        free(mem);
    }
    world_free(&a);
}

/* An interface goes from one instance to another; an address from one interface to another. */
static void test_moved(void **state)
{
    struct world a = world_begin(NULL), b;

    (void)state;
    assert_true(
        world_add(&a, "10:00:00",
                  "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17',"
                  "'Attachment':{'InstanceId':'i-1','AttachTime':'2026-11-23T09:00:00Z'}},"
                  "{'NetworkInterfaceId':'eni-2','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.18','PrivateIpAddresses':"
                  "[{'PrivateIpAddress':'10.0.3.19'}],'Attachment':{'InstanceId':'i-2','AttachTime':'2026-11-23T09:00:00Z'}},"
                  "{'NetworkInterfaceId':'eni-3','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.20',"
                  "'Attachment':{'InstanceId':'i-3','AttachTime':'2026-11-23T08:00:00Z'}}]}"));
    world_end(&a);
    b = world_begin(&a);
    assert_true(world_add(
        &b, "11:00:00",
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17',"
        "'Attachment':{'InstanceId':'i-9','AttachTime':'2026-11-23T10:30:00Z'}},"
        "{'NetworkInterfaceId':'eni-2','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.18',"
        "'Attachment':{'InstanceId':'i-2','AttachTime':'2026-11-23T09:00:00Z'}},"
        "{'NetworkInterfaceId':'eni-3','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.20','PrivateIpAddresses':"
        "[{'PrivateIpAddress':'10.0.3.19'}],'Attachment':{'InstanceId':'i-3','AttachTime':'2026-11-23T08:00:00Z'}}]}"));
    world_end(&b);
    assert_string_equal(who(&b, "09:30:00", "10.0.3.17"), "i-1");
    assert_string_equal(who(&b, "10:10:00", "10.0.3.17"), "i-1?");
    assert_string_equal(who(&b, "10:30:00", "10.0.3.17"), "i-9");
    assert_string_equal(who(&b, "09:30:00", "10.0.3.19"), "i-2");
    assert_string_equal(who(&b, "10:00:00", "10.0.3.19"), "i-3"); /* from when i-2 was last known to have it */
    assert_string_equal(who(&b, "11:30:00", "10.0.3.19"), "i-3");
    assert_string_equal(who(&b, "08:30:00", "10.0.3.19"), "");
    world_free(&a);
    world_free(&b);
}

/* Two files of different times of one thing: the newer is right, and what only the older knows is taken over. */
static void test_two_files(void **state)
{
    static const char old[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','SubnetId':'subnet-1',"
                              "'PrivateIpAddress':'10.0.3.17','Ipv6Addresses':[{'Ipv6Address':'2001:db8::1'}]}]}";
    static const char new[] =
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17'}]}";

    (void)state;
    for (int order = 0; order < 2; order++) {
        struct world w = world_begin(NULL);
        struct inventory_question q = question("10:30:00", "10.0.3.17", NULL, 0);
        struct about_owner owner;

        assert_true(world_add(&w, order ? "11:00:00" : "10:00:00", order ? new : old));
        assert_true(world_add(&w, order ? "10:00:00" : "11:00:00", order ? old : new));
        world_end(&w);
        owner = ask(&w, &q);
        assert_text(owner.aws.subnet, "subnet-1");
        assert_int_equal(owner.age_s, 0);
        assert_string_equal(who(&w, "09:00:00", "2001:db8::1"), "eni-1");
        assert_string_equal(who(&w, "10:30:00", "2001:db8::1"), "eni-1?");
        assert_string_equal(who(&w, "11:00:00", "2001:db8::1"), "");
        world_free(&w);
    }
}

/* Pods: ended ones keep their address in the status. */
static void test_pods(void **state)
{
    struct world w = world_of(
        "11:00:00",
        "{'kind':'PodList','items':["
        "{'metadata':{'name':'job','namespace':'a'},'status':{'phase':'Succeeded','podIP':'10.0.3.17','startTime':"
        "'2026-11-23T09:00:00Z','containerStatuses':[{'state':{'terminated':{'finishedAt':'2026-11-23T09:20:00Z'}}},"
        "{'state':{'terminated':{'finishedAt':'2026-11-23T09:10:00Z'}}}]}},"
        "{'metadata':{'name':'web','namespace':'a','creationTimestamp':'2026-11-23T09:30:00Z'},'status':{'phase':'Running',"
        "'podIPs':[{'ip':'10.0.3.17'},{'ip':'2001:db8::2'}]}},"
        "{'metadata':{'name':'old','namespace':'a'},'status':{'phase':'Failed','podIP':'10.0.3.18','startTime':"
        "'2026-11-23T09:00:00Z'}}]}");

    (void)state;
    assert_string_equal(who(&w, "09:19:59", "10.0.3.17"), "job");
    assert_string_equal(who(&w, "09:20:00", "10.0.3.17"), "");
    assert_string_equal(who(&w, "09:30:00", "10.0.3.17"), "web");
    assert_string_equal(who(&w, "09:30:00", "2001:db8::2"), "web");
    assert_string_equal(who(&w, "09:30:00", "10.0.3.18"), "old?"); /* nobody says when it ended */
    assert_string_equal(who(&w, "11:00:00", "10.0.3.18"), "");
    world_free(&w);
}

/* Mirror sessions that are gone. */
static void test_sessions(void **state)
{
    static const char interfaces[] =
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17'},"
        "{'NetworkInterfaceId':'eni-2','VpcId':'vpc-b','PrivateIpAddress':'10.0.3.17'}]}";
    struct world a = world_begin(NULL), b;
    struct inventory_question q = question("09:30:00", "10.0.3.17", "10.0.3.17", 5);
    struct about_owner owner;

    (void)state;
    assert_true(world_add(&a, "10:00:00", interfaces));
    assert_true(world_add(&a, "10:00:00",
                          "{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'tms-1','NetworkInterfaceId':'eni-2',"
                          "'VirtualNetworkId':5}]}"));
    world_end(&a);
    b = world_begin(&a);
    assert_true(world_add(&b, "11:00:00", interfaces));
    world_end(&b);
    owner = ask(&b, &q);
    assert_false(owner.candidate);
    assert_text(owner.aws.eni, "eni-2");
    assert_text(owner.aws.session, "tms-1");
    q.time_ns = at("10:30:00");
    owner = ask(&b, &q);
    assert_true(owner.candidate);
    assert_text(owner.aws.eni, "eni-2");
    q.time_ns = at("11:00:00");
    assert_true(inventory_find(b.inv, &q, 0, &owner));
    assert_true(owner.candidate);
    assert_int_equal(owner.candidates_total, 2);
    world_free(&a);
    world_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recycled),    cmocka_unit_test(test_overlap), cmocka_unit_test(test_reload),
        cmocka_unit_test(test_reload_same), cmocka_unit_test(test_keep),    cmocka_unit_test(test_moved),
        cmocka_unit_test(test_two_files),   cmocka_unit_test(test_pods),    cmocka_unit_test(test_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
