/*
 * fuzz_list.c - lists of any format, converted, compiled, looked up, exported and read back.
 *
 * The first byte says as which type the rest is read (low 5 bits; others let the content tell), and in which format it is
 * exported (high 3 bits; 7 is none). Checked: rows are counted once, reasons are there; what is accepted compiles without a
 * refused row and is not empty; it never matches a public suffix, a name beside those listed, or one of the never list;
 * what is exported can be read back.
 */
#include "config.h"

#include "list/list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char never_text[] = "name,kind\nwww.cdn.example,never\nwww.example.com,never\npools.example.net,never\n";

static struct list_never *never;

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void check_report(const struct list_report *r, bool ok)
{
    check(ok == (r->whole[0] == '\0'));
    check((unsigned)r->type < LIST_TYPE_N);
    check(r->n_read == r->n_taken + r->n_duplicate + r->n_refused + r->n_skipped);
    check(!ok || r->n_taken > 0);
    check(r->n_skipped == 0 || r->skipped.why[0] != '\0');
    for (size_t i = 0; i < r->n_refused && i < LIST_REFUSED_SHOWN; i++) {
        check(r->refused[i].why[0] != '\0' && memchr(r->refused[i].why, '\0', LIST_WHY_BYTES) != NULL);
        check(i == 0 || r->refused[i].line >= r->refused[i - 1].line);
    }
}

/* What the feed says of the name. */
static bool find(const struct feed *f, const char *text, struct feed_row *row)
{
    struct name name;

    check(name_parse(&name, view_str(text)));
    return feed_row_at(f, feed_find(f, &name, 0), row);
}

static void check_matches(const struct feed *f)
{
    static const char *const suffixes[] = {"com", "example", "co.uk", "github.io", "xn--55qx5d.cn", "any.ck"};
    static const char *const guarded[] = {"www.cdn.example", "www.example.com", "pools.example.net"};
    struct feed_row row;

    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        check(!find(f, suffixes[i], &row) || (row.match == FEED_EXACT && view_is(row.name, suffixes[i])));
    for (size_t i = 0; i < ARRAY_LEN(guarded); i++)
        check(!find(f, guarded[i], &row) || row.kind == FEED_NODE);
    if (find(f, "a.co.uk", &row)) /* only by itself, or as a name below which nothing is shared */
        check(view_is(row.name, "a.co.uk"));
    if (find(f, "b.example.org", &row))
        check(view_is(row.name, "example.org") || view_is(row.name, "b.example.org"));
}

/* The list, with the never list beside it as always. */
static struct feed *build(struct view text, void **mem, struct feed_report reports[2])
{
    const struct feed_source sources[2] = {{"list", text}, {"never", view_str(never_text)}};
    size_t n = (feed_size(sources, 2) + 63) / 64 * 64;
    struct feed *f;

    check(n > 0);
    *mem = aligned_alloc(64, n);
    if (!*mem)
        return NULL;
    memset(*mem, 0, n);
    f = feed_build(*mem, n, sources, 2, 1, reports);
    check(f != NULL);
    return f;
}

static void export_and_read(const struct feed *f, enum list_export format)
{
    static const enum list_type types[EXPORT_N] = {LIST_PLAIN,   LIST_HOSTS, LIST_RPZ, LIST_ZEEK,
                                                   LIST_DATASET, LIST_STIX,  LIST_FEED};
    struct list_options o = LIST_DEFAULTS;
    struct list_report r;
    struct list_loss loss;
    struct list_text t;
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);

    if (!to)
        return;
    check(list_export(f, format, to, &loss));
    fclose(to);
    check(loss.n_rows == loss.n_written + loss.n_left_out);
    o.type = types[format];
    if (loss.n_written > 0) {
        bool ok = list_convert(view_of(text, n), &o, &t, &r);

        check(ok == (r.n_taken > 0) && r.n_refused == 0);
        check(ok || r.n_skipped > 0); /* a name of the machine itself, as hosts have them */
        list_text_free(&t);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct list_options o = LIST_DEFAULTS;
    struct view text = view_skip(view_of(data, size), 1);
    struct list_report r;
    struct list_text t;
    struct feed_report reports[2];
    struct feed *f;
    void *mem;
    bool ok;

    if (size == 0 || size > 1 << 16)
        return 0;
    if (!never)
        never = list_never_new(view_str(never_text), 1);
    check(never != NULL);
    o.type = (data[0] & 31) < LIST_IMAGE ? (enum list_type)(data[0] & 31) : LIST_AUTO;
    o.never = never;
    o.seed = 1;
    ok = list_convert(text, &o, &t, &r);
    check_report(&r, ok);
    check(ok || t.p == NULL);
    if (ok && r.type != LIST_IMAGE) {
        f = build(list_text_view(&t), &mem, reports);
        /* A list may have never rows of its own, which refuse others of it. */
        check(!f ||
              (reports[0].n_taken > 0 && reports[0].n_taken + reports[0].n_duplicate + reports[0].n_refused >= r.n_taken));
        if (f) {
            check_matches(f);
            if (data[0] >> 5 < EXPORT_N)
                export_and_read(f, (enum list_export)(data[0] >> 5));
        }
        free(mem);
    }
    list_text_free(&t);
    return 0;
}
