/*
 * test_sandbox.c - what a jailed process can still do, tried in a child each.
 *
 * A build with AddressSanitizer has no system call filter; there the calls are refused by the
 * other parts, and the tests ask for that.
 */
#include "config.h"

#include "role/landlock.h"
#include "role/privileges.h"
#include "role/sandbox.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
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

/* --- the workers and the report ------------------------------------------------------------------ */

/* Our ends of the sockets of a jailed process, and its own. */
struct ends {
    int evidence[2], control[2], output;
};

static struct ends ends;

static int set_up_ends(void **state)
{
    (void)state;
    ends.output = memfd_create("output", MFD_CLOEXEC);
    return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.evidence) == 0 &&
                   socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.control) == 0 && ends.output >= 0
               ? 0
               : -1;
}

static int tear_down_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        close(ends.evidence[i]);
        close(ends.control[i]);
    }
    close(ends.output);
    return 0;
}

static bool enter_role(enum jail_role role, enum conf_sandbox sandbox, char *why, size_t n_why)
{
    struct jail_fds fds = jail_fds_none();

    fds.input = in_pipe[0];
    fds.output = out_pipe[1];
    fds.control = ends.control[1];
    if (role == JAIL_REPORT) {
        fds.inputs = &ends.evidence[1];
        fds.n_inputs = 1;
        fds.outputs = &ends.output;
        fds.n_outputs = 1;
    } else {
        fds.evidence = ends.evidence[1];
    }
    return jail_enter(role, &fds, sandbox, MEMORY_MAX, why, n_why);
}

/* Runs act in a child that is jailed as `role`; gives its wait status. */
static int jailed_as(enum jail_role role, bool (*act)(void))
{
    pid_t child = fork();
    char why[256];
    int status;

    if (child == 0) {
        if (!enter_role(role, CONF_SANDBOX_REQUIRED, why, sizeof(why)) || why[0])
            _exit(NO_JAIL);
        _exit(act() ? ALLOWED : REFUSED);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void assert_allowed(enum jail_role role, bool (*act)(void))
{
    int status = jailed_as(role, act);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALLOWED);
}

static bool do_ptrace(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

/* The numbers of the parent are taken before the jail is entered. */
static pid_t parent;
static char parent_memory[32];

static bool do_parent_memory(void)
{
    return open(parent_memory, O_RDWR) >= 0;
}

static bool do_signal_parent(void)
{
    return kill(parent, 0) == 0;
}

static bool do_read_parent(void)
{
    char here[8], there[8];
    struct iovec local = {here, sizeof(here)}, remote = {there, sizeof(there)};

    return process_vm_readv(parent, &local, 1, &remote, 1, 0) > 0;
}

static bool do_open_write(void)
{
    return open("/tmp/test_sandbox.made", O_WRONLY | O_CREAT, 0600) >= 0;
}

/* To a port that is not the one of the role. */
static bool do_connect_elsewhere(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return fd >= 0 && (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 || errno != EACCES);
}

static bool do_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0;
}

static bool do_namespace(void)
{
    return syscall(SYS_unshare, 0x10000000L /* CLONE_NEWUSER */) == 0;
}

static bool do_become_root(void)
{
    return setuid(0) == 0 && setgid(0) == 0 && open("/etc/shadow", O_RDONLY) >= 0;
}

struct attack {
    bool (*act)(void);
    bool otherwise; /* refused without the filter too */
};

/* Some calls are let through by the filter of a role, to fail at another part of the jail. */
static bool may_be_refused(enum jail_role role, const struct attack *a)
{
    return role == JAIL_REPORT || (role == JAIL_FETCH && a->act == do_connect_elsewhere) ||
           (role == JAIL_GEO && (a->act == do_open || a->act == do_open_again));
}

/* No jail can be left. In a build without the filter the other parts refuse what `otherwise` marks. */
static void test_attacks(void **state)
{
    static const enum jail_role roles[] = {JAIL_UNPACKER,    JAIL_COMPILER,    JAIL_GEO,   JAIL_FETCH,
                                           JAIL_WORKER_FILE, JAIL_WORKER_LIVE, JAIL_REPORT};
    const struct attack attacks[] = {
        {do_open, true},
        {do_open_again, true},
        {do_open_write, true},
        {do_parent_memory, true},
        {do_ptrace, landlock_version() > 0},
        {do_read_parent, true},
        {do_signal_parent, landlock_version() >= 6},
        {do_execute, true},
        {do_fork, geteuid() != 0},
        {do_socket, false},
        {do_connect_elsewhere, landlock_version() >= 4},
        {do_unix_socket, false},
        {do_namespace, false},
        {do_become_root, true},
        {do_executable_memory, false},
    };

    (void)state;
    parent = getpid();
    snprintf(parent_memory, sizeof(parent_memory), "/proc/%d/mem", (int)parent);
    for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
        for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
            bool is_its_job = roles[r] == JAIL_FETCH && attacks[i].act == do_socket;
            int status = is_its_job ? 0 : jailed_as(roles[r], attacks[i].act);
            bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
            bool refused = WIFEXITED(status) && WEXITSTATUS(status) == REFUSED;

            if (is_its_job)
                continue;
            if (WIFEXITED(status) && WEXITSTATUS(status) == NO_JAIL)
                fail_msg("role %d: no jail", (int)roles[r]);
            if (sandbox_is_whole ? !killed && !(refused && may_be_refused(roles[r], &attacks[i]))
                                 : attacks[i].otherwise && !refused)
                fail_msg("role %d, attack %zu: status %#x", (int)roles[r], i, (unsigned)status);
        }
    }
}

