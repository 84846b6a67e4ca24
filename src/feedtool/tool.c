/*
 * tool.c - the command line of countermine-feed, and how its subcommands get at lists.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"
#include "base/nearest.h"
#include "base/out.h"
#include "base/rfc3339.h"
#include "role/clock.h"
#include "role/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { OPTION_SET = 'S', OPTION_TYPE = 't', OPTION_KIND = 'k', OPTION_CONFIDENCE = 'n', OPTION_MATCH = 'm', OPTION_AT = 'a' };

/* The letters of struct tool_command; those that can be written as such are in short_options. */
static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"set", required_argument, NULL, OPTION_SET},
    {"output", required_argument, NULL, 'o'},
    {"format", required_argument, NULL, 'f'},
    {"feeds", required_argument, NULL, 'F'},
    {"type", required_argument, NULL, OPTION_TYPE},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"confidence", required_argument, NULL, OPTION_CONFIDENCE},
    {"match", required_argument, NULL, OPTION_MATCH},
    {"at", required_argument, NULL, OPTION_AT},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};
#define SHORT_OPTIONS "+:c:o:f:qvVh"

static const struct tool_command commands[] = {
    {"compile", "[-c CONF] [-o IMAGE] [LIST...]", "cSoqv", 0, -1, "lists",
     "compile lists to an image that feeds.image takes; without -o: only see whether they can be", compile_run},
    {"lint", "[-c CONF] [LIST...]", "cSqv", 0, -1, "lists", "find what is wrong in lists", lint_run},
    {"explain", "[-c CONF | --feeds LIST...] NAME|ADDRESS[:PORT]...", "cSFaqv", 1, -1, "a name, or an address with its port",
     "tell which rows match a name, and which wins", explain_run},
    {"import", "[--type TYPE] [--kind KIND] [--confidence N] [--match MATCH] FILE", "cSotknmqv", 1, 1, "one file, or -",
     "turn a list of any format into the own one", import_run},
    {"export", "--format FORMAT [-c CONF] [LIST|IMAGE...]", "cSofqv", 0, -1, "lists",
     "write lists in the format of other programs", export_run},
    {"diff", "LIST|IMAGE LIST|IMAGE", "cSqv", 2, 2, "two lists or images", "tell what was added, removed and changed",
     diff_run},
};

/* --- the command line ------------------------------------------------------------------------------ */

