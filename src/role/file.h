/*
 * file.h - the role that reads captures: one process, from files to findings.
 */
#ifndef ROLE_FILE_H
#define ROLE_FILE_H

#include "config/cli.h"
#include "config/conf.h"

struct filter;

/* Runs the whole job; gives the exit status. Borrows both. */
int file_run(const struct cli *cli, const struct conf *conf);

/* The format of the output when no -o is given. */
const char *file_default_format(void);

/* What stands behind the formats of -o. False, with a message, when it is no place for them. */
bool file_check_outputs(const struct cli *cli);

/* Makes the filter of -f, or NULL without one. False, and said, when it is no filter expression. Gives. */
bool file_make_filter(const struct cli *cli, struct filter **filter);

#endif
