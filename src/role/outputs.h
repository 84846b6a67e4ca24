/*
 * outputs.h - which outputs a run has, and opening them.
 */
#ifndef ROLE_OUTPUTS_H
#define ROLE_OUTPUTS_H

#include "config/cli.h"
#include "output/output.h"

#include <sys/types.h>

struct outputs_item {
    char format[16];
    bool has_path; /* false: standard output, or the system's log */
    char path[CONF_PATH_MAX];
    int fd; /* -1 = not open */
};

/* The path, or NULL. */
static inline const char *outputs_path(const struct outputs_item *item)
{
    return item->has_path ? item->path : NULL;
}

struct outputs {
    struct outputs_item v[CLI_OUTPUTS_MAX];
    size_t n;
    bool live;
};

/*
 * Those of the command line; else, live, those of the configuration; else what fits standard output. False, with a
 * message, when one of them is wrong. Opens nothing.
 */
bool outputs_choose(struct outputs *list, const struct cli *cli, const struct conf *conf, bool live);

/* True when one of them takes DNS messages. */
bool outputs_want_dns(const struct outputs *list);

/* Opens all of them. False, with a message. */
bool outputs_open(struct outputs *list);

/*
 * Live: puts the outputs of `fresh` in place of those of list, opened anew. One that cannot be opened goes on as it is when
 * list has it, and is left out otherwise; a message says so.
 */
void outputs_renew(struct outputs *list, const struct outputs *fresh);

/* Fills in what sinks want to know of the machine, the terminal and the configuration. host has room for 256 bytes. */
void outputs_describe(struct output_context *ctx, const struct conf *conf, bool live, char *host);

/* Live, as root, before it becomes this user: files that were made just now become the user's, who is to open them anew. */
void outputs_hand_over(const struct outputs *list, uid_t uid, gid_t gid);

void outputs_close(struct outputs *list);

#endif
