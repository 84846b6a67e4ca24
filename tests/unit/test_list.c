/*
 * test_list.c - samples of all formats: what they are taken for, what becomes of their rows, and that they survive the way
 * out and back in every format that can carry them.
 *
 * The samples lie in tests/lists. LISTS_UPDATE=1 in the environment writes what is expected of them anew.
 */
#include "config.h"

#include "list/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FILE_MAX 65536

static char *path_of(const char *dir, const char *name, char path[512])
{
    const char *top = getenv("TOP_SRCDIR");

    snprintf(path, 512, "%s/tests/lists/%s%s", top ? top : "..", dir, name);
    return path;
}

/* To be freed. */
static uint8_t *read_file(const char *dir, const char *name, size_t *n)
{
    char path[512];
    uint8_t *mem = malloc(FILE_MAX);
    FILE *f = fopen(path_of(dir, name, path), "rb");

    if (!mem || !f)
        fail_msg("%s cannot be read", path);
    *n = fread(mem, 1, FILE_MAX, f);
    fclose(f);
    return mem;
}

static void check_text(const char *name, struct view text)
{
    char path[512];
    uint8_t *expected;
    size_t n;

    if (getenv("LISTS_UPDATE")) {
        FILE *f = fopen(path_of("expect/", name, path), "wb");

        assert_non_null(f);
        assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
        fclose(f);
    }
    expected = read_file("expect/", name, &n);
    if (!view_eq(view_of(expected, n), text))
        fail_msg("%s: it is not as in expect/, but:\n%.*s", name, (int)text.n, (const char *)text.p);
    free(expected);
}

struct sample {
    const char *file;
    enum list_type type;
    uint32_t n_lines, n_taken, n_duplicate, n_refused, n_skipped;
    const char *newest;
    const char *first_refused; /* "line: a part of the reason", or NULL */
    const char *whole;         /* a part of the reason for which it is refused, or NULL */
};

static const struct sample samples[] = {
    {"plain.txt", LIST_PLAIN, 11, 7, 0, 2, 0, "2026-03-01", "10: found a blank", NULL},
    {"idn.txt", LIST_PLAIN, 5, 4, 0, 0, 0, "", NULL, NULL},
    {"feed.csv", LIST_FEED, 8, 7, 0, 0, 0, "", NULL, NULL},
    {"hosts", LIST_HOSTS, 12, 3, 1, 2, 6, "2026-03-01", "11: found no name behind the address", NULL},
    {"adblock.txt", LIST_ADBLOCK, 16, 5, 0, 0, 8, "2026-03-01", NULL, NULL},
    {"dnsmasq.conf", LIST_DNSMASQ, 10, 7, 0, 0, 3, "", NULL, NULL},
    {"unbound.conf", LIST_UNBOUND, 11, 6, 0, 1, 2, "", "11: expected a name and a type of zone", NULL},
    {"rpz.zone", LIST_RPZ, 26, 7, 1, 3, 6, "2026-03-01", "18: not below that of the SOA", NULL},
    {"table.csv", LIST_CSV, 8, 6, 0, 2, 1, "2026-03-01T10:00:00Z", "7: port `99999'", NULL},
    {"zeek.intel", LIST_ZEEK, 7, 2, 0, 1, 3, "", "7: separated by a tab", NULL},
    {"dataset.lst", LIST_DATASET, 7, 3, 0, 2, 1, "", "5: found byte 0x20", NULL},
    {"dataset.json", LIST_DATASET, 15, 2, 0, 1, 1, "", "12: expected a text", NULL},
    {"dataset.ndjson", LIST_DATASET, 2, 2, 0, 0, 0, "", NULL, NULL},
    {"iprep.list", LIST_IPREP, 6, 0, 0, 1, 4, "", "6: a score up to 127", "none of its 5 rows"},
    {"miners.rules", LIST_RULES, 12, 4, 0, 1, 5, "", "12: expected a rule on one line", NULL},
    {"misp.json", LIST_MISP, 91, 6, 0, 1, 4, "2026-03-01T10:00:00Z", "67: with type and value", NULL},
    {"warninglist.json", LIST_WARNINGLIST, 15, 2, 0, 0, 1, "2026-03-01", NULL, NULL},
    {"bundle.stix.json", LIST_STIX, 137, 6, 0, 0, 7, "2026-02-01T00:00:00Z", NULL, NULL},
    {"trails.txt", LIST_MALTRAIL, 16, 4, 0, 0, 4, "", NULL, NULL},
    {"set.ipset", LIST_NETSET, 6, 2, 0, 0, 3, "", NULL, NULL},
    {"level.netset", LIST_NETSET, 6, 0, 0, 0, 4, "2026-03-01", NULL, "an address without a port"},
    {"urls.txt", LIST_URLS, 11, 6, 0, 4, 0, "", "8: nothing stands before ://", NULL},
    {"hiveos.json", LIST_MINER, 29, 3, 1, 1, 0, "", "10: found byte 0x3a", NULL},
    {"xmrig.json", LIST_MINER, 19, 2, 0, 0, 0, "", NULL, NULL},
};

