/*
 * cli.c - options by getopt_long, and messages that say what was expected.
 */
#include "config.h"

#include "config/cli.h"

#include "base/nearest.h"
#include "base/log.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_EXIT_CODE = 256, OPTION_SET, OPTION_DUMP_CONFIG, OPTION_REDACT, OPTION_DNS_LOG };

static const struct option options[] = {
    {"read", no_argument, NULL, 'r'},
    {"dns-log", required_argument, NULL, OPTION_DNS_LOG},
    {"interface", required_argument, NULL, 'i'},
    {"filter", required_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"config", required_argument, NULL, 'c'},
    {"set", required_argument, NULL, OPTION_SET},
    {"test-config", no_argument, NULL, 'T'},
    {"dump-config", no_argument, NULL, OPTION_DUMP_CONFIG},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
    {NULL, 0, NULL, 0},
};

const char cli_help[] = "Usage: countermine -r [OPTION]... FILE|DIRECTORY|-...\n"
                        "       countermine --dns-log FILE|DIRECTORY|- [OPTION]... [FILE|DIRECTORY]...\n"
                        "       countermine -i INTERFACE [-i INTERFACE]... [OPTION]... [FILTER]\n"
                        "Finds machines that mine cryptocurrency, in packet captures, in DNS logs and on the\n"
                        "wire.\n"
                        "\n"
                        "  -r, --read             every operand is a capture: a pcap or pcapng file, a\n"
                        "                         directory of them, or - for standard input; they are\n"
                        "                         read in the order of their first packet\n"
                        "      --dns-log FILE     read a query log of Amazon's Route 53 Resolver instead, and\n"
                        "                         look its names up; may be given several times\n"
                        "  -i, --interface NAME   listen on this interface; may be given several times.\n"
                        "                         udp:ADDRESS takes in VXLAN and GENEVE by a socket instead,\n"
                        "                         which needs no privilege. Operands are the filter\n"
                        "  -f, --filter EXPR      look only at packets that match (pcap-filter(7))\n"
                        "  -o, --output FORMAT[:PATH]\n"
                        "                         write findings as `json' (one object a line), `table',\n"
                        "                         `syslog', or in a form of others: `cef', `leef', `eve',\n"
                        "                         `ecs', `ocsf', `asff', `guardduty'; or as `dns' every DNS\n"
                        "                         message; may be given several times; without it: a table\n"
                        "                         on a terminal, else JSON on standard output\n"
                        "      --redact           mask wallets, logins and workers in every output\n"
                        "  -c, --config FILE      read this configuration (countermine.conf(5))\n"
                        "      --set SECTION.KEY=VALUE\n"
                        "                         set one key of it; may be given several times\n"
                        "  -T, --test-config      only check the configuration and say what would run\n"
                        "      --dump-config      only print the configuration that takes effect\n"
                        "  -q, --quiet            no progress and no closing summary\n"
                        "  -v, --verbose          more about each file and all counters\n"
                        "      --exit-code        exit with 10 when something mines\n"
                        "  -V, --version          versions of the program and its libraries\n"
                        "  -h, --help             this text\n"
                        "\n"
                        "Exit status: 0 done, 1 some input could not be read or some output not written,\n"
                        "2 wrong usage or configuration, 10 something mines (with --exit-code).\n"
                        "\n"
                        "Examples:\n"
                        "  countermine -r capture.pcap\n"
                        "  countermine -r /evidence -o table -o json:findings.json\n"
                        "  countermine -r big.pcap.gz old.pcapng.zst\n"
                        "  countermine -i eth1 -o json:/var/log/countermine/findings.json -o syslog\n"
                        "\n"
                        "See countermine(8), countermine-feed(1), countermine.conf(5),\n"
                        "countermine-feeds(5) and countermine-findings(5).\n";

/* The long option whose name is nearest to what was written, or NULL when none is near. */
static const char *nearest_option(const char *written)
{
    const char *best = NULL;
    unsigned best_distance = NEAREST_FAR;

    for (const struct option *o = options; o->name; o++) {
        unsigned d = nearest_distance(view_str(written), view_str(o->name));

        if (nearest_is_near(view_str(written), view_str(o->name)) && d < best_distance) {
            best_distance = d;
            best = o->name;
        }
    }
    return best;
}

/* What must stand behind an option, or NULL when it takes nothing. */
static const char *argument_of(int option)
{
    switch (option) {
    case 'i': return "an interface, or udp:ADDRESS, behind it";
    case 'f': return "a filter expression behind it (see pcap-filter(7))";
    case 'o': return "FORMAT or FORMAT:PATH behind it";
    case 'c': return "a configuration file behind it (see countermine.conf(5))";
    case OPTION_DNS_LOG: return "a file or directory of DNS logs behind it, or - for standard input";
    case OPTION_SET: return "section.key=value behind it (see countermine.conf(5))";
    default: return NULL;
    }
}

