/*
 * limits.h - the caps of every table and buffer.
 *
 * Ranges and defaults stand in the option table, config/options.c.
 */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

#include <stdint.h>

struct limits {
    uint32_t max_flows;     /* TCP connections; 64 bytes each and 8 to 16 of index */
    uint32_t max_dialogues; /* conversations under suspicion or proven; 2 KiB each */
    uint32_t max_blocks;    /* stream windows of 16 KiB */
    uint32_t max_fragments; /* IP datagrams being put together; up to 64 KiB each */
    uint32_t max_dpi_flows; /* connections that nDPI is asked about at once; 1 KiB each */
    uint32_t max_findings;  /* findings held open; 6 KiB each, more with many connections */
};

/* The defaults: at most 38 MiB for flows, 16 MiB for dialogues, 16 MiB for windows, 8 MiB for fragments. */
static const struct limits limits_default = {
    .max_flows = 524288,
    .max_dialogues = 8192,
    .max_blocks = 1024,
    .max_fragments = 128,
    .max_dpi_flows = 4096,
    .max_findings = 8192,
};

#endif
