/*
 * test_syscall_filter.c - every system call under the filter of every role, told apart by the kernel itself.
 *
 * A child sets the filter and makes the calls one after the other. A second filter, set before, lets none of
 * them happen: a call whose sixth argument is PROBE fails with ENOTNAM. So a call that the role may make does
 * nothing, and one that it may not make kills; then the next child goes on behind it. What is expected stands here a
 * second time, by hand.
 *
 * A build with AddressSanitizer has no filter and nothing to test.
 */
#include "config.h"

#include "role/syscall_filter.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define N_CALLS 471
#define N_PROBES_MAX (N_CALLS * 2)
#define PROBE 0x50524f42

/* The descriptors of a process under the filter. They lead nowhere, as nothing is done with them. */
enum { EVIDENCE = 10, CONTROL, CAPTURE_A, CAPTURE_B, UDP, OUTPUT, SYSLOG, STATE_A, STATE_B, LISTEN, OTHER = 40 };

#define U (1U << JAIL_UNPACKER)
#define C (1U << JAIL_COMPILER)
#define G (1U << JAIL_GEO)
#define N (1U << JAIL_FETCH)
#define F (1U << JAIL_WORKER_FILE)
#define L (1U << JAIL_WORKER_LIVE)
#define R (1U << JAIL_REPORT)
#define P (1U << JAIL_PROCESSES)
#define ALL (U | C | G | N | F | L | R | P)

#define RW (PROT_READ | PROT_WRITE)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* The roles that may make the call with these arguments; roles 0: none may. */
struct expected {
    unsigned roles;
    long call;
    long arg[5];
};

static const struct expected expected[] = {
#ifdef SYS_poll
    {F | L | R | P, SYS_poll, {0, 0, 0}},
#endif
#ifdef SYS_epoll_wait
    {N | R, SYS_epoll_wait, {OTHER, 1, 1, 0}},
#endif
#ifdef SYS_newfstatat
    {G | F | R, SYS_newfstatat, {OTHER, 0, 0, AT_EMPTY_PATH}},
    {0, SYS_newfstatat, {AT_FDCWD, 0, 0, 0}},
    {0, SYS_newfstatat, {AT_FDCWD, 0, 0, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW}},
#endif
    {ALL, SYS_brk, {0}},
    {ALL, SYS_munmap, {0, 0}},
    {ALL, SYS_mremap, {0, 0, 0, 0}},
    {ALL, SYS_madvise, {0, 0, MADV_DONTNEED}},
    {ALL, SYS_exit, {0}},
    {ALL, SYS_exit_group, {0}},
    {ALL, SYS_restart_syscall, {0}},
    {N | F | L | R | P, SYS_rt_sigreturn, {0}},
    {N | F | L | R | P, SYS_clock_gettime, {CLOCK_MONOTONIC, 0}},
    {N | F | L | R | P, SYS_gettimeofday, {0, 0}},
    {F | L | R | P, SYS_ppoll, {0, 0, 0, 0}},
    {G | N | F | L | R | P, SYS_close, {OTHER}},

    /* Memory: never executable, of files only to read what all share. */
    {ALL, SYS_mmap, {0, 4096, RW, ANON, -1}},
    {ALL, SYS_mmap, {0, 4096, PROT_NONE, ANON, -1}},
    {0, SYS_mmap, {0, 4096, RWX, ANON, -1}},
    {0, SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, ANON, -1}},
    {0, SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, OTHER}},
    {0, SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, OTHER}},
    {0, SYS_mmap, {0, 4096, RW, MAP_SHARED, OTHER}},
    {0, SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE, OTHER}},
    {G | F | L | R, SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED, OTHER}},
    {0, SYS_mmap, {0, 4096, RW, MAP_SHARED, 1}},
    {0, SYS_mmap, {0, 4096, RWX, MAP_SHARED, 1}},
    {0, SYS_mprotect, {0, 4096, PROT_READ}},
    {0, SYS_mprotect, {0, 4096, PROT_READ | PROT_EXEC}},

    /* Reading and writing. */
    {U | N | F | R | P, SYS_read, {0, 0, 0}},
    {N | F | R | P, SYS_read, {OTHER, 0, 0}},
    {N | R, SYS_readv, {OTHER, 0, 0}},
    {R, SYS_pread64, {STATE_A, 0, 0, 0}},
    {U | N | R, SYS_write, {1, 0, 0}},
    {N | R, SYS_write, {0, 0, 0}},
    {N | R, SYS_write, {2, 0, 0}},
    {N | R, SYS_write, {EVIDENCE, 0, 0}},
    {N | R, SYS_writev, {OTHER, 0, 0}},
    {R, SYS_pwrite64, {1, 0, 0, 0}},
    {R, SYS_pwrite64, {STATE_A, 0, 0, 0}},
    {G | F | L | R, SYS_lseek, {1, 0, SEEK_END}},
    {G | F | L | R, SYS_lseek, {OTHER, 0, SEEK_END}},
    {R, SYS_ftruncate, {1, 0}},
    {R, SYS_ftruncate, {STATE_B, 0}},
    {R, SYS_fsync, {OUTPUT}},
    {R, SYS_fdatasync, {OUTPUT}},
    {G | F | R, SYS_fstat, {OTHER, 0}},

    /* Opening, which Landlock confines: only to read. */
    {G | P, SYS_openat, {AT_FDCWD, 0, O_RDONLY | O_CLOEXEC, 0}},
    {0, SYS_openat, {AT_FDCWD, 0, O_RDWR, 0}},
    {0, SYS_openat, {AT_FDCWD, 0, O_WRONLY | O_CREAT, 0600}},
    {0, SYS_openat, {AT_FDCWD, 0, O_RDONLY | O_CREAT, 0600}},

    /* Files of /proc, for reading. */
    {G | P, SYS_openat, {OTHER, 0, O_RDONLY | O_CLOEXEC}},
    {P, SYS_openat, {OTHER, 0, O_RDONLY | O_DIRECTORY | O_CLOEXEC}},
    {0, SYS_openat, {OTHER, 0, O_WRONLY}},
    {0, SYS_openat, {OTHER, 0, O_RDWR | O_CLOEXEC}},
    {0, SYS_openat, {OTHER, 0, O_RDONLY | O_CREAT}},
    {0, SYS_openat, {OTHER, 0, O_RDONLY | O_TRUNC}},
    {0, SYS_openat, {OTHER, 0, O_PATH}},
    {P, SYS_readlinkat, {OTHER, 0, 0, 0}},
    {P, SYS_getdents64, {OTHER, 0, 0}},
