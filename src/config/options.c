/*
 * options.c - the option table, and what it says about itself.
 */
#include "config.h"

#include "config/options.h"

#include "base/nearest.h"
#include "base/out.h"
#include "config/option_value.h"

#define FIELD(f) offsetof(struct conf, f), sizeof(((struct conf *)NULL)->f)
#define SECONDS_PER_DAY 86400

/* Private use (RFC 1918, RFC 4193), shared by customers of a provider (RFC 6598), and what never leaves a link or a machine. */
#define HOME_NET "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 127.0.0.0/8 fc00::/7 fe80::/10 ::1"

/*
 * The least values of the tables are what the code behind them needs. The greatest ones catch a slip of the
 * keyboard; what a value costs is told by -T. 2^24 is what the flow table is made for.
 *
 * max_ratio: identical frames without end are the captures that shrink most. Of frames of 1514 bytes xz -6
 * makes 1/874 and zstd -10 1/762, of 9014 bytes 1/2535, of 65000 bytes (offloaded segments) 1/6808; zeros,
 * which no capture holds, give 1/32094. So 10000 lets these pass. max_unpacked_bytes is what then
 * stops a file that only costs time: 1 TiB takes about a quarter of an hour to unpack, and is more than any capture
 * that people keep in one file; refusing a true one would lose evidence.
 */
