/*
 * retain.h - records that could not be written, in memory, until they can.
 *
 * They come out in the order in which they came in. When there is no room, what is least severe goes first, and of
 * that the oldest; every record that goes is counted. A record that was handed out in part stays.
 */
#ifndef OUTPUT_RETAIN_H
#define OUTPUT_RETAIN_H

#include "base/buf.h"

#define RETAIN_RECORDS_MAX 10000
#define RETAIN_BYTES_MAX (UINT64_C(32) << 20) /* 10,000 findings of 3 KiB; the longest record has 1 MiB */
#define RETAIN_OVERHEAD 64                    /* bytes that a record takes beside its text */

/* From the first to go to the last. */
enum retain_class { RETAIN_INFO, RETAIN_LOW, RETAIN_MEDIUM, RETAIN_HIGH, RETAIN_CRITICAL, RETAIN_CLASS_N };

struct retain_count {
    uint64_t records, bytes; /* bytes with RETAIN_OVERHEAD for each */
};

struct retain;

/* At most max_records of max_bytes in all. NULL when memory is short. Gives. */
struct retain *retain_new(uint32_t max_records, uint64_t max_bytes);
void retain_free(struct retain *r); /* NULL ok */

/* Copies a record behind all others. False when it, being the least severe itself, was dropped and counted. */
bool retain_push(struct retain *r, enum retain_class class, struct view text);

/* What is left of the oldest record; false when there is none. Lent until the next call that changes r. */
bool retain_head(const struct retain *r, struct view *text);

/* Takes n bytes off the oldest record; with its last byte the record goes. True when it went. */
bool retain_advance(struct retain *r, size_t n);

/* The oldest record is whole again: what took its first bytes is gone. */
void retain_rewind(struct retain *r);

/* Drops the oldest record and counts it as lost: it can never be written. */
void retain_drop(struct retain *r);

struct retain_count retain_waiting(const struct retain *r);

/* Records that were dropped, of each class and in all. */
uint64_t retain_lost(const struct retain *r, enum retain_class class);
uint64_t retain_lost_all(const struct retain *r);

/* The class of low, medium, high, critical; of anything else and NULL it is RETAIN_INFO. */
enum retain_class retain_class_of(const char *severity_label);

#endif
