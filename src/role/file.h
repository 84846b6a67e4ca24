/*
 * file.h - the role that reads captures: `countermine -r`.
 */
#ifndef ROLE_FILE_H
#define ROLE_FILE_H

#include "capture/filter.h"
#include "config/cli.h"
#include "config/conf.h"

/*
 * Opens inputs and outputs, gives up rights, starts a worker and a report, and serves the worker until both are done.
 * Gives the exit status of the program.
 */
int file_run(const struct cli *cli, const struct conf *conf);

/* Makes the filter of the command line; NULL when there is none. False, with a message, when it is none. */
bool file_make_filter(const struct cli *cli, struct filter **filter);

#endif
