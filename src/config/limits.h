/*
 * limits.h - the caps of tables and buffers that can be configured, and what one object of each takes.
 *
 * Ranges and defaults stand in the option table, config/options.c. The sizes below are upper bounds for
 * conf_memory_max; the structures themselves belong to later floors, where _Static_asserts beside them,
 * and tests/unit/test_conf_memory.c, keep these figures true.
 */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

#include <stdint.h>

struct limits {
    uint32_t max_flows;     /* TCP connections; 64 bytes each and 8 to 16 of index */
    uint32_t max_dialogues; /* conversations under suspicion or proven; 4 KiB each */
    uint32_t max_blocks;    /* stream windows of 16 KiB; the key is max_windows */
    uint32_t max_fragments; /* IP datagrams being put together; up to 64 KiB each */
    uint32_t max_dpi_flows; /* connections that nDPI is asked about at once; 1 KiB each */
    uint32_t max_names;     /* answers of DNS that are remembered; 128 bytes each with a name of usual length */
    uint32_t max_findings;  /* findings held open; 14 KiB each, up to 52 KiB with full lists */
};

#define LIMIT_BYTES_BASE \
    (8 << 20) /* the program, its libraries, fixed tables and stack; 3.4 MiB are resident before the first packet */
#define LIMIT_BYTES_READ (1 << 20) /* the block of the capture being read */
#define LIMIT_BYTES_FLOW 64        /* struct flow */
#define LIMIT_BYTES_BUCKET 64      /* struct bucket: one for 4 to 8 flows, their number a power of two */
#define LIMIT_BYTES_DIALOGUE 4096  /* struct dialogue */
#define LIMIT_BYTES_BLOCK 16384    /* STREAM_WINDOW */
#define LIMIT_BYTES_FRAGMENT 67584 /* 64 KiB of data, and struct slot */
#define LIMIT_BYTES_DPI_FLOW 1024  /* struct ndpi_flow_struct and its list */
#define LIMIT_BYTES_NAME 128       /* of the ring of name_memory.h, and of its index */
#define LIMIT_BYTES_FINDING 53248  /* struct entry with all lists full, its share of the indexes, and malloc's own */
#define LIMIT_BYTES_TRACKED 512    /* struct tracked; two for each dialogue */
#define LIMIT_BYTES_PROCESSES \
    (24 << 20) /* what report and helper remember of connections, struct process_ask and struct process_find */

#endif
