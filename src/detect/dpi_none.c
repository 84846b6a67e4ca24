/*
 * dpi_none.c - dpi.h without nDPI: has no opinion on anything.
 */
#include "config.h"

#include "detect/dpi.h"

#include <stdlib.h>

struct dpi {
    struct dpi_counters ctr; /* all zero */
};

struct dpi *dpi_new(uint32_t max_flows)
{
    (void)max_flows; /* none is ever asked about */
    return calloc(1, sizeof(struct dpi));
}

void dpi_free(struct dpi *dpi)
{
    free(dpi);
}

enum dpi_verdict dpi_packet(struct dpi *dpi, struct dpi_slot *slot, const struct dpi_payload *payload)
{
    (void)dpi;
    (void)payload;
    slot->verdict = DPI_OFF;
    return DPI_OFF;
}

void dpi_forget(struct dpi *dpi, struct dpi_slot *slot)
{
    (void)dpi; /* nothing is held */
    (void)slot;
}

const struct dpi_counters *dpi_counters(const struct dpi *dpi)
{
    return &dpi->ctr;
}

uint32_t dpi_n_held(const struct dpi *dpi)
{
    (void)dpi;
    return 0;
}

const char *dpi_version(void)
{
    return "none";
}
