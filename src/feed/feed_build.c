/*
 * feed_build.c - compiles lists into the image that feed.c reads.
 *
 * All rows are read once and put into the table, those of kind never too. Then each of these is looked up
 * with all its suffixes, and what it finds is refused: a never row may come later than what it guards
 * against, and in another list. At last the never rows leave the table, so that no look-up meets them.
 */
#include "config.h"

#include "feed/feed_image.h"
#include "feed/feed_text.h"

_Static_assert(FEED_WORDS_MAX <= UINT8_MAX && NAME_BYTES_MAX <= UINT8_MAX, "lengths of texts are held in 8 bits");
_Static_assert(sizeof(((struct feed_report *)0)->refused[0].why) == FEED_WHY_BYTES, "reasons are copied whole");

#define BATCH 16 /* rows in flight: half the time of 1 with 3 million names; 64 gain nothing more */

struct build {
    struct feed *f;
    const struct feed_source *sources;
    struct feed_report *reports;
    struct feed_slot *slots;
    struct feed_entry *rows;
    uint64_t *filter;
    char *text;
};

static uint64_t power_of_two(uint64_t at_least)
{
    uint64_t n = 1;

    while (n < at_least)
        n *= 2;
    return n;
}

static uint64_t up_to_8(uint64_t n)
{
    return (n + 7) / 8 * 8;
}

/* Fills in the parts of an image that holds these lists whole; false when it is more than an image can hold. */
static bool lay_out(struct feed *f, const struct feed_source *sources, size_t n_sources)
{
    uint64_t n_rows = 0, n_text = 0;

    *f = (struct feed){.magic = FEED_MAGIC, .n_lists = (uint32_t)n_sources};
    if (n_sources > FEED_LISTS_MAX)
        return false;
    for (size_t i = 0; i < n_sources; i++) {
        n_text += sources[i].text.n + strlen(sources[i].list);
        if (n_text > UINT32_MAX)
            return false;
        n_rows += feed_text_count(sources[i].text);
        if (n_rows > FEED_ROWS_MAX)
            return false;
    }
    /* At most two slots of three are used, and a name has 16 bits of the filter or more, so that it lets 1 in 300 pass. */
    f->n_slots = power_of_two(n_rows + n_rows / 2 + 1);
    f->n_filter = power_of_two(n_rows / 4 + 1);
    if (f->n_filter > FEED_FILTER_MAX)
        f->n_filter = FEED_FILTER_MAX;
    f->slots_at = (sizeof(*f) + 63) / 64 * 64;
    f->filter_at = f->slots_at + f->n_slots * sizeof(struct feed_slot);
    f->rows_at = f->filter_at + f->n_filter * sizeof(uint64_t);
    f->lists_at = f->rows_at + n_rows * sizeof(struct feed_entry);
    f->text_at = up_to_8(f->lists_at + n_sources * sizeof(struct feed_list));
    f->n_bytes = f->text_at + n_text;
    return true;
}

size_t feed_size(const struct feed_source *sources, size_t n_sources)
{
    struct feed f;

    return lay_out(&f, sources, n_sources) ? f.n_bytes : 0;
}

/* Appends to the texts. lay_out made room for the whole of every list, so that it fits. */
static uint32_t add_text(struct build *b, struct view text)
{
    uint32_t at = (uint32_t)b->f->n_text;

    if (text.n)
        memcpy(b->text + at, text.p, text.n);
    b->f->n_text += text.n;
    return at;
}

static uint32_t add_name(struct build *b, const struct name *name)
{
    uint32_t at = (uint32_t)b->f->n_text;

    for (unsigned i = 0; i < name->n_labels; i++) {
        const uint8_t *label = name->b + name->at[i];

        if (i > 0)
            add_text(b, view_of(".", 1));
        add_text(b, view_of(label + 1, label[0]));
    }
    return at;
}

/* Keeps the first reasons in the order of the lines; guards come late. */
static void report_refused(struct feed_report *report, uint32_t line, const char *why)
{
    size_t n = report->n_refused++;
    size_t i;

    if (n >= FEED_REFUSED_SHOWN) {
        n = FEED_REFUSED_SHOWN - 1;
        if (line > report->refused[n].line)
            return;
    }
    for (i = n; i > 0 && report->refused[i - 1].line > line; i--)
        report->refused[i] = report->refused[i - 1];
    report->refused[i].line = line;
    memcpy(report->refused[i].why, why, FEED_WHY_BYTES);
}

