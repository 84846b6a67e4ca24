/*
 * feed_build.c - compiles lists, and images made of lists before, into the image that feed.c reads.
 *
 * Rows are added in the order of the lists, so that the rows of one name stand behind each other in that order. Of rows that
 * say the same of a name the first counts, or the first node. The others are left out, but those that last
 * longer: they count when the first has expired.
 */
#include "config.h"

#include "feed/feed_builder.h"
#include "feed/feed_text.h"

#include "base/addr_parse.h"

_Static_assert(FEED_WORDS_MAX <= UINT8_MAX && NAME_BYTES_MAX <= UINT8_MAX, "lengths of texts are held in 8 bits");

#define BUCKETS 1024 /* of 10 million names each is 150 kB of the table */
#define AHEAD 8
#define SAME_MAX 8 /* rows that are kept for one name, with different expiry: more would make a list of one name slow */

/* Where rows come from: a text or an image. */
struct reader {
    struct feed_text text;
    const struct feed *image; /* NULL: it is a text */
    uint32_t n_read;          /* slots and endpoints of the image */
    uint64_t first_slot;      /* behind a free one, so that rows of one name come in their order */
    unsigned list;            /* of the newest row */
    unsigned first_list;
};

static bool expires_later(uint32_t day, uint32_t than)
{
    return than != 0 && (day == 0 || day > than);
}

/* True when a row of the kind a, listed before one of kind b for the same names, goes before it. */
static bool goes_first(unsigned a, unsigned b)
{
    return a == FEED_NODE || b != FEED_NODE;
}

/* Indicators and nodes are told apart from exceptions and from guards. */
static unsigned class_of(unsigned kind)
{
    return kind < FEED_ALLOW ? 0 : kind;
}

/* Takes a row back, because of a later one that says it better. */
static void take_back(struct feed_builder *b, struct feed_slot *s)
{
    struct feed_report *report = feed_builder_report(b, b->metas[s->what >> 8].list);

    report->n_taken--;
    report->n_duplicate++;
    b->f->n_listed--;
    s->what = FEED_META_GONE << 8 | (s->what & 0xff);
}

/* Looks for the rows of the same name. True when the row adds to them, and *slot is where it may stand. */
static bool is_news(struct feed_builder *b, const struct feed_pending *p, const struct feed_meta *meta, uint64_t *slot)
{
    uint64_t same[SAME_MAX];
    size_t n = 0;
    uint64_t i;

    for (i = feed_place(p->hash, b->f->n_slots); b->slots[i].name != 0; i = feed_next(i, b->f->n_slots)) {
        const struct feed_meta *m = &b->metas[b->slots[i].what >> 8];

        if ((uint8_t)b->slots[i].what != feed_tag(p->hash) || m->kind >= FEED_KIND_N ||
            class_of(m->kind) != class_of(meta->kind) || m->match != meta->match ||
            !view_eq(feed_name_at(b->f, b->slots[i].name), feed_name_at(b->f, p->name)))
            continue;
        if (n == SAME_MAX - 1 || (goes_first(m->kind, meta->kind) && !expires_later(meta->expires_day, m->expires_day)))
            return false;
        same[n++] = i;
    }
    *slot = i;
    for (size_t k = 0; k < n; k++) {
        struct feed_slot *s = &b->slots[same[k]];
        const struct feed_meta *m = &b->metas[s->what >> 8];

        if (!goes_first(m->kind, meta->kind) && !expires_later(m->expires_day, meta->expires_day))
            take_back(b, s);
    }
    return true;
}

static void add_name(struct feed_builder *b, const struct feed_pending *p)
{
    const struct feed_meta *m = &b->metas[p->meta];
    struct feed_report *report = feed_builder_report(b, m->list);
    uint64_t slot;

    if (!is_news(b, p, m, &slot)) {
        report->n_duplicate++; /* its text stays, as it stands between others */
        return;
    }
    report->n_taken++;
    b->slots[slot] = (struct feed_slot){p->name, p->line, p->meta << 8 | feed_tag(p->hash)};
    if (m->kind == FEED_NEVER)
        return;
    b->f->n_listed += m->kind != FEED_ALLOW;
    if (b->f->labels_max < p->n_labels)
        b->f->labels_max = p->n_labels;
    b->filter[feed_place(p->hash, b->f->n_filter)] |= feed_filter_bits(p->hash);
    b->filter[feed_place(p->tail, b->f->n_filter)] |= feed_filter_bits(p->tail);
}

/*
 * Adds the rows that wait, sorted by where they go, as far as their 10 upper bits say. With millions of rows the table is in no
 * cache; in this order a page of it is used several times before it is left. Rows of one name keep their order.
 */
