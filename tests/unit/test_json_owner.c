/*
 * test_json_owner.c - owner and place as JSON: the keys in their order, what is left out, where texts are cut, and how long it gets.
 */
#include "config.h"

#include "base/out.h"
#include "output/json.h"
#include "output/json_owner.h"
#include "output/json_write.h"

#include "../about_of.h"
#include "../json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define V(text)                                   \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static char line[OUTPUT_TEXT_MAX];

/* Owner and place within an object, as the line. */
static struct out print(const struct about *about, bool whole)
{
    struct out o = out_of(line, sizeof(line));

    json_open(&o, NULL, '{');
    if (whole)
        json_owner(&o, &about->owner);
    else
        json_owner_short(&o, &about->owner);
    json_place(&o, &about->pool);
    json_close(&o, '}');
    out_char(&o, '\n');
    assert_false(o.full);
    if (!json_is_line(o.p, o.n))
        fail_msg("not a line of JSON: %.*s", (int)min_size(o.n, 2000), o.p);
    return o;
}

static void assert_printed(const struct about *about, bool whole, const char *expected)
{
    struct out o = print(about, whole);

    if (strlen(expected) != o.n || memcmp(o.p, expected, o.n) != 0)
        fail_msg("%.*s instead of %s", (int)o.n, o.p, expected);
}

/* The account's scenario: a container of a task behind a mirror session. */
static const struct about task = {
    .owner = {.source = OWNER_INVENTORY,
              .has_age = true,
              .age_s = 120,
              .aws = {.account = V("111122223333"),
                      .region = V("eu-west-1"),
                      .vpc = V("vpc-0a"),
                      .subnet = V("subnet-0a"),
                      .eni = V("eni-0a"),
                      .session = V("tms-0a"),
                      .tags = {{V("team"), V("web")}, {V("empty"), V("")}},
                      .n_tags = 2,
                      .tags_total = 2,
                      .ecs = {.cluster = V("prod"),
                              .task = V("arn:aws:ecs:eu-west-1:111122223333:task/prod/0a"),
                              .definition = V("web:7"),
                              .group = V("service:web"),
                              .launch_type = V("FARGATE"),
                              .containers = {{{V("web"), V("registry.example/web:7"), V("sha256:0a"), V("0a-1")}}, 1, 1}}}},
    .pool = {.asn = 64500, .organization = V("Example Org"), .country = V("DE"), .city = V("K\xc3\xb6ln")},
};

#define TASK_HEAD                                                                                                   \
    "{\"owner\":{\"candidate\":false,\"source\":\"inventory\",\"age_s\":120,\"aws\":{\"account\":\"111122223333\"," \
    "\"region\":\"eu-west-1\",\"vpc\":\"vpc-0a\",\"subnet\":\"subnet-0a\",\"eni\":\"eni-0a\",\"session\":\"tms-0a\","
#define TASK_TAIL                                                                                                \
    "\"ecs\":{\"cluster\":\"prod\",\"task\":\"arn:aws:ecs:eu-west-1:111122223333:task/prod/0a\","                \
    "\"task_definition\":\"web:7\",\"group\":\"service:web\",\"launch_type\":\"FARGATE\",\"container\":\"web\"," \
    "\"image\":\"registry.example/web:7\",\"image_digest\":\"sha256:0a\",\"container_id\":\"0a-1\"}}},"          \
    "\"asn\":64500,\"as_org\":\"Example Org\",\"country\":\"DE\",\"city\":\"K\xc3\xb6ln\"}\n"

static void test_task(void **state)
{
    (void)state;
    assert_printed(&task, true, TASK_HEAD "\"tags\":[{\"key\":\"team\",\"value\":\"web\"},{\"key\":\"empty\"}]," TASK_TAIL);
    assert_printed(&task, false, TASK_HEAD "\"tags_total\":2," TASK_TAIL);
}

