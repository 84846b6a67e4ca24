/*
 * live.c - one interface, by libpcap.
 *
 * A new packet socket gets packets from the moment it is bound, and libpcap binds before it lets us set a filter. So
 * the filter that refuses all is set at once, and what came before it is thrown away: the kernel hands out the
 * block it lies in after at most two ticks of its timer.
 *
 * The snapshot length costs no room: in TPACKET_V3 packets lie close to each other in blocks, which libpcap makes
 * 256 KiB long, whatever the snapshot length; of packets of 60 bytes 8 MiB hold 48,000. The ring takes
 * its whole size from the opening on, in pages of the kernel that count as the process's own. 64 MiB lost nothing of
 * what a sender on a machine with a load of 10 could send, 2 MiB 3 % of it.
 */
#include "config.h"

#include "capture/live.h"

#include "capture/fanout.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define NAME_MAX_BYTES 15
#define BLOCK_TIMEOUT_MS 10 /* a block that is not full is handed out after that, or twice that */
#define LINKTYPE_RAW 101    /* in memory libpcap has DLT_RAW, a number that differs between systems */

struct live {
    pcap_t *pcap;
    struct bpf_program filter; /* the one that live_arm sets */
    bool has_filter;
    bool nanoseconds;
    uint32_t linktype;
    uint32_t file;
    uint32_t fanout_key;
    int32_t group; /* -1 = none */
    uint64_t n_frames;
    uint64_t received, dropped;
    char error[PCAP_ERRBUF_SIZE];
};

/* One call of live_read, as the callback of libpcap sees it. */
struct reading {
    struct live *l;
    void (*fn)(void *arg, const struct frame *);
    void *arg;
};

bool live_name_ok(const char *name)
{
    size_t n = strlen(name);

    return n > 0 && n <= NAME_MAX_BYTES && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-") == n;
}

static void say_activate(int status, pcap_t *pcap, char *why, size_t n_why)
{
    const char *detail = pcap_geterr(pcap);

    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
        snprintf(why, n_why,
                 "not permitted: capturing needs CAP_NET_RAW (start as root, or with AmbientCapabilities=CAP_NET_RAW in the "
                 "systemd unit, or after setcap cap_net_raw=ep on the program)");
        return;
    case PCAP_ERROR_NO_SUCH_DEVICE: snprintf(why, n_why, "there is no such interface"); return;
    case PCAP_ERROR_IFACE_NOT_UP: snprintf(why, n_why, "the interface is down"); return;
    default: snprintf(why, n_why, "%s", detail[0] ? detail : pcap_statustostr(status)); return;
    }
}

/* Sets what has to be set before the handle is activated; none of it fails on a new handle with these values. */
static bool configure(struct live *l, const struct live_conf *conf)
{
    l->nanoseconds = pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    return pcap_set_snaplen(l->pcap, (int)conf->snaplen) == 0 && pcap_set_promisc(l->pcap, conf->promiscuous) == 0 &&
           pcap_set_timeout(l->pcap, BLOCK_TIMEOUT_MS) == 0 && pcap_set_buffer_size(l->pcap, (int)conf->buffer) == 0;
}

static bool refuse_all(struct live *l)
{
    struct bpf_insn none = {.code = BPF_RET | BPF_K};
    struct bpf_program program = {.bf_len = 1, .bf_insns = &none};

    return pcap_setfilter(l->pcap, &program) == 0;
}

static void forget_frame(u_char *arg, const struct pcap_pkthdr *header, const u_char *bytes)
{
    (void)arg;
    (void)header;
    (void)bytes;
}

/* Empties the ring of what came before all was refused. What comes out is refused once more, by libpcap. */
static void drain(struct live *l)
{
    int n;

    do
        n = pcap_dispatch(l->pcap, -1, forget_frame, NULL);
    while (n > 0);
}

/* As activate, after the handle was made; false with the reason. */
static bool start(struct live *l, const struct live_conf *conf, char *why, size_t n_why)
{
    uint64_t received, dropped;
    int status, domain = 0;
    socklen_t n = sizeof(domain);

    if (!configure(l, conf)) {
        snprintf(why, n_why, "libpcap refuses a snapshot length of %u bytes or a ring of %llu", conf->snaplen,
                 (unsigned long long)conf->buffer);
        return false;
    }
    status = pcap_activate(l->pcap);
    if (status < 0) {
        say_activate(status, l->pcap, why, n_why);
        return false;
    }
    if (pcap_setnonblock(l->pcap, 1, why) != 0)
        return false;
    /* libpcap also opens what is no interface, by its name: USB, Bluetooth, the queues of the packet filter. */
    if (getsockopt(pcap_fileno(l->pcap), SOL_SOCKET, SO_DOMAIN, &domain, &n) != 0 || domain != AF_PACKET) {
        snprintf(why, n_why, "this is no network interface");
        return false;
    }
    if (!refuse_all(l) || pcap_compile(l->pcap, &l->filter, conf->filter ? conf->filter : "", 1, PCAP_NETMASK_UNKNOWN) != 0) {
        snprintf(why, n_why, "%s", pcap_geterr(l->pcap));
        return false;
    }
    l->has_filter = true;
    if (live_drops(l, &received, &dropped) && received > 0) {
        poll(NULL, 0, 4 * BLOCK_TIMEOUT_MS);
        drain(l);
    }
    return true;
}

struct live *live_open(const struct live_conf *conf, char *why, size_t n_why)
{
    struct live *l;
    char errbuf[PCAP_ERRBUF_SIZE] = "";

