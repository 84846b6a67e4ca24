/*
 * test_inventory_read.c - documents: which are taken, what is said of wrong ones, the bounds of an image, and images that somebody
 * has changed.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory_fixture.h"

#include "base/out.h"
#include "enrich/inventory_image.h"

/* A document that is refused, and what is said of it. */
static void test_refused(void **state)
{
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"", "line 1, column 1: the file is empty, expected an object"},
        {"\n \n", "line 1, column 1: the file is empty, expected an object"},
        {"\xff\xfe{", "line 1, column 1: the file is in UTF-16, expected UTF-8"},
        {"[]",
         "line 1, column 1: no object, expected one with NetworkInterfaces, Reservations, TrafficMirrorSessions, "
         "TrafficMirrorFilters, TrafficMirrorTargets, tasks, taskArns, taskDefinition, containerInstances, items, TaskARN"},
        {"{'networkInterfaces':[],'Foo':1}",
         "line 1, column 1: no known key (networkInterfaces, Foo), expected NetworkInterfaces, Reservations, "
         "TrafficMirrorSessions, TrafficMirrorFilters, TrafficMirrorTargets, tasks, taskArns, taskDefinition, "
         "containerInstances, items, TaskARN"},
        {"{}",
         "line 1, column 1: no known key (none), expected NetworkInterfaces, Reservations, TrafficMirrorSessions, "
         "TrafficMirrorFilters, TrafficMirrorTargets, tasks, taskArns, taskDefinition, containerInstances, items, TaskARN"},
        {"{'kind':'Deployment','metadata':{}}",
         "line 1, column 1: no known key (kind, metadata), expected NetworkInterfaces, Reservations, TrafficMirrorSessions, "
         "TrafficMirrorFilters, TrafficMirrorTargets, tasks, taskArns, taskDefinition, containerInstances, items, TaskARN"},
        {"{'NetworkInterfaces':[{},\n{'a':1},{'NetworkInterfaceId':'eni-",
         "line 2, column 36: the file ends inside of NetworkInterfaces[2], expected '\"' at the end of a text"},
        {"{'NetworkInterfaces':[{},\n{'a':1},",
         "line 2, column 9: the file ends inside of NetworkInterfaces[1], expected a value"},
        {"{'NetworkInterfaces':[{}],\n'Reservations':[1 2]}",
         "line 2, column 19: expected ',' or ']' behind a value, in Reservations[0]"},
        {"{'NetworkInterfaces':{}}", "line 1, column 22: expected a list for NetworkInterfaces"},
        {"{'tasks':[]}\n{'taskDefinition':[]}", "line 2, column 19: expected an object for taskDefinition"},
        {"{'TaskARN':7}", "line 1, column 12: expected a text for TaskARN"},
        {"{'items':'x'}", "line 1, column 11: expected a list for items"},
        {"{'tasks':[]} nonsense",
         "line 1, column 14: expected an object of JSON (aws --output json, kubectl get -o json), found \"nonsense\""},
        {"apiVersion: v1\nitems:\n",
         "line 1, column 1: expected an object of JSON (aws --output json, kubectl get -o json), found \"apiVersion: v1\""},
        {"\nAn error occurred (UnauthorizedOperation) when calling\n",
         "line 2, column 1: expected an object of JSON (aws --output json, kubectl get -o json), found "
         "\"An error occurred (UnauthorizedOperation...\""},
        {"{'message':'not authorized','__type':'AccessDenied'}",
         "line 1, column 1: no known key (message, __type), which says \"not authorized\""},
        {"{'tasks':[]} {'x':1}",
         "line 1, column 14: no known key (x), expected NetworkInterfaces, Reservations, TrafficMirrorSessions, "
         "TrafficMirrorFilters, TrafficMirrorTargets, tasks, taskArns, taskDefinition, containerInstances, items, TaskARN"},
        {"{'tasks':[{'taskArn':'a\xff'}]}", "line 1, column 24: expected well-formed UTF-8, in tasks[0]"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w = world_begin(NULL);
        struct inventory_counts counts;

        assert_true(world_add(&w, "10:00:00", "{'tasks':[{'taskArn':'before'}]}"));
        assert_false(world_add(&w, "11:00:00", rows[i].text));
        assert_string_equal(w.outcome.fault, rows[i].fault);
        world_end(&w);
        inventory_count(w.inv, &counts);
        assert_int_equal(counts.tasks, 1); /* nothing of a document that is refused */
        assert_int_equal(counts.interfaces, 0);
        assert_true(counts.newest_ns == at("10:00:00"));
        world_free(&w);
    }
}

