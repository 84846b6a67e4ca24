/*
 * live.h - the role that listens: `countermine -i`.
 */
#ifndef ROLE_LIVE_H
#define ROLE_LIVE_H

#include "config/cli.h"
#include "config/conf_load.h"

/*
 * Opens interfaces, outputs and sockets, gives up rights, starts workers and a report, and keeps them going until it is
 * told to stop. Takes *loaded over: at HUP it is read anew. Gives the exit status of the program.
 */
int live_run(const struct cli *cli, struct conf_loaded *loaded);

/* The workers that this configuration asks for, on this machine. */
uint32_t live_workers(const struct conf *conf);

#endif