static bool refuse_option(char **argv)
{
    const char *word = argv[optind - 1];

    if (optopt && strncmp(word, "--", 2) == 0 && strchr(word, '=')) {
        log_err("option %s: takes no value (see countermine --help)", word);
    } else if (argument_of(optopt)) {
        if (optopt < OPTION_EXIT_CODE)
            log_err("option -%c: expected %s", optopt, argument_of(optopt));
        else
            log_err("option %s: expected %s", word, argument_of(optopt));
    } else if (optopt && optopt < OPTION_EXIT_CODE) {
        log_err("unknown option -%c: expected one of -r -i -f -o -c -T -q -v -V -h (see countermine --help)", optopt);
    } else {
        char name[40];
        const char *near;

        strncpy(name, word + strspn(word, "-"), sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        name[strcspn(name, "=")] = '\0';
        near = nearest_option(name);
        if (near)
            log_err("unknown option %s: did you mean --%s? (see countermine --help)", word, near);
        else
            log_err("unknown option %s: expected one of those of countermine --help", word);
    }
    return false;
}

static bool add_output(struct cli *cli, const char *arg, bool (*is_format)(const char *name), const char *formats)
{
    const char *colon = strchr(arg, ':');
    struct cli_output *out = &cli->output[cli->n_outputs];
    char *format;

    if (cli->n_outputs == CLI_OUTPUTS_MAX) {
        log_err("option -o: given more than %d times", CLI_OUTPUTS_MAX);
        return false;
    }
    format = strndup(arg, colon ? (size_t)(colon - arg) : strlen(arg));
    if (!format) {
        log_err("not enough memory");
        return false;
    }
    cli->formats[cli->n_outputs++] = format;
    *out = (struct cli_output){format, colon && strcmp(colon + 1, "-") != 0 ? colon + 1 : NULL};
    if (!is_format(format)) {
        log_err("option -o %s: unknown format `%s', expected one of: %s", arg, format, formats);
        return false;
    }
    if (colon && colon[1] == '\0') {
        log_err("option -o %s: expected a path behind the colon", arg);
        return false;
    }
    return true;
}

static bool add_setting(struct cli *cli, const char *option, const char *text)
{
    if (cli->n_settings == CLI_SETTINGS_MAX) {
        log_err("option %s: more than %d settings; put them into a file and give it with -c", option, CLI_SETTINGS_MAX);
        return false;
    }
    cli->settings[cli->n_settings++] = (struct conf_setting){option, text};
    return true;
}

/* Of two -c the earlier would be forgotten in silence. */
static bool set_conf_file(struct cli *cli, const char *path)
{
    if (cli->conf_file) {
        log_err("option -c: given twice, %s and %s; give one, further files go into the folder conf.d beside it",
                cli->conf_file, path);
        return false;
    }
    cli->conf_file = path;
    return true;
}

/* Two outputs to one place. Without a path only syslog goes elsewhere than to standard output. */
static bool share_place(const struct cli_output *a, const struct cli_output *b)
{
    if (a->path && b->path)
        return strcmp(a->path, b->path) == 0;
    return !a->path && !b->path && (strcmp(a->format, "syslog") == 0) == (strcmp(b->format, "syslog") == 0);
}

static const char *place_of(const struct cli_output *o)
{
    return o->path ? o->path : strcmp(o->format, "syslog") == 0 ? "the system's log" : "standard output";
}

static bool check_outputs(const struct cli *cli)
{
    for (size_t i = 0; i < cli->n_outputs; i++) {
        for (size_t j = 0; j < i; j++) {
            if (share_place(&cli->output[i], &cli->output[j])) {
                log_err("option -o: two outputs to %s; give one of them another path", place_of(&cli->output[i]));
                return false;
            }
        }
    }
    return true;
}

/* The operands may be as many as argc too. */
static bool add_input(struct cli *cli, char *path, int argc)
{
    if (!cli->inputs)
        cli->inputs = calloc((size_t)argc + 1, sizeof(*cli->inputs));
    if (!cli->inputs) {
        log_err("not enough memory");
        return false;
    }
    cli->inputs[cli->n_inputs++] = path;
    return true;
}

/* --dns-log: the operands are further logs, as the shell makes them of `--dns-log *.gz'. */
static void join_inputs(struct cli *cli)
{
    for (int i = 0; i < cli->n_operands; i++)
        cli->inputs[cli->n_inputs++] = cli->operands[i];
    cli->operands = cli->inputs;
    cli->n_operands = cli->n_inputs;
}

/* What cannot be had together with logs. */
static bool check_logs(const struct cli *cli)
{
    if (cli->read)
        log_err("options -r and --dns-log: give one of them, captures or DNS logs");
    else if (cli->n_interfaces > 0)
        log_err("options -i and --dns-log: give one of them, interfaces or DNS logs");
    else if (cli->filter)
        log_err("options -f and --dns-log: a filter is for packets, and a DNS log has none");
    else
        return check_outputs(cli);
    return false;
}

static bool add_interface(struct cli *cli, const char *name)
{
    if (cli->n_interfaces == ARRAY_LEN(cli->interfaces)) {
        log_err("option -i: given more than %zu times", ARRAY_LEN(cli->interfaces));
        return false;
    }
    for (size_t i = 0; i < cli->n_interfaces; i++) {
        if (strcmp(cli->interfaces[i], name) == 0) {
            log_err("option -i: %s is given twice", name);
            return false;
        }
    }
    cli->interfaces[cli->n_interfaces++] = name;
    return true;
}

/* Of -i the operands are the filter, as with tcpdump. */
static bool join_filter(struct cli *cli)
{
    size_t n = 1;

    if (cli->n_interfaces == 0 || cli->n_operands == 0)
        return true;
    if (cli->filter) {
        log_err("option -f: the operands behind -i are a filter too; give one of them");
        return false;
    }
    for (int i = 0; i < cli->n_operands; i++)
        n += strlen(cli->operands[i]) + 1;
    cli->joined = calloc(1, n);
    if (!cli->joined) {
        log_err("not enough memory");
        return false;
    }
    for (int i = 0; i < cli->n_operands; i++) {
        strncat(cli->joined, i ? " " : "", n - strlen(cli->joined) - 1);
        strncat(cli->joined, cli->operands[i], n - strlen(cli->joined) - 1);
    }
    cli->filter = cli->joined;
    cli->n_operands = 0;
    return true;
}

/* What no option says by itself. */
static bool check(const struct cli *cli)
{
    if (cli->help || cli->version)
        return true;
    if (cli->test_config && cli->dump_config) {
        log_err("options -T and --dump-config: each prints its own text; give one of them");
        return false;
    }
    if (cli->reads_logs)
        return check_logs(cli);
    if (!cli->read) {
        if (cli->n_operands == 0 || cli->n_interfaces > 0)
            return check_outputs(cli); /* the configuration may name interfaces */
        log_err("expected -r before the captures: countermine -r %s", cli->operands[0]);
        return false;
    }
    if (cli->n_interfaces > 0) {
        log_err("options -r and -i: give one of them, captures or interfaces");
        return false;
    }
    if (cli->n_operands == 0) {
        log_err("option -r: expected captures: files, directories, or - for standard input");
        return false;
    }
    return check_outputs(cli);
}

bool cli_read(struct cli *cli, int argc, char **argv, bool (*is_format)(const char *name), const char *formats)
{
    int c;

    *cli = (struct cli){0};
    opterr = 0;
    while ((c = getopt_long(argc, argv, "ri:f:o:c:TqvVh", options, NULL)) != -1) {
        switch (c) {
        case 'r': cli->read = true; break;
        case OPTION_DNS_LOG:
            cli->reads_logs = true;
            if (!add_input(cli, optarg, argc))
                return false;
            break;
        case 'i':
            if (!add_interface(cli, optarg))
                return false;
            break;
        case 'f': cli->filter = optarg; break;
        case 'o':
            if (!add_output(cli, optarg, is_format, formats))
                return false;
            break;
        case 'c':
            if (!set_conf_file(cli, optarg))
                return false;
            break;
        case OPTION_SET:
            if (!add_setting(cli, "--set", optarg))
                return false;
            break;
        case OPTION_REDACT:
            if (!add_setting(cli, "--redact", "output.redact=yes"))
                return false;
            break;
        case 'T': cli->test_config = true; break;
        case OPTION_DUMP_CONFIG: cli->dump_config = true; break;
        case 'q': cli->quiet = true; break;
        case 'v': cli->verbose = true; break;
        case 'V': cli->version = true; break;
        case OPTION_EXIT_CODE: cli->exit_code = true; break;
        case 'h': cli->help = true; break;
        default: return refuse_option(argv);
        }
    }
    cli->operands = argv + optind;
    cli->n_operands = argc - optind;
    if (!check(cli) || !join_filter(cli))
        return false;
    if (cli->reads_logs)
        join_inputs(cli);
    return true;
}

void cli_fini(struct cli *cli)
{
    for (size_t i = 0; i < cli->n_outputs; i++)
        free(cli->formats[i]);
    free(cli->joined);
    free(cli->inputs);
}
