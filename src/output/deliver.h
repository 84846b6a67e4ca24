/*
 * deliver.h - records of a live run to one descriptor, without blocking and without leaving half a record.
 *
 * What cannot be written is retained and tried again, in its order, with each later record and each tick. Only what
 * overflows the memory for it, or can never be sent, is lost, and counted.
 */
#ifndef OUTPUT_DELIVER_H
#define OUTPUT_DELIVER_H

#include "config/conf.h"
#include "output/retain.h"

struct deliver;
struct sink_health;
struct target;

/* Bytes that it may take. */
#define DELIVER_BYTES_MAX (RETAIN_BYTES_MAX + 1024)

/* Takes fd when it succeeds, borrows t for its life. NULL when memory is short. Gives. */
struct deliver *deliver_new(const struct target *t, int fd, enum conf_fsync sync);

/* Ends without writing what waits. NULL ok. */
void deliver_free(struct deliver *d);

void deliver_put(struct deliver *d, enum retain_class class, struct view record);

/* Tries what waits, and forces to the disk what is due; now_ns is of any clock that goes on steadily. */
void deliver_tick(struct deliver *d, ns_t now_ns);

/* Goes on with another descriptor, which it takes, after closing the one it has. */
void deliver_reopen(struct deliver *d, int fd);

void deliver_health(const struct deliver *d, struct sink_health *h);

/* Tries what waits once more, forces all to the disk and closes. 0, or an errno when something is lost. */
int deliver_close(struct deliver *d);

#endif
