/*
 * bench_dns.c - what a DNS message that holds no listed name costs here, walked and looked up in the built-in lists, beside
 * ldns_wire2pkt; and what a message costs that is made to cost much.
 *
 * usage: bench-dns [CAPTURE|DIR...]   with captures: their messages in place of made ones
 *
 * It fails when ldns is not at least 10 times dearer for the messages, of captures or made ones, where nothing repeats that a processor
 * could learn to guess, and 1000 times for the bomb.
 *
 * Both take turns, ROUNDS times, and the medians are compared: times differ from machine to machine, ratios hardly.
 */
#include "config.h"

#include "capture/savefile.h"
#include "config/conf.h"
#include "detect/names.h"
#include "role/feeds_builtin.h"
#include "wire/decode.h"

#include "../put.h"

#include <fcntl.h>
#include <ftw.h>
#include <ldns/packet.h>
#include <ldns/wire2host.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES 4096 /* made; at most, of captures */
#define ROUNDS 9
#define BOMB_BYTES 65489

struct message {
    uint8_t b[512];
    size_t n;
};

/* One behind the other, as in the blocks of a capture. */
static struct view messages[MESSAGES];
static uint8_t store[MESSAGES * sizeof(struct message)];
static unsigned n_messages;
static size_t n_bytes;
static const struct feed *feed;
static struct names_message said;
static uint64_t seed = 20260301;