static const struct conf_option table[] = {
    {"sensor", "name", OPTION_TEXT, FIELD(sensor.name), 0, CONF_TEXT_MAX - 1, "\"\"", "name of this sensor in findings", NULL},
    {"sensor", "site_key", OPTION_TEXT, FIELD(sensor.site_key), 0, CONF_TEXT_MAX - 1, "\"\"",
     "text that keeps the ids of this site's findings apart from those of others", NULL},
    {"network", "home_net", OPTION_NETS, FIELD(network.home_net), 0, CONF_NETS_MAX, HOME_NET, "networks that are inside", NULL},
    {"tunnels", "vxlan_ports", OPTION_PORTS, FIELD(tunnels.vxlan_ports), 0, CONF_PORTS_MAX, "4789 8472",
     "UDP ports that carry VXLAN", NULL},
    {"tunnels", "geneve_ports", OPTION_PORTS, FIELD(tunnels.geneve_ports), 0, CONF_PORTS_MAX, "6081",
     "UDP ports that carry GENEVE", NULL},
    {"dns", "enabled", OPTION_BOOL, FIELD(dns.enabled), 0, 1, "yes", "read DNS messages and look for names of the feeds", NULL},
    {"feeds", "builtin", OPTION_BOOL, FIELD(feeds.builtin), 0, 1, "yes", "use the lists of names that are compiled in", NULL},
    {"feeds", "files", OPTION_FILES, FIELD(feeds.files), 0, CONF_FILES_MAX, "",
     "further lists of names, each PATH or PATH,type=TYPE,kind=KIND,confidence=N,match=MATCH", NULL},
    {"feeds", "image", OPTION_TEXT, FIELD(feeds.image), 0, CONF_TEXT_MAX - 1, "\"\"",
     "compiled lists, made by countermine-feed compile, in place of all others", NULL},
    {"feeds", "malware", OPTION_BOOL, FIELD(feeds.malware), 0, 1, "no",
     "use the built-in list of names that malware which mines comes from", NULL},
    {"feeds", "unverified", OPTION_BOOL, FIELD(feeds.unverified), 0, 1, "no",
     "use the built-in list of pools that are known from configurations of miners only", NULL},
    {"site", "allow", OPTION_FILES, FIELD(site.allow), 0, CONF_FILES_MAX, "",
     "lists of what is allowed here and makes no finding", NULL},
    {"owner", "inventory", OPTION_TEXT, FIELD(owner.inventory), 0, CONF_TEXT_MAX - 1, "\"\"",
     "folder with answers of the AWS CLI and kubectl, by which a machine's owner is found", NULL},
    {"owner", "inventory_stale_after", OPTION_DURATION, FIELD(owner.inventory_stale_after), 0, UINT64_C(365) * SECONDS_PER_DAY,
     "15m", "an owner is only a candidate when the packet is so much younger than the files", "never"},
    {"owner", "inventory_keep", OPTION_DURATION, FIELD(owner.inventory_keep), 0, UINT64_C(30) * SECONDS_PER_DAY, "1d",
     "live: how long things are kept that the files no longer have", NULL},
    {"owner", "inventory_max_bytes", OPTION_BYTES, FIELD(owner.inventory_max_bytes), 1 << 20, UINT64_C(1) << 31, "256M",
     "memory that the inventory may take, of which there are two while it is read anew", NULL},
    {"owner", "ecs_metadata", OPTION_BOOL, FIELD(owner.ecs_metadata), 0, 1, "yes",
     "live: ask the task metadata endpoint of ECS, in a task of which the sensor runs", NULL},
    {"owner", "processes", OPTION_BOOL, FIELD(owner.processes), 0, 1, "no",
     "live: say which process of this machine mines; needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH at the start", NULL},
    {"geo", "asn", OPTION_TEXT, FIELD(geo.asn), 0, CONF_TEXT_MAX - 1, "\"\"",
     "database of autonomous systems (.mmdb), for the addresses of pools", NULL},
    {"geo", "country", OPTION_TEXT, FIELD(geo.country), 0, CONF_TEXT_MAX - 1, "\"\"",
     "database of countries or cities (.mmdb), for the addresses of pools", NULL},
    {"geo", "max_bytes", OPTION_BYTES, FIELD(geo.max_bytes), 4096, UINT64_C(1) << 31, "512M", "size of each of these files",
     NULL},
    {"dpi", "enabled", OPTION_BOOL, FIELD(dpi.enabled), 0, 1, "yes", "ask nDPI for its opinion, where it is built in", NULL},
    {"captures", "max_unpacked_bytes", OPTION_BYTES, FIELD(captures.max_unpacked_bytes), 1 << 20, UINT64_C(1) << 50, "1T",
     "bytes read of one compressed capture, unpacked", NULL},
    {"captures", "max_ratio", OPTION_COUNT, FIELD(captures.max_ratio), 10, 1000000, "10000",
     "unpacked bytes for each byte of a compressed capture", NULL},
    {"capture", "interfaces", OPTION_FILES, FIELD(capture.interfaces), 0, CONF_FILES_MAX, "",
     "interfaces to listen on, or udp:ADDRESS for a socket", NULL},
    {"capture", "workers", OPTION_COUNT, FIELD(capture.workers), 0, 64, "auto",
     "processes that share the packets of each interface; auto is one for each processor, up to 16", "auto"},
    {"capture", "fanout", OPTION_CHOICE, FIELD(capture.fanout), 0, 0, "auto",
     "how they share: auto keeps a mirrored source together; flow is the kernel's choice", "auto flow"},
    {"capture", "snaplen", OPTION_BYTES, FIELD(capture.snaplen), 96, 262144, "256K", "bytes of each packet that are captured",
     NULL},
    {"capture", "buffer", OPTION_BYTES, FIELD(capture.buffer), 1 << 20, UINT64_C(1) << 30, "64M",
     "ring that packets wait in, of each worker and interface", NULL},
    {"capture", "promiscuous", OPTION_BOOL, FIELD(capture.promiscuous), 0, 1, "yes", "take in packets to other machines too",
     NULL},
    {"process", "user", OPTION_TEXT, FIELD(process.user), 0, CONF_TEXT_MAX - 1, "\"\"",
     "user that a start as root becomes; none is countermine where it exists, else nobody", NULL},
    {"process", "sandbox", OPTION_CHOICE, FIELD(process.sandbox), 0, 0, "required",
     "required refuses to start where the kernel lacks a part of the jail; best-effort goes on without that part",
     "required best-effort"},
    {"process", "watchdog", OPTION_DURATION, FIELD(process.watchdog), 2, 600, "10s",
     "a process that is silent for so long is ended and replaced", NULL},
    {"output", "language", OPTION_CHOICE, FIELD(output.language), 0, 0, "en",
     "language of titles, summaries, advice and details of findings", "en ja"},
    {"output", "redact", OPTION_BOOL, FIELD(output.redact), 0, 1, "no", "mask wallets, logins and workers in every output",
     NULL},
    {"output", "update_interval", OPTION_DURATION, FIELD(output.update_interval), 60, UINT64_C(365) * SECONDS_PER_DAY, "1h",
     "a finding without material change says that it goes on this often", NULL},
    {"output", "to", OPTION_FILES, FIELD(output.to), 0, CONF_FILES_MAX, "",
     "where findings go: FORMAT or FORMAT:PATH, as for -o", NULL},
    {"output", "close_after", OPTION_DURATION, FIELD(output.close_after), 60, UINT64_C(365) * SECONDS_PER_DAY, "1h",
     "live: a finding of which nothing is heard for so long is closed", NULL},
    {"output", "max_rate", OPTION_COUNT, FIELD(output.max_rate), 0, 1000000, "10",
     "live: findings a second on average; those beyond are counted in one record", "unlimited"},
    {"output", "burst", OPTION_COUNT, FIELD(output.burst), 1, 1000000, "100", "live: findings at once before max_rate holds",
     NULL},
    {"output", "fsync", OPTION_CHOICE, FIELD(output.fsync), 0, 0, "second",
     "live: when files of findings are forced to the disk", "second record never"},
    {"output", "syslog_format", OPTION_CHOICE, FIELD(output.syslog_format), 0, 0, "json", "what a syslog message carries",
     "json cef"},
    {"output", "syslog_facility", OPTION_CHOICE, FIELD(output.syslog_facility), 0, 0, "daemon", "facility of syslog messages",
     "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 "
     "local5 local6 local7"},
    {"output", "syslog_max_bytes", OPTION_BYTES, FIELD(output.syslog_max_bytes), 1024, 65000, "8000",
     "a syslog message is cut down to this, and says so", NULL},
    {"output", "dns_max_rate", OPTION_COUNT, FIELD(output.dns_max_rate), 0, 10000000, "10000",
     "live: DNS messages a second of each worker for the output dns; those beyond are counted", "unlimited"},
    {"output", "aws_account", OPTION_TEXT, FIELD(output.aws_account), 0, CONF_TEXT_MAX - 1, "\"\"",
     "account that takes in the findings of the outputs asff and guardduty, 12 digits", NULL},
    {"output", "aws_region", OPTION_TEXT, FIELD(output.aws_region), 0, CONF_TEXT_MAX - 1, "\"\"",
     "region that takes them in, such as us-east-1", NULL},
    {"state", "directory", OPTION_TEXT, FIELD(state.directory), 0, CONF_TEXT_MAX - 1, "\"\"",
     "folder in which open findings outlive a restart", NULL},
    {"state", "max_bytes", OPTION_BYTES, FIELD(state.max_bytes), 1 << 20, UINT64_C(1) << 34, "64M",
     "size of the file there at which it is written anew", NULL},
    {"status", "listen", OPTION_TEXT, FIELD(status.listen), 0, CONF_TEXT_MAX - 1, "127.0.0.1:4789",
     "TCP address and port of /healthz and /metrics; \"\" for none", NULL},
    {"status", "interval", OPTION_DURATION, FIELD(status.interval), 0, SECONDS_PER_DAY, "1m", "time between two stats events",
     "never"},
    {"status", "no_packets_after", OPTION_DURATION, FIELD(status.no_packets_after), 0, SECONDS_PER_DAY, "1m",
     "the sensor says that it is blind when no packet came for so long", "never"},
    {"status", "no_dns_after", OPTION_DURATION, FIELD(status.no_dns_after), 0, UINT64_C(30) * SECONDS_PER_DAY, "10m",
     "the sensor says so when a source sends TCP but no DNS for so long", "never"},
    {"limits", "max_flows", OPTION_COUNT, FIELD(limits.max_flows), 64, 16777216, "524288",
     "TCP connections held at once, of 64 bytes and 8 to 16 of index", NULL},
    {"limits", "max_dialogues", OPTION_COUNT, FIELD(limits.max_dialogues), 1, 1048576, "8192",
     "conversations followed at once, of about 3 KiB", NULL},
    {"limits", "max_windows", OPTION_COUNT, FIELD(limits.max_blocks), 1, 262144, "1024", "stream windows, of 16 KiB", NULL},
    {"limits", "max_fragments", OPTION_COUNT, FIELD(limits.max_fragments), 8, 65536, "128",
     "fragmented datagrams being put together, of up to 64 KiB", NULL},
    {"limits", "max_dpi_flows", OPTION_COUNT, FIELD(limits.max_dpi_flows), 1, 1048576, "4096",
     "connections that nDPI is asked about at once, of about 1 KiB", NULL},
    {"limits", "max_names", OPTION_COUNT, FIELD(limits.max_names), 1024, 16777216, "131072",
     "answers of DNS remembered, which name the connections that follow, of about 128 bytes", NULL},
    {"limits", "max_findings", OPTION_COUNT, FIELD(limits.max_findings), 1, 1048576, "8192",
     "findings open at once, of 14 to 52 KiB", NULL},
};
_Static_assert(ARRAY_LEN(table) == CONF_OPTIONS_N, "CONF_OPTIONS_N is the number of rows");

