/*
 * test_inventory_doubt.c - answers that must not be certain: documents of different times that contradict each other, two clusters
 * with the same addresses, packets of long before the files.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory_fixture.h"

#define STALE (15 * 60 * NS_PER_SEC)
#define DAY "2026-11-23T"

/* The most particular thing, with ? behind when it is a candidate; "" = nobody. */
static const char *who(const struct world *w, const char *clock, const char *addr)
{
    struct inventory_question q = question(clock, addr, NULL, 0);
    struct about_owner owner;
    static char text[64];
    struct view name;

    if (!inventory_find(w->inv, &q, STALE, &owner))
        return "";
    name = owner.aws.ecs.task.n      ? owner.aws.ecs.task
           : owner.kubernetes.pod.n  ? owner.kubernetes.pod
           : owner.aws.instance.n    ? owner.aws.instance
           : owner.kubernetes.node.n ? owner.kubernetes.node
                                     : owner.aws.eni;
    snprintf(text, sizeof(text), "%.*s%s", (int)name.n, (const char *)name.p, owner.candidate ? "?" : "");
    return text;
}

/* Two documents, one written at 10:00, one at 10:10. */
static struct world world_of_two(const char *old, const char *new)
{
    struct world w = world_begin(NULL);

    assert_true(world_add(&w, "10:00:00", old));
    assert_true(world_add(&w, "10:10:00", new));
    world_end(&w);
    return w;
}

