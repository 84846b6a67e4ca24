/*
 * file.h - the role that reads captures: one process, from files to findings.
 */
#ifndef ROLE_FILE_H
#define ROLE_FILE_H

#include "config/cli.h"

/* Runs the whole job; gives the exit status. */
int file_run(const struct cli *cli);

#endif
