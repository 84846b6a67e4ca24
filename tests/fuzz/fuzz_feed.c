/*
 * fuzz_feed.c - two lists built into an image and looked up, and the image built again; the bytes as an image, and as
 * changes of one, looked up and built again.
 *
 * A byte 0xff separates the lists. Checked: every row is counted once; each row that was taken finds
 * itself, or one that goes before it, unless an exception silences it; the name of a never row is found by nodes only; the
 * reasons are in the order of their lines; an image that was built passes its check, and built again has the same rows.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "feed/feed_image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

/* Look-ups, with the row's name in a name below it where it matches only there. */
static void check_name(const struct feed *f, const struct feed_row *row)
{
    struct feed_row other;
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    struct name name;

    if (row->match == FEED_BELOW)
        out_str(&o, "x.");
    out_bytes(&o, row->name);
    check(row->name.n >= 3);
    if (!name_parse(&name, out_view(&o)))
        return; /* too long with the label before it */
    check(name.n_labels >= 2);
    if (!feed_row_at(f, feed_find(f, &name, 0), &other))
        return;
    check(other.kind < FEED_ALLOW);
    if (row->kind == FEED_NEVER)
        check(other.kind == FEED_NODE); /* all else that matches the guarded name is refused */
    else
        check(other.name.n >= row->name.n);
}

static void check_row(const struct feed *f, const struct feed_row *row, bool has_allow)
{
    struct endpoint e;
    struct name name;

    check(row->line > 0 && row->confidence <= 100 && row->kind < FEED_KIND_N && row->match < FEED_MATCH_N);
    if (row->is_endpoint) {
        check(endpoint_parse(row->name, &e) && feed_find_endpoint(f, &e, 0) != 0);
        return;
    }
    check_name(f, row);
    if (!has_allow && row->kind < FEED_ALLOW && row->match != FEED_BELOW)
        check(name_parse(&name, row->name) && feed_find(f, &name, 0) != 0);
}

static void *get(size_t n)
{
    void *mem = calloc(1, n); /* of this very size */

    if (!mem)
        exit(0);
    return mem;
}

/* What is said of the sources must fit what is in the image. */
static struct feed *build(const struct feed_source *sources, size_t n_sources, uint64_t seed, struct feed_report *reports)
{
    size_t n = feed_size(sources, n_sources);
    uint32_t n_taken = 0, n_listed = 0;
    bool has_allow = false;
    struct feed_row row;
    struct feed *f;

    if (n == 0)
        return NULL;
    f = feed_build(get(n), n, sources, n_sources, seed, reports);
    check(f != NULL && feed_bytes(f) <= n && feed_check(f, feed_bytes(f)));
    for (uint32_t i = 1; i <= feed_n_rows(f); i++) {
        if (!feed_row_at(f, i, &row))
            continue;
        n_taken++;
        n_listed += row.kind < FEED_ALLOW;
        has_allow |= row.kind == FEED_ALLOW;
    }
    check(n_listed == feed_n_listed(f));
    for (uint32_t i = 1; i <= feed_n_rows(f); i++)
        if (feed_row_at(f, i, &row))
            check_row(f, &row, has_allow);
    for (size_t i = 0; i < n_sources; i++) {
        const struct feed_report *r = &reports[i];

        n_taken -= r->n_taken;
        check(r->n_rows == r->n_taken + r->n_duplicate + r->n_refused);
        for (size_t k = 0; k < r->n_refused && k < FEED_REFUSED_SHOWN; k++) {
            check(r->refused[k].why[0] != '\0' && memchr(r->refused[k].why, '\0', sizeof(r->refused[k].why)) != NULL);
            check(k == 0 || r->refused[k].line >= r->refused[k - 1].line);
        }
    }
    check(n_taken == 0);
    return f;
}

static void build_lists(struct view first, struct view second)
{
    const struct feed_source sources[2] = {{"one", first}, {"two", second}};
    struct feed_report reports[2], again;
    struct feed *f = build(sources, 2, first.n, reports);
    struct feed_source image = {"image", view_of(f, feed_bytes(f))};
    struct feed *copy = build(&image, 1, second.n, &again);

    check(copy && again.n_taken == reports[0].n_taken + reports[1].n_taken && again.n_refused == 0 && again.n_duplicate == 0);
    free(copy);
    free(f);
}

/* Whatever the bytes at mem are, an image that passes the check is safe to use. */
static void use_image(const void *mem, size_t size)
{
    static const char *const texts[] = {"pool.example", "x.y.pool.example", "a.b", "a.a.a.a.a.a.a.a.a.a"};
    struct feed_source source = {"image", view_of(mem, size)};
    const struct feed *f = mem;
    struct feed_report report;
    struct feed_row row;
    struct name name;

    free(build(&source, 1, 1, &report)); /* whether it is one or not */
    if (!feed_check(mem, size))
        return;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (name_parse(&name, view_str(texts[i])))
            feed_row_at(f, feed_find(f, &name, 0), &row);
    for (uint32_t i = 1; i <= feed_n_rows(f); i++) {
        struct endpoint e;

        if (feed_row_at(f, i, &row) && endpoint_parse(row.name, &e))
            feed_row_at(f, feed_find_endpoint(f, &e, (ns_t)i << 56), &row);
    }
}

/* The bytes as an image. */
static void use_bytes(struct view bytes)
{
    struct feed *f = get(bytes.n + 1);

    if (bytes.n)
        memcpy(f, bytes.p, bytes.n);
    if (bytes.n >= sizeof(*f))
        f->magic = FEED_MAGIC;
    use_image(f, bytes.n);
    free(f);
}

/* The bytes as changes of a good image: each three an offset and what to flip there. */
static void use_changes(struct view bytes)
{
    const struct feed_source source = {"list",
                                       view_str("name,kind,coins,expires\npool.example,pool,XMR,\n=a.b,dead\na.a.b,never\n"
                                                "*.a,allow\n192.0.2.1:80,proxy,,2001-01-01\n")};
    struct feed_report report;
    struct feed *f = build(&source, 1, 1, &report);
    size_t n = feed_bytes(f);
    struct buf b = buf_of(bytes);
    uint8_t *mem = get(n);

    memcpy(mem, f, n);
    free(f);
    while (buf_left(&b) >= 3) {
        size_t at = buf_be16(&b) % n;

        mem[at] ^= buf_u8(&b);
    }
    use_image(mem, n);
    free(mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view all = view_of(data, size);
    struct view first = view_head(all, view_find(all, 0xff));

    if (size > 1 << 16)
        return 0;
    build_lists(first, view_skip(all, first.n + 1));
    use_bytes(all);
    use_changes(all);
    return 0;
}
