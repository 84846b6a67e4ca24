/*
 * test_privileges.c - what is left of user and capabilities, seen from outside in /proc, in a child each.
 *
 * Most can be tried by root only; an ordinary user tries that nothing is left of what he has not.
 */
#include "config.h"

#include "role/privileges.h"

#include <cap-ng.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NET_RAW (1ULL << 13)

enum { DROPPED = 40, FAILED, NOT_AS_EXPECTED };

/* A line of /proc/self/status as a number; UINT64_MAX when it is not there. */
static unsigned long long status_of(const char *name)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    unsigned long long value = UINT64_MAX;

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtoull(line + strlen(name), NULL, 16);
    if (f)
        fclose(f);
    return value;
}

static bool capabilities_are(unsigned long long wanted)
{
    return status_of("CapPrm:") == wanted && status_of("CapEff:") == wanted && status_of("CapInh:") == 0 &&
           status_of("CapAmb:") == 0;
}

/* Drops in a child, after becoming an ordinary user when asked; gives its status. */
static int drop(const char *user, bool keep_net_raw, bool as_root)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        static struct conf conf;
        bool empty_bounds = geteuid() == 0 && as_root;

        conf_defaults(&conf);
        snprintf(conf.process.user, sizeof(conf.process.user), "%s", user);
        if (!as_root && geteuid() == 0 && setuid(65534) != 0)
            _exit(NOT_AS_EXPECTED);
        fclose(stderr); /* the messages */
        if (!privileges_drop(&conf, keep_net_raw))
            _exit(FAILED);
        if (!capabilities_are(keep_net_raw ? NET_RAW : 0) || status_of("NoNewPrivs:") != 1 || geteuid() == 0 ||
            setuid(0) == 0 || (empty_bounds && (status_of("CapBnd:") != 0 || getgroups(0, NULL) != 0)))
            _exit(NOT_AS_EXPECTED);
        if ((socket(AF_PACKET, SOCK_RAW, 0) >= 0) != keep_net_raw)
            _exit(NOT_AS_EXPECTED);
        _exit(DROPPED);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_root(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return;
    assert_int_equal(drop("", false, true), DROPPED);
    assert_int_equal(drop("", true, true), DROPPED);
    assert_int_equal(drop("nobody", true, true), DROPPED);
    assert_int_equal(drop("no-such-user", true, true), FAILED);
    assert_int_equal(drop("root", false, true), FAILED);
}

/* Whoever is no root stays who he is: the configured user does not matter. */
static void test_ordinary(void **state)
{
    (void)state;
    assert_int_equal(drop("no-such-user", false, false), DROPPED);
    assert_int_equal(drop("", true, false), FAILED); /* CAP_NET_RAW is not there */
}

#define SYS_PTRACE (1ULL << 19)
#define DAC_READ_SEARCH (1ULL << 2)
#define DAC_OVERRIDE (1ULL << 1)

/* Gives up one capability, as a container does that starts without it, then all but those for looking; gives the child's status. */
static int drop_to_look(unsigned missing, unsigned long long wanted, const char *why_wanted)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        static struct conf conf;
        char why[120] = "";

        conf_defaults(&conf);
        capng_get_caps_process();
        if (missing &&
            (capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, missing) != 0 || capng_apply(CAPNG_SELECT_CAPS) != 0))
            _exit(NOT_AS_EXPECTED);
        fclose(stderr);
        if (privileges_can_look(why, sizeof(why)) != (wanted != 0) || strcmp(why, why_wanted) != 0)
            _exit(NOT_AS_EXPECTED);
        if (wanted == 0)
            _exit(FAILED);
        if (!privileges_drop_to_look(&conf) || !capabilities_are(wanted) || geteuid() == 0 || setuid(0) == 0)
            _exit(NOT_AS_EXPECTED);
        /* The jail does it again. */
        _exit(capabilities_keep_to_look() == 0 && capabilities_are(wanted) ? DROPPED : NOT_AS_EXPECTED);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_look(void **state)
{
    char why[120];

    (void)state;
    if (geteuid() != 0 || !privileges_can_look(why, sizeof(why)))
        return;
    assert_int_equal(drop_to_look(0, SYS_PTRACE | DAC_READ_SEARCH, ""), DROPPED);
    assert_int_equal(drop_to_look(CAP_DAC_READ_SEARCH, SYS_PTRACE | DAC_OVERRIDE, ""), DROPPED);
    assert_int_equal(drop_to_look(CAP_SYS_PTRACE, 0, "CAP_SYS_PTRACE is missing"), FAILED);
}

/* An ordinary user has neither. */
static void test_no_look(void **state)
{
    char why[120] = "";
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0)
        _exit((geteuid() != 0 || setuid(65534) == 0) && !privileges_can_look(why, sizeof(why)) &&
                      strcmp(why, "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are missing") == 0
                  ? FAILED
                  : NOT_AS_EXPECTED);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_ordinary),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_no_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