#ifdef SYS_alarm
    {P, SYS_alarm, {2}},
#endif
    {P, SYS_setitimer, {0, 0, 0}},

    /* Sockets. */
    {F | L | R, SYS_sendto, {CONTROL, 0, 0, MSG_DONTWAIT | MSG_NOSIGNAL, 0}},
    {F | L | R, SYS_sendto, {EVIDENCE, 0, 0, 0, 0}},
    {0, SYS_sendto, {EVIDENCE, 0, 0, MSG_DONTWAIT, 1}},
    {0, SYS_sendto, {CONTROL, 0, 0, 0, 1L << 32}},
    {0, SYS_sendto, {EVIDENCE, 0, 0, MSG_OOB, 0}},
    {R, SYS_sendto, {CAPTURE_A, 0, 0, 0, 0}}, /* which the report has not */
    {0, SYS_sendto, {CAPTURE_A, 0, 0, 0, 1}},
    {0, SYS_sendto, {UDP, 0, 0, 0, 1}},
    {R, SYS_sendto, {SYSLOG, 0, 0, MSG_NOSIGNAL, 1}},
    {0, SYS_sendto, {OTHER, 0, 0, MSG_NOSIGNAL, 1}},
    {C | G | N | F | L | R | P, SYS_sendmsg, {CONTROL, 0, MSG_DONTWAIT}},
    {C | G | N | F | L | P, SYS_sendmsg, {EVIDENCE, 0, MSG_NOSIGNAL}},
    {0, SYS_sendmsg, {CONTROL, 0, MSG_MORE}},
    {0, SYS_sendmsg, {CAPTURE_A, 0, 0}},
    {0, SYS_sendmsg, {UDP, 0, 0}},
    {0, SYS_sendmsg, {SYSLOG, 0, 0}},
    {F | L | R | P, SYS_recvmsg, {CONTROL, 0, MSG_CMSG_CLOEXEC}},
    {L | R, SYS_recvmsg, {UDP, 0, MSG_DONTWAIT}},
    {L | R | P, SYS_recvmsg, {EVIDENCE, 0, MSG_PEEK}},
    {R, SYS_recvmsg, {CAPTURE_B, 0, 0}},
    {N | R, SYS_recvfrom, {EVIDENCE, 0, 0, MSG_PEEK | MSG_DONTWAIT}},
    {L, SYS_recvmmsg, {UDP, 0, 0, MSG_DONTWAIT}},
    {0, SYS_recvmmsg, {CONTROL, 0, 0, 0}},
    {L, SYS_getsockopt, {CAPTURE_A, SOL_PACKET, PACKET_STATISTICS}},
    {L, SYS_getsockopt, {CAPTURE_B, SOL_PACKET, PACKET_STATISTICS}},
    {0, SYS_getsockopt, {CONTROL, SOL_PACKET, PACKET_STATISTICS}},
    {0, SYS_getsockopt, {CAPTURE_A, SOL_PACKET, PACKET_RX_RING}},
    {N | L | R, SYS_getsockopt, {CAPTURE_A, SOL_SOCKET, SO_ERROR}},
    {N | L | R, SYS_getsockopt, {UDP, SOL_SOCKET, SO_ERROR}},
    {0, SYS_getsockopt, {CAPTURE_A, SOL_SOCKET, SO_PEERCRED}},
    {L | R, SYS_getsockname, {CAPTURE_A, 0, 0}},
    {R, SYS_getsockname, {OTHER, 0, 0}},
    {L, SYS_ioctl, {CAPTURE_B, SIOCGIFFLAGS, 0}},
    {0, SYS_ioctl, {CAPTURE_B, SIOCSIFFLAGS, 0}},
    {0, SYS_ioctl, {CONTROL, SIOCGIFFLAGS, 0}},
    {N | R, SYS_ioctl, {OTHER, FIONREAD, 0}},
    {0, SYS_ioctl, {OTHER, TIOCSTI, 0}},

    /* The event loop. */
    {N | R, SYS_epoll_create1, {O_CLOEXEC}},
    {N | R, SYS_epoll_ctl, {OTHER, 1, OTHER, 0}},
    {N | R, SYS_epoll_pwait, {OTHER, 0, 1, 0, 0}},
    {N | R, SYS_epoll_pwait2, {OTHER, 0, 1, 0, 0}},
    {N | R, SYS_pipe2, {0, O_CLOEXEC}},
    {N | R, SYS_getuid, {0}},
    {N | R, SYS_geteuid, {0}},
    {N | R, SYS_getgid, {0}},
    {N | R, SYS_getegid, {0}},
    {R, SYS_accept4, {LISTEN, 0, 0, SOCK_NONBLOCK}},
    {0, SYS_accept4, {CONTROL, 0, 0, SOCK_NONBLOCK}},
    {N | R, SYS_getpeername, {OTHER, 0, 0}},
    {N | R, SYS_shutdown, {OTHER, SHUT_WR}},
    {N | R, SYS_fcntl, {OTHER, F_GETFL}},
    {N | R, SYS_fcntl, {OTHER, F_SETFL, O_NONBLOCK}},
    {N | R, SYS_fcntl, {OTHER, F_GETFD}},
    {N | R, SYS_fcntl, {OTHER, F_SETFD, FD_CLOEXEC}},
    {0, SYS_fcntl, {OTHER, F_DUPFD, 0}},
    {0, SYS_fcntl, {OTHER, F_SETOWN, 1}},
    {C | R, SYS_sysinfo, {0}},
    {R, SYS_getrusage, {0, 0}},
    {N | R, SYS_getuid, {0}},
    {N | R, SYS_geteuid, {0}},
    {N | R, SYS_getgid, {0}},
    {N | R, SYS_getegid, {0}},
    {R, SYS_socket, {AF_INET, SOCK_DGRAM, 0}},      /* which fails there */
    {N | R, SYS_socket, {AF_INET, SOCK_STREAM, 0}}, /* and does not here */
    {N | R, SYS_socket, {AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0}},
    {R, SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {R, SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
    {N, SYS_connect, {OTHER, 0, 0}},
};

/* What the parent may never do. All the rest it may. */
static const long forbidden[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_mount,
    SYS_umount2,
    SYS_move_mount,
    SYS_mount_setattr,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_vhangup,
    SYS_personality,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
};

/* What became of a probe. */
enum outcome { NOT_TRIED, TRIED /* and killed */, REACHED, REFUSED };

struct probe {
    long call;
    long arg[5];
};

/* Memory that the children share with us. */
struct shared {
    size_t at; /* of the probe being tried */
    unsigned char outcome[N_PROBES_MAX];
};

static struct shared *shared;
static struct probe probes[N_PROBES_MAX];
static size_t n_probes;

static int set_up(void **state)
{
    (void)state;
    n_probes = 0;
    shared = mmap(NULL, sizeof(*shared), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared != MAP_FAILED ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return munmap(shared, sizeof(*shared));
}

static void add_probe(long call, const long arg[5])
{
    assert_true(n_probes < N_PROBES_MAX);
    probes[n_probes].call = call;
    memcpy(probes[n_probes++].arg, arg, sizeof(probes[0].arg));
}

/* From now on a call with the mark does not happen. */
static bool stop_probes(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 (uint32_t)offsetof(struct seccomp_data, args[5]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROBE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTNAM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_LEN(code), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)&program, 0, 0) == 0;
}

static bool enter(enum jail_role role)
{
    static const int capture[] = {CAPTURE_A, CAPTURE_B}, udp[] = {UDP}, syslog[] = {SYSLOG};
    struct jail_fds fds = jail_fds_none();

    signal(SIGILL, SIG_DFL); /* which cmocka handles */
    signal(SIGSEGV, SIG_DFL);
    signal(SIGSYS, SIG_DFL);
    fds.control = CONTROL;
    if (role != JAIL_REPORT)
        fds.evidence = EVIDENCE;
    fds.capture = capture;
    fds.n_capture = ARRAY_LEN(capture);
    fds.udp = udp;
    fds.n_udp = ARRAY_LEN(udp);
    fds.syslog = syslog;
    fds.n_syslog = ARRAY_LEN(syslog);
    fds.status_listen = LISTEN;
    return stop_probes() && syscall_filter_enter(role, &fds) == 0;
}

static void try_probes(void)
{
    for (size_t i = shared->at; i < n_probes; i++) {
        const struct probe *p = &probes[i];

        shared->at = i;
        shared->outcome[i] = TRIED;
        if (syscall(p->call, p->arg[0], p->arg[1], p->arg[2], p->arg[3], p->arg[4], (long)PROBE) != -1)
            continue; /* it happened: the mark was not seen */
        if (errno == ENOTNAM)
            shared->outcome[i] = REACHED;
        else if (errno == EACCES)
            shared->outcome[i] = REFUSED;
    }
    shared->at = n_probes;
}

/*
 * Since Linux 6.14 no filter sees uretprobe, and later uprobe: the kernel puts these calls into a program, and answers with SIGILL
 * when they come from elsewhere.
 */
static bool is_kernels_own(long call)
{
#if defined(__x86_64__)
    return call == 335 || call == 336;
#else
    return call < 0;
#endif
}

/* Tries all probes under the role's filter, with as many children as are killed. */
static void run_probes(enum jail_role role)
{
    shared->at = 0;
    while (shared->at < n_probes) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            if (!enter(role))
                _exit(1);
            try_probes();
            syscall(SYS_exit_group, 0L, 0L, 0L, 0L, 0L, 0L); /* _exit would leave the mark in its register */
        }
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;
        if (WIFEXITED(status))
            fail_msg("%s", "the filter cannot be set");
        if (WTERMSIG(status) != SIGSYS && !(WTERMSIG(status) == SIGILL && is_kernels_own(probes[shared->at].call)))
            fail_msg("call %ld: killed by signal %d", probes[shared->at].call, WTERMSIG(status));
        shared->at++;
    }
}

