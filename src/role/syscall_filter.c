/*
 * syscall_filter.c - one table of calls for each role, and their way into the kernel by libseccomp.
 *
 * A filter sees numbers, not what pointers lead to. So calls are pinned to descriptors, flags, levels and
 * names of options; the address of a datagram can only be forbidden (a null pointer) or allowed. Where a role's
 * descriptors come and go (captures and their pipes, connections, outputs opened anew) the number is left open:
 * what it holds is what it may use.
 *
 * The lists were made with strace: over all golden captures, over a live capture through link-down and
 * link-up, over an event loop that serves HTTP. What is there besides is the kernel's own doing (restart_syscall), what the
 * C library calls on other machines (clock_gettime where the vDSO cannot read the clock, madvise), and
 * the pair of poll and ppoll, of which a processor may have one only.
 */
#include "config.h"

#include "role/syscall_filter.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/net.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PINS_MAX 4
#define BITS_INT UINT64_C(0xffffffff) /* the kernel looks at these bits of an int */
#define BITS_ALL UINT64_MAX
#define SEND_FLAGS ((uint64_t)(MSG_DONTWAIT | MSG_NOSIGNAL))

/* Which descriptors the first argument may be. */
enum set { SET_ANY, SET_0, SET_1, SET_CAPTURE, SET_UDP, SET_CONTROL, SET_EVIDENCE, SET_SENT_TO, SET_SYSLOG, SET_LISTEN };

/* Holds when (argument & mask) == value. */
struct pin {
    unsigned arg;
    uint64_t mask, value;
};

struct rule {
    int call;
    enum set set;
    uint32_t n_pins;
    struct pin pins[PINS_MAX];
    int error; /* not allowed, but fails with this, as what a library tries and does well without; 0 = allowed */
};

#define CALL(name)             \
    {                          \
        .call = SCMP_SYS(name) \
    }
#define CALL_ON(name, fds)                   \
    {                                        \
        .call = SCMP_SYS(name), .set = (fds) \
    }
#define CALL_IF(name, fds, n, ...)                                                   \
    {                                                                                \
        .call = SCMP_SYS(name), .set = (fds), .n_pins = (n), .pins = { __VA_ARGS__ } \
    }
#define PIN_IS(arg, value)                 \
    {                                      \
        (arg), BITS_INT, (uint64_t)(value) \
    }
#define PIN_NULL(arg)      \
    {                      \
        (arg), BITS_ALL, 0 \
    }
#define PIN_ONLY(arg, bits)                    \
    {                                          \
        (arg), BITS_INT & ~(uint64_t)(bits), 0 \
    }

/* What every process needs: memory without a file behind it, never executable, and an end. */
static const struct rule rules_memory[] = {
    CALL(brk),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(exit),
    CALL(exit_group),
    CALL(restart_syscall),
    CALL_IF(mmap, SET_ANY, 2, PIN_ONLY(2, PROT_READ | PROT_WRITE), {3, MAP_ANONYMOUS, MAP_ANONYMOUS}),
#ifdef __NR_mmap2
    CALL_IF(mmap2, SET_ANY, 2, PIN_ONLY(2, PROT_READ | PROT_WRITE), {3, MAP_ANONYMOUS, MAP_ANONYMOUS}),
#endif
};

/* An image of the lists, as it comes from the parent: for reading, shared with all who have it. */
static const struct rule rules_image[] = {
    CALL_IF(mmap, SET_ANY, 2, PIN_IS(2, PROT_READ), PIN_IS(3, MAP_SHARED)),
#ifdef __NR_mmap2
    CALL_IF(mmap2, SET_ANY, 2, PIN_IS(2, PROT_READ), PIN_IS(3, MAP_SHARED)),
#endif
    CALL(lseek), /* tells its size; fstat would, by newfstatat, tell of any path */
    CALL(close),
};

/* Time, and handlers of signals that were set before. */
static const struct rule rules_clock[] = {
    CALL(clock_gettime),
    CALL(gettimeofday),
    CALL(rt_sigreturn),
};

static const struct rule rules_unpacker[] = {
    CALL_ON(read, SET_0),
    CALL_ON(write, SET_1),
};

/* What it makes lies in memory that is shared with its parent; its messages go through the control socket. */
static const struct rule rules_helper[] = {
    CALL_IF(sendmsg, SET_SENT_TO, 1, PIN_ONLY(2, SEND_FLAGS)),
};

static const struct rule rules_compiler[] = {
    CALL(sysinfo), /* qsort of the C library of Debian 12, of an inventory */
};

