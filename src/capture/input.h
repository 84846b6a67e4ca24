/*
 * input.h - the operands of -r as a list of captures, in the order of their first packet. Those of --dns-log alike.
 *
 * First input_add opens them all, then privileges are dropped, then input_prepare reads as far as the
 * first packets. An operand that cannot be used stays in the list with its error, so that it is
 * reported in its turn and the others go on. A compressed capture is unpacked by another process, which
 * lives from input_open to input_close, and for a moment in input_prepare.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "capture/savefile.h"
#include "capture/unpack.h"

struct input {
    char *name;                 /* as given, or the path below the directory that was given; "-" is standard input */
    uint32_t place;             /* among the inputs as they were added, from 0 */
    int fd;                     /* owned; -1 when it could not be opened */
    ns_t first_ns;              /* time of the first packet; INT64_MAX when there is none */
    uint64_t size;              /* bytes; 0 when not known in advance */
    uint32_t directory;         /* which directory operand it was found below, from 1; 0 = it was named itself */
    struct savefile *ready;     /* being read, or a pipe that was begun; owned */
    struct unpacking unpacking; /* where its bytes come from when it is compressed */
    struct frame first;         /* the frame already read from `ready`; valid when has_first */
    bool has_first;
    char error[SAVEFILE_ERROR_MAX]; /* "" when it can be read */
    uint64_t error_offset;
    bool has_offset;
    const char *offset_in; /* "" when error_offset counts in the file itself, else in what */
};

struct input_list {
    enum savefile_kind kind;
    struct input *v; /* owned */
    size_t n, cap;
    uint64_t n_other; /* files below directories that are no captures, or no logs */
    uint32_t n_directories;
    bool has_stdin;
    const struct unpack_ops *unpack; /* borrowed; NULL = compressed captures are refused */
};

/* Opens an operand: a file, a directory (all files below it), or "-". False when memory is short. */
bool input_add(struct input_list *list, const char *operand);

/*
 * Looks at the start of every file. What lies below a directory and is no capture is forgotten and
 * counted. Then orders by first packet; of equals the one given first comes first.
 */
void input_prepare(struct input_list *list);

/*
 * Opens the capture to be read from its start, or after in->first when in->has_first. Gives in->ready, or
 * NULL with in->error set.
 */
struct savefile *input_open(const struct input_list *list, struct input *in);

/* How many bytes of the file have been read; of a compressed one, compressed bytes. */
uint64_t input_position(const struct input *in);

/*
 * Closes what input_open opened, after savefile_read gave `last`. Sets in->error when the capture was not
 * read to an end where it may end.
 */
void input_close(const struct input_list *list, struct input *in, enum savefile_result last);

void input_list_fini(struct input_list *list);

#endif
