/*
 * fuzz_feed.c - two lists built into an image and looked up; and the bytes as an image, and as
 * changes of one.
 *
 * A byte 0xff separates the lists. Checked: every row is counted once; each row that was taken finds
 * itself, or one that matches exactly; the name of a never row is found by nodes only; the reasons are in
 * the order of their lines; the image passes its own check.
 */
#include "config.h"

#include "feed/feed_image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void check_row(const struct feed *f, const struct feed_row *row)
{
    struct feed_row other;
    struct name name;

    check(row->name.n >= 3 && name_parse(&name, row->name) && name.n_labels >= 2);
    check(row->line > 0 && row->confidence <= 100);
    if (!feed_row_at(f, feed_find(f, &name, 0), &other))
        return;
    check(other.kind < FEED_ALLOW);
    if (row->kind == FEED_NEVER)
        check(other.kind == FEED_NODE); /* all else that matches the guarded name is refused */
}

static void build(struct view first, struct view second)
{
    const struct feed_source sources[2] = {{"one", first}, {"two", second}};
    struct feed_report reports[2];
    size_t n = feed_size(sources, 2);
    uint32_t n_taken = 0;
    struct feed *f;
    void *mem;

    check(n > 0);
    mem = calloc(1, n); /* of this very size */
    if (!mem)
        return;
    f = feed_build(mem, n, sources, 2, first.n, reports);
    check(f != NULL && feed_bytes(f) <= n && feed_check(mem, feed_bytes(f)));
    for (uint32_t i = 1; i <= feed_n_rows(f); i++) {
        struct feed_row row;

        if (!feed_row_at(f, i, &row))
            continue;
        n_taken++;
        check_row(f, &row);
    }
    check(n_taken == reports[0].n_taken + reports[1].n_taken);
    for (size_t i = 0; i < 2; i++) {
        const struct feed_report *r = &reports[i];

        check(r->n_rows == r->n_taken + r->n_duplicate + r->n_refused);
        for (size_t k = 0; k < r->n_refused && k < FEED_REFUSED_SHOWN; k++) {
            check(r->refused[k].why[0] != '\0' && memchr(r->refused[k].why, '\0', sizeof(r->refused[k].why)) != NULL);
            check(k == 0 || r->refused[k].line > r->refused[k - 1].line); /* a line has one row */
        }
    }
    free(mem);
}

/* Whatever the bytes at mem are, an image that passes the check is safe to use. */
static void use_image(const void *mem, size_t size)
{
    static const char *const texts[] = {"pool.example", "x.y.pool.example", "a.b", "a.a.a.a.a.a.a.a.a.a"};
    const struct feed *f = mem;
    struct feed_row row;
    struct name name;

    if (!feed_check(mem, size))
        return;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (name_parse(&name, view_str(texts[i])))
            feed_row_at(f, feed_find(f, &name, 0), &row);
    for (uint32_t i = 1; i <= feed_n_rows(f); i++)
        feed_row_at(f, i, &row);
}

/* The bytes as an image. */
static void use_bytes(struct view bytes)
{
    struct feed *f = malloc(bytes.n + 1);

    if (!f)
        return;
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
    const struct feed_source source = {"list", view_str("name,kind,coins\npool.example,pool,XMR\n=a.b,dead\na.a.b,never\n")};
    struct feed_report report;
    size_t n = feed_size(&source, 1);
    struct buf b = buf_of(bytes);
    uint8_t *mem = calloc(1, n);

    if (!mem)
        return;
    n = feed_bytes(feed_build(mem, n, &source, 1, 1, &report));
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
    build(first, view_skip(all, first.n + 1));
    use_bytes(all);
    use_changes(all);
    return 0;
}
