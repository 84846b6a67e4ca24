/*
 * fuzz_inventory_image.c - an image of an inventory that somebody has changed: checked, looked up, and built upon.
 *
 * The input is a row of changes: 4 bytes with a place in the image and 4 with what stands there, in the byte order of the machine. An
 * input of an odd length is an image itself. Checked: what passes the check can be asked anything, and what is kept of it is
 * an image again.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "enrich/inventory_image.h"
#include "enrich/inventory_read.h"

#include <stdlib.h>

#define IMAGE_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] =
    "{\"TrafficMirrorSessions\":[{\"TrafficMirrorSessionId\":\"tms-a\",\"NetworkInterfaceId\":\"eni-1\",\"VirtualNetworkId\":42,"
    "\"TrafficMirrorFilterId\":\"tmf-1\"}],\"TrafficMirrorFilters\":[{\"TrafficMirrorFilterId\":\"tmf-1\"}],"
    "\"NetworkInterfaces\":[{\"NetworkInterfaceId\":\"eni-1\",\"PrivateIpAddress\":\"10.0.0.1\",\"VpcId\":\"vpc-a\","
    "\"Ipv4Prefixes\":[{\"Ipv4Prefix\":\"10.0.1.0/28\"}],\"Attachment\":{\"InstanceId\":\"i-1\"},\"TagSet\":[{\"Key\":\"a\",\"Value\":\"b\"}]},"
    "{\"NetworkInterfaceId\":\"eni-2\",\"PrivateIpAddress\":\"10.0.0.1\",\"VpcId\":\"vpc-b\"}],"
    "\"containerInstances\":[{\"containerInstanceArn\":\"ci\",\"ec2InstanceId\":\"i-1\"}],"
    "\"tasks\":[{\"taskArn\":\"t1\",\"containerInstanceArn\":\"ci\",\"containers\":[{\"name\":\"c\",\"runtimeId\":\"abcd\"}]},"
    "{\"taskArn\":\"t2\",\"stoppedAt\":1795424400,\"attachments\":[{\"id\":\"x\",\"type\":\"ElasticNetworkInterface\",\"details\":["
    "{\"name\":\"privateIPv4Address\",\"value\":\"10.0.0.2\"}]}]}],"
    "\"kind\":\"List\",\"items\":[{\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"},\"spec\":{\"providerID\":\"aws:///z/i-1\"}},"
    "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"uid\":\"u\"},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\"}]},"
    "\"status\":{\"podIP\":\"10.0.1.3\",\"hostIP\":\"10.0.0.1\"}}]}";

static void check(bool fact)
{
    if (!fact)
        abort();
}

static uint64_t build(const struct inventory *before, void *mem)
{
    struct inventory_builder *b = inventory_builder_new(IMAGE_MAX, before, INT64_MAX);
    struct inventory_document d = {.text = view_str(before ? "{\"tasks\":[]}" : document), .written_ns = before ? 2 : 1};
    struct inventory_outcome outcome;
    char why[INVENTORY_WHY_MAX];
    uint64_t n;

    if (!b)
        exit(0);
    inventory_builder_add(b, &d, &outcome);
    n = inventory_builder_finish(b, mem, why, sizeof(why));
    inventory_builder_free(b);
    return n;
}

static void look(const struct inventory *inv)
{
    static const char *const addrs[] = {"10.0.0.1", "10.0.0.2", "10.0.1.3"};
    struct inventory_counts counts;
    struct inventory_blind blind;
    struct about_owner owner;

    inventory_count(inv, &counts);
    for (uint32_t i = 0; inventory_blind_filter(inv, i, &blind); i++)
        ;
    for (size_t i = 0; i < 3 * ARRAY_LEN(addrs); i++) {
        struct inventory_question q = {.time_ns = (ns_t)i, .has_tunnel = i % 3 == 1, .vni = 42};

        check(addr_parse(view_str(addrs[i / 3]), &q.addr) && addr_parse(view_str("10.0.0.1"), &q.outer_src));
        if (i % 3 == 2)
            q.vpc = view_str("vpc-a");
        (void)inventory_find(inv, &q, NS_PER_SEC, &owner);
        check(owner.n_candidates <= ABOUT_CANDIDATES && owner.aws.n_tags <= ABOUT_TAGS);
        (void)inventory_scope(inv, &q, NS_PER_SEC);
    }
    owner = (struct about_owner){.source = OWNER_NONE};
    (void)inventory_find_container(inv, view_str("abcd"), 1, &owner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint64_t original[IMAGE_MAX / sizeof(uint64_t)], next[IMAGE_MAX / sizeof(uint64_t)];
    static uint64_t n_original;
    uint64_t n, *mem;
    const struct inventory *inv;

    if (n_original == 0)
        n_original = build(NULL, original);
    check(n_original > 0);
    n = size % 2 ? size : n_original;
    mem = malloc(n); /* of this very size */
    if (!mem)
        exit(0);
    memcpy(mem, size % 2 ? (const void *)data : original, n);
    for (struct view v = view_of(data, size % 2 ? 0 : size); v.n >= 8; v = view_skip(v, 8)) {
        uint32_t at, what;

        memcpy(&at, v.p, sizeof(at));
        memcpy(&what, v.p + sizeof(at), sizeof(what));
        memcpy((char *)mem + at % (n - sizeof(what)), &what, sizeof(what));
    }
    inv = inventory_open(view_of(mem, n));
    if (inv) {
        look(inv);
        n = build(inv, next);
        if (n > 0) {
            check(inventory_open(view_of(next, n)) != NULL);
            look((const void *)next);
        }
    }
    free(mem);
    return 0;
}