static void check_report(const struct sample *s, const struct list_report *r)
{
    char first[LIST_WHY_BYTES + 16] = "";

    if (r->type != s->type)
        fail_msg("%s: taken for %s", s->file, list_type_name(r->type));
    if (r->n_refused > 0)
        snprintf(first, sizeof(first), "%u: %s", r->refused[0].line, r->refused[0].why);
    if (r->n_lines != s->n_lines || r->n_taken != s->n_taken || r->n_duplicate != s->n_duplicate ||
        r->n_refused != s->n_refused || r->n_skipped != s->n_skipped || strcmp(r->newest, s->newest) != 0)
        fail_msg("%s: %u lines, %u taken, %u duplicates, %u refused, %u skipped, newest %s, first refused %s", s->file,
                 r->n_lines, r->n_taken, r->n_duplicate, r->n_refused, r->n_skipped, r->newest, first);
    assert_int_equal(r->n_read, r->n_taken + r->n_duplicate + r->n_refused + r->n_skipped);
    assert_int_equal(r->n_refused > 0, s->first_refused != NULL);
    if (s->first_refused) {
        const char *colon = strchr(s->first_refused, ' ');

        if (strncmp(first, s->first_refused, (size_t)(colon - s->first_refused)) != 0 || !strstr(first, colon + 1))
            fail_msg("%s: first refused is `%s'", s->file, first);
    }
    assert_int_equal(r->n_skipped > 0, r->skipped.line > 0 && r->skipped.why[0] != '\0');
    if (s->whole ? !strstr(r->whole, s->whole) : r->whole[0] != '\0')
        fail_msg("%s: whole: %s", s->file, r->whole);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        const struct sample *s = &samples[i];
        struct list_options o = LIST_DEFAULTS;
        struct list_report r;
        struct list_text t;
        size_t n;
        uint8_t *mem = read_file("", s->file, &n);

        assert_int_equal(list_convert(view_of(mem, n), &o, &t, &r), s->whole == NULL);
        check_report(s, &r);
        if (s->whole)
            assert_null(t.p);
        else if (t.p != mem)
            check_text(s->file, list_text_view(&t));
        else
            assert_true(s->type == LIST_PLAIN || s->type == LIST_FEED);
        list_text_free(&t);
        free(mem);
    }
}

/* A feed of one text. */
struct built {
    void *mem;
    struct feed *f;
    struct feed_report report;
};

static void build(struct built *b, struct view text)
{
    struct feed_source source = {"list", text};
    size_t n = (feed_size(&source, 1) + 63) / 64 * 64;

    b->mem = aligned_alloc(64, n);
    assert_non_null(b->mem);
    memset(b->mem, 0, n);
    b->f = feed_build(b->mem, n, &source, 1, 3, &b->report);
    assert_non_null(b->f);
    if (b->report.n_refused > 0)
        fail_msg("refused: line %u: %s", b->report.refused[0].line, b->report.refused[0].why);
}