static void test_nothing_known(void **state)
{
    struct about about = {.owner = {.source = OWNER_NONE}};

    (void)state;
    about.owner.aws.account = view_str("111122223333");
    assert_printed(&about, true, "{}\n");
    assert_printed(&about, false, "{}\n");
    about.owner = (struct about_owner){.source = OWNER_DNS_LOG};
    assert_printed(&about, true, "{\"owner\":{\"candidate\":false,\"source\":\"dns-log\"}}\n");
}

/* Of several containers each has its keys, and they are counted; more tags than are listed too. */
static void test_several(void **state)
{
    struct about about = {
        .owner = {.source = OWNER_ECS_METADATA,
                  .aws = {.account = V("111122223333"),
                          .tags = {{V("a"), V("b")}},
                          .n_tags = 1,
                          .tags_total = 40,
                          .ecs = {.cluster_arn = V("arn:c"),
                                  .definition = V("web:7"),
                                  .containers = {{{V("web"), V(""), V(""), V("")}, {V("log"), V("x"), V(""), V("")}}, 2, 9}}}}};

    (void)state;
    assert_printed(
        &about, true,
        "{\"owner\":{\"candidate\":false,\"source\":\"ecs-metadata\",\"aws\":{\"account\":\"111122223333\","
        "\"tags\":[{\"key\":\"a\",\"value\":\"b\"}],\"tags_total\":40,\"ecs\":{\"cluster_arn\":\"arn:c\","
        "\"task_definition\":\"web:7\",\"containers\":[{\"container\":\"web\"},{\"container\":\"log\",\"image\":\"x\"}],"
        "\"containers_total\":9}}}}\n");
    /* One of which the others are not listed is not known to be the one. */
    about.owner.aws.tags_total = about.owner.aws.n_tags = 0;
    about.owner.aws.ecs.containers.n = 1;
    assert_printed(&about, true,
                   "{\"owner\":{\"candidate\":false,\"source\":\"ecs-metadata\",\"aws\":{\"account\":\"111122223333\","
                   "\"ecs\":{\"cluster_arn\":\"arn:c\",\"task_definition\":\"web:7\",\"containers\":[{\"container\":\"web\"}],"
                   "\"containers_total\":9}}}}\n");
}

static void test_pod_and_candidates(void **state)
{
    struct about about = {
        .owner = {.source = OWNER_INVENTORY,
                  .candidate = true,
                  .has_age = true,
                  .kubernetes = {.namespace = V("shop"),
                                 .pod = V("web-7d4b-x"),
                                 .uid = V("u-1"),
                                 .node = V("node-1"),
                                 .owner_kind = V("ReplicaSet"),
                                 .owner_name = V("web-7d4b"),
                                 .service_account = V("web"),
                                 .containers = {{{V("web"), V("web:7"), V("sha256:0a"), V("containerd://0a")}}, 1, 1}},
                  .candidates = {{V("pod"), V("shop/web-7d4b-x"), V("ReplicaSet web-7d4b")}, {V("instance"), V("i-0a"), V("")}},
                  .n_candidates = 2,
                  .candidates_total = 3}};
    static const char head[] =
        "{\"owner\":{\"candidate\":true,\"source\":\"inventory\",\"age_s\":0,\"kubernetes\":{\"namespace\":\"shop\","
        "\"pod\":\"web-7d4b-x\",\"uid\":\"u-1\",\"node\":\"node-1\",\"owner_kind\":\"ReplicaSet\",\"owner_name\":\"web-7d4b\","
        "\"service_account\":\"web\",\"container\":\"web\",\"image\":\"web:7\",\"image_digest\":\"sha256:0a\","
        "\"container_id\":\"containerd://0a\"},";
    char expected[2048];
    struct out e = out_of(expected, sizeof(expected));

    (void)state;
    out_str(&e, head);
    out_str(&e, "\"candidates\":[{\"kind\":\"pod\",\"id\":\"shop/web-7d4b-x\",\"what\":\"ReplicaSet web-7d4b\"},"
                "{\"kind\":\"instance\",\"id\":\"i-0a\"}],\"candidates_total\":3}}\n");
    assert_printed(&about, true, expected);
    e = out_of(expected, sizeof(expected));
    out_str(&e, head);
    out_str(&e, "\"candidates_total\":3}}\n");
    assert_printed(&about, false, expected);
}