static void print_help(void)
{
    puts("Usage: countermine-feed COMMAND [OPTION]... [OPERAND]...\n"
         "Works on the lists of names of countermine.\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        printf("  %s %s\n      %s\n", commands[i].name, commands[i].operands, commands[i].help);
    puts("\n"
         "  -c, --config FILE      the configuration whose lists are used when none is given\n"
         "      --set section.key=value\n"
         "                         set an option of the configuration (countermine.conf(5))\n"
         "  -o, --output FILE      write there instead of to standard output\n"
         "      --feeds LIST       explain: use this list; may be given several times\n"
         "      --at DATE          explain: rows count as on this day (2026-03-01)\n"
         "  -f, --format FORMAT    export: plain, hosts, rpz, zeek, dataset, stix or csv\n"
         "      --type TYPE        import: the format of the file, when it is not to be guessed\n"
         "      --kind KIND        import: the kind of all rows\n"
         "      --confidence N     import: the confidence of all rows, 0 to 100\n"
         "      --match MATCH      import: suffix, exact or below for all rows\n"
         "  -q, --quiet            say less\n"
         "  -v, --verbose          say more\n"
         "  -V, --version          print the version\n"
         "  -h, --help             this text\n"
         "\n"
         "A LIST is PATH or PATH,type=TYPE,kind=KIND,confidence=N,match=MATCH, compressed or not, or - for\n"
         "standard input.\n"
         "\n"
         "Exit status: 0 done, a match, no fault, no difference; 1 a fault, no match, a difference, a list that\n"
         "is refused; 2 wrong usage or configuration, a file that cannot be read or written.\n"
         "\n"
         "See countermine-feed(1) and countermine-feeds(5).");
}

static int refuse_command(const char *word)
{
    const char *names[ARRAY_LEN(commands)];
    const char *near;

    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        names[i] = commands[i].name;
    near = nearest_word(view_str(word), names, ARRAY_LEN(names));
    if (word[0] == '-')
        log_err("unknown option %s: options stand behind the command (see countermine-feed --help)", word);
    else if (near)
        log_err("unknown command `%s': did you mean %s? (see countermine-feed --help)", word, near);
    else
        log_err("unknown command `%s': expected compile, lint, explain, import, export or diff (see countermine-feed --help)",
                word);
    return TOOL_TROUBLE;
}

/* The long option with this letter; NULL when there is none. */
static const char *name_of(int letter)
{
    for (const struct option *o = options; o->name; o++)
        if (o->val == letter)
            return o->name;
    return NULL;
}

static bool refuse_option(const struct tool_command *c, char **argv)
{
    const char *word = argv[optind - 1];
    const char *names[ARRAY_LEN(options)] = {NULL};
    size_t n = 0;
    const char *near;
    char name[40];

    if (optopt && name_of(optopt) && strchr(word, '=')) {
        log_err("option %s: takes no value (see countermine-feed --help)", word);
        return false;
    }
    if (optopt && !name_of(optopt)) {
        log_err("%s: unknown option -%c (see countermine-feed --help)", c->name, optopt);
        return false;
    }
    for (const struct option *o = options; o->name; o++)
        if (strchr(c->options, o->val))
            names[n++] = o->name;
    snprintf(name, sizeof(name), "%s", word + strspn(word, "-"));
    name[strcspn(name, "=")] = '\0';
    near = strncmp(word, "--", 2) == 0 ? nearest_word(view_str(name), names, n) : NULL;
    if (near)
        log_err("%s: unknown option %s: did you mean --%s? (see countermine-feed --help)", c->name, word, near);
    else
        log_err("%s: unknown option %s: expected one of those of countermine-feed --help", c->name, word);
    return false;
}

static bool add_setting(struct tool *t, const char *text)
{
    if (t->n_settings == TOOL_SETTINGS_MAX) {
        log_err("option --set: more than %d settings; put them into a file and give it with -c", TOOL_SETTINGS_MAX);
        return false;
    }
    t->settings[t->n_settings++] = (struct conf_setting){"--set", text};
    return true;
}

static bool add_feeds(struct tool *t, const char *list)
{
    if (t->n_feeds == CONF_FILES_MAX) {
        log_err("option --feeds: given more than %d times", CONF_FILES_MAX);
        return false;
    }
    t->feeds[t->n_feeds++] = list;
    return true;
}

/* Where the value of an option goes; NULL for those that are kept otherwise. */
static const char **place_of(struct tool *t, int letter)
{
    switch (letter) {
    case 'c': return &t->conf_file;
    case 'o': return &t->output;
    case 'f': return &t->format;
    case OPTION_TYPE: return &t->type;
    case OPTION_KIND: return &t->kind;
    case OPTION_CONFIDENCE: return &t->confidence;
    case OPTION_MATCH: return &t->match;
    case OPTION_AT: return &t->at;
    default: return NULL;
    }
}

static bool take_option(struct tool *t, int letter)
{
    const char **place = place_of(t, letter);

    if (!strchr(t->command->options, letter)) {
        log_err("%s: --%s is no option of this command (see countermine-feed --help)", t->command->name, name_of(letter));
        return false;
    }
    if (place && *place) {
        log_err("%s: option --%s: given twice, %s and %s", t->command->name, name_of(letter), *place, optarg);
        return false;
    }
    if (place)
        *place = optarg;
    else if (letter == OPTION_SET)
        return add_setting(t, optarg);
    else if (letter == 'F')
        return add_feeds(t, optarg);
    t->quiet = t->quiet || letter == 'q';
    t->verbose = t->verbose || letter == 'v';
    return true;
}

/* What is asked for without a command. */
static bool is_plain_question(int letter)
{
    if (letter == 'h')
        print_help();
    else if (letter == 'V')
        puts("countermine-feed " PACKAGE_VERSION);
    else
        return false;
    return true;
}

/* Reads options and operands, in any order. -1 to go on, else the status to end with. */
static int read_line(struct tool *t, int argc, char **argv)
{
    int n = 0;

    opterr = 0;
    t->operands = argv; /* operands move to the front: there is always room before what was read */
    while (optind < argc) {
        int letter = getopt_long(argc, argv, SHORT_OPTIONS, options, NULL);

        if (letter == -1) {
            bool rest = optind > 1 && strcmp(argv[optind - 1], "--") == 0;

            do
                if (optind < argc)
                    t->operands[n++] = argv[optind++];
            while (rest && optind < argc);
        } else if (letter == ':') {
            log_err("%s: option %s: expected a value behind it (see countermine-feed --help)", t->command->name,
                    argv[optind - 1]);
            return TOOL_TROUBLE;
        } else if (is_plain_question(letter)) {
            return tool_finish(TOOL_YES);
        } else if (letter == '?' ? !refuse_option(t->command, argv) : !take_option(t, letter)) {
            return TOOL_TROUBLE;
        }
    }
    t->n_operands = n;
    if (n >= t->command->n_least && (t->command->n_most < 0 || n <= t->command->n_most))
        return -1;
    log_err("%s: found %d operand%s, expected %s (see countermine-feed --help)", t->command->name, n, plural((uint64_t)n),
            t->command->expected);
    return TOOL_TROUBLE;
}

int tool_main(int argc, char **argv)
{
    struct tool t = {.command = NULL};
    int status;

    log_set_name("countermine-feed");
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of writing, said at the end */
    if (argc < 2) {
        log_err("expected a command: compile, lint, explain, import, export or diff (see countermine-feed --help)");
        return TOOL_TROUBLE;
    }
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return is_plain_question('h') ? tool_finish(TOOL_YES) : TOOL_TROUBLE;
    if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0)
        return is_plain_question('V') ? tool_finish(TOOL_YES) : TOOL_TROUBLE;
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            t.command = &commands[i];
    if (!t.command)
        return refuse_command(argv[1]);
    status = read_line(&t, argc - 1, argv + 1);
    if (status < 0) {
        log_set_level(t.verbose ? LOG_LEVEL_DEBUG : t.quiet ? LOG_LEVEL_ERR : LOG_LEVEL_WARN);
        status = t.command->run(&t);
    }
    if (t.has_conf)
        conf_loaded_fini(&t.loaded);
    return status;
}

