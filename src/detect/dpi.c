/*
 * dpi.c - dpi.h by nDPI (libndpi 4.2 to 4.10), of which only the dissector for mining is used.
 *
 * All other dissectors stay off. With them nDPI 4.2, which Debian 12 and 13 have, dies of one UDP datagram
 * (DTLS), never ends with one DNS message of 65.4 kB, reads past an empty payload after QUIC, and opens
 * /etc/localtime for dates in certificates. With the dissector for mining alone none of this is reachable,
 * and starting it opens no file. Its guesses by ports (ndpi_detection_giveup with enable_guess) are not asked for.
 *
 * Two things of nDPI are kept out on purpose. It remembers the pairs of addresses of connections that it
 * called mining (in a cache of fixed size), and calls every later connection of such a pair mining, an HTTP
 * request too; so each connection is shown between addresses of its own, and no verdict depends on another
 * connection. And it sees no header that was on the wire: the IPv4 and TCP headers are made here, for IPv6
 * and tunnelled connections alike.
 *
 * What differs between versions is found out by configure, as the numbers of development versions tell
 * little: nDPI before 4.10 takes flags at its start (HAVE_NDPI_PREFS), later it takes a context that may
 * be NULL and is told the same by ndpi_set_config; since July 2022, after 4.2, it takes hints about the
 * flow with each packet (HAVE_NDPI_INPUT_INFO). nDPI 5 chooses dissectors in another way and is refused by configure.
 */
#include "config.h"

#include "detect/dpi.h"

#include "base/pool.h"

#include <ndpi/ndpi_api.h>
#include <stdlib.h>

#define IP_BYTES 20
#define TCP_BYTES 20
#define HEADER_BYTES (IP_BYTES + TCP_BYTES)
#define TCP_PSH_ACK 0x18

/*
 * Clients get addresses of 240.0.0.0/4, which nobody has (RFC 1112 section 4), counted up; the server is
 * always 192.0.2.1 (RFC 5737). nDPI's cache goes by the sum of both, which so comes back after 2^28
 * connections, when its 1,024 places have long been taken by others.
 */
#define CLIENT_NET 0xf0000000u
#define CLIENT_MASK 0x0fffffffu
#define SERVER 0xc0000201u

struct state {
    uint32_t client; /* its address; the pool writes over it when the object is given back */
    bool is_taken;
    struct ndpi_flow_struct *ndpi; /* in the same object, behind this */
};
#define STATE_BYTES 64 /* of an object before nDPI's part, which stays aligned */
_Static_assert(sizeof(struct state) <= STATE_BYTES, "nDPI's part of an object begins behind struct state");

struct dpi {
    struct ndpi_detection_module_struct *module; /* NULL until the first payload */
    struct pool flows;                           /* struct state and nDPI's own; mem is NULL when max_flows is 0 */
    uint32_t n_clients;                          /* addresses given out */
    bool is_off, is_broken;                      /* not wanted; cannot be started */
    struct dpi_counters ctr;
    uint8_t packet[HEADER_BYTES + DPI_PAYLOAD_MAX];
};

struct dpi *dpi_new(uint32_t max_flows)
{
    struct dpi *dpi = calloc(1, sizeof(*dpi));

    if (!dpi)
        return NULL;
    dpi->is_off = max_flows == 0;
    if (!dpi->is_off && !pool_init(&dpi->flows, STATE_BYTES + ndpi_detection_get_sizeof_ndpi_flow_struct(), max_flows)) {
        free(dpi);
        return NULL;
    }
    return dpi;
}

static void free_state(struct dpi *dpi, uint32_t i)
{
    struct state *state = pool_at(&dpi->flows, i);

    ndpi_free_flow_data(state->ndpi);
    state->is_taken = false;
    pool_give(&dpi->flows, i);
}

void dpi_free(struct dpi *dpi)
{
    if (!dpi)
        return;
    for (uint32_t i = 0; i < dpi->flows.n_touched; i++) /* what lies in the pool may own heap */
        if (((struct state *)pool_at(&dpi->flows, i))->is_taken)
            free_state(dpi, i);
    if (dpi->module)
        ndpi_exit_detection_module(dpi->module);
    pool_fini(&dpi->flows);
    free(dpi);
}

/* Neither Tor's addresses nor libgcrypt are of use here; the latter would read files. */
static struct ndpi_detection_module_struct *new_module(void)
{
#ifdef HAVE_NDPI_PREFS
    return ndpi_init_detection_module(ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);
#else
    struct ndpi_detection_module_struct *module = ndpi_init_detection_module(NULL);

    if (module && ndpi_set_config(module, NULL, "libgcrypt.init", "0") != NDPI_CFG_OK) {
        ndpi_exit_detection_module(module);
        return NULL;
    }
    return module;
#endif
}

static bool start(struct dpi *dpi)
{
    NDPI_PROTOCOL_BITMASK wanted;

    if (dpi->module)
        return true;
    if (dpi->is_broken)
        return false;
    dpi->module = new_module();
    if (!dpi->module) {
        dpi->is_broken = true;
        return false;
    }
    NDPI_BITMASK_RESET(wanted);
    NDPI_BITMASK_ADD(wanted, NDPI_PROTOCOL_MINING);
    ndpi_set_protocol_detection_bitmask2(dpi->module, &wanted);
    ndpi_finalize_initialization(dpi->module);
    return true;
}

