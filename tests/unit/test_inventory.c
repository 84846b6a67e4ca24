/*
 * test_inventory.c - whose an address is: every way from a packet to a task, a pod or a machine, and how sure each is.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory_fixture.h"

#define ARN "arn:aws:ecs:us-east-1:111122223333:"

/* Two VPCs with the same addresses, each with a mirrored interface, an instance, and a Fargate task. */
static const char two_vpcs[] =
    "{'TrafficMirrorSessions':["
    " {'TrafficMirrorSessionId':'tms-a','NetworkInterfaceId':'eni-a1','VirtualNetworkId':42,'TrafficMirrorFilterId':'tmf-1',"
    "  'OwnerId':'111122223333'},"
    " {'TrafficMirrorSessionId':'tms-b','NetworkInterfaceId':'eni-b1','VirtualNetworkId':43,'TrafficMirrorFilterId':'tmf-2',"
    "  'OwnerId':'111122223333'}],"
    " 'TrafficMirrorFilters':[{'TrafficMirrorFilterId':'tmf-1','NetworkServices':['amazon-dns']},"
    "  {'TrafficMirrorFilterId':'tmf-2','NetworkServices':[]}],"
    " 'NetworkInterfaces':["
    " {'NetworkInterfaceId':'eni-a1','PrivateIpAddress':'10.0.1.17','VpcId':'vpc-a','SubnetId':'subnet-a',"
    "  'PrivateIpAddresses':[{'Primary':true,'PrivateIpAddress':'10.0.1.17'},{'PrivateIpAddress':'10.0.1.18'}],"
    "  'Ipv6Addresses':[{'Ipv6Address':'2001:db8::17'}],'Ipv4Prefixes':[{'Ipv4Prefix':'10.0.1.32/28'}],"
    "  'Ipv6Prefixes':[{'Ipv6Prefix':'2001:db8:0:0:1::/80'}],'AvailabilityZone':'us-east-1d','OwnerId':'111122223333',"
    "  'Attachment':{'InstanceId':'i-a','AttachTime':'2026-11-23T08:00:00Z','Status':'attached'},"
    "  'TagSet':[{'Key':'Name','Value':'front'}]},"
    " {'NetworkInterfaceId':'eni-b1','PrivateIpAddress':'10.0.1.17','VpcId':'vpc-b','SubnetId':'subnet-b',"
    "  'AvailabilityZone':'us-west-2-lax-1a','OwnerId':'444455556666','Attachment':{'InstanceId':'i-b'},'TagSet':[]},"
    " {'NetworkInterfaceId':'eni-t','PrivateIpAddress':'10.0.1.99','VpcId':'vpc-b','SubnetId':'subnet-b',"
    "  'AvailabilityZone':'us-west-2a','OwnerId':'444455556666','RequesterManaged':true,"
    "  'Description':'arn:aws:ecs:us-west-2:444455556666:attachment/a1b2','Attachment':{'AttachTime':'2026-11-23T09:00:10Z'}},"
    " {'NetworkInterfaceId':'eni-n','PrivateIpAddress':'10.0.1.200','VpcId':'vpc-a','OwnerId':'111122223333',"
    "  'Description':'ELB app/web'}],"
    " 'Reservations':[{'OwnerId':'111122223333','Instances':[{'InstanceId':'i-a','PrivateIpAddress':'10.0.1.17',"
    "  'VpcId':'vpc-a','InstanceType':'m5.large','Placement':{'AvailabilityZone':'us-east-1d'},"
    "  'LaunchTime':'2026-11-23T08:00:00.000Z','Tags':[{'Key':'Name','Value':'web-1'},{'Key':'team','Value':'blue'}]}]}],"
    " 'tasks':[{'taskArn':'arn:aws:ecs:us-west-2:444455556666:task/prod/77',"
    "  'clusterArn':'arn:aws:ecs:us-west-2:444455556666:cluster/prod',"
    "  'taskDefinitionArn':'arn:aws:ecs:us-west-2:444455556666:task-definition/web:7','group':'service:web',"
    "  'launchType':'FARGATE',"
    "  'createdAt':1795424400.25,'containers':[{'name':'web','image':'example.com/web:7','imageDigest':'sha256:11',"
    "  'runtimeId':'77-1','networkInterfaces':[{'privateIpv4Address':'10.0.1.99'}]}],"
    "  'attachments':[{'id':'vol','type':'AmazonElasticBlockStorage','details':[]},"
    "  {'id':'a1b2','type':'ElasticNetworkInterface','details':[{'name':'subnetId','value':'subnet-b'},"
    "  {'name':'networkInterfaceId','value':'eni-t'},{'name':'privateIPv4Address','value':'10.0.1.99'}]}],"
    "  'tags':[{'key':'cost','value':'9'}]}],'failures':[]}";

