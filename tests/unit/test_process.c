/*
 * test_process.c - texts of /proc: sockets, states, control groups; answers that cross the border of processes.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "base/out.h"
#include "enrich/process.h"
#include "enrich/process_group.h"
#include "enrich/process_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TASK "cd189a933e5849daa93386466019ab50"

/* --- sockets ------------------------------------------------------------------------------------ */

/* As a machine with little-endian words writes them (x86, ARM). */
static const struct {
    const char *line, *local, *remote;
    uint64_t inode;
} sockets[] = {
    {"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0",
     "127.0.0.1:3306", "0.0.0.0:0", 12345},
    {"  17: 1103000A:C000 097100CB:0D05 01 00000000:00000000 02:000001A4 00000000  1000        0 98765432101 2 0 20 4 30 10 -1",
     "10.0.3.17:49152", "203.0.113.9:3333", 98765432101},
    {"12345: 1103000A:C000 097100CB:0D05 06 00000000:00000000 03:00001748 00000000     0        0 0 3 0000000000000000",
     "10.0.3.17:49152", "203.0.113.9:3333", 0},
    {"   1: B80D0120000000000000000001000000:C000 B80D0120000000000000000002000000:0D05 01 00000000:00000000 00:00000000 00000000 "
     "    0        0 77 1 0 20 4 30 10 -1",
     "[2001:db8::1]:49152", "[2001:db8::2]:3333", 77},
    {"   1: 0000000000000000FFFF00001103000A:C000 0000000000000000FFFF0000097100CB:0D05 01 00000000:00000000 00:00000000 00000000 "
     "    0        0 78 1 0 20 4 30 10 -1",
     "10.0.3.17:49152", "203.0.113.9:3333", 78},
    /* What is none. */
    {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", NULL, NULL, 0},
    {"", NULL, NULL, 0},
    {"   0: 0100007F:0CEA", NULL, NULL, 0},
    {"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0", NULL, NULL, 0},
    {"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 x 1", NULL, NULL, 0},
    {"   0: 0100007F:10CEA 00000000:0000 0A 0:0 0:0 0 0 0 1 1", NULL, NULL, 0},
    {"   0: 0100007F: 00000000:0000 0A 0:0 0:0 0 0 0 1 1", NULL, NULL, 0},
    {"   0: 01007F:0001 00000000:0000 0A 0:0 0:0 0 0 0 1 1", NULL, NULL, 0},
    {"   0: 0100007G:0001 00000000:0000 0A 0:0 0:0 0 0 0 1 1", NULL, NULL, 0},
};

static void assert_endpoint(const struct endpoint *e, const char *expected)
{
    char text[64];
    struct out o = out_of(text, sizeof(text));

    endpoint_print(e, &o);
    assert_string_equal(text, expected);
}

static void test_sockets(void **state)
{
    struct process_socket s;

    (void)state;
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        skip(); /* the lines are of such machines */
    for (size_t i = 0; i < ARRAY_LEN(sockets); i++) {
        bool ok = process_read_socket(view_str(sockets[i].line), &s);

        assert_int_equal(ok, sockets[i].local != NULL);
        if (!ok)
            continue;
        assert_endpoint(&s.local, sockets[i].local);
        assert_endpoint(&s.remote, sockets[i].remote);
        assert_true(s.inode == sockets[i].inode);
    }
}

/* --- links, states ------------------------------------------------------------------------------ */

static void test_links(void **state)
{
    static const char *const bad[] = {"socket:[]", "socket:[12", "socket:12]", "socket:[1 2]",     "socket:[",
                                      "socket",    "",           "pipe:[12]",  "/tmp/socket:[12]", "net:[12]"};
    uint64_t n = 0;

    (void)state;
    assert_true(process_read_link(view_str("socket:[98765432101]"), "socket", &n) && n == 98765432101);
    assert_true(process_read_link(view_str("net:[4026531840]"), "net", &n) && n == 4026531840);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(process_read_link(view_str(bad[i]), "socket", &n));
}

static void test_stat(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "1 (x",
                                      "1 x)",
                                      "1 )x( S 1",
                                      "1 (x) S",
                                      "1 (x) S -1 2",
                                      "1 (x) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0",
                                      "1 (x) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 x"};
    struct process_stat s;
    uint32_t uid = 7, pid = 0;

    (void)state;
    assert_true(
        process_read_stat(view_str("4242 (xmrig) S 4200 4242 4200 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1 2"), &s));
    assert_true(view_is(s.name, "xmrig"));
    assert_int_equal(s.parent, 4200);
    assert_true(s.start_ticks == 123456);
    /* A name that looks like what follows it. */
    assert_true(
        process_read_stat(view_str("4242 (a) S 1 (b\n) R 17 4242 4200 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1"), &s));
    assert_true(view_is(s.name, "a) S 1 (b\n"));
    assert_int_equal(s.parent, 17);
    assert_true(s.start_ticks == 99);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(process_read_stat(view_str(bad[i]), &s));

    assert_true(
        process_read_uid(view_str("Name:\tx\\nUid:\nState:\tS\nUid:\t1000\t1001\t1002\t1003\nGid:\t1\t1\t1\t1\n"), &uid));
    assert_int_equal(uid, 1001);
    assert_false(process_read_uid(view_str("Name:\tx\nUid:\t1000\n"), &uid));
    assert_false(process_read_uid(view_str("Name:\tx\nUid:\t1\t-1\n"), &uid));
    assert_false(process_read_uid(view_str("Name:\tx\n"), &uid));

    assert_true(process_read_pid(view_str("4194304"), &pid) && pid == 4194304);
    assert_false(process_read_pid(view_str("0"), &pid));
    assert_false(process_read_pid(view_str("self"), &pid));
    assert_false(process_read_pid(view_str("4294967296"), &pid));
}