static void add_pending(struct feed_builder *b)
{
    const struct feed_pending *pending = b->pending;
    struct feed_pending *sorted = b->pending + b->plan.n_pending;
    uint32_t at[BUCKETS + 1] = {0};

    for (uint32_t i = 0; i < b->n_pending; i++)
        at[feed_place(pending[i].hash, BUCKETS) + 1]++;
    for (uint32_t k = 0; k < BUCKETS; k++)
        at[k + 1] += at[k];
    for (uint32_t i = 0; i < b->n_pending; i++)
        sorted[at[feed_place(pending[i].hash, BUCKETS)]++] = pending[i];
    for (uint32_t i = 0; i < b->n_pending; i++) {
        const struct feed_pending *next = &sorted[min_size(i + AHEAD, b->n_pending - 1)];

        __builtin_prefetch(&b->slots[feed_place(next->hash, b->f->n_slots)], 1);
        __builtin_prefetch(&b->filter[feed_place(next->hash, b->f->n_filter)], 1);
        __builtin_prefetch(&b->filter[feed_place(next->tail, b->f->n_filter)], 1);
        add_name(b, &sorted[i]);
    }
    b->n_pending = 0;
}

static void add_endpoint(struct feed_builder *b, const struct feed_line *line, uint32_t meta)
{
    struct feed_endpoint *e = &b->endpoints[b->f->n_endpoints++];
    char text[FEED_TEXT_PAD];
    struct out o = out_of(text, sizeof(text));

    out_char(&o, 0);
    endpoint_print(&line->endpoint, &o);
    text[0] = (char)(o.n - 1);
    *e = (struct feed_endpoint){.line = line->line, .meta = meta, .port = line->endpoint.port};
    memcpy(e->addr, line->endpoint.addr.b, sizeof(e->addr));
    e->name = feed_builder_text(b, out_view(&o));
    feed_builder_report(b, b->metas[meta].list)->n_taken++;
    b->f->n_listed++;
}

/* The length, and the name with dots. */
static uint32_t name_text(struct feed_builder *b, const struct name *name)
{
    uint32_t at = feed_builder_text(b, name_view(name));

    b->text[at] = (char)(name->n - 1);
    for (unsigned i = 1; i < name->n_labels; i++)
        b->text[at + name->at[i]] = '.';
    return at;
}

static void add_row(struct feed_builder *b, unsigned list, const struct feed_line *line)
{
    const struct name *name = &line->name;
    uint64_t hash = 0, tail = 0;
    uint32_t meta;

    meta = feed_builder_has_room(b, line->coins.n + line->sources.n + line->note.n) ? feed_builder_meta(b, list, line)
                                                                                    : FEED_META_GONE;
    if (meta == FEED_META_GONE) {
        char why[FEED_WHY_BYTES] =
            "there is no room for what distinguishes the row from others: its kind, coins, sources, note";

        feed_report_refused(feed_builder_report(b, list), line->line, why);
        return;
    }
    if (line->is_endpoint) {
        add_endpoint(b, line, meta);
        return;
    }
    for (unsigned i = name->n_labels; i-- > 0;) {
        hash = feed_hash_label(b->f, hash, name, i);
        tail = i + 2 >= name->n_labels ? hash : tail;
    }
    b->pending[b->n_pending++] = (struct feed_pending){hash, tail, name_text(b, name), line->line, meta, name->n_labels};
    if (line->kind == FEED_NEVER)
        b->guards[b->n_guards++] = b->pending[b->n_pending - 1];
    if (b->n_pending == b->plan.n_pending)
        add_pending(b);
}

/* An image was measured by what its rows are said to be. */
static bool is_as_told(struct feed_line *line, bool is_endpoint)
{
    struct out o;

    if (line->is_endpoint == is_endpoint)
        return true;
    o = feed_refuse(line);
    out_str(&o, "a name in the place of an endpoint, or the other way round");
    return false;
}

/* A row of an image, which may have been made by anyone, with the same checks as one of a list. False at the end. */
static bool next_of_image(struct reader *r, struct feed_line *line)
{
    const struct feed *f = r->image;
    struct feed_row row;

    while (r->n_read < feed_n_rows(f)) {
        uint32_t at = r->n_read++;

        if (at < f->n_slots)
            at = (uint32_t)((r->first_slot + at) % f->n_slots);

        if (!feed_row_at(f, at + 1, &row))
            continue;
        r->list = r->first_list + (at < f->n_slots ? feed_metas(f)[feed_slots(f)[at].what >> 8].list
                                                   : feed_metas(f)[feed_endpoints(f)[at - f->n_slots].meta].list);
        feed_line_init(line, row.line);
        line->kind = row.kind;
        line->match = row.match;
        line->confidence = row.confidence;
        line->expires_day = row.expires_day;
        line->coins = row.coins;
        line->sources = row.sources;
        line->note = row.note;
        if (feed_field_name(line, row.name) && is_as_told(line, row.is_endpoint) &&
            feed_field_words(line, "coins", row.coins) && feed_field_words(line, "sources", row.sources))
            feed_line_agrees(line);
        return true;
    }
    return false;
}