/* The same name again in the table: never rows are told apart from others, exact ones from those that match as a suffix. */
static struct feed_entry *find_same(struct build *b, uint64_t hash, const struct feed_line *line, uint64_t *slot)
{
    uint64_t mask = b->f->n_slots - 1;
    uint64_t i = hash & mask;

    for (; b->slots[i].row != 0; i = (i + 1) & mask) {
        struct feed_entry *e = &b->rows[b->slots[i].row - 1];

        if (b->slots[i].tag == feed_tag(hash) && (e->kind == FEED_NEVER) == (line->kind == FEED_NEVER) &&
            e->match == line->match && feed_entry_is(b->f, e, &line->name, line->name.n_labels))
            return e;
    }
    *slot = i;
    return NULL;
}

static void fill_entry(struct build *b, struct feed_entry *e, unsigned list, const struct feed_line *line)
{
    const struct feed_entry *before = e > b->rows ? e - 1 : NULL;

    e->line = line->line;
    e->list = (uint8_t)list;
    e->kind = (uint8_t)line->kind;
    e->match = (uint8_t)line->match;
    e->confidence = (uint8_t)line->confidence;
    e->n_coins = (uint8_t)line->coins.n;
    e->n_sources = (uint8_t)line->sources.n;
    /* Neighbours of a list often have the same; one copy will do. */
    if (before && view_eq(line->coins, feed_text_at(b->f, before->coins, before->n_coins)))
        e->coins = before->coins;
    else
        e->coins = add_text(b, line->coins);
    if (before && view_eq(line->sources, feed_text_at(b->f, before->sources, before->n_sources)))
        e->sources = before->sources;
    else
        e->sources = add_text(b, line->sources);
}

/* Takes a row, or counts it as a duplicate. A name that is listed as a node and otherwise is a node, whichever comes first. */
static void add_row(struct build *b, unsigned list, const struct feed_line *line, uint64_t hash)
{
    struct feed_report *report = &b->reports[list];
    struct feed_entry *e;
    uint64_t slot;

    e = find_same(b, hash, line, &slot);
    if (e && (line->kind != FEED_NODE || e->kind == FEED_NODE)) {
        report->n_duplicate++;
        return;
    }
    report->n_taken++;
    if (e) {
        b->reports[e->list].n_taken--;
        b->reports[e->list].n_duplicate++;
        fill_entry(b, e, list, line);
        return;
    }
    e = &b->rows[b->f->n_rows++];
    b->slots[slot] = (struct feed_slot){feed_tag(hash), b->f->n_rows};
    e->name = add_name(b, &line->name);
    e->n_name = (uint8_t)(line->name.n - 1);
    e->n_labels = line->name.n_labels;
    fill_entry(b, e, list, line);
    if (line->kind == FEED_NEVER)
        return;
    if (b->f->labels_max < e->n_labels)
        b->f->labels_max = e->n_labels;
    b->filter[(hash >> 40) & (b->f->n_filter - 1)] |= feed_filter_bits(hash);
}

/* Reads a row, and asks for the memory that add_row will touch; with millions of rows none of it is in a cache. */
static bool read_row(struct build *b, struct feed_text *text, struct feed_line *line, uint64_t *hash)
{
    if (!feed_text_next(text, line))
        return false;
    if (line->kind == FEED_NEVER)
        line->match = FEED_SUFFIX; /* it makes no difference */
    *hash = 0;
    if (line->why[0] != '\0')
        return true;
    for (unsigned i = line->name.n_labels; i-- > 0;)
        *hash = feed_hash_label(b->f, *hash, &line->name, i);
    __builtin_prefetch(&b->slots[*hash & (b->f->n_slots - 1)]);
    __builtin_prefetch(feed_at(b->f, feed_filter_word(b->f, *hash)));
    return true;
}