/* Links of a process that has more rights: what the capabilities are for. */
static bool do_look(void)
{
    char path[64], mem[64];
    int folder;

    snprintf(path, sizeof(path), "/proc/%d/fd", (int)parent);
    folder = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder >= 0 && readlinkat(folder, "1", mem, sizeof(mem)) > 0 && close(folder) == 0;
}

/* Who looks at processes has files to read and two capabilities, and no other way out than the others. */
static void test_processes(void **state)
{
    static bool (*const attacks[])(void) = {do_open_write,       do_parent_memory, do_ptrace, do_read_parent, do_signal_parent,
                                            do_execute,          do_fork,          do_socket, do_unix_socket, do_namespace,
                                            do_executable_memory};

    char why[120];

    (void)state;
    if (!privileges_can_look(why, sizeof(why)))
        return;
    parent = getpid();
    snprintf(parent_memory, sizeof(parent_memory), "/proc/%d/mem", (int)parent);
    assert_allowed(JAIL_PROCESSES, do_look);
    for (size_t i = 0; sandbox_is_whole && i < ARRAY_LEN(attacks); i++) {
        int status = jailed_as(JAIL_PROCESSES, attacks[i]);

        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("attack %zu: status %#x", i, (unsigned)status);
    }
}

/* What the workers do all the time: wait, send, get an image of lists through the control socket. */
static bool do_work(void)
{
    struct pollfd ready = {.fd = ends.control[1], .events = POLLIN};
    char data, space[CMSG_SPACE(sizeof(int))];
    struct iovec iov = {&data, 1};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct timespec now;
    const char *image;
    int fd;

    if (poll(&ready, 1, 1000) != 1 || recvmsg(ends.control[1], &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
        return false;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
    if (fd <= STDERR_FILENO || lseek(fd, 0, SEEK_END) != 5)
        return false;
    image = mmap(NULL, 5, PROT_READ, MAP_SHARED, fd, 0);
    if (image == MAP_FAILED || memcmp(image, "image", 5) != 0 || close(fd) != 0)
        return false;
    return do_memory() && clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
           send(ends.evidence[1], "e", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1 && send(ends.control[1], "c", 1, MSG_NOSIGNAL) == 1;
}

static void send_image(void)
{
    char data = 'i', space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec iov = {&data, 1};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
    int fd = memfd_create("image", MFD_CLOEXEC);

    assert_int_equal(write(fd, "image", 5), 5);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(head), &fd, sizeof(fd));
    assert_int_equal(sendmsg(ends.control[0], &msg, 0), 1);
    close(fd);
}

static void test_work(void **state)
{
    static const enum jail_role roles[] = {JAIL_WORKER_FILE, JAIL_WORKER_LIVE};
    char c;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        send_image();
        assert_allowed(roles[i], do_work);
        assert_int_equal(recv(ends.evidence[0], &c, 1, MSG_DONTWAIT), 1);
        assert_int_equal(c, 'e');
        assert_int_equal(recv(ends.control[0], &c, 1, MSG_DONTWAIT), 1);
        assert_int_equal(c, 'c');
    }
}

/* Peeks at evidence, writes it, only then takes it; and a date, which reads the time zone when it is not yet known. */
static bool do_report(void)
{
    time_t then = 1700000000;
    struct tm tm;
    char c;

    return recv(ends.evidence[1], &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && write(ends.output, &c, 1) == 1 &&
           fdatasync(ends.output) == 0 && ftruncate(ends.output, 1) == 0 && recv(ends.evidence[1], &c, 1, MSG_DONTWAIT) == 1 &&
           gmtime_r(&then, &tm) && localtime_r(&then, &tm) && tm.tm_year == 123 &&
           socket(AF_INET, SOCK_DGRAM, 0) < (sandbox_is_whole ? 0 : 1000);
}

static void test_report(void **state)
{
    char c = 0;

    (void)state;
    assert_int_equal(send(ends.evidence[0], "r", 1, 0), 1);
    assert_allowed(JAIL_REPORT, do_report);
    assert_int_equal(pread(ends.output, &c, 1, 0), 1);
    assert_int_equal(c, 'r');
}

/* Only what is named stays open; 0, 1 and 2 lead nowhere. */
static bool do_look_at_descriptors(void)
{
    for (int fd = 0; fd < 1000; fd++) {
        bool is_open = fd <= STDERR_FILENO || fd == ends.control[1] || fd == ends.output || fd == ends.evidence[1];

        if ((fcntl(fd, F_GETFD) >= 0) != is_open)
            return false;
    }
    return write(STDERR_FILENO, "lost", 4) == 4 && write(STDOUT_FILENO, "lost", 4) == 4;
}

static void test_descriptors(void **state)
{
    (void)state;
    if (sandbox_is_whole) /* else 2 is where the sanitizer writes to */
        assert_allowed(JAIL_REPORT, do_look_at_descriptors);
}

/* --- a kernel that lacks a part ------------------------------------------------------------------ */

/* From now on the system call fails with ENOSYS, as on a kernel that does not know it. */
static bool lack(uint32_t call, uint32_t first_argument, bool look_at_it)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 (uint32_t)offsetof(struct seccomp_data, args[0]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, look_at_it ? first_argument : 0, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_LEN(code), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)&program, 0, 0) == 0;
}

