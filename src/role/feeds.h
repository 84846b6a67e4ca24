/*
 * feeds.h - reads the lists that the configuration or a command line names, and compiles them for the pipeline.
 *
 * A list may have any format of list.h and may be compressed. Its bytes are read with the rights that opening it needs,
 * and looked at in a jailed process only. What came of each list is kept, for -T, for events and for metrics.
 */
#ifndef ROLE_FEEDS_H
#define ROLE_FEEDS_H

#include "config/conf.h"
#include "feed/feed.h"
#include "list/list.h"
#include "role/feeds_builtin.h"
#include "role/feeds_delta.h"
#include "role/jailed.h"

#define FEEDS_FILE_MAX ((size_t)512 << 20)         /* bytes of one list, unpacked too: more than 10 million names */
#define FEEDS_IMAGE_MAX (UINT64_C(8) << 30)        /* bytes of an image */
#define FEEDS_OLD_NS (30 * 24 * 3600 * NS_PER_SEC) /* a file that was not changed for so long is said to be old */
#define FEEDS_FAULT_BYTES 256
#define FEEDS_LISTS_MAX (CONF_FILES_MAX + FEEDS_BUILTIN_N)

/* What came of one list. */
struct feeds_list {
    char name[CONF_PATH_MAX];
    bool is_file;     /* else built in */
    ns_t changed_ns;  /* mtime of the file; 0 = not known */
    uint32_t n_used;  /* rows that are in use because of it; of an image, those that can be found */
    uint32_t n_again; /* rows that it, or a list before it, has already */
    uint32_t n_refused;
    uint32_t n_skipped; /* no names: paths, addresses without port */
    struct list_why refused[LIST_REFUSED_SHOWN];
    uint32_t kinds[FEED_KIND_N]; /* rows in use; only after feeds_count */
    uint32_t n_expired;          /* of these, today; the same */
    enum list_type type;
    char newest[32]; /* the newest time that the list itself tells, or "" */
};

struct feeds_outcome {
    uint32_t n_lists;
    struct feeds_list list[FEEDS_LISTS_MAX];
    struct feeds_delta delta;      /* to the image before */
    uint32_t n_names;              /* rows that can be found */
    uint64_t text_bytes;           /* that were held while compiling */
    ns_t loaded_ns;                /* when that was done, UTC */
    ns_t took_ns;                  /* to compile */
    char fault[FEEDS_FAULT_BYTES]; /* why there is no image, or "" */
};

struct feeds;

/* NULL, with a message, when memory is short. */
struct feeds *feeds_new(void);
void feeds_free(struct feeds *feeds); /* NULL ok; ends a process that still compiles */

/*
 * Reads a list into memory: PATH with options behind it (feeds_spec.h), or - for standard input. `from` says where it was named, and
 * key in which option, for messages; key NULL: on a command line. False with a message.
 */
bool feeds_add_file(struct feeds *feeds, const char *text, const struct conf_origin *from, const char *key);

/* Takes a built-in list. False with a message when there are too many. */
bool feeds_add_builtin(struct feeds *feeds, enum feeds_builtin which);

/* Adds the never rows of the program as a guard, which refuses a list whole that would match one of their names. */
void feeds_guard(struct feeds *feeds);

/* Takes a compiled image from a file, instead of lists: nothing is left to compile. False with a message. */
bool feeds_take_file(struct feeds *feeds, const char *path, const struct conf_origin *from, const char *key);

/*
 * List i of them, alone and not yet compiled: borrows its text, so that it is compiled before `all` is. NULL, with a message,
 * when memory is short.
 */
struct feeds *feeds_alone(const struct feeds *all, uint32_t i);

/* Has the rows in use counted by kinds, and those that have expired, which takes a moment with millions of them. */
void feeds_count(struct feeds *feeds);

/*
 * The lists of the configuration; to be called with the rights that opening them needs. NULL, with a message for each fault,
 * when one cannot be read; the first is left in fault too, of FEEDS_FAULT_BYTES, which may be NULL.
 */
struct feeds *feeds_read(const struct conf *conf, char *fault);

/*
 * Compiles what was read, in a jailed process; the image is checked before it is used. Rows that are refused are warned of. `before` is the image
 * that is to be replaced, or NULL: the outcome tells the difference. False, with a message and outcome->fault,
 * when a list is refused whole or memory is short. Without lists there is no image, and no fault.
 */
bool feeds_compile(struct feeds *feeds, enum conf_sandbox sandbox, const struct feed *before);

/*
 * The same in steps, for who has other things to do: after the start feeds_compile_fd gives a descriptor that is readable
 * when a step is due, and steps give JAILED_RUNS until it is done or failed.
 */
bool feeds_compile_start(struct feeds *feeds, enum conf_sandbox sandbox, const struct feed *before);
int feeds_compile_fd(const struct feeds *feeds);
enum jailed_state feeds_compile_step(struct feeds *feeds, bool wait);

/* For who waits for any child: true when pid is that of the process that compiles, whose end the next step then knows. */
bool feeds_compile_ended(struct feeds *feeds, pid_t pid, int status);

/* A random number to key an image and other tables of names. Nothing that is found depends on it, only who can foresee collisions. */
uint64_t feeds_seed(void);

/* What came of it; lives as long as feeds. */
const struct feeds_outcome *feeds_outcome(const struct feeds *feeds);

/* The image as a sealed memory file, for other processes, and the bytes to map of it; -1 and 0 when there is no image. */
int feeds_image_fd(const struct feeds *feeds);
uint64_t feeds_image_bytes(const struct feeds *feeds);

/* Bytes that the lists take at most, while they are compiled beside the image that they replace. */
uint64_t feeds_memory_max(const struct feeds *feeds);

/* The image, read-only, which lives as long as feeds; NULL when no list is in use or none was compiled. */
const struct feed *feeds_image(const struct feeds *feeds);

/* Warns of each file that was not changed for FEEDS_OLD_NS: who fetches lists may not notice that nothing comes. */
void feeds_warn_of_old(const struct feeds_outcome *outcome, ns_t now);

/* When the oldest file of a list was last changed; 0 when there are no files. */
ns_t feeds_oldest(const struct feeds_outcome *outcome, const struct feeds_list **which);

#endif