/*
 * The library opens a database by its path, so that /proc/self/fd/N has to do. Landlock lets through only what lies in no file system:
 * the sealed memory that the descriptor leads to.
 */
static const struct rule rules_geo[] = {
    CALL_IF(openat, SET_ANY, 1, PIN_ONLY(2, O_CLOEXEC | O_LARGEFILE)), CALL(fstat),
    CALL_IF(newfstatat, SET_ANY, 1, PIN_IS(3, AT_EMPTY_PATH)), /* see rules_file */
};

/*
 * An event loop that connects. Landlock confines the port from Linux 6.7 on; the address is that of who started it, which
 * gives no other to what runs here.
 */
#define SOCKET_STREAM                                                                  \
    {                                                                                  \
        1, BITS_INT & ~(uint64_t)(SOCK_NONBLOCK | SOCK_CLOEXEC), (uint64_t)SOCK_STREAM \
    }
static const struct rule rules_fetch[] = {
    CALL_IF(socket, SET_ANY, 2, PIN_IS(0, AF_INET), SOCKET_STREAM),
    CALL_IF(socket, SET_ANY, 2, PIN_IS(0, AF_INET6), SOCKET_STREAM),
    CALL(connect),
    CALL(getpeername),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(epoll_pwait2),
    CALL(pipe2),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(readv),
    CALL(read),
    CALL(recvfrom),
    CALL(writev),
    CALL(write),
    CALL(shutdown),
    CALL_IF(getsockopt, SET_ANY, 2, PIN_IS(1, SOL_SOCKET), PIN_IS(2, SO_ERROR)),
    CALL_IF(ioctl, SET_ANY, 1, PIN_IS(1, FIONREAD)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_GETFL)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_SETFL)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_GETFD)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_SETFD)),
    CALL(close),
};

/* The sockets of workers are connected pairs. An address would be ignored by them; it is forbidden nevertheless. */
static const struct rule rules_worker[] = {
    CALL(poll),
    CALL(ppoll),
    CALL_IF(sendto, SET_SENT_TO, 2, PIN_ONLY(3, SEND_FLAGS), PIN_NULL(4)),
    CALL_IF(sendmsg, SET_SENT_TO, 1, PIN_ONLY(2, SEND_FLAGS)),
    CALL_ON(recvmsg, SET_CONTROL),
};

/*
 * Packets come through memory that is shared with the kernel; libpcap asks for the state of the link only after it
 * went down. Nothing can be sent from these sockets.
 */
static const struct rule rules_live[] = {
    CALL_IF(getsockopt, SET_CAPTURE, 2, PIN_IS(1, SOL_PACKET), PIN_IS(2, PACKET_STATISTICS)),
    CALL_IF(getsockopt, SET_CAPTURE, 2, PIN_IS(1, SOL_SOCKET), PIN_IS(2, SO_ERROR)),
    CALL_ON(getsockname, SET_CAPTURE),
    CALL_IF(ioctl, SET_CAPTURE, 1, PIN_IS(1, SIOCGIFFLAGS)),
    CALL_ON(recvmsg, SET_EVIDENCE), /* names of other workers, through the report */
    CALL_ON(recvmmsg, SET_UDP),
    CALL_ON(recvmsg, SET_UDP),
    CALL_IF(getsockopt, SET_UDP, 2, PIN_IS(1, SOL_SOCKET), PIN_IS(2, SO_ERROR)),
};

/*
 * Captures and pipes of unpackers, which arrive while it runs. newfstatat is how the C library of Debian 12 makes
 * fstat; pinned as it is, it still tells size and times of a path whose directories this user may
 * search, but opens nothing.
 */
static const struct rule rules_file[] = {
    CALL(read),
    CALL(fstat),
    CALL_IF(newfstatat, SET_ANY, 1, PIN_IS(3, AT_EMPTY_PATH)),
};

/*
 * An event loop, which may be made inside (epoll_create1, pipe2, and the ids of its user, without which it would not
 * read the environment). Connections to the status socket, outputs and evidence
 * come and go, so most numbers are open. Data goes to an address from the syslog sockets only.
 *
 * getnameinfo asks for the name of the interface of a link-local address by a socket of its own, and writes
 * the number where that fails. That call is refused and does not kill: else whoever asks for /metrics from such an address
 * would end the process.
 */