enum { WRONG_RESULT = 60, WRONG_WORDS, RIGHT };

/* Enters a jail without the part of that name; gives what is wrong with the answer. */
static int enter_without(const char *part, uint32_t call, bool look_at_it, enum conf_sandbox sandbox)
{
    char why[256], why_before[256];
    bool wanted = sandbox == CONF_SANDBOX_BEST_EFFORT;

    if (!lack(call, SECCOMP_GET_ACTION_AVAIL, look_at_it))
        return NO_JAIL;
    if (jail_possible(sandbox, why_before, sizeof(why_before)) != wanted ||
        enter_role(JAIL_WORKER_LIVE, sandbox, why, sizeof(why)) != wanted)
        return WRONG_RESULT;
    if (strcmp(why, why_before) != 0 || !strstr(why, part) || !strstr(why, "is missing: Function not implemented"))
        return WRONG_WORDS;
    return !strstr(why, "process.sandbox = best-effort") == wanted ? RIGHT : WRONG_WORDS;
}

static void assert_lacking(const char *part, uint32_t call, bool look_at_it, enum conf_sandbox sandbox)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(enter_without(part, call, look_at_it, sandbox));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), RIGHT);
}

static void test_lacking(void **state)
{
    (void)state;
    assert_lacking("Landlock", SYS_landlock_create_ruleset, false, CONF_SANDBOX_REQUIRED);
    assert_lacking("Landlock", SYS_landlock_create_ruleset, false, CONF_SANDBOX_BEST_EFFORT);
    if (!sandbox_is_whole)
        return;
    assert_lacking("the system call filter", SYS_seccomp, true, CONF_SANDBOX_REQUIRED);
    assert_lacking("the system call filter", SYS_seccomp, true, CONF_SANDBOX_BEST_EFFORT);
}

/* Without Landlock the filter still kills. */
static void test_best_effort(void **state)
{
    pid_t child = fork();
    char why[256];
    int status;

    (void)state;
    if (child == 0) {
        if (!lack(SYS_landlock_create_ruleset, 0, false) ||
            !enter_role(JAIL_WORKER_LIVE, CONF_SANDBOX_BEST_EFFORT, why, sizeof(why)))
            _exit(NO_JAIL);
        _exit(do_open() ? ALLOWED : REFUSED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (sandbox_is_whole)
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    else
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == ALLOWED);
}

static int set_up_all(void **state)
{
    return set_up(state) == 0 && set_up_ends(state) == 0 ? 0 : -1;
}

static int tear_down_all(void **state)
{
    return tear_down(state) == 0 && tear_down_ends(state) == 0 ? 0 : -1;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up_all, tear_down_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_allowed), test(test_memory_cap),  test(test_forbidden), test(test_descriptors_crossed),
        test(test_attacks), test(test_work),        test(test_report),    test(test_descriptors),
        test(test_lacking), test(test_best_effort), test(test_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
