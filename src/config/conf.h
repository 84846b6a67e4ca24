/*
 * conf.h - everything that can be configured, as the program uses it.
 *
 * conf_defaults fills it; the files and the command line change it through the option table in
 * options.c, which holds for each field its section, key, type, unit, range, default and text.
 */
#ifndef CONFIG_CONF_H
#define CONFIG_CONF_H

#include "base/addr.h"
#include "config/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define CONF_PORTS_MAX 16  /* ports in one list */
#define CONF_FILES_MAX 16  /* files in one list */
#define CONF_NETS_MAX 64   /* networks in one list */
#define CONF_TEXT_MAX 256  /* bytes of one text, with its end */
#define CONF_PATH_MAX 1024 /* bytes of one path, with its end */

struct conf_ports {
    uint16_t port[CONF_PORTS_MAX];
    uint32_t n;
};

struct conf_nets {
    struct net net[CONF_NETS_MAX];
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

/* How packets of one interface are shared among workers. */
enum conf_fanout {
    CONF_FANOUT_AUTO, /* mirrored packets by the outer source, inside GENEVE too; all others by their connection */
    CONF_FANOUT_FLOW  /* by the connection as the kernel sees it, which looks into PPPoE and MPLS, not into tunnels */
};

enum conf_sandbox { CONF_SANDBOX_REQUIRED, CONF_SANDBOX_BEST_EFFORT };

/* What a syslog message carries. */
enum conf_syslog { CONF_SYSLOG_JSON, CONF_SYSLOG_CEF };

/* When what was written is forced to the disk. */
enum conf_fsync { CONF_FSYNC_SECOND, CONF_FSYNC_RECORD, CONF_FSYNC_NEVER };

struct conf {
    struct {                          /* [sensor] */
        char name[CONF_TEXT_MAX];     /* sensor.name of findings; "" = absent */
        char site_key[CONF_TEXT_MAX]; /* from which the ids of findings are made */
    } sensor;
    struct {                       /* [network] */
        struct conf_nets home_net; /* addresses of what is ours */
    } network;
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
        char image[CONF_TEXT_MAX];     /* a compiled image in place of all lists; "" = none */
        struct conf_origin image_from; /* where image stands */
        bool malware;                  /* use the built-in list of malware */
        bool unverified;               /* use the built-in list of facts */
    } feeds;
    struct {                           /* [site] */
        struct conf_files allow;       /* site lists */
        struct conf_origin allow_from; /* where allow stands, for messages */
    } site;
    struct {                             /* [geo] */
        char asn[CONF_TEXT_MAX];         /* database of autonomous systems; "" = none */
        char country[CONF_TEXT_MAX];     /* database of countries, or cities; "" = none */
        struct conf_origin asn_from;     /* where asn stands, for messages */
        struct conf_origin country_from; /* where country stands */
        uint64_t max_bytes;              /* of each */
    } geo;
    struct {                               /* [owner] */
        char inventory[CONF_TEXT_MAX];     /* folder with what the AWS CLI and kubectl print; "" = none */
        struct conf_origin inventory_from; /* where inventory stands, for messages */
        ns_t inventory_stale_after;        /* a packet so much younger than the files has candidates only; 0 = never */
        ns_t inventory_keep;               /* that things are kept which the files no longer have */
        uint64_t inventory_max_bytes;      /* of its image */
        bool ecs_metadata;                 /* live: ask the task metadata endpoint of ECS, where there is one */
        bool processes;                    /* live: look for the processes of this machine that mine */
    } owner;
    struct {          /* [dpi] */
        bool enabled; /* ask nDPI for its opinion; without effect in a build without it */
    } dpi;
    struct {                         /* [captures] */
        uint64_t max_unpacked_bytes; /* of one compressed capture */
        uint32_t max_ratio;          /* unpacked bytes for each compressed one */
    } captures;
    struct {                          /* [capture], live only */
        struct conf_files interfaces; /* to listen on; -i overrules */
        uint32_t workers;             /* 0 = one for each processor, at most 16 */
        uint32_t fanout;              /* enum conf_fanout */
        uint32_t snaplen;             /* bytes of a packet that are captured */
        uint64_t buffer;              /* bytes of the ring of each worker and interface */
        bool promiscuous;
    } capture;
    struct {                      /* [process] */
        char user[CONF_TEXT_MAX]; /* what a start as root becomes; "" = countermine if there is such a user, else nobody */
        uint32_t sandbox;         /* enum conf_sandbox */
        ns_t watchdog;            /* a worker or report that is silent for so long is replaced */
    } process;
    struct {                  /* [output] */
        uint32_t language;    /* enum language of finding/wording.h */
        bool redact;          /* wallets and logins only by their first and last 6 characters */
        ns_t update_interval; /* a finding without material change says that it goes on this often */
        struct conf_files to; /* FORMAT or FORMAT:PATH as for -o, which overrules */
        /* The rest: live only. */
        ns_t close_after;          /* a finding of which nothing was heard for so long is closed */
        uint32_t max_rate;         /* findings a second, on average; 0 = no limit */
        uint32_t burst;            /* findings at once */
        uint32_t fsync;            /* enum conf_fsync */
        uint32_t syslog_format;    /* enum conf_syslog, of the record in a message */
        uint32_t syslog_facility;  /* as in RFC 5424 */
        uint64_t syslog_max_bytes; /* of one message */
        uint32_t dns_max_rate;     /* DNS messages a second that each worker gives to the output `dns'; 0 = all */
        /* Not live only. */
        char aws_account[CONF_TEXT_MAX]; /* that takes the findings of asff and guardduty in; "" = not known */
        char aws_region[CONF_TEXT_MAX];
    } output;
    struct {                           /* [state], live only */
        char directory[CONF_TEXT_MAX]; /* where open findings are kept over a restart; "" = nowhere */
        uint64_t max_bytes;            /* of each of the two files there, before it is written anew */
    } state;
    struct {                        /* [status], live only */
        char listen[CONF_TEXT_MAX]; /* ADDRESS:PORT of /healthz and /metrics; "" = none */
        ns_t interval;              /* between two `stats' events; 0 = none */
        ns_t no_packets_after;      /* blind when no packet came for so long; 0 = never */
        ns_t no_dns_after;          /* blind when a source sends TCP but no DNS for so long; 0 = never */
    } status;
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
