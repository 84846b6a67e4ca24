/*
 * main.c - countermine: reads the command line and the configuration, and starts the role it asks for.
 */
#include "config.h"

#include "base/log.h"
#include "config/cli.h"
#include "config/conf_load.h"
#include "output/output.h"
#include "role/check.h"
#include "role/file.h"
#include "role/live.h"
#include "role/version.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int say_help(void)
{
    fputs(cli_help, stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void say_error(void *arg, const char *text)
{
    (void)arg;
    log_err("%s", text);
}

/* Reads the configuration, and does what the command line asks for with it. */
static int run_configured(const struct cli *cli)
{
    struct conf_errors errors = {.say = say_error};
    struct conf_loaded loaded;
    int status = 2;

    if (conf_load(&loaded, cli->conf_file, cli->settings, cli->n_settings, &errors)) {
        if (cli->dump_config)
            status = check_dump(&loaded);
        else if (cli->test_config)
            status = check_run(cli, &loaded);
        else if (cli->read || cli->reads_logs)
            status = file_run(cli, &loaded.state.conf);
        else if (cli->n_interfaces > 0 || loaded.state.conf.capture.interfaces.n > 0)
            status = live_run(cli, &loaded);
        else
            log_err("nothing to do: expected -r FILE, --dns-log FILE or -i INTERFACE (see countermine --help)");
    }
    conf_loaded_fini(&loaded);
    return status;
}

static int run(const struct cli *cli)
{
    if (cli->help)
        return say_help();
    if (cli->version)
        return version_print() ? EXIT_SUCCESS : EXIT_FAILURE;
    if (cli->verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    return run_configured(cli);
}

int main(int argc, char **argv)
{
    struct cli cli;
    int status = 2;

    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of writing, said at the end */
    if (cli_read(&cli, argc, argv, output_is_format, output_formats))
        status = run(&cli);
    cli_fini(&cli);
    return status;
}