/* Through which tunnel, at which address: what comes of it. */
static void test_two_vpcs(void **state)
{
    static const struct {
        const char *addr, *outer;
        uint32_t vni;
        bool is_candidate;
        const char *vpc, *eni, *instance, *task, *session;
    } rows[] = {
        {"10.0.1.17", "10.0.1.17", 42, false, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        {"10.0.1.17", "10.0.1.17", 43, false, "vpc-b", "eni-b1", "i-b", "", "tms-b"},
        {"10.0.1.18", "10.0.1.17", 42, false, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        {"10.0.1.47", "10.0.1.17", 42, false, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        {"10.0.1.48", "10.0.1.17", 42, true, "vpc-a", "", "", "", "tms-a"},
        {"2001:db8::17", "10.0.1.17", 42, false, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        {"2001:db8:0:0:1::9", "10.0.1.17", 42, false, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        {"10.0.1.200", "10.0.1.17", 42, false, "vpc-a", "eni-n", "", "", "tms-a"},
        {"10.0.1.99", "10.0.1.17", 43, false, "vpc-b", "eni-t", "", "arn:aws:ecs:us-west-2:444455556666:task/prod/77", "tms-b"},
        /* The VNI alone names a session; the address is not that of its interface. */
        {"10.0.1.17", "10.9.9.9", 42, true, "vpc-a", "eni-a1", "i-a", "", "tms-a"},
        /* The address of the mirrored interface alone names it. */
        {"10.0.1.99", "10.0.1.200", 7, true, "vpc-b", "eni-t", "", "arn:aws:ecs:us-west-2:444455556666:task/prod/77", ""},
        {"10.0.1.18", "10.0.1.200", 7, true, "vpc-a", "eni-a1", "i-a", "", ""},
        /* In a VPC that the session does not mirror. */
        {"10.0.1.99", "10.0.1.17", 42, true, "vpc-b", "eni-t", "", "arn:aws:ecs:us-west-2:444455556666:task/prod/77", "tms-a"},
        /* No tunnel: one match, but of two VPCs. */
        {"10.0.1.18", NULL, 0, true, "vpc-a", "eni-a1", "i-a", "", ""},
    };
    struct world w = world_of("10:00:00", two_vpcs);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct inventory_question q = question("10:00:00", rows[i].addr, rows[i].outer, rows[i].vni);
        struct about_owner owner = ask(&w, &q);

        assert_int_equal(owner.source, OWNER_INVENTORY);
        assert_int_equal(owner.candidate, rows[i].is_candidate);
        assert_text(owner.aws.vpc, rows[i].vpc);
        assert_text(owner.aws.eni, rows[i].eni);
        assert_text(owner.aws.instance, rows[i].instance);
        assert_text(owner.aws.ecs.task, rows[i].task);
        assert_text(owner.aws.session, rows[i].session);
        assert_int_equal(owner.n_candidates, 0);
    }
    world_free(&w);
}

static void test_instance(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct inventory_question q = question("10:00:30", "10.0.1.17", "10.0.1.17", 42);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_text(owner.aws.account, "111122223333");
    assert_text(owner.aws.region, "us-east-1");
    assert_text(owner.aws.subnet, "subnet-a");
    assert_text(owner.aws.instance_type, "m5.large");
    assert_int_equal(owner.aws.n_tags, 2); /* the instance's, not the interface's */
    assert_text(owner.aws.tags[1].key, "team");
    assert_text(owner.aws.tags[1].value, "blue");
    assert_true(owner.has_age);
    assert_int_equal(owner.age_s, 30);
    world_free(&w);
}

static void test_task(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct inventory_question q = question("09:59:00", "10.0.1.99", "10.0.1.17", 43);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_text(owner.aws.account, "444455556666");
    assert_text(owner.aws.region, "us-west-2");
    assert_text(owner.aws.ecs.cluster, "prod");
    assert_text(owner.aws.ecs.cluster_arn, "arn:aws:ecs:us-west-2:444455556666:cluster/prod");
    assert_text(owner.aws.ecs.definition, "web:7");
    assert_text(owner.aws.ecs.group, "service:web");
    assert_text(owner.aws.ecs.launch_type, "FARGATE");
    assert_int_equal(owner.aws.ecs.containers.total, 1);
    assert_text(owner.aws.ecs.containers.v[0].name, "web");
    assert_text(owner.aws.ecs.containers.v[0].image, "example.com/web:7");
    assert_text(owner.aws.ecs.containers.v[0].digest, "sha256:11");
    assert_text(owner.aws.ecs.containers.v[0].id, "77-1");
    assert_text(owner.aws.tags[0].key, "cost");
    assert_int_equal(owner.age_s, 0);
    /* The task was created at 09:00:00.25, its interface attached ten seconds later. */
    q = question("09:00:05", "10.0.1.99", "10.0.1.17", 43);
    owner = ask(&w, &q);
    assert_true(owner.candidate);
    assert_text(owner.aws.ecs.task, "");
    world_free(&w);
}

/* Without a tunnel one address in two VPCs is either's. */
static void test_either(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct inventory_question q = question("10:00:00", "10.0.1.17", NULL, 0);
    struct about_owner owner;

    (void)state;
    inventory_find(w.inv, &q, 0, &owner);
    assert_true(owner.candidate);
    assert_int_equal(owner.n_candidates, 2);
    assert_int_equal(owner.candidates_total, 2);
    assert_text(owner.candidates[0].kind, "instance");
    assert_text(owner.candidates[0].id, "i-a");
    assert_text(owner.candidates[0].what, "web-1");
    assert_text(owner.candidates[1].id, "i-b");
    assert_text(owner.aws.instance, "");
    assert_text(owner.aws.account, ""); /* they have not the same */
    assert_int_equal(inventory_scope(w.inv, &q, 0), 0);
    /* A DNS log says the VPC. */
    q.vpc = view_str("vpc-b");
    owner = ask(&w, &q);
    assert_false(owner.candidate);
    assert_text(owner.aws.instance, "i-b");
    q.vpc = view_str("vpc-c"); /* which no file has: it is none of those */
    assert_false(inventory_find(w.inv, &q, 0, &owner));
    q = question("10:00:00", "10.0.1.200", NULL, 0);
    q.vpc = view_str("vpc-b"); /* it is in the other */
    assert_false(inventory_find(w.inv, &q, 0, &owner));
    assert_int_equal(inventory_scope(w.inv, &q, 0), 0);
    world_free(&w);
}

static void test_unknown(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct about_owner owner;
    struct inventory_question q = question("10:00:00", "203.0.113.9", "10.0.1.17", 42);

    (void)state;
    assert_false(inventory_find(w.inv, &q, 0, &owner)); /* outside: not of whom the session mirrors */
    q = question("10:00:00", "10.7.7.7", NULL, 0);
    assert_false(inventory_find(w.inv, &q, 0, &owner));
    assert_int_equal(inventory_scope(w.inv, &q, 0), 0);
    q = question("10:00:00", "10.7.7.7", "10.0.1.17", 42); /* inside: of that VPC, probably new */
    assert_true(inventory_find(w.inv, &q, 0, &owner));
    assert_true(owner.candidate);
    assert_false(owner.has_age);
    assert_text(owner.aws.account, "111122223333");
    assert_text(owner.aws.region, "us-east-1");
    assert_int_equal(inventory_scope(w.inv, &q, 0), 0);
    world_free(&w);
}

static void test_one_vpc(void **state)
{
    struct world w = world_of("10:00:00", "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a',"
                                          "'PrivateIpAddress':'10.0.1.17','Description':'x'}]}");
    struct inventory_question q = question("10:00:00", "10.0.1.17", NULL, 0);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_false(owner.candidate); /* no tunnel, and one VPC only */
    assert_text(owner.aws.eni, "eni-1");
    q = question("10:00:00", "10.0.1.17", "10.0.1.17", 9);
    owner = ask(&w, &q);
    assert_true(owner.candidate); /* a tunnel that nobody knows */
    assert_text(owner.aws.eni, "eni-1");
    world_free(&w);
}

/* Several sessions of one interface, and one of another with the same VNI and address. */
static void test_sessions(void **state)
{
    static const char interfaces[] =
        "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.0.1'},"
        "{'NetworkInterfaceId':'eni-2','VpcId':'vpc-b','PrivateIpAddress':'10.0.0.1'}]}";
    static const struct {
        const char *interfaces[3]; /* that sessions with the VNI 9 mirror */
        bool is_candidate;
        uint32_t n_candidates;
    } rows[] = {
        {{"eni-1"}, false, 0},
        {{"eni-1", "eni-1"}, false, 0},
        {{"eni-1", "eni-2"}, true, 2},
        {{"eni-1", "eni-1", "eni-2"}, true, 2},
        {{"eni-9"}, true, 2}, /* whose VPC nobody knows */
        {{NULL}, true, 2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w = world_begin(NULL);
        struct inventory_question q = question("10:00:00", "10.0.0.1", "10.0.0.1", 9);
        struct about_owner owner;

        assert_true(world_add(&w, "10:00:00", interfaces));
        for (size_t k = 0; k < ARRAY_LEN(rows[i].interfaces) && rows[i].interfaces[k]; k++) {
            char text[256];

            snprintf(text, sizeof(text),
                     "{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'tms-%zu','NetworkInterfaceId':'%s',"
                     "'VirtualNetworkId':9}]}",
                     k, rows[i].interfaces[k]);
            assert_true(world_add(&w, "10:00:00", text));
        }
        world_end(&w);
        owner = ask(&w, &q);
        assert_int_equal(owner.candidate, rows[i].is_candidate);
        assert_int_equal(owner.candidates_total, rows[i].n_candidates);
        world_free(&w);
    }
}

/* A node with more pods than are stored. */
static void test_many_residents(void **state)
{
    static char text[1 << 20];
    size_t n = (size_t)snprintf(text, sizeof(text), "{'kind':'PodList','items':[");
    struct inventory_question q = question("10:00:00", "10.0.0.1", NULL, 0);
    struct inventory_counts counts;
    struct about_owner owner;
    struct world w;

    (void)state;
    for (int i = 0; i < 4100; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              "%s{'metadata':{'name':'p%d'},'spec':{'nodeName':'n'},'status':{'hostIP':'10.0.0.1'}}",
                              i ? "," : "", i);
    snprintf(text + n, sizeof(text) - n, "]}");
    w = world_of("10:00:00", text);
    inventory_count(w.inv, &counts);
    assert_int_equal(counts.cut, 4);
    assert_true(inventory_find(w.inv, &q, 0, &owner));
    assert_int_equal(owner.n_candidates, ABOUT_CANDIDATES);
    assert_int_equal(owner.candidates_total, 4096);
    world_free(&w);
}

static void test_stale(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct inventory_question q = question("11:00:00", "10.0.1.17", "10.0.1.17", 42);
    struct about_owner owner;

    (void)state;
    assert_true(inventory_find(w.inv, &q, 3600 * NS_PER_SEC, &owner));
    assert_false(owner.candidate);
    assert_true(inventory_find(w.inv, &q, 3599 * NS_PER_SEC, &owner));
    assert_true(owner.candidate);
    assert_int_equal(owner.age_s, 3600);
    assert_text(owner.aws.instance, "i-a");
    assert_int_equal(inventory_scope(w.inv, &q, 3599 * NS_PER_SEC), 0);
    world_free(&w);
}

/* One thing has one number, in each image; other things others. */
static void test_scope(void **state)
{
    static const char *const addrs[] = {"10.0.1.17", "10.0.1.99", "10.0.1.200"};
    struct world w = world_of("10:00:00", two_vpcs), again = world_of("10:30:00", two_vpcs);
    uint64_t scopes[4];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(addrs); i++) {
        struct inventory_question q = question("10:00:00", addrs[i], "10.0.1.17", i == 1 ? 43 : 42);

        scopes[i] = inventory_scope(w.inv, &q, 0);
        assert_int_equal(scopes[i], inventory_scope(again.inv, &q, 0));
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(scopes[i], scopes[k]);
    }
    world_free(&w);
    world_free(&again);
}

static void test_blind(void **state)
{
    struct world w = world_of("10:00:00", two_vpcs);
    struct inventory_counts counts;
    struct inventory_blind blind;

    (void)state;
    inventory_count(w.inv, &counts);
    assert_int_equal(counts.sessions, 2);
    assert_int_equal(counts.filters, 2);
    assert_int_equal(counts.interfaces, 4);
    assert_int_equal(counts.instances, 1); /* i-b is known by name only */
    assert_int_equal(counts.tasks, 1);
    assert_int_equal(counts.kept, 0);
    assert_int_equal(counts.cut, 0);
    assert_true(counts.oldest_ns == at("10:00:00") && counts.newest_ns == at("10:00:00"));
    assert_int_equal(counts.blind_filters, 1);
    assert_true(inventory_blind_filter(w.inv, 0, &blind));
    assert_text(blind.filter, "tmf-2");
    assert_text(blind.session, "tms-b");
    assert_text(blind.interface, "eni-b1");
    assert_int_equal(blind.n_sessions, 1);
    assert_false(inventory_blind_filter(w.inv, 1, &blind));
    world_free(&w);
}

/* --- machines that share their address ---------------------------------------------------------- */

static const char shared[] =
    "{'Reservations':[{'OwnerId':'111122223333','Instances':[{'InstanceId':'i-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.1.5',"
    "'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','VpcId':'vpc-a','PrivateIpAddress':'10.0.1.5','Attachment':"
    "{'AttachTime':'2026-11-23T08:00:00+00:00'}}]}]}]}"
    "{'containerInstances':[{'containerInstanceArn':'" ARN "container-instance/c/1','ec2InstanceId':'i-1'},"
    "{'containerInstanceArn':'" ARN "container-instance/c/2'}]}\n"
    "{'tasks':[{'taskArn':'" ARN "task/c/1','taskDefinitionArn':'" ARN
    "task-definition/web:1','createdAt':'2026-11-23T09:00:00+00:00',"
    "'containerInstanceArn':'" ARN
    "container-instance/c/1','containers':[{'name':'a','runtimeId':'aaaa'},{'name':'b','runtimeId':'bbbb'}]},"
    "{'taskArn':'" ARN "task/c/2','taskDefinitionArn':'" ARN "task-definition/job:2','createdAt':'2026-11-23T09:00:00+00:00',"
    "'stoppedAt':'2026-11-23T09:30:00+00:00','containerInstanceArn':'" ARN
    "container-instance/c/1','tags':[{'key':'t','value':'2'}]},"
    "{'taskArn':'" ARN "task/c/3','containerInstanceArn':'" ARN "container-instance/c/1','attachments':[{'id':'u',"
    "'type':'ElasticNetworkInterface','details':[{'name':'privateIPv4Address','value':'10.0.1.77'}]}]}]}"
    "{'taskDefinition':{'taskDefinitionArn':'" ARN "task-definition/web:1','containerDefinitions':[{'name':'b','image':'b:1'},"
    "{'name':'a','image':'a:1'}]},'tags':[]}";

/* ECS in bridge or host mode: the instance is sure, the task is one of those that ran on it at the time. */
static void test_bridge(void **state)
{
    struct world w = world_of("10:00:00", shared);
    struct inventory_question q = question("09:10:00", "10.0.1.5", NULL, 0);
    struct about_owner owner = ask(&w, &q);
    uint64_t scope = inventory_scope(w.inv, &q, 0);

    (void)state;
    assert_true(owner.candidate);
    assert_text(owner.aws.instance, "i-1");
    assert_text(owner.aws.ecs.task, "");
    assert_int_equal(owner.candidates_total, 2); /* the third has an interface of its own */
    assert_text(owner.candidates[0].kind, "ecs-task");
    assert_text(owner.candidates[0].id, ARN "task/c/1");
    assert_text(owner.candidates[0].what, "web:1");
    assert_text(owner.candidates[1].what, "job:2");
    q = question("09:31:00", "10.0.1.5", NULL, 0);
    owner = ask(&w, &q);
    assert_int_equal(owner.candidates_total, 1);
    assert_true(scope == inventory_scope(w.inv, &q, 0)); /* the instance's, whichever tasks there are */
    q = question("08:30:00", "10.0.1.5", NULL, 0);
    owner = ask(&w, &q);
    assert_false(owner.candidate); /* before either began; the third has an interface of its own */
    assert_int_equal(owner.candidates_total, 0);
    world_free(&w);
}

static void test_container(void **state)
{
    struct world w = world_of("10:00:00", shared);
    struct inventory_question q = question("09:10:00", "10.0.1.5", NULL, 0);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_true(inventory_find_container(w.inv, view_str("bbbb"), at("09:10:00"), &owner));
    assert_false(owner.candidate);
    assert_int_equal(owner.candidates_total, 0);
    assert_text(owner.aws.instance, "i-1");
    assert_text(owner.aws.ecs.task, ARN "task/c/1");
    assert_int_equal(owner.aws.ecs.containers.total, 1);
    assert_text(owner.aws.ecs.containers.v[0].name, "b");
    assert_text(owner.aws.ecs.containers.v[0].image, "b:1"); /* from the definition */
    owner = (struct about_owner){.source = OWNER_PROCESS};
    assert_true(inventory_find_container(w.inv, view_str("aaaa"), at("09:10:00"), &owner));
    assert_int_equal(owner.source, OWNER_INVENTORY);
    assert_text(owner.aws.ecs.containers.v[0].image, "a:1");
    assert_text(owner.aws.instance, "i-1");
    owner = (struct about_owner){.source = OWNER_PROCESS};
    assert_false(inventory_find_container(w.inv, view_str("aaaa"), at("08:59:59"), &owner));
    assert_false(inventory_find_container(w.inv, view_str("aaa"), at("09:10:00"), &owner));
    assert_false(inventory_find_container(w.inv, view_str(""), at("09:10:00"), &owner));
    assert_int_equal(owner.source, OWNER_PROCESS);
    world_free(&w);
}

/* --- Kubernetes --------------------------------------------------------------------------------- */

static const char pods[] =
    "{'apiVersion':'v1','items':["
    "{'kind':'Pod','metadata':{'name':'sys','namespace':'kube-system','uid':'u0'},"
    "'spec':{'nodeName':'n1','hostNetwork':true,'containers':[{'name':'p','image':'p:1'}]},"
    "'status':{'phase':'Running','podIP':'10.0.1.5','hostIP':'10.0.1.5','startTime':'2026-11-23T09:00:00Z'}},"
    "{'kind':'Pod','metadata':{'name':'web','namespace':'shop','uid':'u1','ownerReferences':[{'kind':'Node','name':'n'},"
    "{'kind':'ReplicaSet','name':'rs-web','controller':true}]},"
    "'spec':{'nodeName':'n1','serviceAccountName':'sa','containers':[{'name':'c1','image':'c:1'},{'name':'c2','image':'c:2'}]},"
    "'status':{'phase':'Running','podIP':'10.0.1.21','podIPs':[{'ip':'10.0.1.21'}],'hostIP':'10.0.1.5',"
    "'startTime':'2026-11-23T09:00:00Z','containerStatuses':["
    "{'name':'c2','imageID':'example.com/c@sha256:22','containerID':'containerd://c2c2'},"
    "{'name':'c1','imageID':'sha256:11','containerID':'containerd://c1c1'}],"
    "'initContainerStatuses':[{'name':'i','state':{'terminated':{}}},"
    "{'name':'side','image':'s:1','state':{'running':{'startedAt':'2026-11-23T09:00:00Z'}}}]}},"
    "{'kind':'Service','metadata':{'name':'s'}},"
    "{'kind':'Node','metadata':{'name':'n1'},'spec':{'providerID':'aws:///us-east-1d/i-1'},"
    "'status':{'addresses':[{'type':'InternalIP','address':'10.0.1.5'},{'type':'Hostname','address':'n1'}]}}],'kind':'List'}";

static void check_web(const struct about_owner *owner)
{
    assert_text(owner->kubernetes.namespace, "shop");
    assert_text(owner->kubernetes.pod, "web");
    assert_text(owner->kubernetes.uid, "u1");
    assert_text(owner->kubernetes.node, "n1");
    assert_text(owner->kubernetes.owner_kind, "ReplicaSet");
    assert_text(owner->kubernetes.owner_name, "rs-web");
    assert_text(owner->kubernetes.service_account, "sa");
    assert_int_equal(owner->kubernetes.containers.total, 3);
    assert_text(owner->kubernetes.containers.v[0].digest, "sha256:11");
    assert_text(owner->kubernetes.containers.v[1].digest, "sha256:22");
    assert_text(owner->kubernetes.containers.v[1].id, "c2c2");
    assert_text(owner->kubernetes.containers.v[2].name, "side");
}

/* kubectl alone. */
static void test_pods(void **state)
{
    struct world w = world_of("10:00:00", pods);
    struct inventory_question q = question("09:10:00", "10.0.1.21", NULL, 0);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    assert_false(owner.candidate);
    check_web(&owner);
    assert_text(owner.aws.instance, "i-1");
    q = question("09:10:00", "10.0.1.5", NULL, 0);
    owner = ask(&w, &q);
    assert_true(owner.candidate);
    assert_text(owner.kubernetes.node, "n1");
    assert_text(owner.kubernetes.pod, "");
    assert_int_equal(owner.candidates_total, 2);
    assert_text(owner.candidates[0].kind, "pod");
    assert_text(owner.candidates[0].id, "shop/web");
    assert_text(owner.candidates[0].what, "rs-web");
    assert_text(owner.candidates[1].id, "kube-system/sys");
    q = question("08:59:59", "10.0.1.21", NULL, 0);
    assert_false(inventory_find(w.inv, &q, 0, &owner));
    world_free(&w);
}

/* With the interfaces of its instances a pod has a VPC. */
static void test_pods_in_vpc(void **state)
{
    struct world w = world_begin(NULL);
    struct about_owner owner;
    struct inventory_question q;

    (void)state;
    assert_true(world_add(&w, "10:00:00", shared));
    assert_true(world_add(&w, "10:00:00", pods));
    assert_true(world_add(&w, "10:00:00", two_vpcs));
    world_end(&w);
    q = question("09:10:00", "10.0.1.21", NULL, 0);
    q.vpc = view_str("vpc-a");
    owner = ask(&w, &q);
    assert_false(owner.candidate);
    check_web(&owner);
    assert_text(owner.aws.vpc, "vpc-a");
    assert_text(owner.aws.account, "111122223333");
    q.vpc = view_str("vpc-b");
    assert_false(inventory_find(w.inv, &q, 0, &owner)); /* it is in another */
    q = question("09:10:00", "10.0.1.5", NULL, 0);
    q.vpc = view_str("vpc-a");
    owner = ask(&w, &q);
    assert_text(owner.aws.instance, "i-1");
    assert_text(owner.kubernetes.node, "n1");
    assert_int_equal(owner.candidates_total, 4); /* two tasks, two pods */
    world_free(&w);
}

static void test_narrow(void **state)
{
    struct world w = world_of("10:00:00", pods);
    struct inventory_question q = question("09:10:00", "10.0.1.21", NULL, 0);
    struct about_owner owner = ask(&w, &q);

    (void)state;
    inventory_narrow(&owner);
    assert_int_equal(owner.kubernetes.containers.total, 3);
    owner.process.container = view_str("c2c2");
    inventory_narrow(&owner);
    assert_int_equal(owner.kubernetes.containers.total, 1);
    assert_int_equal(owner.kubernetes.containers.n, 1);
    assert_text(owner.kubernetes.containers.v[0].name, "c2");
    owner.process.container = view_str("ffff");
    inventory_narrow(&owner);
    assert_text(owner.kubernetes.containers.v[0].name, "c2");
    owner = (struct about_owner){.source = OWNER_NONE};
    assert_true(inventory_find_container(w.inv, view_str("c1c1"), at("09:10:00"), &owner));
    assert_text(owner.kubernetes.pod, "web");
    assert_text(owner.kubernetes.containers.v[0].name, "c1");
    assert_int_equal(owner.kubernetes.containers.total, 1);
    world_free(&w);
}

/* --- the task that the sensor runs in ----------------------------------------------------------- */

static const char metadata[] =
    "{'Cluster':'" ARN "cluster/default','ServiceName':'My','TaskARN':'" ARN "task/default/cd18','Family':'curltest',"
    "'Revision':'2','LaunchType':'FARGATE','PullStartedAt':'2026-11-23T09:00:16Z','TaskTags':{'owner':'ops \\u00e9','n':3},"
    "'Containers':[{'DockerId':'cd18-24','Name':'curl','Image':'curltest:latest','ImageID':'sha256:25f3','Type':'NORMAL',"
    "'CreatedAt':'2026-11-23T09:00:11Z','Networks':[{'NetworkMode':'awsvpc','IPv4Addresses':['192.0.2.3']}]},"
    "{'DockerId':'cd18-25','Name':'~internal~ecs~pause','Type':'CNI_PAUSE'}]}";

static void test_metadata(void **state)
{
    struct world w = world_of("09:01:00", metadata);
    struct inventory_question q = question("23:00:00", "192.0.2.3", NULL, 0);
    struct about_owner owner;

    (void)state;
    assert_true(inventory_find(w.inv, &q, NS_PER_SEC, &owner));
    assert_int_equal(owner.source, OWNER_ECS_METADATA);
    assert_false(owner.candidate); /* however old: it is the sensor's own task */
    assert_false(owner.has_age);
    assert_int_not_equal(inventory_scope(w.inv, &q, NS_PER_SEC), 0);
    assert_text(owner.aws.ecs.cluster, "default");
    assert_text(owner.aws.ecs.task, ARN "task/default/cd18");
    assert_text(owner.aws.ecs.definition, "curltest:2");
    assert_text(owner.aws.ecs.group, "service:My");
    assert_text(owner.aws.account, "111122223333");
    assert_int_equal(owner.aws.ecs.containers.total, 1);
    assert_text(owner.aws.ecs.containers.v[0].digest, "sha256:25f3");
    assert_int_equal(owner.aws.n_tags, 1);
    assert_text(owner.aws.tags[0].value, "ops \xc3\xa9");
    world_free(&w);
}

/* Beside an inventory of VPCs that have the same address. */
static void test_metadata_beside(void **state)
{
    struct world w = world_begin(NULL);
    struct inventory_question q;
    struct about_owner owner;

    (void)state;
    assert_true(world_add(&w, "09:01:00", metadata));
    assert_true(world_add(&w, "09:02:00", two_vpcs));
    assert_true(world_add(&w, "09:02:00",
                          "{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-x','VpcId':'vpc-a',"
                          "'PrivateIpAddress':'192.0.2.3'}]}"));
    world_end(&w);
    q = question("23:00:00", "192.0.2.3", NULL, 0);
    assert_true(inventory_find(w.inv, &q, NS_PER_SEC, &owner));
    assert_int_equal(owner.source, OWNER_ECS_METADATA);
    assert_false(owner.candidate);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_vpcs),        cmocka_unit_test(test_instance),  cmocka_unit_test(test_task),
        cmocka_unit_test(test_either),          cmocka_unit_test(test_unknown),   cmocka_unit_test(test_one_vpc),
        cmocka_unit_test(test_stale),           cmocka_unit_test(test_scope),     cmocka_unit_test(test_blind),
        cmocka_unit_test(test_bridge),          cmocka_unit_test(test_container), cmocka_unit_test(test_pods),
        cmocka_unit_test(test_pods_in_vpc),     cmocka_unit_test(test_narrow),    cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_metadata_beside), cmocka_unit_test(test_sessions),  cmocka_unit_test(test_many_residents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