static void put_be16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put_be32(uint8_t *p, uint32_t v)
{
    put_be16(p, v >> 16);
    put_be16(p + 2, v & 0xffff);
}

/*
 * Makes the packet that nDPI sees, and gives its length: IPv4 (RFC 791) and TCP (RFC 9293) without options.
 * Checksums stay zero, as nDPI looks at none. Sequence numbers follow what was shown, so that nothing
 * looks like a retransmission, which nDPI leaves out.
 */
static size_t make_packet(struct dpi *dpi, const struct state *state, const struct dpi_slot *slot,
                          const struct dpi_payload *payload, size_t n)
{
    uint8_t *ip = dpi->packet, *tcp = dpi->packet + IP_BYTES;
    int dir = payload->dir;

    memset(ip, 0, HEADER_BYTES);
    ip[0] = 0x45; /* version 4, 5 words */
    put_be16(ip + 2, (uint32_t)(HEADER_BYTES + n));
    ip[8] = 64; /* time to live */
    ip[9] = 6;  /* TCP */
    put_be32(ip + (dir == 0 ? 12 : 16), state->client);
    put_be32(ip + (dir == 0 ? 16 : 12), SERVER);
    put_be16(tcp, payload->sport);
    put_be16(tcp + 2, payload->dport);
    put_be32(tcp + 4, 1 + slot->n_sent[dir]);
    put_be32(tcp + 8, 1 + slot->n_sent[!dir]);
    tcp[12] = 0x50; /* 5 words */
    tcp[13] = TCP_PSH_ACK;
    put_be16(tcp + 14, 65535); /* window */
    memcpy(dpi->packet + HEADER_BYTES, payload->bytes.p, n);
    return HEADER_BYTES + n;
}

static bool ask(struct dpi *dpi, struct state *state, size_t n, ns_t time_ns)
{
    uint64_t ms = time_ns > 0 ? (uint64_t)(time_ns / (NS_PER_SEC / 1000)) : 0;
    ndpi_protocol said;

#ifdef HAVE_NDPI_INPUT_INFO
    said = ndpi_detection_process_packet(dpi->module, state->ndpi, dpi->packet, (uint16_t)n, ms, NULL);
#else
    said = ndpi_detection_process_packet(dpi->module, state->ndpi, dpi->packet, (uint16_t)n, ms);
#endif
    return said.master_protocol == NDPI_PROTOCOL_MINING || said.app_protocol == NDPI_PROTOCOL_MINING;
}

/* Takes a state for the connection. False when there is none; then that is the verdict. */
static bool open_slot(struct dpi *dpi, struct dpi_slot *slot)
{
    struct state *state;
    uint32_t i = start(dpi) ? pool_take(&dpi->flows) : POOL_NONE;

    if (i == POOL_NONE) {
        dpi->ctr.refused++;
        slot->verdict = DPI_REFUSED;
        return false;
    }
    state = pool_at(&dpi->flows, i);
    state->is_taken = true;
    state->ndpi = (struct ndpi_flow_struct *)((uint8_t *)state + STATE_BYTES);
    state->client = CLIENT_NET | (dpi->n_clients++ & CLIENT_MASK);
    slot->flow = i + 1;
    dpi->ctr.flows++;
    return true;
}

enum dpi_verdict dpi_packet(struct dpi *dpi, struct dpi_slot *slot, const struct dpi_payload *payload)
{
    size_t n = min_size(payload->bytes.n, DPI_PAYLOAD_MAX);
    struct state *state;

    if (dpi->is_off)
        slot->verdict = DPI_OFF;
    if (slot->verdict != DPI_OPEN || n == 0)
        return (enum dpi_verdict)slot->verdict;
    if (!slot->flow && !open_slot(dpi, slot))
        return DPI_REFUSED;
    state = pool_at(&dpi->flows, slot->flow - 1);
    if (ask(dpi, state, make_packet(dpi, state, slot, payload, n), payload->time_ns)) {
        slot->verdict = DPI_MINING;
        dpi->ctr.mining++;
    }
    slot->n_sent[payload->dir] = (uint16_t)(slot->n_sent[payload->dir] + n);
    if (++slot->n_shown == DPI_PAYLOADS_MAX && slot->verdict == DPI_OPEN)
        slot->verdict = DPI_OTHER;
    if (slot->verdict != DPI_OPEN)
        dpi_forget(dpi, slot);
    return (enum dpi_verdict)slot->verdict;
}

void dpi_forget(struct dpi *dpi, struct dpi_slot *slot)
{
    if (slot->flow)
        free_state(dpi, slot->flow - 1);
    slot->flow = 0;
    if (slot->verdict == DPI_OPEN)
        slot->verdict = DPI_OTHER;
}

const struct dpi_counters *dpi_counters(const struct dpi *dpi)
{
    return &dpi->ctr;
}

uint32_t dpi_n_held(const struct dpi *dpi)
{
    return dpi->flows.n_used;
}

const char *dpi_version(void)
{
    return ndpi_revision();
}
