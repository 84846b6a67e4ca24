/*
 * feed_builder.h - an image while it is built: what the files that build it share.
 *
 * The memory of feed_build holds the image with room for all that the lists may say: the tables at their final
 * size, then texts, metas and endpoints, which grow. Behind it stands what is needed for building only. At the end
 * texts, metas and endpoints are moved together, and the rest is left over.
 */
#ifndef FEED_FEED_BUILDER_H
#define FEED_FEED_BUILDER_H

#include "feed/feed_field.h"
#include "feed/feed_image.h"

#define FEED_LIST_NAME_MAX 4096 /* bytes; of a longer name the end is kept */

#define FEED_PENDING (UINT32_C(1) << 18) /* rows that wait to be added, 6 MiB: no slower than 4 times as many */

/* A name that waits to be added. Its text is there already. */
struct feed_pending {
    uint64_t hash;
    uint64_t tail; /* hash of its last two labels */
    uint32_t name; /* as in a slot */
    uint32_t line;
    uint32_t meta;
    uint32_t n_labels;
};

struct feed_plan {
    struct feed f; /* the header, with the parts where they lie while the image is built */
    uint64_t text_max;
    uint64_t metas_max;
    uint64_t endpoints_max;
    uint64_t n_table; /* places of the table of metas */
    uint64_t table_at;
    uint64_t guards_at;
    uint64_t n_pending;  /* at least 1 */
    uint64_t pending_at; /* twice as many: they are sorted */
    uint64_t n_bytes;    /* of all of it */
};

struct feed_builder {
    struct feed *f;
    struct feed_plan plan;
    const struct feed_source *sources;
    struct feed_report *reports;
    uint8_t source_of[FEED_LISTS_MAX]; /* which source a list came from */
    struct feed_slot *slots;
    uint64_t *filter;
    char *text;
    struct feed_meta *metas;
    struct feed_endpoint *endpoints;
    uint32_t *table;             /* numbers of metas, by their hash; 0 = free */
    struct feed_pending *guards; /* never rows, in the order of the lists */
    uint32_t n_guards;
    struct feed_pending *pending;
    uint32_t n_pending;
    uint32_t recent_metas[64]; /* by what is quick to compare */
    uint32_t newest_meta;
};

/* Works out how much these sources may take; false when it is more than an image can hold. */
bool feed_plan_make(struct feed_plan *plan, const struct feed_source *sources, size_t n_sources);

/* Lays the parts out in mem, which is zeroed and has plan->n_bytes. */
void feed_builder_init(struct feed_builder *b, void *mem, const struct feed_plan *plan);

/* Moves the parts together. No row may be added after it. */
void feed_builder_finish(struct feed_builder *b);

/*
 * True when n more bytes of text are planned for, and FEED_TEXT_PAD for a name: always for lists, not for an image whose
 * texts lie over each other.
 */
bool feed_builder_has_room(const struct feed_builder *b, size_t n);

/* Appends to the texts, where there is room. Its offset. */
uint32_t feed_builder_text(struct feed_builder *b, struct view text);

/* The number of the meta that says what the row says, or FEED_META_GONE when there are too many of them. */
uint32_t feed_builder_meta(struct feed_builder *b, unsigned list, const struct feed_line *row);

static inline struct feed_report *feed_builder_report(struct feed_builder *b, unsigned list)
{
    return &b->reports[b->source_of[list]];
}

/* Counts a refused row, and keeps the first reasons in the order of the lines. */
void feed_report_refused(struct feed_report *report, uint32_t line, const char *why);

/* Refuses all rows that would match a name of the guards. */
void feed_builder_guard(struct feed_builder *b);

#endif
