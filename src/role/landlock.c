/*
 * landlock.c - a set of rules that handles everything and allows nothing, or one port (see landlock(7)).
 *
 * What the kernel does not know yet is left out: before Linux 6.12 signals and abstract sockets are refused by
 * the system call filter alone. Sockets that lie in the file system are never covered.
 */
#include "config.h"

#include "role/landlock.h"

#include "base/base.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The kernel's struct landlock_ruleset_attr, and which of its fields and bits which version knows. Own
 * numbers, as the headers of Debian 12 know the first three versions only.
 */
struct ruleset {
    uint64_t files, net, scopes;
};

int landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U /* tell the version */);

    if (version < 0)
        return -errno;
    return version > 0 ? (int)version : -EOPNOTSUPP;
}

/* The kernel's struct landlock_net_port_attr, and its numbers, which Debian 12 does not have either. */
struct port_rule {
    uint64_t allowed, port;
};

enum { RULE_NET_PORT = 2, CONNECT_TCP = 2, VERSION_NET = 4 };

int landlock_enter(uint16_t tcp_port)
{
    struct port_rule rule = {CONNECT_TCP, tcp_port};
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
    int version = landlock_version(), error = 0;
    size_t i;
    long fd;

    if (version < 0)
        return version;
    i = min_size((size_t)version, ARRAY_LEN(versions)) - 1;
    fd = syscall(SYS_landlock_create_ruleset, &versions[i].all, versions[i].size, 0U);
    if (fd < 0)
        return -errno;
    if (tcp_port && version >= VERSION_NET && syscall(SYS_landlock_add_rule, (int)fd, RULE_NET_PORT, &rule, 0U) != 0)
        error = -errno;
    if (error == 0 && syscall(SYS_landlock_restrict_self, (int)fd, 0U) != 0)
        error = -errno;
    close((int)fd);
    return error;
}
