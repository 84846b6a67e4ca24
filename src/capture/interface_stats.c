/*
 * interface_stats.c - counters of an interface from sysfs, and from its driver by the ethtool ioctl.
 *
 * The names are those of the ENA driver of AWS: bw_in_allowance_exceeded, bw_out_, pps_, conntrack_, linklocal_.
 */
#include "config.h"

#include "capture/interface_stats.h"

#include "base/parse.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNTERS_MAX 16384 /* a driver with more is not asked; mlx5 with 64 queues has some 3000 */

_Static_assert(INTERFACE_COUNTER_NAME_MAX == ETH_GSTRING_LEN + 1, "the name of a counter and its end");

static bool read_counter(const char *interface, const char *counter, uint64_t *value)
{
    char path[128], text[32];
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", interface, counter);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, sizeof(text));
    close(fd);
    if (n > 0 && text[n - 1] == '\n')
        n--;
    return n > 0 && parse_u64(view_of(text, (size_t)n), value);
}

static bool ask(int fd, const char *interface, void *data)
{
    struct ifreq request = {.ifr_data = data};

    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    return ioctl(fd, SIOCETHTOOL, &request) == 0;
}

bool interface_stats_is_allowance(const char *counter)
{
    static const char end[] = "_allowance_exceeded";
    size_t n = strlen(counter);

    return n >= sizeof(end) && strcmp(counter + n - (sizeof(end) - 1), end) == 0;
}

static void take_allowances(struct interface_stats *stats, const struct ethtool_gstrings *names,
                            const struct ethtool_stats *values, uint32_t n)
{
    for (uint32_t i = 0; i < n && stats->n_allowance < INTERFACE_ALLOWANCES_MAX; i++) {
        char *name = stats->allowance[stats->n_allowance].name;

        memcpy(name, names->data + (size_t)i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
        name[ETH_GSTRING_LEN] = '\0';
        if (interface_stats_is_allowance(name))
            stats->allowance[stats->n_allowance++].value = values->data[i];
    }
}

/*
 * The number of counters can change between the questions, when queues are added, and the kernel writes as many as
 * there are: the memory has room for all of COUNTERS_MAX, and names and values must be equally many.
 */
static void read_driver(int fd, const char *interface, struct interface_stats *stats)
{
    struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
    struct ethtool_gstrings *names = calloc(1, sizeof(*names) + (size_t)COUNTERS_MAX * ETH_GSTRING_LEN);
    struct ethtool_stats *values = calloc(1, sizeof(*values) + (size_t)COUNTERS_MAX * sizeof(values->data[0]));

    if (names && values && ask(fd, interface, &info) && info.n_stats > 0 && info.n_stats <= COUNTERS_MAX / 2) {
        *names = (struct ethtool_gstrings){.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = info.n_stats};
        *values = (struct ethtool_stats){.cmd = ETHTOOL_GSTATS, .n_stats = info.n_stats};
        if (ask(fd, interface, names) && ask(fd, interface, values) && names->len == values->n_stats &&
            names->len <= COUNTERS_MAX)
            take_allowances(stats, names, values, names->len);
    }
    free(names);
    free(values);
}

void interface_stats_read(const char *name, struct interface_stats *stats)
{
    uint64_t missed, overrun;
    int fd;

    *stats = (struct interface_stats){0};
    if (read_counter(name, "rx_missed_errors", &missed) && read_counter(name, "rx_fifo_errors", &overrun)) {
        stats->has_lost = true;
        stats->lost = missed + overrun;
    }
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    read_driver(fd, name, stats);
    close(fd);
}
