/*
 * feed_guard.c - refuses rows that would match what never rows guard.
 *
 * A never row may come later than what it guards against, and in another list: so this runs when all rows are
 * there. Never rows stay in the table, where nothing but feed_row_at comes upon them.
 */
#include "config.h"

#include "feed/feed_builder.h"

_Static_assert(sizeof(((struct feed_report *)0)->refused[0].why) == FEED_WHY_BYTES, "reasons are copied whole");

void feed_report_refused(struct feed_report *report, uint32_t line, const char *why)
{
    size_t n = report->n_refused++;
    size_t i;

    if (n >= FEED_REFUSED_SHOWN) {
        n = FEED_REFUSED_SHOWN - 1;
        if (line >= report->refused[n].line)
            return;
    }
    for (i = n; i > 0 && report->refused[i - 1].line > line; i--)
        report->refused[i] = report->refused[i - 1];
    report->refused[i].line = line;
    memcpy(report->refused[i].why, why, FEED_WHY_BYTES);
}

static const struct feed_meta *meta_of(const struct feed_builder *b, const struct feed_slot *s)
{
    return &b->metas[s->what >> 8];
}

static struct view list_name(const struct feed_builder *b, unsigned list)
{
    const struct feed_list *l = (const struct feed_list *)feed_at(b->f, b->f->lists_at) + list;

    return feed_text_at(b->f, l->name, l->n_name);
}

static void refuse(struct feed_builder *b, struct feed_slot *s, const struct feed_pending *guard)
{
    struct feed_report *report = feed_builder_report(b, meta_of(b, s)->list);
    struct view name = feed_name_at(b->f, s->name);
    char why[FEED_WHY_BYTES] = "";
    struct out o = out_of(why, sizeof(why));
    bool same = name.n == feed_name_at(b->f, guard->name).n;

    out_escape(&o, view_head(name, 60));
    out_str(&o, same ? ": guarded" : ": would match what is guarded");
    out_str(&o, ", by the never row of ");
    out_escape(&o, view_head(list_name(b, b->metas[guard->meta].list), 40));
    out_fmt(&o, ":%u", guard->line);
    report->n_taken--;
    feed_report_refused(report, s->line, why);
    b->f->n_listed--;
    s->what = FEED_META_GONE << 8 | (s->what & 0xff);
}

/* Refuses the rows of the guarded name's last n_labels labels, whose hash is given. */
static void guard_suffix(struct feed_builder *b, uint64_t hash, const struct name *name, unsigned n_labels,
                         const struct feed_pending *guard)
{
    bool whole = n_labels == name->n_labels;

    for (uint64_t i = feed_place(hash, b->f->n_slots); b->slots[i].name != 0; i = feed_next(i, b->f->n_slots)) {
        const struct feed_meta *m = meta_of(b, &b->slots[i]);

        if ((uint8_t)b->slots[i].what == feed_tag(hash) && m->kind < FEED_NODE && (whole || m->match != FEED_EXACT) &&
            feed_name_is(b->f, b->slots[i].name, name, n_labels))
            refuse(b, &b->slots[i], guard);
    }
}

void feed_builder_guard(struct feed_builder *b)
{
    for (uint32_t g = 0; g < b->n_guards; g++) {
        const struct feed_pending *guard = &b->guards[g];
        struct name name;
        uint64_t hash = 0;

        if (!name_parse(&name, feed_name_at(b->f, guard->name)))
            continue;
        for (unsigned k = 1; k <= name.n_labels; k++) {
            hash = feed_hash_label(b->f, hash, &name, name.n_labels - k);
            guard_suffix(b, hash, &name, k, guard);
        }
    }
}
