/*
 * conf.h - everything that can be configured, as the program uses it.
 *
 * conf_defaults fills it; the files and the command line change it through the option table in
 * options.c, which holds for each field its section, key, type, unit, range, default and text.
 */
#ifndef CONFIG_CONF_H
#define CONFIG_CONF_H

#include "base/base.h"
#include "config/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define CONF_PORTS_MAX 16  /* ports in one list */
#define CONF_FILES_MAX 16  /* files in one list */
#define CONF_TEXT_MAX 256  /* bytes of one text, with its end */
#define CONF_PATH_MAX 1024 /* bytes of one path, with its end */

struct conf_ports {
    uint16_t port[CONF_PORTS_MAX];
    uint32_t n;
};

struct conf_files {
    char path[CONF_FILES_MAX][CONF_PATH_MAX];
    uint32_t n;
};

/* Where a value came from. */
struct conf_origin {
    const char *where; /* name of the file, or option of the command line; NULL = default */
    uint32_t line;     /* 0 = not from a file */
};

struct conf {
    struct {                          /* [sensor] */
        char name[CONF_TEXT_MAX];     /* sensor.name of findings; "" = absent */
        char site_key[CONF_TEXT_MAX]; /* from which the ids of findings are made */
    } sensor;
    struct { /* [tunnels] */
        struct conf_ports vxlan_ports;
        struct conf_ports geneve_ports;
    } tunnels;
    struct { /* [dns] */
        bool enabled;
    } dns;
    struct {                           /* [feeds] */
        bool builtin;                  /* use the lists that are compiled in */
        struct conf_files files;       /* further lists */
        struct conf_origin files_from; /* where files stands, for messages */
    } feeds;
    struct {          /* [dpi] */
        bool enabled; /* ask nDPI for its opinion; without effect in a build without it */
    } dpi;
    struct {                         /* [captures] */
        uint64_t max_unpacked_bytes; /* of one compressed capture */
        uint32_t max_ratio;          /* unpacked bytes for each compressed one */
    } captures;
    struct {                  /* [output] */
        bool redact;          /* wallets and logins only by their first and last 6 characters */
        ns_t update_interval; /* a finding without material change says that it goes on this often */
    } output;
    struct limits limits; /* [limits] */
};

/* The defaults. */
void conf_defaults(struct conf *conf);

/*
 * What the tables may take at most, in bytes, whatever the captures hold: the sum of the caps, with the sizes of
 * limits.h. Not in it are the outputs (output_memory_max), the list of captures, and the feeds.
 */
uint64_t conf_memory_max(const struct conf *conf);

#endif