/* --- lists ---------------------------------------------------------------------------------------- */

static void say_error(void *arg, const char *text)
{
    (void)arg;
    log_err("%s", text);
}

bool tool_configure(struct tool *t)
{
    struct conf_errors errors = {.say = say_error};

    if (t->has_conf)
        return true;
    t->has_conf = true;
    return conf_load(&t->loaded, t->conf_file, t->settings, t->n_settings, &errors) && jail_said_possible(tool_sandbox(t));
}

enum conf_sandbox tool_sandbox(const struct tool *t)
{
    return (enum conf_sandbox)t->loaded.state.conf.process.sandbox;
}

/* True for a file that begins as an image does. What cannot be read is said when it is read. */
static bool is_image(const char *path)
{
    uint8_t head[16];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

    if (fd >= 0)
        close(fd);
    return n > 0 && feed_is_image(view_of(head, (size_t)n));
}

struct feeds *tool_read(struct tool *t, const char *const *lists, int n)
{
    struct feeds *feeds;
    bool ok = true;

    if (!tool_configure(t))
        return NULL;
    if (n == 0)
        return feeds_read(&t->loaded.state.conf, NULL);
    feeds = feeds_new();
    if (!feeds)
        return NULL;
    if (n == 1 && is_image(lists[0])) {
        ok = feeds_take_file(feeds, lists[0], NULL, NULL);
    } else {
        for (int i = 0; i < n; i++) /* all faults are said */
            ok = feeds_add_file(feeds, lists[i], NULL, NULL) && ok;
        if (t->command->run == compile_run && t->loaded.state.conf.feeds.builtin)
            feeds_guard(feeds); /* what the sensor would refuse must not get there as an image */
    }
    if (ok)
        return feeds;
    feeds_free(feeds);
    return NULL;
}

const struct feed *tool_compile(struct tool *t, struct feeds *feeds, int *status)
{
    if (!feeds_compile(feeds, tool_sandbox(t), NULL)) {
        *status = TOOL_NO;
        return NULL;
    }
    if (!feeds_image(feeds)) {
        log_err("no list is in use: feeds.builtin is off, and feeds.files names none");
        *status = TOOL_TROUBLE;
    }
    return feeds_image(feeds);
}

const struct feed *tool_load(struct tool *t, const char *const *lists, int n, struct feeds **feeds, int *status)
{
    *feeds = tool_read(t, lists, n);
    *status = TOOL_TROUBLE;
    return *feeds ? tool_compile(t, *feeds, status) : NULL;
}

void tool_report(const struct feeds_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->n_lists; i++) {
        const struct feeds_list *l = &outcome->list[i];
        char text[CONF_PATH_MAX * 4 + 200];
        struct out o = out_of(text, sizeof(text));

        out_escape(&o, view_str(l->name));
        out_fmt(&o, ": type %s, %u row%s in use, %u listed before, %u refused", list_type_name(l->type), l->n_used,
                plural(l->n_used), l->n_again, l->n_refused);
        if (l->n_skipped)
            out_fmt(&o, ", %u passed over", l->n_skipped);
        fprintf(stderr, "%s\n", text);
    }
}

int tool_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    log_err("standard output: cannot be written: %s", strerror(errno));
    return TOOL_TROUBLE;
}

void tool_put(struct view v)
{
    char text[4 * 1024 + 1];
    struct out o = out_of(text, sizeof(text));

    out_escape(&o, view_head(v, 1024));
    fputs(text, stdout);
}

void tool_put_day(uint32_t day)
{
    char text[40];
    struct out o = out_of(text, sizeof(text));

    rfc3339_print_day(day, &o);
    fputs(text, stdout);
}

bool tool_time(const struct tool *t, ns_t *now)
{
    const int64_t day_s = 24 * 3600;
    int64_t day;

    *now = clock_wall();
    if (!t->at)
        return true;
    if (rfc3339_parse_day(view_str(t->at), &day) && day >= 0 && day <= NS_TIME_MAX / NS_PER_SEC / day_s) {
        *now = day * day_s * NS_PER_SEC;
        return true;
    }
    log_err("option --at %s: expected a day such as 2026-03-01", t->at);
    return false;
}
