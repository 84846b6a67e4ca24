/*
 * blast.c - the fast sender of the live tests: frames of a file, numbered miners or background traffic out of an interface, paced
 * or as fast as it goes, by AF_PACKET with sendmmsg and without queueing discipline. Prints what it sent as one line of JSON.
 *
 * usage: blast -i IF MODE [FILE] [--rate PPS] [--seconds S] [--first N] [--count N] [--rounds N] [--loops N] [--net N]
 *              [--only c|s] [--times FILE] [--vxlan VNI | --geneve VNI] [--sources N] [--to ADDRESS] [--dst-mac MAC]
 *
 * The modes stand in blast_talk.c. --times writes a line "NUMBER NANOSECONDS" (since 1970) for each frame that completes
 * what proves a miner, taken before the call that sends it. SIGTERM and SIGINT end it early, with the same report.
 */
#include "config.h"

#include "blast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define NS 1000000000ULL

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

_Noreturn void die(const char *format, ...)
{
    va_list args;

    fputs("blast: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

static uint64_t number(const char *name, const char *text)
{
    char *end;
    unsigned long long v = strtoull(text, &end, 10);

    if (*text < '0' || *text > '9' || *end)
        die("--%s: given `%s', expected a number", name, text);
    return v;
}

enum {
    O_RATE = 256,
    O_SECONDS,
    O_FIRST,
    O_COUNT,
    O_ROUNDS,
    O_LOOPS,
    O_NET,
    O_ONLY,
    O_TIMES,
    O_VXLAN,
    O_GENEVE,
    O_SOURCES,
    O_TO,
    O_MAC
};

static const struct option long_options[] = {
    {"rate", required_argument, NULL, O_RATE},
    {"seconds", required_argument, NULL, O_SECONDS},
    {"first", required_argument, NULL, O_FIRST},
    {"count", required_argument, NULL, O_COUNT},
    {"rounds", required_argument, NULL, O_ROUNDS},
    {"loops", required_argument, NULL, O_LOOPS},
    {"net", required_argument, NULL, O_NET},
    {"only", required_argument, NULL, O_ONLY},
    {"times", required_argument, NULL, O_TIMES},
    {"vxlan", required_argument, NULL, O_VXLAN},
    {"geneve", required_argument, NULL, O_GENEVE},
    {"sources", required_argument, NULL, O_SOURCES},
    {"to", required_argument, NULL, O_TO},
    {"dst-mac", required_argument, NULL, O_MAC},
    {NULL, 0, NULL, 0},
};

static void read_mac(uint8_t mac[6], const char *text)
{
    unsigned int b[6];

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
        die("--dst-mac: given `%s', expected a MAC address", text);
    for (int i = 0; i < 6; i++)
        mac[i] = (uint8_t)b[i];
}

static void read_option(struct options *o, int c, const char *name)
{
    switch (c) {
    case 'i': o->interface = optarg; break;
    case O_RATE: o->rate = number(name, optarg); break;
    case O_SECONDS: o->seconds = strtod(optarg, NULL); break;
    case O_FIRST: o->first = number(name, optarg); break;
    case O_COUNT: o->count = number(name, optarg); break;
    case O_ROUNDS: o->rounds = number(name, optarg); break;
    case O_LOOPS: o->loops = number(name, optarg); break;
    case O_NET: o->net = (uint32_t)number(name, optarg) & 255; break;
    case O_ONLY: o->only = optarg; break;
    case O_TIMES: o->times = optarg; break;
    case O_VXLAN:
    case O_GENEVE:
        o->wrap.how = c == O_VXLAN ? WRAP_VXLAN : WRAP_GENEVE;
        o->wrap.vni = (uint32_t)number(name, optarg) & 0xffffff;
        break;
    case O_SOURCES: o->wrap.n_sources = (uint32_t)number(name, optarg); break;
    case O_TO:
        if (inet_pton(AF_INET, optarg, o->wrap.target) != 1)
            die("--to: given `%s', expected an IPv4 address", optarg);
        break;
    case O_MAC: read_mac(o->wrap.dst_mac, optarg); break;
    default: exit(2);
    }
}

static void read_options(struct options *o, int argc, char **argv)
{
    int c, at = 0;

    *o = (struct options){
        .net = 10, .loops = 1, .wrap = {.n_sources = 1, .target = {10, 200, 0, 254}, .dst_mac = {2, 0, 0, 0, 0xfe, 2}}};
    while ((c = getopt_long(argc, argv, "i:", long_options, &at)) != -1)
        read_option(o, c, c == 'i' ? "i" : long_options[at].name);
    if (!o->interface || optind >= argc)
        die("usage: blast -i IF pcap FILE | mix | miners | clients | victims [options]");
    o->mode = argv[optind];
    o->file = argv[optind + 1];
}

static int open_socket(const char *interface)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1, size = 1 << 22;
    struct sockaddr_ll where = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};

    if (fd < 0)
        die("no packet socket: %s", strerror(errno));
    if (where.sll_ifindex == 0)
        die("there is no interface %s", interface);
    /* Protocol 0: nothing is received here. */
    if (bind(fd, (struct sockaddr *)&where, sizeof(where)) != 0)
        die("cannot bind to %s: %s", interface, strerror(errno));
    if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0)
        die("PACKET_QDISC_BYPASS: %s", strerror(errno));
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return fd;
}