/* The rows as text, as far as the format carries them; sorted, as a format may order them as it likes. */
static void describe(const struct feed *f, enum list_export format, bool imported, char *mem, size_t n_mem)
{
    bool kinds = format == EXPORT_CSV || format == EXPORT_ZEEK || format == EXPORT_STIX;
    char *lines[256], *before = NULL;
    size_t n = 0;
    struct out o = out_of(mem, n_mem);

    for (uint32_t i = 1; i <= feed_n_rows(f); i++) {
        struct feed_row row;
        char text[2048];
        struct out line = out_of(text, sizeof(text));
        bool exception;

        if (!feed_row_at(f, i, &row))
            continue;
        exception = row.kind == FEED_ALLOW || row.kind == FEED_NODE || row.kind == FEED_NEVER;
        if (!imported &&
            ((row.is_endpoint &&
              (format == EXPORT_HOSTS || format == EXPORT_RPZ || format == EXPORT_ZEEK || format == EXPORT_DATASET)) ||
             (exception && format != EXPORT_CSV && (format != EXPORT_RPZ || row.kind == FEED_NEVER)) ||
             (row.match == FEED_BELOW && (format == EXPORT_HOSTS || format == EXPORT_ZEEK || format == EXPORT_DATASET))))
            continue;
        if (!imported && format == EXPORT_HOSTS)
            row.match = FEED_EXACT;
        out_bytes(&line, row.name);
        if (!row.is_endpoint)
            out_fmt(&line, " %s", feed_match_name(row.match));
        if (kinds)
            out_fmt(&line, " %s %u expires %u coins ", feed_kind_name(row.kind), row.confidence, row.expires_day);
        else if (format == EXPORT_RPZ)
            out_str(&line, row.kind == FEED_ALLOW || row.kind == FEED_NODE ? " allow" : " pool");
        for (size_t k = 0; kinds && k < row.coins.n; k++)
            if (row.coins.p[k] != ',')
                out_char(&line, (char)row.coins.p[k]);
        if (kinds)
            out_bytes(&line, row.sources);
        if (format == EXPORT_CSV || format == EXPORT_STIX)
            out_bytes(&line, row.note);
        lines[n] = strdup(text);
        assert_non_null(lines[n++]);
        assert_true(n < ARRAY_LEN(lines));
    }
    for (size_t i = 0; i < n; i++) {
        size_t least = i;

        for (size_t k = i + 1; k < n; k++)
            if (strcmp(lines[k], lines[least]) < 0)
                least = k;
        if (!before || strcmp(before, lines[least]) != 0) /* hosts make one of exact and suffix */
            out_fmt(&o, "%s\n", lines[least]);
        free(before);
        before = lines[least];
        lines[least] = lines[i];
    }
    free(before);
    assert_false(o.full);
}

static char *export_text(const struct feed *f, enum list_export format, struct list_loss *loss, size_t *n)
{
    char *text = NULL;
    FILE *to = open_memstream(&text, n);

    assert_non_null(to);
    assert_true(list_export(f, format, to, loss));
    fclose(to);
    return text;
}

/* Out in one format and back; the type is told by the content, as a user would have it. */
static void check_round(const char *file, const struct feed *f, enum list_export format)
{
    static const enum list_type types[EXPORT_N] = {LIST_PLAIN,   LIST_HOSTS, LIST_RPZ, LIST_ZEEK,
                                                   LIST_DATASET, LIST_STIX,  LIST_FEED};
    static char before[65536], after[65536];
    struct list_options o = LIST_DEFAULTS;
    struct list_report r;
    struct list_loss loss, again_loss;
    struct list_text t;
    struct built back;
    size_t n, n_again;
    char *text = export_text(f, format, &loss, &n), *again;

    describe(f, format, false, before, sizeof(before));
    assert_int_equal(loss.n_rows, loss.n_written + loss.n_left_out);
    if (loss.n_written == 0) {
        assert_string_equal(before, "");
        free(text);
        return;
    }
    if (!list_convert(view_of(text, n), &o, &t, &r) || r.type != types[format] || r.n_refused + r.n_skipped > 0)
        fail_msg("%s as %s: read as %s, %u refused, %u skipped, %s:\n%s", file, list_export_name(format),
                 list_type_name(r.type), r.n_refused, r.n_skipped, r.whole, text);
    build(&back, list_text_view(&t));
    describe(back.f, format, true, after, sizeof(after));
    if (strcmp(before, after) != 0)
        fail_msg("%s as %s:\n%s\nread back:\n%s\nof:\n%s", file, list_export_name(format), before, after, text);
    again = export_text(back.f, format, &again_loss, &n_again);
    if (format == EXPORT_CSV || format == EXPORT_STIX)
        assert_string_equal(text, again); /* the order of rows, and the identifiers, are those of the first time */
    free(again);
    free(back.mem);
    list_text_free(&t);
    free(text);
}

