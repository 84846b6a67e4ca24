/*
 * test_report_about.c - what the report lends to the outputs of a finding's owner: by a helper that the test plays.
 */
#include "config.h"

#include "role/report_about.h"

#include "role/report_live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define START (1000 * NS_PER_SEC) /* wall clock of the connection */
#define WALLET "429SqwMMm54fxsGpFWQDMmbyuYBavqtnN4xMNQP3yBNqjmzVUmEpjkL4mr4SVffKbMGeEXV5RAe4oRoXrNS3PT51SoJtJ3B"
#define COMMAND "xmrig -o xmr.pool.example:3333 -u " WALLET ".rig1 --threads 4"

static struct conf conf;
static struct report report = {.conf = &conf};
static struct report_live live;
static struct report_run run = {.r = &report, .live = &live};
static struct finding_flow flow;
static struct finding finding;

static void on_touch(void *arg, const char *id)
{
    (void)arg;
    (void)id;
}

static struct endpoint endpoint_of(uint8_t last, uint16_t port)
{
    const uint8_t v4[] = {10, 0, 0, last};
    struct endpoint e;

    addr_set_v4(&e.addr, v4);
    e.port = port;
    return e;
}

/* A connection is asked about, and the helper says that this process holds it. */
static void tell_process(int helper, const char *cmdline)
{
    static struct ipc_message m;
    static struct process_answer a;
    struct evidence e = {.kind = EVIDENCE_LOGIN, .flow_start_ns = START};

    e.miner = endpoint_of(1, 50000);
    e.pool = endpoint_of(9, 3333);
    process_ask_evidence(live.processes, &e, NS_PER_SEC);
    assert_int_equal(ipc_receive(helper, &m, NULL, false), IPC_GOT);
    assert_int_equal(m.head.type, IPC_PROCESS_ASK);
    a = (struct process_answer){.result = PROCESS_FOUND, .pid = 42, .looked_ns = START, .n_name = 5, .name = "xmrig"};
    assert_non_null(ipc_body(&m, sizeof(a.asked)));
    memcpy(&a.asked, m.body, sizeof(a.asked));
    a.n_cmdline = (uint16_t)strlen(cmdline);
    memcpy(a.cmdline, cmdline, strlen(cmdline));
    assert_int_equal(ipc_send(helper, IPC_PROCESS_TOLD, view_of(&a, sizeof(a)), -1, false), 0);
    flow = (struct finding_flow){.miner = e.miner, .pool = e.pool, .start_ns = START};
    finding = (struct finding){.id = "cm-1", .kind = FINDING_MINING, .miner = e.miner, .flows = &flow, .n_flows = 1};
    finding.n_flows_listed = 1;
}

/* With output.redact neither the wallet nor the worker of a command line reaches an output. */
static void test_redacted(void **state)
{
    struct hash_key key;
    const struct about *about;
    char cmdline[512];
    int fd[2];

    (void)state;
    hash_key_fixed(&key, 1);
    assert_true(ipc_pair(fd));
    live.processes = process_ask_new(fd[1], &key, on_touch, NULL);
    assert_non_null(live.processes);
    tell_process(fd[0], COMMAND);
    for (int redact = 0; redact < 2; redact++) {
        conf.output.redact = redact;
        about = report_about(&run, &finding);
        assert_int_equal(about->owner.source, OWNER_PROCESS);
        assert_int_equal(about->owner.process.pid, 42);
        assert_true(view_is(about->owner.process.name, "xmrig"));
        assert_true(about->owner.process.cmdline.n < sizeof(cmdline));
        snprintf(cmdline, sizeof(cmdline), "%.*s", (int)about->owner.process.cmdline.n,
                 (const char *)about->owner.process.cmdline.p);
        if (!redact) {
            assert_string_equal(cmdline, COMMAND);
            continue;
        }
        assert_null(strstr(cmdline, WALLET));
        assert_null(strstr(cmdline, "rig1"));
        assert_non_null(strstr(cmdline, "xmrig -o xmr.pool.example:3333 -u "));
        assert_non_null(strstr(cmdline, " --threads 4"));
    }
    process_ask_free(live.processes);
    live.processes = NULL;
    close(fd[0]);
    close(fd[1]);
}

/* A run without a helper names no process; what is not known has no source. */
static void test_nobody(void **state)
{
    (void)state;
    conf.output.redact = true;
    finding = (struct finding){.id = "cm-1", .kind = FINDING_MINING, .miner = endpoint_of(1, 50000)};
    assert_int_equal(report_about(&run, &finding)->owner.source, OWNER_NONE);
    assert_int_equal(report_about(&run, &finding)->owner.process.cmdline.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
