/*
 * cli.c - options by getopt_long, and messages that say what was expected.
 */
#include "config.h"

#include "config/cli.h"

#include "base/base.h"
#include "base/log.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_EXIT_CODE = 256, OPTION_HELP };

static const struct option options[] = {
    {"read", no_argument, NULL, 'r'},
    {"filter", required_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, OPTION_HELP},
    {"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
    {NULL, 0, NULL, 0},
};

const char cli_help[] = "Usage: countermine -r [OPTION]... FILE|DIRECTORY|-...\n"
                        "Finds machines that mine cryptocurrency in packet captures.\n"
                        "\n"
                        "  -r, --read             every operand is a capture: a pcap or pcapng file, a\n"
                        "                         directory of them, or - for standard input; they are\n"
                        "                         read in the order of their first packet\n"
                        "  -f, --filter EXPR      look only at packets that match (pcap-filter(7))\n"
                        "  -o, --output FORMAT[:PATH]\n"
                        "                         write findings as `json' (one object a line) or `table';\n"
                        "                         may be given several times; without it: a table on a\n"
                        "                         terminal, else JSON on standard output\n"
                        "  -q, --quiet            no progress and no closing summary\n"
                        "  -v, --verbose          more about each file and all counters\n"
                        "      --exit-code        exit with 10 when something mines\n"
                        "  -V, --version          versions of the program and its libraries\n"
                        "      --help             this text\n"
                        "\n"
                        "Exit status: 0 done, 1 some input could not be read or some output not written,\n"
                        "2 wrong usage, 10 something mines (with --exit-code).\n"
                        "\n"
                        "Examples:\n"
                        "  countermine -r capture.pcap\n"
                        "  countermine -r /evidence -o table -o json:findings.json\n"
                        "  zcat big.pcap.gz | countermine -r -\n"
                        "\n"
                        "See countermine(8) and countermine-findings(5).\n";

/* Edit distance (Levenshtein) of two short names; 99 when one is too long to be meant. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[33];
    size_t n = strlen(a), m = strlen(b);

    if (n >= ARRAY_LEN(row) || m >= ARRAY_LEN(row))
        return 99;
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[m];
}

/* The long option whose name is nearest to what was written, or NULL when none is near. */
static const char *nearest_option(const char *written)
{
    const char *best = NULL;
    unsigned best_distance = 4;

    for (const struct option *o = options; o->name; o++) {
        unsigned d = distance(written, o->name);

        if (d < best_distance) {
            best_distance = d;
            best = o->name;
        }
    }
    return best;
}

static bool refuse_option(char **argv)
{
    const char *word = argv[optind - 1];

    if (optopt && strncmp(word, "--", 2) == 0 && strchr(word, '=')) {
        log_err("option %s: takes no value (see countermine --help)", word);
    } else if (optopt == 'f' || optopt == 'o') {
        log_err("option -%c: expected %s", optopt,
                optopt == 'f' ? "a filter expression behind it (see pcap-filter(7))" : "FORMAT or FORMAT:PATH behind it");
    } else if (optopt && optopt < OPTION_EXIT_CODE) {
        log_err("unknown option -%c: expected one of -r -f -o -q -v -V (see countermine --help)", optopt);
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

/* What no option says by itself. */
static bool check(const struct cli *cli)
{
    if (cli->help || cli->version)
        return true;
    if (!cli->read) {
        log_err(cli->n_operands ? "expected -r before the captures: countermine -r %s"
                                : "nothing to do: expected -r FILE (see countermine --help)",
                cli->n_operands ? cli->operands[0] : "");
        return false;
    }
    if (cli->n_operands == 0) {
        log_err("option -r: expected captures: files, directories, or - for standard input");
        return false;
    }
    for (size_t i = 0; i < cli->n_outputs; i++) {
        for (size_t j = 0; j < i; j++) {
            const char *a = cli->output[i].path, *b = cli->output[j].path;

            if ((!a && !b) || (a && b && strcmp(a, b) == 0)) {
                log_err("option -o: two outputs to %s; give one of them another path", a ? a : "standard output");
                return false;
            }
        }
    }
    return true;
}

bool cli_read(struct cli *cli, int argc, char **argv, bool (*is_format)(const char *name), const char *formats)
{
    int c;

    *cli = (struct cli){0};
    opterr = 0;
    while ((c = getopt_long(argc, argv, "rf:o:qvV", options, NULL)) != -1) {
        switch (c) {
        case 'r': cli->read = true; break;
        case 'f': cli->filter = optarg; break;
        case 'o':
            if (!add_output(cli, optarg, is_format, formats))
                return false;
            break;
        case 'q': cli->quiet = true; break;
        case 'v': cli->verbose = true; break;
        case 'V': cli->version = true; break;
        case OPTION_EXIT_CODE: cli->exit_code = true; break;
        case OPTION_HELP: cli->help = true; break;
        default: return refuse_option(argv);
        }
    }
    cli->operands = argv + optind;
    cli->n_operands = argc - optind;
    return check(cli);
}

void cli_fini(struct cli *cli)
{
    for (size_t i = 0; i < cli->n_outputs; i++)
        free(cli->formats[i]);
}