static void test_process(void **state)
{
    struct about about = {.owner = {.source = OWNER_PROCESS,
                                    .process = {.pid = 4242,
                                                .started_ns = INT64_C(1764000000) * NS_PER_SEC,
                                                .name = V("cnrig"),
                                                .exe = V("/usr/bin/cnrig"),
                                                .cmdline = V("cnrig -o xmr.pool.example:3333 -p ***"),
                                                .parents = {V("sh"), V("entrypoint")},
                                                .n_parents = 2,
                                                .container = V("0a1b")}}};
    static const char head[] = "{\"owner\":{\"candidate\":false,\"source\":\"process\",\"process\":{\"pid\":4242,\"uid\":0,"
                               "\"started\":\"2025-11-24T16:00:00.000000Z\",\"name\":\"cnrig\",\"exe\":\"/usr/bin/cnrig\",";
    static const char tail[] = "\"parents\":[\"sh\",\"entrypoint\"],\"container_id\":\"0a1b\"}}}\n";
    char expected[2048];
    struct out e = out_of(expected, sizeof(expected));

    (void)state;
    out_fmt(&e, "%s\"cmdline\":\"cnrig -o xmr.pool.example:3333 -p ***\",%s", head, tail);
    assert_printed(&about, true, expected);
    e = out_of(expected, sizeof(expected));
    out_fmt(&e, "%s%s", head, tail);
    assert_printed(&about, false, expected);
}

/* A long text ends with a whole character, and is marked; bytes that are no character are cut anywhere. */
static void test_cut(void **state)
{
    static const struct {
        const char *unit; /* repeated to more than the limit */
        size_t shift;     /* bytes before the first one */
        size_t kept;
    } rows[] = {
        {"x", 0, 1024},
        {"\xc3\xb6", 0, 1024},
        {"\xc3\xb6", 1, 1023},
        {"\xe6\x97\xa5", 0, 1023},
        {"\xe6\x97\xa5", 1, 1024},
        {"\xe6\x97\xa5", 2, 1022},
        {"\xf0\x9f\x98\x80", 0, 1024},
        {"\xf0\x9f\x98\x80", 1, 1021},
        {"\xf0\x9f\x98\x80", 2, 1022},
        {"\xf0\x9f\x98\x80", 3, 1023},
        {"\xf0", 0, 1024},
        {"\x80", 0, 1024},
    };
    char text[1040];
    bool cut;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i].unit);
        struct view head;

        for (size_t at = 0; at < sizeof(text); at++)
            text[at] = at < rows[i].shift ? 'x' : rows[i].unit[(at - rows[i].shift) % n];
        head = json_owner_head(view_of(text, sizeof(text)), JSON_OWNER_TEXT_MAX, &cut);
        assert_true(cut);
        if (head.n != rows[i].kept)
            fail_msg("row %zu: %zu bytes", i, head.n);
        head = json_owner_head(view_of(text, 1024), JSON_OWNER_TEXT_MAX, &cut);
        assert_false(cut);
        assert_int_equal(head.n, 1024);
    }
    memset(text, 'x', sizeof(text));
    {
        struct about about = {.owner = {.source = OWNER_INVENTORY, .aws = {.eni = view_of(text, sizeof(text))}}};
        struct out o = print(&about, true);

        assert_non_null(memmem(o.p, o.n, "xxx\xe2\x80\xa6\"", 7));
        assert_int_equal(o.n, strlen("{\"owner\":{\"candidate\":false,\"source\":\"inventory\",\"aws\":{\"eni\":\"\"}}}\n") +
                                  1024 + 3);
    }
}

static struct view longest_text(void *arg, const char *name, uint32_t i)
{
    static char text[3000];

    (void)name;
    (void)i;
    memset(text, *(const char *)arg, sizeof(text));
    return view_of(text, sizeof(text));
}

