/*
 * cli.h - the command line.
 */
#ifndef CONFIG_CLI_H
#define CONFIG_CLI_H

#include "config/conf_read.h"

#include <stdbool.h>
#include <stddef.h>

#define CLI_OUTPUTS_MAX 16
#define CLI_SETTINGS_MAX 64

struct cli_output {
    const char *format;
    const char *path; /* NULL = standard output */
};

struct cli {
    bool read;                              /* -r: operands are captures; or they are logs: reads_logs */
    bool reads_logs;                        /* --dns-log: its files, and the operands, are DNS logs */
    const char *interfaces[CONF_FILES_MAX]; /* -i: operands are the filter */
    size_t n_interfaces;
    const char *filter; /* -f, or the operands of -i; NULL = none */
    struct cli_output output[CLI_OUTPUTS_MAX];
    size_t n_outputs;
    const char *conf_file;                          /* -c, or NULL */
    struct conf_setting settings[CLI_SETTINGS_MAX]; /* --set and --redact, in their order */
    size_t n_settings;
    bool test_config, dump_config;
    bool quiet, verbose, exit_code, version, help;
    char **operands; /* into argv, or inputs */
    int n_operands;
    char *joined;  /* owned: the operands of -i */
    char **inputs; /* owned: the files of --dns-log, and the operands behind them */
    int n_inputs;
    char *formats[CLI_OUTPUTS_MAX]; /* owned: copies of FORMAT of -o FORMAT:PATH */
};

/*
 * Reads the command line. False when it is wrong; then a line on standard error says what was expected.
 * is_format tells the names that -o takes, formats lists them for the message.
 */
bool cli_read(struct cli *cli, int argc, char **argv, bool (*is_format)(const char *name), const char *formats);
void cli_fini(struct cli *cli);

/* The text of --help. */
extern const char cli_help[];

#endif
