/*
 * test_live_group.c - an interface that workers share: who gets what, workers that are confined, one that is replaced.
 */
#include "config.h"

#include "live_net.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const struct conf_ports vxlan_ports = {{4789}, 1}, geneve_ports = {{6081}, 1};

/* What is mirrored from `source`, to the VXLAN port. */
static void send_mirrored(uint32_t source, uint32_t n)
{
    int fd = packet_socket("gen0", false);
    uint8_t p[FRAME_BYTES];

    for (uint32_t i = 0; i < n; i++) {
        put_frame(p, sizeof(p), source, 0x0a000002, (uint16_t)(1000 + i), 4789, i);
        assert_true(send_bytes(fd, p, sizeof(p)));
    }
    close(fd);
}

static void join(struct live *l, int32_t group, enum conf_fanout how)
{
    char why[256] = "";

    if (!live_join(l, group, how, &vxlan_ports, &geneve_ports, why, sizeof(why)))
        fail_msg("%s", why);
    assert_true(group < 0 ? live_group(l) >= 0 : live_group(l) == group);
}

/* Which of n handles (at most 3) gets all that is mirrored from a source. */
static int owner_of(struct live *const l[], int n, uint32_t source)
{
    struct seen s[3] = {{0}, {0}, {0}};
    int owner = -1, got;

    send_mirrored(source, 20);
    for (int tries = 0; tries < 500 && s[0].n + s[1].n + s[2].n < 20; tries++) {
        poll(NULL, 0, 10);
        for (int i = 0; i < n; i++)
            live_read(l[i], 64, look, &s[i], &got);
        if (tries % 100 == 99 &&
            s[0].n + s[1].n + s[2].n == 0) /* on a machine with much to do the link may have come up late */
            send_mirrored(source, 20);
    }
    for (int i = 0; i < n; i++)
        if (s[i].n > 0) {
            assert_int_equal(owner, -1);
            assert_int_equal(s[i].n, 20);
            owner = i;
        }
    assert_int_not_equal(owner, -1);
    return owner;
}

/* A source has one handle; a handle that takes the place of another gets its sources, and the others keep theirs. */
static void test_fanout(void **state)
{
    struct live *l[3], *new;
    int owner[12], n[3] = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        l[i] = open_live(NULL);
        join(l[i], i == 0 ? -1 : live_group(l[0]), CONF_FANOUT_AUTO);
        arm(l[i]);
    }
    for (uint32_t i = 0; i < ARRAY_LEN(owner); i++) {
        owner[i] = owner_of(l, 3, 0x0a000100 + i);
        n[owner[i]]++;
    }
    assert_true(n[0] > 0 && n[1] > 0 && n[2] > 0);
    new = open_live(NULL);
    join(new, live_group(l[0]), CONF_FANOUT_AUTO);
    arm(new);
    live_close(l[0]);
    l[0] = new;
    for (uint32_t i = 0; i < ARRAY_LEN(owner); i++)
        assert_int_equal(owner_of(l, 3, 0x0a000100 + i), owner[i]);
    /* The group outlives an interface that is down. */
    assert_int_equal(run("ip link set cap0 down && ip link set cap0 up"), 0);
    for (int i = 0; i < 3; i++)
        live_read(l[i], 1, look, &(struct seen){0}, &n[i]);
    for (uint32_t i = 0; i < ARRAY_LEN(owner); i++)
        owner_of(l, 3, 0x0a000100 + i);
    for (int i = 0; i < 3; i++)
        live_close(l[i]);
}

/* By connection, as the kernel sees it; and all frames arrive once. */
static void test_fanout_flow(void **state)
{
    struct live *l[2];
    struct seen s[2] = {{0}, {0}};
    uint8_t p[FRAME_BYTES];
    int fd = packet_socket("gen0", false);

    (void)state;
    for (int i = 0; i < 2; i++) {
        l[i] = open_live(NULL);
        join(l[i], i == 0 ? -1 : live_group(l[0]), CONF_FANOUT_FLOW);
        arm(l[i]);
    }
    for (uint32_t i = 0; i < 400; i++) {
        put_frame(p, sizeof(p), 0x0a000001, 0x0a000002, (uint16_t)(1000 + i), 53, i);
        assert_true(send_bytes(fd, p, sizeof(p)));
    }
    close(fd);
    for (int i = 0; i < 2; i++)
        read_some(l[i], &s[i], 100);
    assert_int_equal(s[0].n + s[1].n, 400);
    assert_true(s[0].n > 100 && s[1].n > 100);
    for (int i = 0; i < 2; i++)
        live_close(l[i]);
}