const struct conf_option *option_at(size_t i)
{
    return &table[i];
}

size_t option_find(struct view section, struct view key)
{
    size_t i = 0;

    while (i < CONF_OPTIONS_N && !(view_is(section, table[i].section) && view_is(key, table[i].key)))
        i++;
    return i;
}

bool option_is_section(struct view section)
{
    for (size_t i = 0; i < CONF_OPTIONS_N; i++)
        if (view_is(section, table[i].section))
            return true;
    return false;
}

/* True for the first option of its section. */
static bool is_first(size_t i)
{
    return i == 0 || strcmp(table[i].section, table[i - 1].section) != 0;
}

void option_guess_section(struct view section, struct out *o)
{
    const char *best = NULL;
    unsigned best_distance = NEAREST_FAR;

    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        struct view name = view_str(table[i].section);

        if (nearest_is_near(section, name) && nearest_distance(section, name) < best_distance) {
            best_distance = nearest_distance(section, name);
            best = table[i].section;
        }
    }
    if (best) {
        out_fmt(o, "; did you mean [%s]?", best);
        return;
    }
    out_str(o, "; the sections are");
    for (size_t i = 0; i < CONF_OPTIONS_N; i++)
        if (is_first(i))
            out_fmt(o, " [%s]", table[i].section);
}

