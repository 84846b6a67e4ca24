/*
 * log_file.h - files of DNS logs, cut into their entries: a reader of savefile.h whose frames are texts of JSON.
 *
 * It takes what AWS writes and what tools make of it: an object a line; one array; objects without anything between
 * them, as Firehose leaves them; objects over several lines; the list `logEvents' (CloudWatch's subscriptions) or
 * `events' (its command line) of an object, whose items are given one by one; a time and more words before the object
 * on its line (CloudWatch's exports). What cannot be read is given as a fault of its line, and reading goes on at the next
 * line. What an entry says is read by message/dns_log.h.
 */
#ifndef CAPTURE_LOG_FILE_H
#define CAPTURE_LOG_FILE_H

#include "capture/savefile.h"
#include "message/dns_log.h"

/*
 * What stands for a link type. Of an entry `bytes` is the text of the object, of a fault nothing, and `wire_len` is its
 * enum dns_log_fault. `number` is the line it begins on, from 1. `time_ns` is set in the first frame of a file alone,
 * where the order of files needs it: NS_TIME_MAX when it is not known.
 */
#define LOG_ENTRY UINT32_C(0xffffff01)
#define LOG_FAULT UINT32_C(0xffffff02)

struct log_file;

/* For savefile.c: the file in s->block, of which 8 bytes were asked for, as a log. False, with s->error set, when it is none. */
bool log_file_open(struct savefile *s);
void log_file_close(struct savefile *s);

/* True when a file that begins so may be a log. */
bool log_file_begins(struct view head);

#endif
