/*
 * dpi.h - the opinion of nDPI on a connection: one witness more, never a judge.
 *
 * nDPI is a library of others that reads hostile bytes in C; it counts as hostile itself. So it learns
 * little: payloads of TCP only, each cut to DPI_PAYLOAD_MAX bytes, at most DPI_PAYLOADS_MAX of a
 * connection, with ports but without addresses, inside packets made here. It gives back one bit. The
 * interface is this narrow so that nDPI can be moved into a process of its own: what crosses is the
 * payload one way and the verdict the other. A crash or a hang of nDPI cannot be caught in the same process.
 *
 * dpi.c asks nDPI; dpi_none.c is compiled instead when configure found none, or was told --without-ndpi,
 * and has no opinion on anything. No other file includes nDPI's headers.
 */
#ifndef DETECT_DPI_H
#define DETECT_DPI_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Bytes of a payload, of the 4,096 that nDPI may ever be shown; the faults of nDPI 4.2 that hang it need 65,345 and
 * more. It walks over all of a payload for each word that it looks for: with 4,096 bytes it costs 22 instructions for each packet of
 * the benchmark, with 256 bytes 12. The verdicts on all golden captures are the same with 96 to 1,024.
 */
#define DPI_PAYLOAD_MAX 256
#define DPI_PAYLOADS_MAX 8 /* of a connection; nDPI 4.2 decides at the first, and keeps 688 bytes until told to stop */

enum dpi_verdict {
    DPI_OPEN,    /* it may be shown more */
    DPI_MINING,  /* nDPI calls the connection mining */
    DPI_OTHER,   /* it does not, as far as it was shown */
    DPI_REFUSED, /* it was never asked: too many connections at once, or no memory */
    DPI_OFF      /* it was never asked: not wanted, or not built in */
};

/* What a connection keeps while nDPI is asked about it. Zero: not asked yet. */
struct dpi_slot {
    uint32_t flow;      /* number of nDPI's state, from 1; 0 = holds none */
    uint16_t n_sent[2]; /* bytes shown, by direction; at most DPI_PAYLOADS_MAX * DPI_PAYLOAD_MAX */
    uint8_t n_shown;    /* payloads */
    uint8_t verdict;    /* enum dpi_verdict */
};

/* One payload of a connection. */
struct dpi_payload {
    struct view bytes;     /* borrowed for the call */
    uint16_t sport, dport; /* host order */
    int dir;               /* 0 or 1, as the flow table has it */
    ns_t time_ns;          /* UTC */
};

struct dpi_counters {
    uint64_t flows;   /* connections that nDPI was asked about */
    uint64_t refused; /* connections that it was not asked about, for want of room */
    uint64_t mining;  /* connections that it calls mining */
};

struct dpi;

/*
 * A dpi that asks about at most max_flows connections at once; 0 = about none. NULL when memory is short.
 * Gives. nDPI itself is started at the first payload: that takes about 20 ms and 5 MB, which a capture
 * without anything like mining does not pay.
 */
struct dpi *dpi_new(uint32_t max_flows);

/* Frees it and all that nDPI holds. Slots are worth nothing afterwards. NULL is allowed. */
void dpi_free(struct dpi *dpi);

/*
 * Shows one payload of the connection that slot belongs to, and gives the verdict. A verdict other than
 * DPI_OPEN is final: nDPI's state of the connection is freed with it, and later calls only repeat it.
 * An empty payload is not shown.
 */
enum dpi_verdict dpi_packet(struct dpi *dpi, struct dpi_slot *slot, const struct dpi_payload *payload);

/* Frees what nDPI holds of a connection that is of no more interest. The slot keeps its verdict. */
void dpi_forget(struct dpi *dpi, struct dpi_slot *slot);

const struct dpi_counters *dpi_counters(const struct dpi *dpi);

/* Connections that nDPI holds state of now. */
uint32_t dpi_n_held(const struct dpi *dpi);

/* nDPI's version as it says itself, or "none". */
const char *dpi_version(void);

#endif