/* Tasks were not collected any more; the address has another interface since. */
static void test_old_task(void **state)
{
    static const char task[] =
        "{'tasks':[{'taskArn':'t1','createdAt':'" DAY "09:00:00Z','attachments':[{'id':'at','type':'ElasticNetworkInterface',"
        "'details':[{'name':'networkInterfaceId','value':'eni-gone'},{'name':'privateIPv4Address','value':'10.0.3.17'}]}]}]}";
    static const char bare[] = "{'tasks':[{'taskArn':'t1','createdAt':'" DAY "09:00:00Z','containers':[{'name':'c',"
                               "'networkInterfaces':[{'privateIpv4Address':'10.0.3.17'}]}]}]}";
    static const char other[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-new','VpcId':'vpc-a','PrivateIpAddress':"
                                "'10.0.3.17','Attachment':{'InstanceId':'i-2','AttachTime':'" DAY "10:05:00Z'}}]}";
    struct world w = world_of_two(task, other);

    (void)state;
    assert_string_equal(who(&w, "10:12:00", "10.0.3.17"), "t1?");
    world_free(&w);
    w = world_of_two(bare, other);
    assert_string_equal(who(&w, "10:12:00", "10.0.3.17"), "t1?");
    assert_string_equal(who(&w, "10:02:00", "10.0.3.17"), "t1");
    world_free(&w);
}

/* So with pods; a branch interface, which has no instance, is no contradiction. */
static void test_old_pod(void **state)
{
    static const char pod[] = "{'kind':'Pod','metadata':{'name':'p','namespace':'n','uid':'u'},'spec':{'nodeName':'n1'},"
                              "'status':{'phase':'Running','podIP':'10.0.3.17','startTime':'" DAY "09:00:00Z'}}";
    static const char branch[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-b','VpcId':'vpc-a','PrivateIpAddress':"
                                 "'10.0.3.17','Attachment':{'AttachTime':'" DAY "09:00:00Z'}}]}";
    static const char other[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-new','VpcId':'vpc-a','PrivateIpAddress':"
                                "'10.0.3.17','Attachment':{'AttachTime':'" DAY "10:05:00Z'}}]}";
    struct world w = world_of_two(pod, branch);

    (void)state;
    assert_string_equal(who(&w, "10:12:00", "10.0.3.17"), "p");
    world_free(&w);
    w = world_of_two(pod, other);
    assert_string_equal(who(&w, "10:12:00", "10.0.3.17"), "p?");
    world_free(&w);
}

/* An instance that is gone, whose address something without an instance has. */
static void test_old_instance(void **state)
{
    static const char instance[] =
        "{'Reservations':[{'Instances':[{'InstanceId':'i-1','PrivateIpAddress':'10.0.3.17','VpcId':'vpc-a',"
        "'LaunchTime':'" DAY "08:00:00Z','NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a',"
        "'PrivateIpAddress':'10.0.3.17','Attachment':{'AttachTime':'" DAY "08:00:00Z'}}]}]}]}";
    static const char lambda[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-fn','VpcId':'vpc-a','PrivateIpAddress':"
                                 "'10.0.3.17','Attachment':{'AttachTime':'" DAY "10:05:00Z'}}]}";
    struct world w = world_of_two(instance, lambda);

    (void)state;
    assert_string_equal(who(&w, "09:00:00", "10.0.3.17"), "i-1");
    assert_string_equal(who(&w, "10:06:00", "10.0.3.17"), "eni-fn");
    world_free(&w);
}

/* That the machine is there still does not say that it has the address still. */
static void test_old_address(void **state)
{
    static const char second[] = "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-2','VpcId':'vpc-a','PrivateIpAddress':"
                                 "'10.0.3.99','Attachment':{'InstanceId':'i-1','AttachTime':'" DAY "08:00:00Z'}}]}";
    static const char instance[] =
        "{'Reservations':[{'Instances':[{'InstanceId':'i-1','PrivateIpAddress':'10.0.3.17','VpcId':'vpc-a',"
        "'LaunchTime':'" DAY "08:00:00Z','NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a',"
        "'PrivateIpAddress':'10.0.3.17','Attachment':{'AttachTime':'" DAY "08:00:00Z'}}]}]}]}";
    struct world w = world_of_two(second, instance);

    (void)state;
    assert_string_equal(who(&w, "10:14:00", "10.0.3.99"), "i-1");
    assert_string_equal(who(&w, "10:16:00", "10.0.3.99"), "i-1?");
    assert_string_equal(who(&w, "10:25:00", "10.0.3.17"), "i-1");
    world_free(&w);
}

/* Two clusters whose pods, or whose machines, have the same addresses: neither is the one. */
static void test_two_clusters(void **state)
{
    static const char one[] = "{'items':[{'kind':'Node','metadata':{'name':'n1','creationTimestamp':'" DAY "07:00:00Z'},"
                              "'status':{'addresses':[{'type':'InternalIP','address':'192.168.0.10'}]}},"
                              "{'kind':'Pod','metadata':{'name':'p1','namespace':'n','uid':'u1'},"
                              "'status':{'phase':'Running','podIP':'10.244.0.5','startTime':'" DAY "08:00:00Z'}}]}";
    static const char two[] = "{'items':[{'kind':'Node','metadata':{'name':'n2','creationTimestamp':'" DAY "07:30:00Z'},"
                              "'status':{'addresses':[{'type':'InternalIP','address':'192.168.0.10'}]}},"
                              "{'kind':'Pod','metadata':{'name':'p2','namespace':'n','uid':'u2'},"
                              "'status':{'phase':'Running','podIP':'10.244.0.5','startTime':'" DAY "09:00:00Z'}}]}";
    struct world w = world_of_two(one, two);

    (void)state;
    assert_string_equal(who(&w, "08:30:00", "10.244.0.5"), "p1");
    assert_string_equal(who(&w, "09:30:00", "10.244.0.5"), "p2?");
    assert_string_equal(who(&w, "07:10:00", "192.168.0.10"), "n1");
    assert_string_equal(who(&w, "09:30:00", "192.168.0.10"), "n2?");
    world_free(&w);
}

/* A packet of long before the files: what says no time of its beginning need not have been there. */
static void test_old_packet(void **state)
{
    struct world w = world_of(
        "20:00:00",
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17'},"
        "{'NetworkInterfaceId':'eni-2','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.18','Attachment':{'InstanceId':'i-2',"
        "'AttachTime':'" DAY "08:00:00Z'}}],'kind':'List','items':["
        "{'kind':'Node','metadata':{'name':'n1','creationTimestamp':'" DAY "07:00:00Z'},"
        "'status':{'addresses':[{'type':'InternalIP','address':'192.168.0.10'}]}},"
        "{'kind':'Node','metadata':{'name':'n2'},'status':{'addresses':[{'type':'InternalIP','address':'192.168.0.11'}]}},"
        "{'kind':'Pod','metadata':{'name':'p','namespace':'n'},'spec':{'nodeName':'n3','hostNetwork':true},"
        "'status':{'phase':'Running','hostIP':'192.168.0.12','startTime':'" DAY "09:00:00Z'}}]}");

    (void)state;
    assert_string_equal(who(&w, "19:45:00", "10.0.3.17"), "eni-1");
    assert_string_equal(who(&w, "19:44:59", "10.0.3.17"), "eni-1?");
    assert_string_equal(who(&w, "08:00:00", "10.0.3.18"), "i-2");
    assert_string_equal(who(&w, "07:00:00", "192.168.0.10"), "n1");
    assert_string_equal(who(&w, "06:59:59", "192.168.0.10"), "");
    assert_string_equal(who(&w, "06:00:00", "192.168.0.11"), "n2?");
    assert_string_equal(who(&w, "08:59:59", "192.168.0.12"), "");
    world_free(&w);
}

/* What is on a machine shares its IPv6 address too. */
static void test_ipv6(void **state)
{
    struct world w = world_of(
        "10:00:00", "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.3.17',"
                    "'Ipv6Addresses':[{'Ipv6Address':'2001:db8::17'}],'Ipv6Prefixes':[{'Ipv6Prefix':'2001:db8:0:0:1::/80'}],"
                    "'Attachment':{'InstanceId':'i-1','AttachTime':'" DAY "08:00:00Z'}}],"
                    "'containerInstances':[{'containerInstanceArn':'ci','ec2InstanceId':'i-1'}],"
                    "'tasks':[{'taskArn':'t1','containerInstanceArn':'ci','createdAt':'" DAY "09:00:00Z'}]}");
    struct inventory_question q = question("09:30:00", "2001:db8::17", NULL, 0);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_true(owner.candidate);
    assert_int_equal(owner.candidates_total, 1);
    assert_text(owner.candidates[0].id, "t1");
    assert_text(owner.aws.instance, "i-1");
    assert_string_equal(who(&w, "09:30:00", "2001:db8:0:0:1::5"), "i-1"); /* of something on it that has its own */
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_task),    cmocka_unit_test(test_old_pod),      cmocka_unit_test(test_old_instance),
        cmocka_unit_test(test_old_address), cmocka_unit_test(test_two_clusters), cmocka_unit_test(test_old_packet),
        cmocka_unit_test(test_ipv6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
