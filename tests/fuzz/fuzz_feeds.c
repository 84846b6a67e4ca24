/*
 * fuzz_feeds.c - a list with options behind its path, when the first byte is even; else two lists, divided by 0xff, compared.
 *
 * Checked: what is taken as options means the same when it is written again; the differences of two images are those of the
 * same images the other way round, and account for their numbers of rows.
 */
#include "config.h"

#include "base/out.h"
#include "role/feeds_delta.h"
#include "role/feeds_spec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void put_again(const struct feeds_spec *spec, struct out *o)
{
    out_str(o, spec->path);
    if (spec->options.type != LIST_AUTO)
        out_fmt(o, ",type=%s", list_type_name(spec->options.type));
    if (spec->options.kind >= 0)
        out_fmt(o, ",kind=%s", feed_kind_name((enum feed_kind)spec->options.kind));
    if (spec->options.confidence >= 0)
        out_fmt(o, ",confidence=%d", spec->options.confidence);
    if (spec->options.match >= 0)
        out_fmt(o, ",match=%s", feed_match_name((enum feed_match)spec->options.match));
}

static void try_spec(struct view text)
{
    char *copy = malloc(text.n + 1);
    static char written[CONF_PATH_MAX + 200];
    char why[200] = "";
    struct out o = out_of(why, sizeof(why)), w = out_of(written, sizeof(written));
    struct feeds_spec spec, again;

    check(copy != NULL);
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (!feeds_spec_parse(copy, &spec, &o)) {
        check(why[0] != '\0');
    } else {
        check(spec.path[0] && memchr(spec.path, 0, sizeof(spec.path)));
        put_again(&spec, &w);
        check(!w.full && feeds_spec_parse(written, &again, &o));
        check(strcmp(spec.path, again.path) == 0 && spec.options.type == again.options.type &&
              spec.options.kind == again.options.kind && spec.options.confidence == again.options.confidence &&
              spec.options.match == again.options.match);
    }
    free(copy);
}

static struct feed *build(struct view text)
{
    struct feed_source source = {"list", text};
    struct feed_report report;
    size_t n = feed_size(&source, 1);
    void *mem = aligned_alloc(64, (n + 63) / 64 * 64);

    check(mem != NULL);
    memset(mem, 0, n);
    check(feed_build(mem, n, &source, 1, 1, &report) != NULL);
    return mem;
}

static uint32_t count(const struct feed *f)
{
    struct feed_row row;
    uint32_t n = 0;

    for (uint32_t r = 1; r <= feed_n_rows(f); r++)
        n += feed_row_at(f, r, &row);
    return n;
}

static void try_delta(struct view text)
{
    size_t at = view_find(text, 0xff);
    struct feed *a = build(view_head(text, at)), *b = build(view_skip(text, at + 1));
    struct feeds_delta there, back;

    check(feeds_compare(a, b, 1, NULL, NULL, &there) && feeds_compare(b, a, 2, NULL, NULL, &back));
    check(there.added == back.removed && there.removed == back.added && there.changed == back.changed);
    check(count(a) + there.added == count(b) + there.removed);
    check(feeds_compare(a, a, 3, NULL, NULL, &there) && there.added + there.removed + there.changed == 0);
    free(a);
    free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, size);

    if (size > 0 && data[0] % 2 == 0)
        try_spec(view_skip(text, 1));
    else
        try_delta(view_skip(text, 1));
    return 0;
}