static void assert_outcome(size_t i, enum outcome outcome)
{
    const struct probe *p = &probes[i];

    if (shared->outcome[i] != outcome)
        fail_msg("call %ld (%#lx, %#lx, %#lx, %#lx, %#lx): outcome %d, expected %d", p->call, (unsigned long)p->arg[0],
                 (unsigned long)p->arg[1], (unsigned long)p->arg[2], (unsigned long)p->arg[3], (unsigned long)p->arg[4],
                 shared->outcome[i], (int)outcome);
}

/* The calls with arguments of the table. */
static void try_table(enum jail_role role)
{
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        add_probe(expected[i].call, expected[i].arg);
    run_probes(role);
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        bool allowed = expected[i].roles & (1U << role);
        bool fails = role == JAIL_REPORT && expected[i].call == SYS_socket;

        assert_outcome(i, !allowed ? TRIED : fails ? REFUSED : REACHED);
    }
}

static bool is_expected(enum jail_role role, long call)
{
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        if (expected[i].call == call && (expected[i].roles & (1U << role)))
            return true;
    return false;
}

/* All numbers that the table does not give to the role, with a descriptor that every role keeps: none may be made. */
static void try_others(enum jail_role role)
{
    static const long arg[5] = {CONTROL, 1, 1, 0, 0};

    n_probes = 0;
    memset(shared->outcome, NOT_TRIED, sizeof(shared->outcome));
    for (long call = 0; call < N_CALLS; call++)
        if (!is_expected(role, call))
            add_probe(call, arg);
    assert_true(n_probes > 350);
    run_probes(role);
    for (size_t i = 0; i < n_probes; i++)
        assert_outcome(i, TRIED);
}

