/*
 * inventory_files.h - reads the documents of owner.inventory, and makes one image of them.
 *
 * Their bytes are read with the rights that opening them needs, and looked at in a jailed process only. What came of each is
 * kept, for -T and for messages. The image is given to the report by forking it.
 */
#ifndef ROLE_INVENTORY_FILES_H
#define ROLE_INVENTORY_FILES_H

#include "config/conf.h"
#include "enrich/inventory_read.h"
#include "role/jailed.h"

#define INVENTORY_FILES_MAX 1024 /* the folder has a file for each command, and each cluster and region */
#define INVENTORY_TEXTS_MAX \
    ((uint64_t)512 << 20) /* of all files, and again of what they unpack to: 100,000 interfaces take 100 MB */
#define INVENTORY_NAME_MAX (CONF_TEXT_MAX + 256) /* the folder, and the longest name that a file may have */
#define INVENTORY_FAULT_MAX (INVENTORY_NAME_MAX + INVENTORY_WHY_MAX)
#define INVENTORY_BLIND_SHOWN 8

/* What came of one document. */
struct inventory_file {
    char name[INVENTORY_NAME_MAX];
    ns_t written_ns;
    struct inventory_outcome outcome; /* all zeros before it is compiled */
};

struct inventory_files;

/*
 * Reads the files of the folder that the configuration names; without one there are none. To be called with the rights
 * that opening them needs. Gives; NULL with a message, which is left in fault too, of INVENTORY_FAULT_MAX bytes, when a file cannot be read.
 * Borrows conf for the call.
 */
struct inventory_files *inventory_files_read(const struct conf *conf, char *fault);
void inventory_files_free(struct inventory_files *f); /* NULL ok; ends a process that still compiles */

/*
 * One document more, which is no file; name is what messages call it. Copies both. False with a message, when there
 * are too many, or memory is short.
 */
bool inventory_files_add_text(struct inventory_files *f, const char *name, struct view text, ns_t written_ns);

/*
 * Makes the image, in a jailed process; it is checked before it is used. before is the image that is to be replaced, or NULL. Without a folder and
 * documents there is no image, and no fault. False, with a message for each document that is refused, and the first of them in inventory_files_fault.
 */
bool inventory_files_compile(struct inventory_files *f, const struct inventory *before);

/*
 * The same in steps, for who has other things to do: after the start the descriptor is readable when a step is due, and steps
 * give JAILED_RUNS until it is done or failed.
 */
bool inventory_files_start(struct inventory_files *f, const struct inventory *before);
int inventory_files_fd(const struct inventory_files *f); /* -1 when nothing is compiled */
enum jailed_state inventory_files_step(struct inventory_files *f, bool wait);

/* For who waits for any child: true when pid is that of the process that compiles, whose end the next step then knows. */
bool inventory_files_ended(struct inventory_files *f, pid_t pid, int status);

/* The image, which lives as long as f; NULL when there is none, or f is NULL. */
const struct inventory *inventory_files_image(const struct inventory_files *f);
uint64_t inventory_files_image_bytes(const struct inventory_files *f);

/* What came of it. */
const char *inventory_files_fault(const struct inventory_files *f); /* "" = nothing is wrong */
uint32_t inventory_files_n(const struct inventory_files *f);
const struct inventory_file *inventory_files_at(const struct inventory_files *f, uint32_t i);
uint32_t inventory_files_left_out(const struct inventory_files *f); /* objects, of all documents */

/* Bytes that the documents and images take at most, while they are read anew. */
uint64_t inventory_files_memory_max(const struct inventory_files *f);

/* A line for people. */
typedef void inventory_say_fn(void *arg, const char *text);

/*
 * inventory_say.c: what an operator should know and mend: mirror filters that do not show DNS, an empty folder; with now_ns,
 * which may be 0, files that are too old for owners to be certain.
 */
void inventory_files_warn(const struct inventory_files *f, ns_t now_ns, inventory_say_fn *say, void *arg);
void inventory_files_log_warnings(const struct inventory_files *f, ns_t now_ns);

/* What became of each file, and what the image holds. */
void inventory_files_tell(const struct inventory_files *f, ns_t now_ns, inventory_say_fn *say, void *arg);

#endif