/* --- control groups ------------------------------------------------------------------------------ */

static const struct {
    const char *text, *container, *pod;
} groups[] = {
    {"0::/system.slice/docker-" ID ".scope\n", ID, ""},
    {"12:pids:/docker/" ID "\n11:cpu,cpuacct:/docker/" ID "\n0::/system.slice/containerd.service\n", ID, ""},
    {"12:pids:/user.slice\n11:cpu:/ecs/" TASK "/" ID "\n", ID, ""},
    {"0::/ecs/" TASK "/" TASK "-2495160603\n", TASK "-2495160603", ""},
    {"0::/../" TASK "-2495160603\n", TASK "-2495160603", ""},
    {"0::/../" ID "\n", ID, ""},
    {"0::/kubepods/burstable/pod8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11/" ID "\n", ID, "8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11"},
    {"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8d1c0f24_9a51_4c0c_8d3c_2f9f8f2f7b11.slice/cri-containerd-" ID
     ".scope\n",
     ID, "8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11"},
    {"0::/kubepods.slice/kubepods-pod8d1c0f24_9a51_4c0c_8d3c_2f9f8f2f7b11.slice/crio-" ID ".scope/container\n", ID,
     "8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11"},
    {"0::/kubepods.slice/kubepods-pod" TASK ".slice/crio-" ID ".scope\n", ID, TASK},
    {"0::/system.slice/containerd.service/kubepods-besteffort-pod8d1c0f24_9a51_4c0c_8d3c_2f9f8f2f7b11.slice:cri-containerd:" ID
     "\n",
     ID, "8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11"},
    {"0::/machine.slice/libpod-" ID ".scope/container\n", ID, ""},
    {"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope\n", ID, ""},
    {"0::/libpod_parent/libpod-" ID "\n", ID, ""},
    {"0::/machine.slice/libpod-conmon-" ID ".scope\n", "", ""},
    {"0::/lxc.payload.web/system.slice/x.service\n", "web", ""},
    {"7:cpu:/lxc/web/init.scope\n", "web", ""},
    {"0::/machine.slice/machine-web.scope/payload\n", "web", ""},
    {"0::/machine.slice/systemd-nspawn@web.service/payload/system.slice/x.service\n", "web", ""},
    {"0::/docker/" ID "/kubepods/podx/" TASK "\n", ID, ""}, /* a container that runs containers, and a pod that is none */
    {"0::/docker/" ID "/docker/ffff" TASK "0123456789abcdef0123456789ab\n", "ffff" TASK "0123456789abcdef0123456789ab",
     ""}, /* the inner one */
    {"0::/user.slice/user-0.slice/session-1.scope\n", "", ""},
    {"0::/\n", "", ""},
    {"", "", ""},
    {"0", "", ""},
    {"::::\n\n//\n", "", ""},
    {"0::/docker/" ID "0\n", "", ""},
    {"0::/docker-.scope/machine-.scope/lxc.payload./pod/-\n", "", ""},
};

static void test_groups(void **state)
{
    struct process_group g;
    char pod[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        struct out o = out_of(pod, sizeof(pod));

        process_read_groups(view_str(groups[i].text), &g);
        process_pod_print(g.pod, &o);
        if (!view_is(g.container, groups[i].container))
            fail_msg("%s: container `%.*s'", groups[i].text, (int)g.container.n, (const char *)g.container.p);
        assert_string_equal(pod, groups[i].pod);
    }
}

/* --- answers ------------------------------------------------------------------------------------ */

static void test_answer(void **state)
{
    static struct process_answer a, bad;
    struct about_process p;
    struct endpoint miner, pool;
    struct process_question q;

    (void)state;
    assert_true(endpoint_parse(view_str("10.0.3.17:49152"), &miner) && endpoint_parse(view_str("203.0.113.9:3333"), &pool));
    q = process_question_of(&miner, &pool, 5);
    a = (struct process_answer){
        .asked = q, .result = PROCESS_FOUND, .pid = 4242, .uid = 7, .n_name = 5, .n_parents = 1, .n_parent = {2}};
    memcpy(a.name, "xmrig", 5);
    memcpy(a.parent[0], "sh", 2);
    assert_true(process_question_eq(&a.asked, &q));
    q.start_ns = 6;
    assert_false(process_question_eq(&a.asked, &q));
    assert_true(process_answer_check(&a));
    process_answer_about(&a, &p);
    assert_true(p.pid == 4242 && p.uid == 7 && view_is(p.name, "xmrig") && p.n_parents == 1 && view_is(p.parents[0], "sh") &&
                p.exe.n == 0);

#define BAD(field, value) \
    bad = a;              \
    bad.field = (value);  \
    assert_false(process_answer_check(&bad))
    BAD(result, PROCESS_RESULT_N);
    BAD(pid, 0);
    BAD(n_name, PROCESS_NAME_MAX + 1);
    BAD(n_exe, PROCESS_EXE_MAX + 1);
    BAD(n_cmdline, PROCESS_CMDLINE_MAX + 1);
    BAD(n_container, PROCESS_CONTAINER_MAX + 1);
    BAD(n_pod, PROCESS_POD_MAX + 1);
    BAD(n_parents, ABOUT_PARENTS + 1);
    BAD(n_parent[0], PROCESS_NAME_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets), cmocka_unit_test(test_links),  cmocka_unit_test(test_stat),
        cmocka_unit_test(test_groups),  cmocka_unit_test(test_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
