/*
 * tool.h - what the subcommands of countermine-feed share: options, lists, statuses.
 *
 * Exit statuses are those of grep and diff: 0 is "yes" (no fault, a match, equal), 1 is "no" (faults, no match, a difference,
 * a list that is refused whole), 2 is trouble (usage, configuration, a file that cannot be read or written).
 */
#ifndef FEEDTOOL_TOOL_H
#define FEEDTOOL_TOOL_H

#include "config/conf_load.h"
#include "role/feeds.h"

#define TOOL_SETTINGS_MAX 32

enum { TOOL_YES, TOOL_NO, TOOL_TROUBLE };

struct tool;

struct tool_command {
    const char *name;
    const char *operands; /* for the usage: "[LIST...]" */
    const char *options;  /* the letters of the options that it knows, see tool.c */
    int n_least, n_most;  /* operands; n_most -1: any number */
    const char *expected; /* of operands, for the message when there are too few or too many */
    const char *help;
    int (*run)(struct tool *t);
};

struct tool {
    const struct tool_command *command;
    struct conf_loaded loaded;
    bool has_conf; /* loaded holds the configuration; it is read when it is asked for */
    const char *conf_file;
    struct conf_setting settings[TOOL_SETTINGS_MAX];
    size_t n_settings;
    const char *feeds[CONF_FILES_MAX]; /* --feeds */
    int n_feeds;
    const char *output, *format, *at;
    const char *type, *kind, *confidence, *match; /* of the list, as in feeds.files */
    bool quiet, verbose;
    char **operands;
    int n_operands;
};

/* The subcommands. */
int compile_run(struct tool *t);
int lint_run(struct tool *t);
int explain_run(struct tool *t);
int import_run(struct tool *t);
int export_run(struct tool *t);
int diff_run(struct tool *t);

/* Runs the program. Gives the exit status. */
int tool_main(int argc, char **argv);

/* The jail as the configuration wants it. False when the configuration is broken, and said. */
bool tool_configure(struct tool *t);
enum conf_sandbox tool_sandbox(const struct tool *t);

/*
 * Reads lists, or those of the configuration when n is 0; to be compiled by tool_compile. One name may be that of an image.
 * NULL with a message.
 */
struct feeds *tool_read(struct tool *t, const char *const *lists, int n);

/* Compiles them. NULL with a message and *status set; else the image, which lives as long as feeds. */
const struct feed *tool_compile(struct tool *t, struct feeds *feeds, int *status);

/* Both. feeds is to be freed by the caller in any case. */
const struct feed *tool_load(struct tool *t, const char *const *lists, int n, struct feeds **feeds, int *status);

/* What came of each list, on standard error. */
void tool_report(const struct feeds_outcome *o);

/* Text of a list on standard output, made safe for a terminal; a day as 2026-03-01. */
void tool_put(struct view v);
void tool_put_day(uint32_t day);

/* Flushes standard output: status, or TOOL_TROUBLE with a message when it cannot be written. */
int tool_finish(int status);

/* The moment for which rows count: --at, or now. False with a message. */
bool tool_time(const struct tool *t, ns_t *now);

#endif