static void test_role(void **state)
{
    enum jail_role role = *(const enum jail_role *)*state;

    if (!sandbox_is_whole)
        return;
    try_table(role);
    try_others(role);
}

static bool is_forbidden(long call)
{
    for (size_t i = 0; i < ARRAY_LEN(forbidden); i++)
        if (forbidden[i] == call)
            return true;
    return false;
}

static void test_parent(void **state)
{
    static const struct probe maps[] = {
        {SYS_mmap, {0, 4096, RWX, ANON, -1}},
        {SYS_mmap, {0, 4096, PROT_WRITE | PROT_EXEC, MAP_SHARED, 5}},
        {SYS_mprotect, {0, 4096, PROT_READ | PROT_EXEC}},
        {SYS_pkey_mprotect, {0, 4096, PROT_EXEC}},
        {SYS_shmat, {0, 0, 0100000}},
    };
    static const long zero[5];

    (void)state;
    if (!sandbox_is_whole)
        return;
    for (long call = 0; call < N_CALLS; call++)
        add_probe(call, zero);
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        add_probe(maps[i].call, maps[i].arg);
    run_probes(JAIL_PARENT);
    for (long call = 0; call < N_CALLS; call++)
        if (!is_kernels_own(call))
            assert_outcome((size_t)call, is_forbidden(call) ? TRIED : REACHED);
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        assert_outcome(N_CALLS + i, TRIED);
}

