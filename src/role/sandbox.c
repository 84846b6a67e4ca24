/*
 * sandbox.c - descriptors, limits, Landlock and a system call filter, in this order: each takes away
 * what the next one does not need.
 *
 * Several parts refuse the same thing on purpose. Opening a file needs a free descriptor (there is
 * none), a rule of Landlock (there is none), and a system call (it kills).
 */
#include "config.h"

#include "role/sandbox.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN true
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN false
#endif

const bool sandbox_is_whole = !WITH_ASAN;

static bool close_from(int first)
{
    long n;

    if (close_range((unsigned)first, ~0U, 0) == 0)
        return true;
    n = sysconf(_SC_OPEN_MAX); /* Linux before 5.9 */
    for (int fd = first; fd < n; fd++)
        close(fd); /* most are not open */
    return n > 0;
}

/* Any of the two may be any number, 0 and 1 too when the program was started with these closed. */
static bool keep_descriptors(int in_fd, int out_fd)
{
    int in = fcntl(in_fd, F_DUPFD, STDERR_FILENO + 1);
    int out = fcntl(out_fd, F_DUPFD, STDERR_FILENO + 1);

    return in >= 0 && out >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
           close_from(STDOUT_FILENO + 1 + WITH_ASAN);
}

static bool limit(int what, rlim_t to)
{
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){to, to}) == 0;
}

/* Bytes of address space in use; 0 when not known. */
static unsigned long long address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (!f)
        return 0;
    if (fscanf(f, "%llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

/*
 * Where /proc is not mounted the cap on memory is left out; the libraries have their own
 * (capture/codec.h). RLIMIT_DATA would not do either: it counts the same things in the same way.
 */
static bool limit_memory(unsigned long long memory_max)
{
    unsigned long long now = WITH_ASAN ? 0 : address_space();

    return now == 0 || limit(RLIMIT_AS, (rlim_t)(now + memory_max));
}

/*
 * The kernel's struct landlock_ruleset_attr, and which of its fields and bits which version knows. Own
 * numbers, as the headers of Debian 12 know the first three versions only.
 */
struct ruleset {
    uint64_t files, net, scopes;
};

static bool enter_landlock(void)
{
    static const struct {
        size_t size;
        struct ruleset all;
    } versions[] = {
        {8, {0x1fff, 0, 0}},  /* 1, Linux 5.13 */
        {8, {0x3fff, 0, 0}},  /* 2: refer */
        {8, {0x7fff, 0, 0}},  /* 3: truncate */
        {16, {0x7fff, 3, 0}}, /* 4: TCP bind and connect */
        {16, {0xffff, 3, 0}}, /* 5: device ioctl */
        {24, {0xffff, 3, 3}}, /* 6: abstract sockets, signals */
    };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U /* tell the version */);
    size_t i;
    long fd;
    bool ok;

    if (version < 1)
        return true;
    i = min_size((size_t)version, ARRAY_LEN(versions)) - 1;
    fd = syscall(SYS_landlock_create_ruleset, &versions[i].all, versions[i].size, 0U);
    if (fd < 0)
        return false;
    ok = syscall(SYS_landlock_restrict_self, (int)fd, 0U) == 0;
    close((int)fd);
    return ok;
}

/* A rule that allows a call when its argument `arg`, masked, is `value`. */
static bool allow_if(scmp_filter_ctx ctx, int call, unsigned arg, uint64_t mask, uint64_t value)
{
    struct scmp_arg_cmp cmp = {.arg = arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};

    return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &cmp) == 0;
}

/* Memory without a file behind it, and not executable. */
static bool allow_map(scmp_filter_ctx ctx, int call)
{
    struct scmp_arg_cmp cmp[2] = {
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0},
        {.arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_ANONYMOUS, .datum_b = MAP_ANONYMOUS},
    };

    return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 2, cmp) == 0;
}

/*
 * Seen in use, by strace over all formats, were read, write, brk, mmap, munmap, mremap and exit_group.
 * madvise is what other versions of malloc give memory back with, exit is exit_group's older kin, and
 * restart_syscall is how a call goes on after a stop signal.
 */
static bool enter_filter(void)
{
    static const int plain[] = {SCMP_SYS(brk),  SCMP_SYS(munmap),     SCMP_SYS(mremap),         SCMP_SYS(madvise),
                                SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall)};
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = ctx && seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    int error;

    for (size_t i = 0; ok && i < ARRAY_LEN(plain); i++)
        ok = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, plain[i], 0) == 0;
    ok = ok && allow_if(ctx, SCMP_SYS(read), 0, UINT32_MAX, STDIN_FILENO) &&
         allow_if(ctx, SCMP_SYS(write), 0, UINT32_MAX, STDOUT_FILENO) && allow_map(ctx, SCMP_SYS(mmap));
#ifdef __NR_mmap2
    ok = ok && allow_map(ctx, SCMP_SYS(mmap2));
#endif
    if (!ok) {
        errno = ENOMEM;
        return false;
    }
    error = seccomp_load(ctx);
    /* The filter is on: ctx is not released, which costs nothing, as the process ends by _exit. */
    errno = -error;
    return error == 0;
}

bool sandbox_enter(int in_fd, int out_fd, unsigned long long memory_max)
{
    bool ok = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit_memory(memory_max) && keep_descriptors(in_fd, out_fd) &&
              enter_landlock() && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) &&
              limit(RLIMIT_NOFILE, 0);

    return ok && (WITH_ASAN || enter_filter());
}