/* What is taken of a document, and what is left out of it. */
static void test_taken(void **state)
{
    static const struct {
        const char *text, *what;
        uint32_t n_things, n_left_out;
        const char *left_out;
    } rows[] = {
        {"{'NetworkInterfaces':[],'NextToken':'x'}", "NetworkInterfaces", 0, 0, ""},
        {"{'tasks':[],'failures':[{'arn':'x','reason':'MISSING'}]}", "tasks", 0, 0, ""},
        {"{'tasks':null}", "tasks", 0, 0, ""},
        {"\xef\xbb\xbf{'taskArns':['a','b']}", "taskArns", 0, 0, ""},
        {"{'TrafficMirrorTargets':[{'TrafficMirrorTargetId':'t'}],'TrafficMirrorFilters':[]}",
         "TrafficMirrorTargets, TrafficMirrorFilters", 0, 0, ""},
        {"{'tasks':[]}\n{'tasks':[{'taskArn':'a'}]}{'containerInstances':[]}\xef\xbb\xbf{'NetworkInterfaces':[]}",
         "tasks, containerInstances, NetworkInterfaces", 1, 0, ""},
        {"{'kind':'Pod','metadata':{'name':'p'}}", "Pod", 1, 0, ""},
        {"{'kind':'NodeList','items':[{'metadata':{'name':'n'}}]}", "items", 1, 0, ""},
        {"{'kind':'ServiceList','items':[{'metadata':{'name':'n'}}]}", "items", 0, 0, ""},
        {"{'items':[{'kind':'Service'},{'kind':'Pod','metadata':{'name':'n'}}],'kind':'List'}", "items", 1, 0, ""},
        {"{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1'},\n{'PrivateIpAddress':'10.0.0.1'},{}]}", "NetworkInterfaces", 1,
         2, "line 2: NetworkInterfaces[1] has no NetworkInterfaceId"},
        {"{'NetworkInterfaces':[{'NetworkInterfaceId':7}]}", "NetworkInterfaces", 0, 1,
         "line 1: NetworkInterfaces[0] has no NetworkInterfaceId"},
        {"{'NetworkInterfaces':[7,'x',[]]}", "NetworkInterfaces", 0, 3, "line 1: NetworkInterfaces[0] is no object"},
        {"{'NetworkInterfaces':[{'NetworkInterfaceId':'e','PrivateIpAddress':'10.0.0.300','Description':7,'Attachment':[]}]}",
         "NetworkInterfaces", 1, 1, "line 1: NetworkInterfaces[0] has '10.0.0.300', which is no address of one machine"},
        {"{'NetworkInterfaces':[{'NetworkInterfaceId':'e','Ipv4Prefixes':[{'Ipv4Prefix':'0.0.0.0/0'}]}]}", "NetworkInterfaces",
         1, 1, "line 1: NetworkInterfaces[0] has '0.0.0.0/0', which is no address of one machine"},
        {"{'NetworkInterfaces':[{'NetworkInterfaceId':'e','NetworkInterfaceId':'f'}]}", "NetworkInterfaces", 0, 1, NULL},
        {"{'Reservations':[{'Instances':[{'InstanceId':'i-1'},{}]},{}]}", "Reservations", 1, 1,
         "line 1: Reservations[0].Instances[1] has no InstanceId"},
        {"{'Reservations':[{'Instances':[{'InstanceId':'i-1','NetworkInterfaces':[{}]}]}]}", "Reservations", 1, 1,
         "line 1: Reservations[0].Instances[0] has no NetworkInterfaceId"},
        {"{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'s','NetworkInterfaceId':'e','VirtualNetworkId':16777216}]}",
         "TrafficMirrorSessions", 0, 1, "line 1: TrafficMirrorSessions[0] has no VirtualNetworkId, a number up to 16777215"},
        {"{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'s','VirtualNetworkId':1}]}", "TrafficMirrorSessions", 0, 1,
         "line 1: TrafficMirrorSessions[0] has no NetworkInterfaceId"},
        {"{'TrafficMirrorSessions':[{'NetworkInterfaceId':'s','VirtualNetworkId':1}]}", "TrafficMirrorSessions", 0, 1,
         "line 1: TrafficMirrorSessions[0] has no TrafficMirrorSessionId"},
        {"{'TrafficMirrorFilters':[{'NetworkServices':['amazon-dns']}]}", "TrafficMirrorFilters", 0, 1,
         "line 1: TrafficMirrorFilters[0] has no TrafficMirrorFilterId"},
        {"{'tasks':[{'clusterArn':'c'}]}", "tasks", 0, 1, "line 1: tasks[0] has no taskArn"},
        {"{'taskDefinition':{'family':'c'}}", "taskDefinition", 0, 1, "line 1: taskDefinition[0] has no taskDefinitionArn"},
        {"{'taskDefinition':{'taskDefinitionArn':'c','containerDefinitions':7}}", "taskDefinition", 1, 0, ""},
        {"{'containerInstances':[{'ec2InstanceId':'c'}]}", "containerInstances", 0, 1,
         "line 1: containerInstances[0] has no containerInstanceArn"},
        {"{'kind':'PodList','items':[{'metadata':{}}]}", "items", 0, 1, "line 1: items[0] has no metadata.name"},
        {"{'kind':'PodList','items':[{'metadata':{'name':'p'},'status':{'podIP':'no'}}]}", "items", 1, 1,
         "line 1: items[0] has 'no', which is no address of one machine"},
        {"{'kind':'NodeList','items':[{}]}", "items", 0, 1, "line 1: items[0] has no metadata.name"},
        {"{'TaskARN':''}", "TaskARN", 0, 1, "line 1: TaskARN[0] has no TaskARN"},
        {"{'tasks':[{'taskArn':'a','createdAt':1e300,'stoppedAt':'yesterday','containers':{},'tags':[{'key':7}]}]}", "tasks", 1,
         0, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w = world_begin(NULL);

        if (!world_add(&w, "10:00:00", rows[i].text))
            fail_msg("row %zu: %s", i, w.outcome.fault);
        assert_string_equal(w.outcome.what, rows[i].what);
        assert_int_equal(w.outcome.n_things, rows[i].n_things);
        assert_int_equal(w.outcome.n_left_out, rows[i].n_left_out);
        if (rows[i].left_out)
            assert_string_equal(w.outcome.left_out, rows[i].left_out);
        world_end(&w);
        world_free(&w);
    }
}

/* What is printed of a wrong document is safe to print. */
static void test_hostile_texts(void **state)
{
    struct world w = world_begin(NULL);

    (void)state;
    assert_false(world_add(&w, "10:00:00", "{'a\xe2\x80\xae\x7f\x1b':1}"));
    for (const char *p = w.outcome.fault; *p; p++)
        assert_true(*p >= 0x20 && *p < 0x7f);
    assert_true(world_add(&w, "10:00:00",
                          "{'NetworkInterfaces':[{'NetworkInterfaceId':'e','PrivateIpAddress':'\\u001b[2J\xe2\x80\xae'}]}"));
    assert_true(w.outcome.left_out[0] != '\0');
    for (const char *p = w.outcome.left_out; *p; p++)
        assert_true(*p >= 0x20 && *p < 0x7f);
    world_end(&w);
    world_free(&w);
}

/* --- bounds ------------------------------------------------------------------------------------- */

static char big[WORLD_MAX];

static struct out big_out(void)
{
    return out_of(big, sizeof(big));
}

static void test_cut(void **state)
{
    struct out o = big_out();
    struct inventory_counts counts;
    struct inventory_question q = question("10:00:00", "10.0.0.1", NULL, 0);
    struct about_owner owner;
    struct world w;

    (void)state;
    out_str(&o, "{'tasks':[{'taskArn':'a','containers':[");
    for (int i = 0; i < INVENTORY_CONTAINERS_MAX + 3; i++)
        out_fmt(&o, "%s{'name':'c%d','networkInterfaces':[{'privateIpv4Address':'10.0.0.1'}]}", i ? "," : "", i);
    out_str(&o, "],'group':'");
    for (int i = 0; i < INVENTORY_TEXT_MAX / 2 + 1; i++)
        out_str(&o, "\xc3\xa9");
    out_str(&o, "x','tags':[");
    for (int i = 0; i < INVENTORY_TAGS_MAX + 2; i++)
        out_fmt(&o, "%s{'key':'k%d','value':'v'}", i ? "," : "", i);
    out_str(&o, "]}]}");
    w = world_of("10:00:00", big);
    inventory_count(w.inv, &counts);
    assert_int_equal(counts.cut, 3 + 2 + 1);
    owner = ask(&w, &q);
    assert_int_equal(owner.aws.ecs.containers.total, INVENTORY_CONTAINERS_MAX + 3);
    assert_int_equal(owner.aws.ecs.containers.n, ABOUT_CONTAINERS);
    assert_int_equal(owner.aws.tags_total, INVENTORY_TAGS_MAX + 2);
    assert_int_equal(owner.aws.n_tags, ABOUT_TAGS);
    assert_int_equal(owner.aws.ecs.group.n, INVENTORY_TEXT_MAX);
    world_free(&w);
}

static void test_lengths(void **state)
{
    struct out o = big_out();
    struct inventory_counts counts;
    struct world w;

    (void)state;
    out_str(&o, "{'NetworkInterfaces':[{'NetworkInterfaceId':'e','Ipv4Prefixes':[");
    for (int bits = 16; bits < 16 + INVENTORY_LENGTHS_MAX + 2; bits++)
        out_fmt(&o, "%s{'Ipv4Prefix':'10.0.0.0/%d'}", bits > 16 ? "," : "", bits);
    out_str(&o, "]}]}");
    w = world_of("10:00:00", big);
    inventory_count(w.inv, &counts);
    assert_int_equal(counts.cut, 2);
    assert_int_equal(counts.addresses, INVENTORY_LENGTHS_MAX);
    world_free(&w);
}

/* More than the image may have: refused, and nothing is built. */
static void test_full(void **state)
{
    static const char task[] = "{\"tasks\":[{\"taskArn\":\"a\",\"tags\":[{\"key\":\"k\",\"value\":\"v\"}]}]}";
    struct inventory_document d = {.text = view_str(task), .name = "t"};
    uint64_t mem[512];
    bool was_refused = false, was_built = false;

    (void)state;
    for (uint64_t max = 64; max < sizeof(mem); max += 32) {
        struct inventory_builder *b = inventory_builder_new(max, NULL, 0);
        struct inventory_outcome outcome;
        char why[INVENTORY_WHY_MAX] = "";
        bool taken = inventory_builder_add(b, &d, &outcome);
        uint64_t n = inventory_builder_finish(b, mem, why, sizeof(why));

        assert_int_equal(taken, outcome.fault[0] == '\0');
        assert_true(n <= max);
        assert_int_equal(n == 0, why[0] != '\0');
        assert_true(taken || n == 0); /* not half of it */
        was_refused = was_refused || !taken;
        was_built = was_built || n > 0;
        inventory_builder_free(b);
    }
    assert_true(was_refused && was_built);
    inventory_builder_free(NULL);
}

/* 100,000 interfaces in 10 VPCs: built, checked, and each found by its session's VPC. */
static void test_large(void **state)
{
    enum { N = 100000, VPCS = 10, MAX = 100 << 20 };
    struct inventory_builder *b = inventory_builder_new(MAX, NULL, 0);
    uint64_t *mem = malloc(MAX), n;
    const struct inventory *inv;
    struct inventory_counts counts;
    char why[INVENTORY_WHY_MAX];

    (void)state;
    for (int vpc = 0; vpc < VPCS; vpc++) {
        struct out o = out_of(malloc(40 << 20), 40 << 20);
        struct inventory_document d = {.name = "t", .written_ns = at("10:00:00")};
        struct inventory_outcome outcome;

        out_str(&o, "{\"NetworkInterfaces\":[");
        for (int i = 0; i < N / VPCS; i++)
            out_fmt(&o,
                    "%s{\"NetworkInterfaceId\":\"eni-%d-%d\",\"VpcId\":\"vpc-%d\",\"PrivateIpAddress\":\"10.%d.%d.%d\","
                    "\"SubnetId\":\"subnet-%d-%d\",\"Attachment\":{\"InstanceId\":\"i-%d-%d\"}}",
                    i ? "," : "", vpc, i, vpc, i >> 16, i >> 8 & 255, i & 255, vpc, i >> 8, vpc, i);
        out_str(&o, "]}");
        assert_false(o.full);
        d.text = out_view(&o);
        assert_true(inventory_builder_add(b, &d, &outcome));
        assert_int_equal(outcome.n_things, N / VPCS);
        free(o.p);
    }
    n = inventory_builder_finish(b, mem, why, sizeof(why));
    inv = inventory_open(view_of(mem, n));
    assert_non_null(inv);
    inventory_count(inv, &counts);
    assert_int_equal(counts.interfaces, N);
    assert_int_equal(counts.addresses, N);
    for (int i = 0; i < N; i++) {
        struct inventory_question q = {.time_ns = at("10:00:00")};
        char vpc[16], eni[32];
        uint8_t v4[4] = {10, 0, (uint8_t)(i % (N / VPCS) >> 8), (uint8_t)(i % (N / VPCS))};
        struct about_owner owner;

        snprintf(vpc, sizeof(vpc), "vpc-%d", i / (N / VPCS));
        snprintf(eni, sizeof(eni), "eni-%d-%d", i / (N / VPCS), i % (N / VPCS));
        q.vpc = view_str(vpc);
        addr_set_v4(&q.addr, v4);
        assert_true(inventory_find(inv, &q, 0, &owner));
        assert_text(owner.aws.eni, eni);
        assert_false(owner.candidate);
        q.vpc = view_of(NULL, 0);
        assert_true(inventory_find(inv, &q, 0, &owner));
        assert_int_equal(owner.candidates_total, VPCS);
    }
    inventory_builder_free(b);
    free(mem);
}

/* --- images that somebody has changed ----------------------------------------------------------- */

static const char everything[] =
    "{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'tms-a','NetworkInterfaceId':'eni-1','VirtualNetworkId':42,"
    "'TrafficMirrorFilterId':'tmf-1'}],'TrafficMirrorFilters':[{'TrafficMirrorFilterId':'tmf-1'}],"
    "'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','PrivateIpAddress':'10.0.0.1','VpcId':'vpc-a','SubnetId':'s-1',"
    "'Ipv4Prefixes':[{'Ipv4Prefix':'10.0.1.0/28'}],'Attachment':{'InstanceId':'i-1'},'TagSet':[{'Key':'a','Value':'b'}]}],"
    "'Reservations':[{'Instances':[{'InstanceId':'i-1','VpcId':'vpc-a','Tags':[{'Key':'Name','Value':'n'}]}]}],"
    "'containerInstances':[{'containerInstanceArn':'ci','ec2InstanceId':'i-1'}],"
    "'tasks':[{'taskArn':'t1','containerInstanceArn':'ci','containers':[{'name':'c','runtimeId':'abcd'}]},"
    "{'taskArn':'t2','attachments':[{'id':'x','type':'ElasticNetworkInterface','details':[{'name':'privateIPv4Address',"
    "'value':'10.0.0.2'},{'name':'subnetId','value':'s-1'}]}],'containers':[{'name':'d'}]}],"
    "'kind':'List','items':[{'kind':'Node','metadata':{'name':'n1'},'spec':{'providerID':'aws:///z/i-1'},'status':{'addresses':["
    "{'type':'InternalIP','address':'10.0.0.1'}]}},{'kind':'Pod','metadata':{'name':'p','namespace':'d','uid':'u'},'spec':{"
    "'nodeName':'n1','containers':[{'name':'c'}]},'status':{'podIP':'10.0.1.3','hostIP':'10.0.0.1'}}]}";

/* Every look-up that there is; reading outside shows in sanitizers. */
static void look(const struct inventory *inv)
{
    static const char *const addrs[] = {"10.0.0.1", "10.0.0.2", "10.0.1.3", "10.0.1.5"};
    struct inventory_counts counts;
    struct inventory_blind blind;
    struct about_owner owner;

    inventory_count(inv, &counts);
    for (uint32_t i = 0; inventory_blind_filter(inv, i, &blind); i++)
        ;
    for (size_t i = 0; i < 3 * ARRAY_LEN(addrs); i++) {
        struct inventory_question q = question("10:00:00", addrs[i / 3], i % 3 == 1 ? "10.0.0.1" : NULL, 42);

        if (i % 3 == 2)
            q.vpc = view_str("vpc-a");
        inventory_find(inv, &q, NS_PER_SEC, &owner);
        inventory_scope(inv, &q, 0);
    }
    inventory_find_container(inv, view_str("abcd"), at("10:00:00"), &owner);
}

static void test_hostile_images(void **state)
{
    struct world w = world_of("10:00:00", everything);
    static const uint32_t extremes[] = {0, 1, 2, 4, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    uint32_t n_opened = 0, n_refused = 0;
    uint64_t *mem = malloc(w.n);

    (void)state;
    for (uint64_t at = 0; at + sizeof(uint32_t) <= w.n; at += sizeof(uint32_t)) {
        for (size_t k = 0; k < ARRAY_LEN(extremes); k++) {
            const struct inventory *inv;

            memcpy(mem, w.mem, w.n);
            memcpy((char *)mem + at, &extremes[k], sizeof(extremes[k]));
            inv = inventory_open(view_of(mem, w.n));
            n_opened += inv != NULL;
            n_refused += inv == NULL;
            if (inv)
                look(inv);
        }
    }
    assert_true(n_refused > 1000 && n_opened > 1000);
    for (uint64_t n = 0; n < w.n; n++)
        assert_null(inventory_open(view_of(memcpy(mem, w.mem, n), n)));
    assert_null(inventory_open(view_of((char *)memcpy(mem, w.mem, w.n) + 4, w.n - 4))); /* not aligned */
    free(mem);
    world_free(&w);
}

/* An image that was changed, as the one before: what is kept of it is an image again. */
static void test_hostile_before(void **state)
{
    struct world w = world_of("10:00:00", everything);
    uint64_t *mem = malloc(w.n);
    uint32_t n = 0;

    (void)state;
    for (uint64_t at = 0; at + sizeof(uint32_t) <= w.n; at += sizeof(uint32_t)) {
        struct world before = {0}, next;

        memcpy(mem, w.mem, w.n);
        memset((char *)mem + at, at % 8 ? 0xff : 0x02, sizeof(uint32_t));
        before.inv = inventory_open(view_of(mem, w.n));
        if (!before.inv)
            continue;
        next = world_begin(&before);
        if (world_add(&next, "11:00:00", "{'tasks':[]}")) {
            char why[INVENTORY_WHY_MAX];
            uint64_t size;

            next.mem = malloc(WORLD_MAX);
            size = inventory_builder_finish(next.b, next.mem, why, sizeof(why));
            if (size > 0) {
                assert_non_null(inventory_open(view_of(next.mem, size)));
                look(inventory_open(view_of(next.mem, size)));
                n++;
            }
        }
        inventory_builder_free(next.b);
        world_free(&next);
    }
    assert_true(n > 100);
    free(mem);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused), cmocka_unit_test(test_taken),          cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_lengths),        cmocka_unit_test(test_full),
        cmocka_unit_test(test_large),   cmocka_unit_test(test_hostile_images), cmocka_unit_test(test_hostile_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