static unsigned chance(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static void put(struct message *m, const void *p, size_t n)
{
    memcpy(m->b + m->n, p, n);
    m->n += n;
}

static void put_u16(struct message *m, unsigned v)
{
    put_be16(m->b + m->n, v);
    m->n += 2;
}

static void put_label(struct message *m, unsigned n)
{
    uint8_t label[64] = {(uint8_t)n};

    for (unsigned i = 1; i <= n; i++)
        label[i] = (uint8_t)('a' + chance(26));
    put(m, label, n + 1);
}

static void put_name(struct message *m)
{
    static const char *const tops[] = {"\3com", "\3net", "\3org", "\2de"};
    const char *top = tops[chance(ARRAY_LEN(tops))];

    for (unsigned i = chance(3) + (chance(10) < 7); i > 0; i--)
        put_label(m, 2 + chance(5));
    put_label(m, 3 + chance(7));
    put(m, top, (size_t)top[0] + 2);
}

/* A record whose owner is the name at `owner`; its data follow. */
static void put_record(struct message *m, size_t owner, unsigned type, unsigned n)
{
    put_u16(m, 0xc000 | (unsigned)owner);
    put_u16(m, type);
    put_u16(m, 1);
    put_u16(m, 0);
    put_u16(m, 300);
    put_u16(m, n);
}

/* Servers of a zone, and the address of each: what resolvers add that are not told to be brief. */
static void put_servers(struct message *m, size_t zone)
{
    size_t server[4];

    for (unsigned i = 0; i < ARRAY_LEN(server); i++) {
        put_record(m, zone, 2, 19);
        server[i] = m->n;
        put_label(m, 6);
        put_label(m, 9);
        put_u16(m, 0xc000 | (unsigned)zone);
    }
    for (unsigned i = 0; i < ARRAY_LEN(server); i++) {
        put_record(m, server[i], DNS_A, 4);
        put_u16(m, chance(65536));
        put_u16(m, chance(65536));
    }
}

/*
 * A question, or an answer of one to four addresses behind up to two aliases. The numbers are those of the DNS in public captures of
 * ordinary traffic, 511 messages of 135 bytes on average: names of 20 bytes with 3.7 labels; half are answers, with 0.6 aliases, 2.2
 * addresses, and 4 servers with their addresses in two of five.
 */
static void make(struct message *m)
{
    bool answer = chance(2), edns = chance(7) == 0, servers = answer && chance(5) < 2;
    unsigned n_alias = !answer || chance(100) < 55 ? 0 : 1 + (chance(5) < 2);
    unsigned n_addr = answer ? 1 + chance(2) + chance(2) + (chance(4) == 0) : 0;
    size_t owner = 12, at;

    put_u16(m, chance(65536));
    put_u16(m, answer ? 0x8180 : 0x0100);
    put_u16(m, 1);
    put_u16(m, n_alias + n_addr);
    put_u16(m, servers ? 4 : 0);
    put_u16(m, (servers ? 4 : 0) + edns);
    put_name(m);
    put_u16(m, 1);
    put_u16(m, 1);
    for (unsigned i = 0; i < n_alias; i++) {
        put_record(m, owner, DNS_CNAME, 0);
        owner = at = m->n;
        put_name(m);
        put_be16(m->b + at - 2, (unsigned)(m->n - at));
    }
    for (unsigned i = 0; i < n_addr; i++) {
        bool is_v6 = chance(5) < 2;

        put_record(m, owner, is_v6 ? DNS_AAAA : DNS_A, is_v6 ? 16 : 4);
        for (unsigned k = 0; k < (is_v6 ? 8 : 2); k++)
            put_u16(m, chance(65536));
    }
    if (servers)
        put_servers(m, owner);
    if (edns)
        put(m, "\0\0\51\4\320\0\0\0\0\0\0", 11);
}

/* A chain of pointers, each to the one before it, in the data of a NULL record; then aliases whose owner and target are its end. */
static size_t make_bomb(uint8_t *b)
{
    static const uint8_t head[] = "\x12\x34\x81\x80\0\1\377\377\0\0\0\0\1a\0\0\1\0\1\0\0\12\0\1\0\0\0\0\76\200";
    static const uint8_t alias[] = "\0\0\5\0\1\0\0\0\0\0\2";
    size_t n = sizeof(head) - 1, first = n;

    memcpy(b, head, n);
    for (unsigned i = 0; i < 8000; i++, n += 2)
        put_be16(b + n, 0xc000 | (unsigned)(i == 0 ? 12 : n - 2));
    while (n + 13 <= BOMB_BYTES) {
        memcpy(b + n, alias, 11);
        put_be16(b + n + 11, 0xc000 | (unsigned)(first + 2 * 7000));
        n += 13;
    }
    return n;
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v)
{
    qsort(v, ROUNDS, sizeof(*v), by_value);
    return v[ROUNDS / 2];
}

static const struct feed *compile(void)
{
    static struct feed_report reports[FEEDS_BUILTIN_N];
    size_t n = feed_size(feeds_builtin, FEEDS_BUILTIN_N);
    void *mem = aligned_alloc(64, (n + 63) / 64 * 64);

    if (!mem)
        return NULL;
    memset(mem, 0, n);
    return feed_build(mem, n, feeds_builtin, FEEDS_BUILTIN_N, 1, reports);
}

/* Nanoseconds a message. */
static double ours(struct view one, unsigned how, unsigned times)
{
    static struct names_counters ctr;
    double start = now_s();
    unsigned n = 0;

    for (unsigned k = 0; k < times; k++)
        for (unsigned i = 0; i < (one.p ? 1 : n_messages); i++, n++)
            names_read(feed, one.p ? one : messages[i], how, 0, &said, &ctr);
    if (ctr.hits > 0 || (!one.p && ctr.malformed + ctr.limited > 0)) {
        fprintf(stderr, "bench-dns: the messages are not what they should be\n");
        exit(2);
    }
    return (now_s() - start) * 1e9 / n;
}

static double theirs(struct view one, unsigned times)
{
    double start = now_s();
    unsigned n = 0;

    for (unsigned k = 0; k < times; k++)
        for (unsigned i = 0; i < (one.p ? 1 : n_messages); i++, n++) {
            struct view m = one.p ? one : messages[i];
            ldns_pkt *packet = NULL;

            if (ldns_wire2pkt(&packet, m.p, m.n) == LDNS_STATUS_OK)
                ldns_pkt_free(packet);
            else if (!one.p)
                exit(2);
        }
    return (now_s() - start) * 1e9 / n;
}

static bool row(const char *what, struct view one, unsigned how, unsigned times, double least)
{
    double us[ROUNDS], ldns[ROUNDS], a, b;

    for (unsigned i = 0; i < ROUNDS; i++) {
        us[i] = ours(one, how, one.p ? 1000 : times);
        ldns[i] = theirs(one, times);
    }
    a = median(us);
    b = median(ldns);
    printf("%-44s %12.1f ns %14.1f ns %10.1f x  (at least %.0f) %s\n", what, a, b, b / a, least,
           b >= a * least ? "ok" : "FAIL");
    return b >= a * least;
}

/* Of captures what ldns reads and no list names. */
static void keep(struct view m)
{
    struct names_counters ctr = {.messages = 0};
    ldns_pkt *packet = NULL;

    if (n_messages == MESSAGES || m.n > sizeof(store) - n_bytes || ldns_wire2pkt(&packet, m.p, m.n) != LDNS_STATUS_OK)
        return;
    ldns_pkt_free(packet);
    if (!names_read(feed, m, NAMES_ON_PORT, 0, &said, &ctr) || ctr.hits + ctr.malformed + ctr.limited > 0)
        return;
    memcpy(store + n_bytes, m.p, m.n);
    messages[n_messages++] = view_of(store + n_bytes, m.n);
    n_bytes += m.n;
}

static int load(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static struct savefile s;
    struct wire_counters ctr = {.tcp = 0};
    struct tunnel_ports ports;
    struct frag_table frags;
    struct conf conf;
    struct packet p;
    struct frame f;
    size_t n;
    int fd = type == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    (void)st;
    (void)ftw;
    if (fd < 0)
        return 0;
    conf_defaults(&conf);
    ports = tunnel_ports_of(&conf.tunnels.vxlan_ports, &conf.tunnels.geneve_ports);
    if (savefile_open(&s, fd, SAVEFILE_CAPTURE) && frag_table_init(&frags, 8, 1)) {
        while (savefile_read(&s, &f, 1, &n) == SAVEFILE_FRAME) {
            if (decode_frame(&f, &p, &frags, &ports, &ctr) && p.ip_proto == IPPROTO_NUM_UDP && (p.sport == 53 || p.dport == 53))
                keep(p.payload);
            if (p.in_fragment_memory)
                frag_release(&frags);
        }
        savefile_close(&s);
        frag_table_fini(&frags);
    }
    close(fd);
    return 0;
}

static void make_all(void)
{
    while (n_messages < MESSAGES) {
        struct message m = {.n = 0};

        make(&m);
        memcpy(store + n_bytes, m.b, m.n);
        messages[n_messages++] = view_of(store + n_bytes, m.n);
        n_bytes += m.n;
    }
}

int main(int argc, char **argv)
{
    static uint8_t bomb[65536];
    size_t n = make_bomb(bomb);
    bool ok;

    feed = compile();
    if (!feed)
        return 2;
    mallopt(M_TRIM_THRESHOLD, 64 << 20); /* that ldns gives memory back to the system is no cost of its reading */
    for (int i = 1; i < argc; i++)
        nftw(argv[i], load, 16, FTW_PHYS);
    if (argc < 2)
        make_all();
    if (n_messages == 0) {
        fprintf(stderr, "bench-dns: no DNS in these captures\n");
        return 2;
    }
    printf("DNS: %u messages, mean %zu bytes, none of them listed   ours, with look-up      ldns_wire2pkt\n", n_messages,
           n_bytes / n_messages);
    ok = row("a message", view_of(NULL, 0), 0, 1 + 80000 / n_messages, 10);
    ok = row("a chain of pointers in 65,489 bytes", view_of(bomb, n), NAMES_BY_STREAM, 1, 1000) && ok;
    return ok ? 0 : 1;
}