static const struct rule rules_report[] = {
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(epoll_pwait2),
    CALL(poll),
    CALL(ppoll),
    CALL(pipe2),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(recvmsg),
    CALL(recvfrom),
    CALL(read),
    CALL(readv),
    CALL(pread64),
    CALL(write),
    CALL(writev),
    CALL(pwrite64),
    CALL(ftruncate),
    CALL(fsync),
    CALL(fdatasync),
    CALL(fstat),
    CALL_IF(newfstatat, SET_ANY, 1, PIN_IS(3, AT_EMPTY_PATH)), /* see rules_file */
    CALL_ON(sendto, SET_SYSLOG),
    CALL_IF(sendto, SET_ANY, 2, PIN_ONLY(3, SEND_FLAGS), PIN_NULL(4)),
    CALL_IF(sendmsg, SET_CONTROL, 1, PIN_ONLY(2, SEND_FLAGS)),
    CALL_ON(accept4, SET_LISTEN),
    CALL(getsockname),
    CALL(getpeername),
    CALL(shutdown),
    CALL_IF(getsockopt, SET_ANY, 2, PIN_IS(1, SOL_SOCKET), PIN_IS(2, SO_ERROR)),
    CALL_IF(ioctl, SET_ANY, 1, PIN_IS(1, FIONREAD)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_GETFL)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_SETFL)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_GETFD)),
    CALL_IF(fcntl, SET_ANY, 1, PIN_IS(1, F_SETFD)),
    CALL(getuid), /* event_base_new, before it reads the environment */
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getrusage), /* what it takes, for the figures */
    CALL(sysinfo),   /* qsort of the C library of Debian 12 */
    {.call = SCMP_SYS(socket), .error = EACCES},
};

/*
 * Files of /proc and links in them, for reading. A filter does not see paths: what else this process could open is
 * told in role/process_helper.h. alarm() is setitimer where a processor has no call for it.
 */
static const struct rule rules_processes[] = {
    CALL_IF(openat, SET_ANY, 1, PIN_ONLY(2, O_CLOEXEC | O_DIRECTORY | O_LARGEFILE)), /* O_RDONLY is 0 */
    CALL(read),
    CALL(getdents64),
    CALL(readlinkat),
    CALL(close),
    CALL(poll),
    CALL(ppoll),
    CALL_IF(sendmsg, SET_SENT_TO, 1, PIN_ONLY(2, SEND_FLAGS)),
    CALL_ON(recvmsg, SET_CONTROL),
    CALL_ON(recvmsg, SET_EVIDENCE),
    CALL(alarm),
    CALL(setitimer),
};

/* What countermine never does, nor any of its children, who are told what they may. These rules kill. */
static const struct rule rules_parent[] = {
    CALL(execve),
    CALL(execveat),
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(process_madvise),
    CALL(kcmp),
    CALL(pidfd_getfd),
    CALL(bpf),
    CALL(perf_event_open),
    CALL(userfaultfd),
    CALL(io_uring_setup),
    CALL(io_uring_enter),
    CALL(io_uring_register),
    CALL(open_by_handle_at),
    CALL(name_to_handle_at),
    CALL(mount),
    CALL(umount2),
    CALL(move_mount),
    CALL(mount_setattr),
    CALL(open_tree),
    CALL(fsopen),
    CALL(fsconfig),
    CALL(fsmount),
    CALL(fspick),
    CALL(pivot_root),
    CALL(chroot),
    CALL(setns),
    CALL(unshare),
    CALL(kexec_load),
    CALL(kexec_file_load),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(add_key),
    CALL(request_key),
    CALL(keyctl),
    CALL(swapon),
    CALL(swapoff),
    CALL(reboot),
    CALL(acct),
    CALL(quotactl),
    CALL(syslog),
    CALL(vhangup),
    CALL(personality),
    CALL(sethostname),
    CALL(setdomainname),
    CALL(settimeofday),
    CALL(clock_settime),
    CALL(clock_adjtime),
    CALL(adjtimex),
    CALL(iopl),
    CALL(ioperm),
    CALL(modify_ldt),
    CALL_IF(mmap, SET_ANY, 1, {2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC}),
    CALL_IF(mprotect, SET_ANY, 1, {2, PROT_EXEC, PROT_EXEC}),
    CALL_IF(pkey_mprotect, SET_ANY, 1, {2, PROT_EXEC, PROT_EXEC}),
    CALL_IF(shmat, SET_ANY, 1, {2, SHM_EXEC, SHM_EXEC}),
};

struct table {
    const struct rule *rules;
    size_t n;
};

#define TABLE(rules)              \
    {                             \
        (rules), ARRAY_LEN(rules) \
    }
#define TABLES_MAX 5