static void add_list(struct build *b, unsigned list)
{
    struct feed_report *report = &b->reports[list];
    struct feed_line lines[BATCH];
    uint64_t hash[BATCH];
    struct feed_text text;
    size_t n;

    feed_text_init(&text, b->sources[list].text);
    do {
        for (n = 0; n < BATCH && read_row(b, &text, &lines[n], &hash[n]); n++)
            ;
        report->n_rows += (uint32_t)n;
        for (size_t i = 0; i < n; i++) {
            if (lines[i].why[0] != '\0')
                report_refused(report, lines[i].line, lines[i].why);
            else
                add_row(b, list, &lines[i], hash[i]);
        }
    } while (n == BATCH);
}

/* Refuses a row, because of the guard. */
static void refuse_row(struct build *b, struct feed_entry *e, const struct feed_entry *guard)
{
    struct feed_report *report = &b->reports[e->list];
    char why[FEED_WHY_BYTES] = "";
    struct out o = out_of(why, sizeof(why));
    bool same = e->n_name == guard->n_name;

    out_escape(&o, feed_text_at(b->f, e->name, e->n_name > 60 ? 60 : e->n_name));
    out_str(&o, same ? ": guarded" : ": would match what is guarded");
    out_str(&o, ", by the never row of ");
    out_escape(&o, view_head(view_str(b->sources[guard->list].list), 40));
    out_fmt(&o, ":%u", guard->line);
    report->n_taken--;
    report_refused(report, e->line, why);
    e->kind = FEED_KIND_N;
}

/* Refuses what would match the name that has this hash, and takes the guard itself out of the table. */
static void guard_suffix(struct build *b, uint64_t hash, const struct name *name, unsigned n_labels,
                         const struct feed_entry *guard)
{
    uint64_t mask = b->f->n_slots - 1;
    bool whole = n_labels == name->n_labels;

    for (uint64_t i = hash & mask; b->slots[i].row != 0; i = (i + 1) & mask) {
        struct feed_entry *e;

        if (b->slots[i].tag != feed_tag(hash) || b->slots[i].row == FEED_ROW_GONE)
            continue;
        e = &b->rows[b->slots[i].row - 1];
        if (!feed_entry_is(b->f, e, name, n_labels) || (e->kind >= FEED_NODE && e != guard) ||
            (e->match == FEED_EXACT && !whole))
            continue;
        if (e != guard)
            refuse_row(b, e, guard);
        b->slots[i].row = FEED_ROW_GONE;
    }
}

static void guard_all(struct build *b)
{
    for (uint32_t r = 0; r < b->f->n_rows; r++) {
        const struct feed_entry *guard = &b->rows[r];
        struct name name;
        uint64_t hash = 0;

        if (guard->kind != FEED_NEVER || !name_parse(&name, feed_text_at(b->f, guard->name, guard->n_name)))
            continue;
        for (unsigned k = 1; k <= name.n_labels; k++) {
            hash = feed_hash_label(b->f, hash, &name, name.n_labels - k);
            guard_suffix(b, hash, &name, k, guard);
        }
    }
}

struct feed *feed_build(void *mem, size_t size, const struct feed_source *sources, size_t n_sources, uint64_t seed,
                        struct feed_report *reports)
{
    struct build b = {.f = mem, .sources = sources, .reports = reports};
    struct feed plan;
    char *base = mem;

    if (!lay_out(&plan, sources, n_sources) || size < plan.n_bytes)
        return NULL;
    *b.f = plan;
    hash_key_fixed(&b.f->key, seed);
    b.slots = (struct feed_slot *)(void *)(base + plan.slots_at);
    b.filter = (uint64_t *)(void *)(base + plan.filter_at);
    b.rows = (struct feed_entry *)(void *)(base + plan.rows_at);
    b.text = base + plan.text_at;
    memset(reports, 0, n_sources * sizeof(*reports));
    for (size_t i = 0; i < n_sources; i++) {
        struct feed_list list = {add_text(&b, view_str(sources[i].list)), (uint32_t)strlen(sources[i].list)};

        memcpy(base + plan.lists_at + i * sizeof(list), &list, sizeof(list));
    }
    for (size_t i = 0; i < n_sources; i++)
        add_list(&b, (unsigned)i);
    guard_all(&b);
    b.f->n_bytes = plan.text_at + b.f->n_text;
    return b.f;
}
