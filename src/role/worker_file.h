/*
 * worker_file.h - the process that reads captures, or DNS logs.
 */
#ifndef ROLE_WORKER_FILE_H
#define ROLE_WORKER_FILE_H

#include "capture/filter.h"
#include "capture/input.h"
#include "config/conf.h"
#include "feed/feed.h"
#include "role/unpack_service.h"

/* What it gets from the parent by being forked. */
struct worker_file {
    const struct conf *conf;
    const struct hash_key *key;
    const struct feed *feed; /* or NULL */
    struct input_list *inputs;
    struct filter *filter; /* or NULL */
    bool wants_dns;        /* some output takes DNS messages */
    struct unpack_service *unpack;
    int evidence;
};

/* A child_main: looks at all inputs, reads one after the other, and tells how it went (IPC_SUMMARY). */
int worker_file_main(void *worker_file, int control);

#endif