    if (!live_name_ok(conf->name)) {
        snprintf(why, n_why, "this is no name of an interface: 1 to 15 letters, digits, or one of _.:- were expected");
        return NULL;
    }
    if (strcmp(conf->name, "any") != 0 && if_nametoindex(conf->name) == 0) {
        snprintf(why, n_why, "there is no such interface");
        return NULL;
    }
    l = calloc(1, sizeof(*l));
    if (!l) {
        snprintf(why, n_why, "not enough memory");
        return NULL;
    }
    l->group = -1;
    l->file = conf->file;
    l->fanout_key = conf->fanout_key;
    l->pcap = pcap_create(conf->name, errbuf);
    if (!l->pcap)
        snprintf(why, n_why, "%s", errbuf);
    if (!l->pcap || !start(l, conf, why, n_why)) {
        live_close(l);
        return NULL;
    }
    l->linktype = pcap_datalink(l->pcap) == DLT_RAW ? LINKTYPE_RAW : (uint32_t)pcap_datalink(l->pcap);
    return l;
}

void live_close(struct live *l)
{
    if (!l)
        return;
    if (l->has_filter)
        pcap_freecode(&l->filter);
    if (l->pcap)
        pcap_close(l->pcap);
    free(l);
}

static enum fanout_link link_of(const struct live *l)
{
    switch (pcap_datalink(l->pcap)) {
    case DLT_EN10MB: return FANOUT_ETHERNET;
    case DLT_RAW: return FANOUT_RAW;
    default: return FANOUT_OTHER;
    }
}

static bool set_program(struct live *l, const struct conf_ports *vxlan, const struct conf_ports *geneve)
{
    struct fanout_program program;
    struct sock_fprog fprog;

    fanout_packet_program(&program, link_of(l), vxlan, geneve, l->fanout_key);
    fprog = (struct sock_fprog){.len = program.n, .filter = program.code};
    return setsockopt(live_fd(l), SOL_PACKET, PACKET_FANOUT_DATA, &fprog, sizeof(fprog)) == 0;
}

bool live_join(struct live *l, int32_t group, enum conf_fanout fanout, const struct conf_ports *vxlan,
               const struct conf_ports *geneve, char *why, size_t n_why)
{
    uint32_t how = fanout == CONF_FANOUT_FLOW ? PACKET_FANOUT_HASH : PACKET_FANOUT_CBPF, now = 0;
    uint32_t arg = group < 0 ? (how | PACKET_FANOUT_FLAG_UNIQUEID) << 16 : (how << 16) | (uint32_t)(group & 0xffff);
    socklen_t n = sizeof(now);

    if (setsockopt(live_fd(l), SOL_PACKET, PACKET_FANOUT, &arg, sizeof(arg)) != 0) {
        snprintf(why, n_why, "cannot share the interface among workers: %s", strerror(errno));
        return false;
    }
    if (fanout == CONF_FANOUT_AUTO && !set_program(l, vxlan, geneve)) {
        snprintf(why, n_why, "the kernel refuses the program by which workers share the interface: %s", strerror(errno));
        return false;
    }
    if (getsockopt(live_fd(l), SOL_PACKET, PACKET_FANOUT, &now, &n) != 0) {
        snprintf(why, n_why, "cannot ask for the number of the fan-out group: %s", strerror(errno));
        return false;
    }
    l->group = (int32_t)(now & 0xffff);
    return true;
}

int32_t live_group(const struct live *l)
{
    return l->group;
}

bool live_arm(struct live *l, char *why, size_t n_why)
{
    drain(l);
    if (pcap_setfilter(l->pcap, &l->filter) != 0) {
        snprintf(why, n_why, "%s", pcap_geterr(l->pcap));
        return false;
    }
    l->received = l->dropped = 0;
    return true;
}

int live_fd(const struct live *l)
{
    return pcap_fileno(l->pcap);
}

static void give_frame(u_char *arg, const struct pcap_pkthdr *header, const u_char *bytes)
{
    const struct reading *r = (const void *)arg;
    struct frame frame = {
        .bytes = view_of(bytes, header->caplen),
        .wire_len = header->len > header->caplen ? header->len : header->caplen,
        .linktype = r->l->linktype,
        .time_ns = header->ts.tv_sec * NS_PER_SEC + header->ts.tv_usec * (r->l->nanoseconds ? 1 : NS_PER_US),
        .number = ++r->l->n_frames,
        .file = r->l->file,
    };

    r->fn(r->arg, &frame);
}

enum live_state live_read(struct live *l, int max, void (*fn)(void *arg, const struct frame *), void *arg, int *n)
{
    struct reading r = {l, fn, arg};
    uint64_t before = l->n_frames;
    int got = pcap_dispatch(l->pcap, max, give_frame, (u_char *)&r);

    *n = (int)(l->n_frames - before);
    if (got == PCAP_ERROR) {
        snprintf(l->error, sizeof(l->error), "%s", pcap_geterr(l->pcap));
        return LIVE_GONE;
    }
    /* libpcap asks to be called again soon as long as the interface is down, and only then. */
    return pcap_get_required_select_timeout(l->pcap) ? LIVE_DOWN : LIVE_OK;
}

const char *live_error(const struct live *l)
{
    return l->error;
}

bool live_drops(struct live *l, uint64_t *received, uint64_t *dropped)
{
    struct tpacket_stats_v3 s = {0};
    socklen_t n = sizeof(s);
    bool ok = getsockopt(live_fd(l), SOL_PACKET, PACKET_STATISTICS, &s, &n) == 0;

    if (ok) {
        l->received += s.tp_packets; /* with the dropped ones, as the kernel counts */
        l->dropped += s.tp_drops;
    }
    *received = l->received;
    *dropped = l->dropped;
    return ok;
}
