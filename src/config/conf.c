/*
 * conf.c - the defaults, and how much memory a configuration allows.
 */
#include "config.h"

#include "config/conf.h"

#include "config/option_value.h"

#include <assert.h>

void conf_defaults(struct conf *conf)
{
    *conf = (struct conf){0};
    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        const char *why = option_parse(option_at(i), view_str(option_at(i)->preset), conf);

        assert(!why); /* the table is the program's own */
        (void)why;
    }
}

/* The flow table's index: as many buckets, a power of two, as hold 8 flows each. */
static uint64_t bucket_bytes(uint32_t max_flows)
{
    uint64_t n = 8;

    while (n < max_flows / 8)
        n *= 2;
    return n * LIMIT_BYTES_BUCKET;
}

uint64_t conf_memory_max(const struct conf *conf)
{
    const struct limits *l = &conf->limits;
    uint64_t sum = LIMIT_BYTES_BASE + LIMIT_BYTES_READ + bucket_bytes(l->max_flows);

    sum += (uint64_t)l->max_flows * LIMIT_BYTES_FLOW;
    sum += (uint64_t)l->max_dialogues * (LIMIT_BYTES_DIALOGUE + 2 * LIMIT_BYTES_TRACKED);
    sum += (uint64_t)l->max_blocks * LIMIT_BYTES_BLOCK;
    sum += (uint64_t)l->max_fragments * LIMIT_BYTES_FRAGMENT;
    if (conf->dpi.enabled)
        sum += (uint64_t)l->max_dpi_flows * LIMIT_BYTES_DPI_FLOW;
    sum += (uint64_t)l->max_names * LIMIT_BYTES_NAME;
    sum += (uint64_t)l->max_findings * LIMIT_BYTES_FINDING;
    if (conf->owner.processes)
        sum += LIMIT_BYTES_PROCESSES;
    return sum;
}