/* --- the system calls --------------------------------------------------------------------------- */

/* The list of live.h; all else kills. */
static void confine(int fd)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    const struct scmp_arg_cmp this = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd);
    bool ok = ctx && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(poll), 0) == 0 &&
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ppoll), 0) == 0 && /* poll, where the processor has no other */
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(exit_group), 0) == 0 &&
#ifdef __SANITIZE_ADDRESS__
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0) == 0 && /* ASan's, before _exit */
#endif
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(getsockname), 1, this) == 0 &&
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 3, this, SCMP_A1(SCMP_CMP_EQ, SOL_PACKET),
                               SCMP_A2(SCMP_CMP_EQ, PACKET_STATISTICS)) == 0 &&
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 3, this, SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
                               SCMP_A2(SCMP_CMP_EQ, SO_ERROR)) == 0 &&
              seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 2, this, SCMP_A1(SCMP_CMP_EQ, SIOCGIFFLAGS)) == 0 &&
              seccomp_load(ctx) == 0;

    if (!ok)
        _exit(99);
}

/* A worker as confined as it can be, told by shared memory how many frames it has. */
static pid_t fork_worker(struct live *l, volatile struct seen *shared)
{
    pid_t child = fork();
    struct seen s = {0};
    uint64_t received, dropped;
    int n;

    assert_true(child >= 0);
    if (child != 0)
        return child;
    confine(live_fd(l));
    while (live_read(l, 64, look, &s, &n) != LIVE_GONE) {
        *shared = s;
        if (n == 0)
            poll(&(struct pollfd){.fd = live_fd(l), .events = POLLIN}, 1, 10);
        if (!live_drops(l, &received, &dropped) || dropped > 0)
            _exit(98);
    }
    _exit(strstr(live_error(l), "disappeared") ? 0 : 97);
}

static void wait_for(const volatile struct seen *shared, uint32_t n)
{
    for (int i = 0; i < 300 && shared->n < n; i++)
        poll(NULL, 0, 10);
    assert_int_equal(shared->n, n);
}

static void test_confined(void **state)
{
    volatile struct seen *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct live *l = open_armed();
    pid_t child = fork_worker(l, shared);
    int status;

    (void)state;
    send_frames(0, 5000);
    wait_for(shared, 5000);
    assert_int_equal(run("ip link set cap0 down && sleep 0.1 && ip link set cap0 up && ip link set cap0 mtu 9001"), 0);
    send_frames(5000, 5000);
    wait_for(shared, 10000);
    assert_int_equal(run("ip link set gen0 down && ip link set gen0 up"), 0);
    send_frames(10000, 10);
    wait_for(shared, 10010);
    assert_int_equal(run("ip link del cap0"), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        fail_msg("killed by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(shared->gaps, 0);
    live_close(l);
}

/* A worker that is killed, and its replacement: see live.h. */
static void test_replaced(void **state)
{
    volatile struct seen *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct live *l = open_live(NULL), *spare;
    pid_t child;

    (void)state;
    join(l, -1, CONF_FANOUT_AUTO);
    arm(l);
    child = fork_worker(l, &shared[0]);
    spare = open_live(NULL);
    send_frames(0, 1000);
    wait_for(&shared[0], 1000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    join(spare, live_group(l), CONF_FANOUT_AUTO);
    arm(spare);
    live_close(l);
    child = fork_worker(spare, &shared[1]);
    send_frames(1000, 1000);
    wait_for(&shared[1], 1000);
    assert_int_equal(shared[1].first, 1000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    live_close(spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fanout, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fanout_flow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_confined, setup, teardown),
        cmocka_unit_test_setup_teardown(test_replaced, setup, teardown),
    };
    int status;

    return own_network(&status) ? cmocka_run_group_tests(tests, NULL, NULL) : status;
}