/* How well option i fits as what was meant: the section that was written counts for a slip. 0 = exactly, elsewhere. */
static unsigned guess_cost(size_t i, struct view section, struct view key)
{
    struct view name = view_str(table[i].key);
    unsigned d = nearest_distance(key, name);

    if (d > 0 && !nearest_is_near(key, name))
        return NEAREST_FAR;
    return 2 * d + !view_is(section, table[i].section);
}

void option_guess_key(struct view section, struct view key, struct out *o)
{
    size_t best = CONF_OPTIONS_N;
    unsigned best_cost = NEAREST_FAR;

    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        unsigned cost = guess_cost(i, section, key);

        if (cost < best_cost) {
            best_cost = cost;
            best = i;
        }
    }
    if (best < CONF_OPTIONS_N) {
        out_fmt(o, "; did you mean %s.%s?", table[best].section, table[best].key);
        return;
    }
    if (!option_is_section(section))
        return;
    out_str(o, "; the keys of this section are");
    for (size_t i = 0; i < CONF_OPTIONS_N; i++)
        if (view_is(section, table[i].section))
            out_fmt(o, " %s", table[i].key);
}

/* A number of the option's type, as one would write it. */
static void put_number(const struct conf_option *opt, uint64_t n, struct out *o)
{
    option_print_number(opt->type, n, o);
}