struct sent {
    uint64_t frames, bytes, marks, full, lost; /* full: calls that met a full device; lost: frames that no call would take */
};

/* Sends all of the batch and counts it; less of it when it is told to stop. A full device is waited for, 0.1 s for a frame (the other end may have a smaller MTU and never take it); an
 * interface that is down costs the frame. */
static void send_batch(int fd, struct mmsghdr *m, unsigned int n, struct sent *s)
{
    unsigned int tries = 0;

    for (unsigned int done = 0; done < n && !stopped;) {
        int k = sendmmsg(fd, m + done, n - done, 0);

        if (k > 0) {
            for (int i = 0; i < k; i++)
                s->bytes += m[done + (unsigned int)i].msg_hdr.msg_iov->iov_len;
            s->frames += (unsigned int)k;
            done += (unsigned int)k;
            tries = 0;
        } else if ((errno == ENOBUFS || errno == EAGAIN) && ++tries < 1000) {
            s->full++;
            usleep(50);
        } else if (errno == ENOBUFS || errno == EAGAIN) {
            s->lost++;
            done++;
            tries = 0;
        } else if (errno == ENETDOWN || errno == ENXIO || errno == ENODEV) {
            s->lost++;
            done++;
        } else if (errno != EINTR) {
            die("cannot send a frame of %zu bytes: %s", m[done].msg_hdr.msg_iov->iov_len, strerror(errno));
        }
    }
}

/* Sleeps until it is the turn of frame number n. */
static void pace(uint64_t begin, uint64_t rate, uint64_t n)
{
    uint64_t due = begin + (uint64_t)((double)n * 1e9 / (double)rate), now = clock_ns(CLOCK_MONOTONIC);
    struct timespec t = {.tv_sec = (time_t)(due / NS), .tv_nsec = (long)(due % NS)};

    if (due > now + 50000)
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void run(const struct options *o, int fd, struct talk *talk, struct sent *s)
{
    static struct frame frame[BATCH];
    static struct iovec iov[BATCH];
    static struct mmsghdr message[BATCH];
    /* Half a millisecond's worth at a time, so that paced traffic is smooth. */
    unsigned int batch = o->rate == 0 || o->rate / 2000 > BATCH ? BATCH
                         : o->rate / 2000 < 1                   ? 1
                                                                : (unsigned int)(o->rate / 2000);
    uint64_t begin = clock_ns(CLOCK_MONOTONIC), end = o->seconds > 0 ? begin + (uint64_t)(o->seconds * 1e9) : UINT64_MAX;
    FILE *times = o->times ? fopen(o->times, "w") : NULL;

    if (o->times && !times)
        die("%s: %s", o->times, strerror(errno));
    while (!stopped && clock_ns(CLOCK_MONOTONIC) < end) {
        unsigned int n = 0;
        uint64_t now;

        while (n < batch && talk_next(talk, &frame[n])) {
            iov[n] = (struct iovec){frame[n].data, frame[n].n};
            message[n].msg_hdr = (struct msghdr){.msg_iov = &iov[n], .msg_iovlen = 1};
            n++;
        }
        if (n == 0)
            break;
        if (o->rate)
            pace(begin, o->rate, s->frames);
        now = clock_ns(CLOCK_REALTIME);
        for (unsigned int i = 0; i < n; i++) {
            if (frame[i].mark < 0)
                continue;
            s->marks++;
            if (times)
                fprintf(times, "%lld %llu\n", (long long)frame[i].mark, (unsigned long long)now);
        }
        send_batch(fd, message, n, s);
    }
    if (times && fclose(times) != 0)
        die("%s: %s", o->times, strerror(errno));
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = stop};
    struct options o;
    struct sent s = {0};
    struct talk *talk;
    uint64_t begin;
    double seconds;
    int fd;

    read_options(&o, argc, argv);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    fd = open_socket(o.interface);
    talk = talk_new(&o);
    begin = clock_ns(CLOCK_MONOTONIC);
    run(&o, fd, talk, &s);
    seconds = (double)(clock_ns(CLOCK_MONOTONIC) - begin) / 1e9;
    printf("{\"frames\":%llu,\"bytes\":%llu,\"proofs\":%llu,\"seconds\":%.6f,\"pps\":%.0f,\"full\":%llu,\"lost\":%llu}\n",
           (unsigned long long)s.frames, (unsigned long long)s.bytes, (unsigned long long)s.marks, seconds,
           (double)s.frames / (seconds > 0 ? seconds : 1), (unsigned long long)s.full, (unsigned long long)s.lost);
    talk_free(talk);
    close(fd);
    return 0;
}
