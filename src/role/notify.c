/*
 * notify.c - sd_notify.
 */
#include "config.h"

#include "role/notify.h"

#include "base/log.h"
#include "base/parse.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
    int fd;
    struct sockaddr_un address;
    socklen_t n;
    ns_t watchdog;
} manager = {.fd = -1};

static void open_socket(const char *path)
{
    size_t n = strlen(path);

    if (n < 2 || n >= sizeof(manager.address.sun_path) || (path[0] != '/' && path[0] != '@')) {
        log_warn("NOTIFY_SOCKET: `%s' is no socket that can be used", path);
        return;
    }
    manager.address.sun_family = AF_UNIX;
    memcpy(manager.address.sun_path, path, n);
    if (path[0] == '@') /* an abstract one */
        manager.address.sun_path[0] = '\0';
    manager.n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (manager.fd < 0)
        log_warn("NOTIFY_SOCKET: %s", strerror(errno));
}

void notify_open(void)
{
    const char *path = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    uint64_t n;

    if (path)
        open_socket(path);
    if (pid && (!parse_u64(view_str(pid), &n) || n != (uint64_t)getpid()))
        return;
    if (usec && parse_u64(view_str(usec), &n) && n <= UINT64_C(86400) * 1000000)
        manager.watchdog = (ns_t)n * 1000;
}

void notify_say(const char *lines)
{
    if (manager.fd >= 0 &&
        sendto(manager.fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&manager.address, manager.n) < 0)
        log_debug("NOTIFY_SOCKET: %s", strerror(errno));
}

ns_t notify_watchdog(void)
{
    return manager.fd >= 0 ? manager.watchdog : 0;
}
