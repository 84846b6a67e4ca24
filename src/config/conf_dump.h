/*
 * conf_dump.h - the effective configuration as a configuration file (--dump-config).
 */
#ifndef CONFIG_CONF_DUMP_H
#define CONFIG_CONF_DUMP_H

#include "config/conf_read.h"

/* Bytes that a dump takes at most: 48 paths of 1 KiB, each byte escaped, and all other lines. */
#define CONF_DUMP_MAX 262144

/*
 * Writes every key with its text, range, default and origin as comments. Read with conf_read, it gives the same
 * configuration.
 */
void conf_dump(const struct conf_state *s, struct out *o);

#endif
