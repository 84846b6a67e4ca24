/*
 * check.h - the roles that run nothing: -T says what would run, --dump-config prints the configuration.
 */
#ifndef ROLE_CHECK_H
#define ROLE_CHECK_H

#include "config/cli.h"
#include "config/conf_load.h"

/* Says on standard output what would run; reads no capture and opens no output. Gives the exit status. */
int check_run(const struct cli *cli, const struct conf_loaded *loaded);

/* Prints the effective configuration on standard output. Gives the exit status. */
int check_dump(const struct conf_loaded *loaded);

#endif
