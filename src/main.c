/*
 * main.c - countermine: reads the command line and starts the role it asks for.
 */
#include "config.h"

#include "base/log.h"
#include "config/cli.h"
#include "detect/dpi.h"
#include "output/output.h"
#include "role/file.h"

#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static int say_version(void)
{
    const char *dpi = dpi_version();

    printf("countermine " PACKAGE_VERSION "\n%s\nxxHash %d.%d.%d\n", pcap_lib_version(), XXH_VERSION_MAJOR, XXH_VERSION_MINOR,
           XXH_VERSION_RELEASE);
    if (strcmp(dpi, "none") == 0)
        printf("nDPI: not built in\n");
    else
        printf("nDPI %s\n", dpi);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int say_help(void)
{
    fputs(cli_help, stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const struct cli *cli)
{
    if (cli->help)
        return say_help();
    if (cli->version)
        return say_version();
    if (cli->verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    return file_run(cli);
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