#if defined(__x86_64__)
/* The same processor has two more tables of calls, with numbers of their own. */
static void test_other_tables(void **state)
{
    static const enum jail_role roles[] = {JAIL_UNPACKER, JAIL_WORKER_LIVE, JAIL_REPORT, JAIL_PROCESSES, JAIL_PARENT};
    static const long zero[5];

    (void)state;
    if (!sandbox_is_whole)
        return;
    add_probe(0x40000000 + SYS_brk, zero); /* x32 */
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        int status;
        pid_t child;

        shared->outcome[0] = NOT_TRIED;
        run_probes(roles[i]);
        assert_outcome(0, TRIED);
        child = fork();
        if (child == 0) {
            long n = 20; /* getpid of a 32-bit program */

            if (!enter(roles[i]))
                _exit(1);
            __asm__ volatile("int $0x80" : "+a"(n) : : "memory", "r8", "r9", "r10", "r11");
            _exit(2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        /* A kernel without 32-bit programs answers with SIGSEGV. */
        assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV));
    }
}
#endif

int main(void)
{
    static enum jail_role roles[] = {JAIL_UNPACKER,    JAIL_COMPILER,    JAIL_GEO,    JAIL_FETCH,
                                     JAIL_WORKER_FILE, JAIL_WORKER_LIVE, JAIL_REPORT, JAIL_PROCESSES};
    static const char *const names[] = {"unpacker",    "compiler",    "geo",    "fetch",
                                        "worker_file", "worker_live", "report", "processes"};
    struct CMUnitTest tests[ARRAY_LEN(roles) + 2];
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        tests[n++] = (struct CMUnitTest){names[i], test_role, set_up, tear_down, &roles[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test_setup_teardown(test_parent, set_up, tear_down);
#if defined(__x86_64__)
    tests[n++] = (struct CMUnitTest)cmocka_unit_test_setup_teardown(test_other_tables, set_up, tear_down);
#endif
    return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}