static void add_all(struct feed_builder *b, struct reader *r, struct feed_report *report)
{
    struct feed_line line;

    while (r->image ? next_of_image(r, &line) : feed_text_next(&r->text, &line)) {
        report->n_rows++;
        if (line.why[0] != '\0')
            feed_report_refused(report, line.line, line.why);
        else
            add_row(b, r->list, &line);
    }
}

static void add_list(struct feed_builder *b, unsigned *n_lists, uint8_t source, struct view name)
{
    struct feed_list *lists = (struct feed_list *)(void *)((char *)b->f + b->f->lists_at);

    if (name.n > FEED_LIST_NAME_MAX)
        name = view_skip(name, name.n - FEED_LIST_NAME_MAX);
    b->source_of[*n_lists] = source;
    lists[(*n_lists)++] = (struct feed_list){feed_builder_text(b, name), (uint32_t)name.n};
}

static void add_source(struct feed_builder *b, unsigned *n_lists, uint8_t source)
{
    struct view text = b->sources[source].text;
    struct feed_report *report = &b->reports[source];
    struct reader r = {.list = *n_lists, .first_list = *n_lists};
    char why[FEED_WHY_BYTES] = "the compiled image is damaged, or was made by another version or on another kind of machine";

    if (!feed_is_image(text)) {
        add_list(b, n_lists, source, view_str(b->sources[source].list));
        feed_text_init(&r.text, text);
    } else if (feed_check(text.p, text.n)) {
        const struct feed_list *lists;

        r.image = (const struct feed *)(const void *)text.p;
        while (feed_slots(r.image)[r.first_slot].name != 0)
            r.first_slot++; /* feed_check saw a free one */
        lists = feed_at(r.image, r.image->lists_at);
        for (uint32_t i = 0; i < r.image->n_lists; i++)
            add_list(b, n_lists, source, feed_text_at(r.image, lists[i].name, lists[i].n_name));
    } else {
        report->n_rows++;
        feed_report_refused(report, 1, why);
        return;
    }
    add_all(b, &r, report);
}

/* Makes the index of endpoints, and takes back those that are listed before. */
static void index_endpoints(struct feed_builder *b)
{
    uint32_t *index = (uint32_t *)(void *)((char *)b->f + b->f->index_at);

    for (uint32_t k = 0; k < b->f->n_endpoints; k++) {
        struct feed_endpoint *e = &b->endpoints[k];
        const struct feed_meta *m = &b->metas[e->meta];
        uint64_t i = feed_place(feed_hash_endpoint(b->f, e->addr, e->port), b->f->n_index);
        bool is_duplicate = false;
        unsigned n_same = 0;

        for (; index[i] != 0 && !is_duplicate; i = feed_next(i, b->f->n_index)) {
            const struct feed_endpoint *before = &b->endpoints[index[i] - 1];

            if (before->port == e->port && memcmp(before->addr, e->addr, sizeof(e->addr)) == 0)
                is_duplicate = ++n_same == SAME_MAX || !expires_later(m->expires_day, b->metas[before->meta].expires_day);
        }
        if (!is_duplicate) {
            index[i] = k + 1;
            continue;
        }
        feed_builder_report(b, m->list)->n_taken--;
        feed_builder_report(b, m->list)->n_duplicate++;
        b->f->n_listed--;
        e->meta = FEED_META_GONE;
    }
}

struct feed *feed_build(void *mem, size_t size, const struct feed_source *sources, size_t n_sources, uint64_t seed,
                        struct feed_report *reports)
{
    struct feed_builder b = {.sources = sources, .reports = reports};
    struct feed_plan plan;
    unsigned n_lists = 0;

    if (!feed_plan_make(&plan, sources, n_sources) || size < plan.n_bytes)
        return NULL;
    feed_builder_init(&b, mem, &plan);
    hash_key_fixed(&b.f->key, seed);
    memset(reports, 0, n_sources * sizeof(*reports));
    for (size_t i = 0; i < n_sources; i++)
        add_source(&b, &n_lists, (uint8_t)i);
    add_pending(&b);
    feed_builder_guard(&b);
    feed_builder_finish(&b);
    index_endpoints(&b);
    return b.f;
}
