/*
 * feeds_part.h - the inside of feeds.h: what its files share.
 *
 *   feeds.c          lists in, image out
 *   feeds_file.c     reading files
 *   feeds_compile.c  the process that compiles
 */
#ifndef ROLE_FEEDS_PART_H
#define ROLE_FEEDS_PART_H

#include "role/feeds.h"
#include "role/feeds_spec.h"

/* Where a list was named, for messages. */
struct feeds_origin {
    struct conf_origin from;
    const char *key; /* the option of the configuration; NULL = on a command line */
    char *fault;     /* FEEDS_FAULT_BYTES: the first complaint is left there too */
};

/* A list as it was read. */
struct feeds_source {
    struct feeds_spec spec; /* its path is what messages call it */
    struct feeds_origin origin;
    bool is_file;
    uint8_t *mem;     /* owned; NULL of built-in lists */
    struct view text; /* compressed or not */
    ns_t changed_ns;
};

/* What the process that compiles gets by being forked, and what it makes in memory that both share. */
struct feeds_compiling {
    const struct feeds_source *sources;
    uint32_t n_sources;
    bool count;
    const struct feed *before;
    const struct list_never *never; /* NULL: no list is a file */
    uint64_t seed;
    ns_t now;                      /* UTC */
    struct feeds_outcome *outcome; /* shared; its lists are named and dated */
    const struct feed *image;      /* one that is made already: it is only compared and counted; NULL = compile */
    void *mem;                     /* shared, zeroed: where the image goes */
    size_t room;
};

struct feeds {
    struct feeds_source sources[FEEDS_LISTS_MAX];
    uint32_t n_sources;
    bool guard, count;
    struct feeds_outcome outcome;
    struct feeds_compiling compiling;
    struct jailed jail;
    struct list_never *never; /* while it compiles */
    bool is_compiling;
    ns_t began_ns;     /* monotonic */
    bool is_copy;      /* the image came from a file */
    uint64_t n_copied; /* its bytes */
    int image_fd;      /* -1 = none */
    void *mem;         /* the mapping with the image */
    size_t n_mapped;   /* bytes; 0 when there is none */
};

/* Says what is wrong with a list, and where that is named; also in origin->fault, when nothing stands there. */
void feeds_complain(const struct feeds_origin *origin, const char *path, const char *fmt, ...) ATTR_PRINTF(3, 4);

/* A jailed_work: compiles a struct feeds_compiling. */
bool feeds_compile_work(void *compiling);

/* Opens a file to read, of `max` bytes at most; -1 with a message. *n is its size. */
int feeds_open(const struct feeds_origin *origin, const char *path, uint64_t max, uint64_t *n, ns_t *changed_ns);

/*
 * What no list may match: names of the built-in never list, with_names; and public suffixes by the machine's list of them; where there is none, by the
 * one inside of libpsl, which takes longer. To be made outside of the jail. NULL when memory is short.
 */
struct list_never *feeds_never_new(uint64_t seed, bool with_names);

/* Reads a list whole; - is standard input. False with a message. */
bool feeds_file_read(struct feeds_source *source);

#endif
