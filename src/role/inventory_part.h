/*
 * inventory_part.h - the inside of inventory_files.h: what its files share.
 *
 *   inventory_files.c    files in, image out
 *   inventory_compile.c  the process that compiles
 *   inventory_say.c      what there is to say of it
 */
#ifndef ROLE_INVENTORY_PART_H
#define ROLE_INVENTORY_PART_H

#include "role/inventory_files.h"

/* The bytes of one document, compressed or not. */
struct inventory_text {
    uint8_t *mem; /* owned */
    size_t n;
};

/* What the process that compiles makes in memory that it shares with its parent. */
struct inventory_made {
    struct inventory_outcome outcome[INVENTORY_FILES_MAX];
    uint64_t image_bytes; /* 0 = there is none */
    char fault[INVENTORY_FAULT_MAX];
};

struct inventory_files {
    char folder[CONF_TEXT_MAX]; /* "" = none */
    struct conf_origin from;    /* where that stands; only while files are read */
    ns_t keep_ns, stale_after_ns;
    uint64_t max_bytes; /* of the image */
    enum conf_sandbox sandbox;
    struct inventory_file *file; /* INVENTORY_FILES_MAX of them, of which n are there; so are the texts */
    struct inventory_text *text;
    uint32_t n;
    uint64_t text_bytes;
    char fault[INVENTORY_FAULT_MAX];
    /* While it is compiled. */
    struct inventory_builder *builder; /* made before the jail, which gives no random numbers */
    struct inventory_made *made;       /* shared */
    void *room;                        /* shared, zeroed, of max_bytes: where the image goes */
    struct jailed jail;
    bool is_compiling;
    /* Then. */
    int image_fd;
    void *mem; /* NULL = no image */
    uint64_t n_mapped;
    const struct inventory *image; /* in mem */
};

/* A jailed_work: compiles a struct inventory_files. */
bool inventory_compile_work(void *files);

#endif