static void test_round_trips(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct list_options o = LIST_DEFAULTS;
        struct list_report r;
        struct list_text t;
        struct built b;
        size_t n;
        uint8_t *mem;

        if (samples[i].whole)
            continue;
        mem = read_file("", samples[i].file, &n);
        assert_true(list_convert(view_of(mem, n), &o, &t, &r));
        if (r.n_refused > 0 && t.p == mem) { /* feed_build refuses those again */
            list_text_free(&t);
            o.confidence = 50;
            assert_true(list_convert(view_of(mem, n), &o, &t, &r));
        }
        build(&b, list_text_view(&t));
        for (unsigned k = 0; k < EXPORT_N; k++)
            check_round(samples[i].file, b.f, (enum list_export)k);
        free(b.mem);
        list_text_free(&t);
        free(mem);
    }
}

/* Every format, byte by byte, with what it says of what it lost. */
static void test_exports(void **state)
{
    static const struct {
        enum list_export format;
        const char *text;
        struct list_loss loss;
    } rows[] = {
        {EXPORT_PLAIN,
         "# countermine: 4 of 6 rows\n# left out, as this format has no word for it: 2\n"
         "# without the kind, which this format does not tell: 1\n"
         "pool.example\n=exact.example\n*.below.example\n192.0.2.1:3333\n",
         {6, 4, 2, 0, 1}},
        {EXPORT_HOSTS,
         "# countermine: 2 of 6 rows\n# left out, as this format has no word for it: 4\n"
         "# without what is below the name, which this format does not match: 1\n"
         "# without the kind, which this format does not tell: 1\n"
         "0.0.0.0 pool.example\n0.0.0.0 exact.example\n",
         {6, 2, 4, 1, 1}},
        {EXPORT_RPZ,
         "; countermine: 5 of 6 rows\n; left out, as this format has no word for it: 1\n"
         "; without the kind, which this format does not tell: 2\n"
         "$TTL 300\n@ IN SOA localhost. root.localhost. 1 3600 600 86400 300\n@ IN NS localhost.\n"
         "pool.example CNAME .\n*.pool.example CNAME .\nexact.example CNAME .\n*.below.example CNAME .\n"
         "good.pool.example CNAME rpz-passthru.\n*.good.pool.example CNAME rpz-passthru.\nseed.pool.example CNAME rpz-passthru.\n",
         {6, 5, 1, 0, 2}},
        {EXPORT_ZEEK,
         "# countermine: 2 of 6 rows\n# left out, as this format has no word for it: 4\n"
         "# without what is below the name, which this format does not match: 1\n"
         "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"
         "pool.example\tIntel::DOMAIN\town\tcountermine: kind=pool match=suffix confidence=86 coins=BTC,LTC expires=2026-06-01\n"
         "exact.example\tIntel::DOMAIN\t-\tcountermine: kind=dead match=exact confidence=50\n",
         {6, 2, 4, 1, 0}},
        {EXPORT_DATASET, "cG9vbC5leGFtcGxl\nLnBvb2wuZXhhbXBsZQ==\nZXhhY3QuZXhhbXBsZQ==\n", {6, 2, 4, 0, 1}},
        {EXPORT_CSV,
         "# countermine: 6 of 6 rows\nname,match,kind,confidence,coins,sources,note,expires\n"
         "pool.example,suffix,pool,86,BTC LTC,own,\"a, \"\"b\"\"\",2026-06-01\nexact.example,exact,dead,50,,,,\n"
         "below.example,below,pool,50,,,,\ngood.pool.example,suffix,allow,50,,,,\nseed.pool.example,exact,node,50,,,,\n"
         "192.0.2.1:3333,,pool,50,,,,\n",
         {6, 6, 0, 0, 0}},
    };
    struct built b;

    (void)state;
    build(
        &b,
        view_str(
            "name,match,kind,confidence,coins,sources,note,expires\npool.example,,,86,BTC LTC,own,\"a, \"\"b\"\"\",2026-06-01\n"
            "exact.example,exact,dead\nbelow.example,below,\ngood.pool.example,,allow\nseed.pool.example,exact,node\n"
            "192.0.2.1:3333,,\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct list_loss loss;
        size_t n;
        char *text = export_text(b.f, rows[i].format, &loss, &n);

        assert_string_equal(text, rows[i].text);
        assert_memory_equal(&loss, &rows[i].loss, sizeof(loss));
        free(text);
    }
    free(b.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_exports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