/* The word that stands for 0, when there is one. */
static void put_word(const struct conf_option *opt, struct out *o)
{
    if (opt->words)
        out_fmt(o, ", or %s", opt->words);
}

/* The words of a choice: "a, b or c". */
static void put_choice(const struct conf_option *opt, struct out *o)
{
    for (const char *at = opt->words; *at;) {
        size_t n = strcspn(at, " ");
        const char *next = at[n] ? at + n + 1 : at + n;

        out_bytes(o, view_of(at, n));
        if (*next)
            out_str(o, strchr(next, ' ') ? ", " : " or ");
        at = next;
    }
}

static void put_span(const struct conf_option *opt, struct out *o)
{
    put_number(opt, opt->min, o);
    out_str(o, " to ");
    put_number(opt, opt->max, o);
}

void option_expected(const struct conf_option *opt, struct out *o)
{
    switch (opt->type) {
    case OPTION_BOOL: out_str(o, "yes or no"); break;
    case OPTION_COUNT:
        out_str(o, "a count from ");
        put_span(opt, o);
        out_str(o, ", in digits");
        put_word(opt, o);
        break;
    case OPTION_CHOICE: put_choice(opt, o); break;
    case OPTION_BYTES:
        out_str(o, "a size from ");
        put_span(opt, o);
        out_str(o, ", a number of bytes or of K, M, G, T (powers of 1024)");
        break;
    case OPTION_DURATION:
        out_str(o, "a duration from ");
        put_span(opt, o);
        out_str(o, ", a number with its unit s, m, h or d");
        put_word(opt, o);
        break;
    case OPTION_TEXT:
        out_fmt(o, "a text of at most %llu bytes, in double quotes when it holds blanks, # or ;", (unsigned long long)opt->max);
        break;
    case OPTION_PORTS:
        out_fmt(o, "at most %llu ports from 1 to 65535, separated by blanks", (unsigned long long)opt->max);
        break;
    case OPTION_NETS:
        out_fmt(o, "at most %llu networks as 192.0.2.0/24 or 2001:db8::/32, no bits behind their length, separated by blanks",
                (unsigned long long)opt->max);
        break;
    case OPTION_FILES:
        out_fmt(o, "at most %llu paths separated by blanks, in double quotes when they hold blanks, # or ;",
                (unsigned long long)opt->max);
        break;
    }
}

void option_range(const struct conf_option *opt, struct out *o)
{
    switch (opt->type) {
    case OPTION_BOOL: out_str(o, "yes or no"); break;
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_DURATION:
        put_span(opt, o);
        put_word(opt, o);
        break;
    case OPTION_CHOICE: put_choice(opt, o); break;
    case OPTION_TEXT: out_fmt(o, "at most %llu bytes", (unsigned long long)opt->max); break;
    case OPTION_PORTS: out_fmt(o, "at most %llu ports, 1 to 65535", (unsigned long long)opt->max); break;
    case OPTION_NETS: out_fmt(o, "at most %llu networks", (unsigned long long)opt->max); break;
    case OPTION_FILES: out_fmt(o, "at most %llu paths", (unsigned long long)opt->max); break;
    }
}

void option_preset(const struct conf_option *opt, struct out *o)
{
    out_str(o, opt->preset[0] == '\0' || strcmp(opt->preset, "\"\"") == 0 ? "none" : opt->preset);
}