/* All lists full, all texts too long and of the bytes that take the most: with the rest of a record there is room left. */
static void test_longest(void **state)
{
    static const char bytes[] = {'x', '"', '\\', '\x01', '\x7f', '\xff'};
    static struct about about;
    size_t longest = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        char byte = bytes[i];
        struct out o;

        about_fill(&about, ABOUT_CONTAINERS, longest_text, &byte);
        o = print(&about, true);
        longest = max_size(longest, o.n);
        assert_true(print(&about, false).n < longest);
    }
    /* 155 texts of 1,024 bytes and the command line, of which escaped bytes take 5: output.h has the sum. */
    assert_true(longest > 5 * (155 * 1024 + 2048) && longest < 5 * (155 * 1024 + 2048) + 10000);
    assert_true(longest + 131072 < OUTPUT_TEXT_MAX); /* test_json_output.c holds all else to that */
}

/* Whatever is known alone is printed. */
static void test_alone(void **state)
{
    static const struct {
        size_t at;
        const char *printed;
    } rows[] = {
        {offsetof(struct about_owner, aws.account), "\"aws\":{\"account\":\"x\"}"},
        {offsetof(struct about_owner, aws.region), "\"aws\":{\"region\":\"x\"}"},
        {offsetof(struct about_owner, aws.vpc), "\"aws\":{\"vpc\":\"x\"}"},
        {offsetof(struct about_owner, aws.subnet), "\"aws\":{\"subnet\":\"x\"}"},
        {offsetof(struct about_owner, aws.eni), "\"aws\":{\"eni\":\"x\"}"},
        {offsetof(struct about_owner, aws.instance), "\"aws\":{\"instance\":\"x\"}"},
        {offsetof(struct about_owner, aws.instance_type), "\"aws\":{\"instance_type\":\"x\"}"},
        {offsetof(struct about_owner, aws.session), "\"aws\":{\"session\":\"x\"}"},
        {offsetof(struct about_owner, aws.ecs.cluster), "\"aws\":{\"ecs\":{\"cluster\":\"x\"}}"},
        {offsetof(struct about_owner, aws.ecs.cluster_arn), "\"aws\":{\"ecs\":{\"cluster_arn\":\"x\"}}"},
        {offsetof(struct about_owner, aws.ecs.task), "\"aws\":{\"ecs\":{\"task\":\"x\"}}"},
        {offsetof(struct about_owner, aws.ecs.definition), "\"aws\":{\"ecs\":{\"task_definition\":\"x\"}}"},
        {offsetof(struct about_owner, aws.ecs.group), "\"aws\":{\"ecs\":{\"group\":\"x\"}}"},
        {offsetof(struct about_owner, aws.ecs.launch_type), "\"aws\":{\"ecs\":{\"launch_type\":\"x\"}}"},
        {offsetof(struct about_owner, kubernetes.namespace), "\"kubernetes\":{\"namespace\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.pod), "\"kubernetes\":{\"pod\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.uid), "\"kubernetes\":{\"uid\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.node), "\"kubernetes\":{\"node\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.owner_kind), "\"kubernetes\":{\"owner_kind\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.owner_name), "\"kubernetes\":{\"owner_name\":\"x\"}"},
        {offsetof(struct about_owner, kubernetes.service_account), "\"kubernetes\":{\"service_account\":\"x\"}"},
    };
    static struct about about;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char expected[160];
        struct view x = view_str("x");

        about = (struct about){.owner = {.source = OWNER_INVENTORY}};
        memcpy((char *)&about.owner + rows[i].at, &x, sizeof(x));
        snprintf(expected, sizeof(expected), "{\"owner\":{\"candidate\":false,\"source\":\"inventory\",%s}}\n",
                 rows[i].printed);
        assert_printed(&about, true, expected);
    }
    about = (struct about){.owner = {.source = OWNER_INVENTORY, .aws = {.tags_total = 3, .ecs = {.containers = {.total = 2}}}}};
    assert_printed(&about, true,
                   "{\"owner\":{\"candidate\":false,\"source\":\"inventory\",\"aws\":{\"tags_total\":3,"
                   "\"ecs\":{\"containers_total\":2}}}}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_task),
        cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_process),
        cmocka_unit_test(test_pod_and_candidates),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
