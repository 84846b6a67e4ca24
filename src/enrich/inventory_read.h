/*
 * inventory_read.h - documents of JSON in, an inventory image out. For a jailed process: it allocates, and the libraries that
 * it calls read foreign bytes.
 *
 * A document is what one command of the AWS CLI (version 1 or 2), of kubectl, or the task metadata endpoint prints: which one
 * is told by its keys at the top, of which it may have several. Unknown keys are ignored, missing ones leave the answer less
 * certain. A document that is broken is refused whole, with line, column and what was expected.
 */
#ifndef ENRICH_INVENTORY_READ_H
#define ENRICH_INVENTORY_READ_H

#include "enrich/inventory.h"

#define INVENTORY_WHY_MAX 256

struct inventory_document {
    struct view text;
    const char *name; /* of the file, for messages */
    ns_t written_ns;  /* when it was written: what it says is known up to then */
};

/* What came of one document. */
struct inventory_outcome {
    uint32_t n_things;                /* that were taken */
    uint32_t n_left_out;              /* objects of a known list that lack what they are found by */
    char what[64];                    /* the known keys at its top, with commas: "NetworkInterfaces" */
    char fault[INVENTORY_WHY_MAX];    /* "line 3, column 7: ..."; "" = none: then the rest holds */
    char left_out[INVENTORY_WHY_MAX]; /* the first object that was left out: where, and what it lacks; or "" */
};

struct inventory_builder;

/*
 * A builder of images of at most max_bytes. before, which may be NULL, is the image that is to be replaced, borrowed until
 * the end of inventory_builder_finish: what it knew and the documents no longer say is kept for keep_ns, as sure until its
 * file was written, and as a candidate from then until the newest document. NULL when memory is short. Gives.
 */
struct inventory_builder *inventory_builder_new(uint64_t max_bytes, const struct inventory *before, ns_t keep_ns);

/*
 * Takes one document, or several one after the other in one text. False when it is refused: outcome->fault says why. A text
 * that has nothing that is known is refused too, but not an empty list.
 */
bool inventory_builder_add(struct inventory_builder *b, const struct inventory_document *d, struct inventory_outcome *outcome);

/* True when it takes no more documents, as there is too much or memory is short: that is then said for each. */
bool inventory_builder_is_full(const struct inventory_builder *b);

/*
 * Puts things together and writes the image to mem, which is aligned to 8 bytes and has room for max_bytes. Gives its size in
 * bytes; 0 with why when it is too large, or memory is short.
 */
uint64_t inventory_builder_finish(struct inventory_builder *b, void *mem, char *why, size_t n_why);

void inventory_builder_free(struct inventory_builder *b); /* NULL ok */

#endif
