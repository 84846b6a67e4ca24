/*
 * test_sandbox.c - what a jailed process can still do, tried in a child each.
 *
 * A build with AddressSanitizer has no system call filter; there the calls are refused by the
 * other parts, and the tests ask for that.
 */
#include "config.h"

#include "role/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MEMORY_MAX (64ULL << 20)

/* Statuses of a child. */
enum { REFUSED = 40, ALLOWED, NO_JAIL };

static int in_pipe[2], out_pipe[2];

static int set_up(void **state)
{
    (void)state;
    return pipe(in_pipe) == 0 && pipe(out_pipe) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        close(in_pipe[i]);
        close(out_pipe[i]);
    }
    return 0;
}

static bool enter_unpacker(int in, int out)
{
    struct jail_fds fds = jail_fds_none();
    char why[256];

    fds.input = in;
    fds.output = out;
    return jail_enter(JAIL_UNPACKER, &fds, CONF_SANDBOX_REQUIRED, MEMORY_MAX, why, sizeof(why)) && !why[0];
}

/* Runs act in a jailed child; gives its wait status. act says whether it was allowed. */
static int jailed(bool (*act)(void))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (!enter_unpacker(in_pipe[0], out_pipe[1]))
            _exit(NO_JAIL);
        _exit(act() ? ALLOWED : REFUSED);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* The call kills or, in a build without the filter and where `otherwise` says so, is refused. */
static void assert_killed(bool (*act)(void), bool otherwise)
{
    int status = jailed(act);

    if (sandbox_is_whole) {
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    } else if (otherwise) {
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), REFUSED);
    } else {
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), NO_JAIL);
    }
}

static bool do_read_write(void)
{
    char c;

    return read(STDIN_FILENO, &c, 1) == 1 && write(STDOUT_FILENO, &c, 1) == 1;
}

static bool do_memory(void)
{
    char *p = malloc(16U << 20);

    if (!p)
        return false;
    for (size_t i = 0; i < 16U << 20; i += 4096)
        p[i] = 1;
    p = realloc(p, 20U << 20);
    free(p);
    return p != NULL;
}

static bool do_much_memory(void)
{
    return mmap(NULL, 2 * MEMORY_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool do_open(void)
{
    return open("/dev/null", O_RDONLY) >= 0;
}

static bool do_open_again(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) >= 0;
}

static bool do_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool do_fork(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool do_execute(void)
{
    static char *const arguments[] = {NULL};

    return execve("/bin/true", arguments, arguments) == 0;
}

static bool do_kill(void)
{
    return kill(getppid(), 0) == 0;
}

static bool do_executable_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool do_map_file(void)
{
    return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) != MAP_FAILED;
}

static bool do_read_other(void)
{
    char c;

    return read(in_pipe[0], &c, 1) >= 0;
}

static bool do_write_stderr(void)
{
    return write(STDERR_FILENO, "", 0) >= 0;
}

static bool do_write_input(void)
{
    return write(STDIN_FILENO, "x", 1) >= 0;
}

static void test_allowed(void **state)
{
    int status;
    char c = 'x';

    (void)state;
    assert_int_equal(write(in_pipe[1], &c, 1), 1);
    c = 0;
    status = jailed(do_read_write);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALLOWED);
    assert_int_equal(read(out_pipe[0], &c, 1), 1);
    assert_int_equal(c, 'x');
    status = jailed(do_memory);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALLOWED);
}

static void test_memory_cap(void **state)
{
    int status = jailed(do_much_memory);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), sandbox_is_whole ? REFUSED : ALLOWED);
}

static void test_forbidden(void **state)
{
    (void)state;
    assert_killed(do_open, true);
    assert_killed(do_open_again, true);
    assert_killed(do_socket, true);
    assert_killed(do_execute, false);       /* Landlock refuses it, where the kernel has it */
    assert_killed(do_fork, geteuid() != 0); /* the limit on processes does not hold root */
    assert_killed(do_kill, false);
    assert_killed(do_executable_memory, false);
    assert_killed(do_map_file, true);
    assert_killed(do_read_other, true);
    assert_killed(do_write_stderr, false);
    assert_killed(do_write_input, true);
}

/* Descriptors 0 and 1 may be any of the two that are kept, in any order. */
static void test_descriptors_crossed(void **state)
{
    pid_t child = fork();
    char c = 'y';
    int status;

    (void)state;
    if (child == 0) {
        if (dup2(out_pipe[1], STDIN_FILENO) < 0 || dup2(in_pipe[0], STDOUT_FILENO) < 0)
            _exit(NO_JAIL);
        if (!enter_unpacker(STDOUT_FILENO, STDIN_FILENO))
            _exit(NO_JAIL);
        _exit(do_read_write() ? ALLOWED : REFUSED);
    }
    assert_int_equal(write(in_pipe[1], &c, 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALLOWED);
    c = 0;
    assert_int_equal(read(out_pipe[0], &c, 1), 1);
    assert_int_equal(c, 'y');
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_allowed),
        test(test_memory_cap),
        test(test_forbidden),
        test(test_descriptors_crossed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