static const struct table tables[][TABLES_MAX] = {
    [JAIL_UNPACKER] = {TABLE(rules_memory), TABLE(rules_unpacker)},
    [JAIL_COMPILER] = {TABLE(rules_memory), TABLE(rules_helper), TABLE(rules_compiler)},
    [JAIL_GEO] = {TABLE(rules_memory), TABLE(rules_image), TABLE(rules_helper), TABLE(rules_geo)},
    [JAIL_FETCH] = {TABLE(rules_memory), TABLE(rules_clock), TABLE(rules_helper), TABLE(rules_fetch)},
    [JAIL_WORKER_FILE] = {TABLE(rules_memory), TABLE(rules_image), TABLE(rules_clock), TABLE(rules_worker), TABLE(rules_file)},
    [JAIL_WORKER_LIVE] = {TABLE(rules_memory), TABLE(rules_image), TABLE(rules_clock), TABLE(rules_worker), TABLE(rules_live)},
    [JAIL_REPORT] = {TABLE(rules_memory), TABLE(rules_image), TABLE(rules_clock), TABLE(rules_report)},
    [JAIL_PROCESSES] = {TABLE(rules_memory), TABLE(rules_clock), TABLE(rules_processes)},
    [JAIL_PARENT] = {TABLE(rules_parent)},
};

struct fd_list {
    const int *v;
    size_t n;
};

static struct fd_list list_of(enum set set, const struct jail_fds *fds)
{
    static const int zero = STDIN_FILENO, one = STDOUT_FILENO;

    switch (set) {
    case SET_0: return (struct fd_list){&zero, 1};
    case SET_1: return (struct fd_list){&one, 1};
    case SET_CAPTURE: return (struct fd_list){fds->capture, fds->n_capture};
    case SET_UDP: return (struct fd_list){fds->udp, fds->n_udp};
    case SET_CONTROL:
    case SET_SENT_TO: return (struct fd_list){&fds->control, 1};
    case SET_EVIDENCE: return (struct fd_list){&fds->evidence, 1};
    case SET_SYSLOG: return (struct fd_list){fds->syslog, fds->n_syslog};
    case SET_LISTEN: return (struct fd_list){&fds->status_listen, 1};
    default: return (struct fd_list){NULL, 0};
    }
}

/* Adds the rule, for one descriptor when its set names any. */
static int add_one(scmp_filter_ctx ctx, const struct rule *rule, uint32_t action, bool has_fd, int fd)
{
    struct scmp_arg_cmp cmp[PINS_MAX + 1];
    unsigned n = 0;

    if (has_fd && fd < 0)
        return 0;
    if (has_fd)
        cmp[n++] = (struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = BITS_INT, .datum_b = (uint64_t)fd};
    for (uint32_t i = 0; i < rule->n_pins; i++)
        cmp[n++] = (struct scmp_arg_cmp){
            .arg = rule->pins[i].arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = rule->pins[i].mask, .datum_b = rule->pins[i].value};
    return seccomp_rule_add_array(ctx, action, rule->call, n, cmp);
}

static int add_rule(scmp_filter_ctx ctx, const struct rule *rule, uint32_t action, const struct jail_fds *fds)
{
    struct fd_list list = list_of(rule->set, fds);
    int error = 0;

    if (rule->error)
        action = SCMP_ACT_ERRNO((uint32_t)rule->error);
    if (rule->set == SET_ANY)
        return add_one(ctx, rule, action, false, -1);
    for (size_t i = 0; error == 0 && i < list.n; i++)
        error = add_one(ctx, rule, action, true, list.v[i]);
    if (error == 0 && rule->set == SET_SENT_TO)
        error = add_one(ctx, rule, action, true, fds->evidence);
    return error;
}

int syscall_filter_possible(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0 ? 0 : -errno;
}

int syscall_filter_enter(enum jail_role role, const struct jail_fds *fds)
{
    bool forbids = role == JAIL_PARENT;
    uint32_t action = forbids ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW;
    scmp_filter_ctx ctx = seccomp_init(forbids ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
    int error = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) : -ENOMEM;

    for (size_t i = 0; i < TABLES_MAX; i++)
        for (size_t j = 0; error == 0 && j < tables[role][i].n; j++)
            error = add_rule(ctx, &tables[role][i].rules[j], action, fds);
    if (error == 0)
        error = seccomp_load(ctx);
    /* Once the filter is on, ctx stays: releasing costs calls, and the kernel frees all at the end. */
    if (error != 0 || forbids)
        seccomp_release(ctx);
    return error;
}
