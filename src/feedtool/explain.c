/*
 * explain.c - countermine-feed explain: which rows match a name or an endpoint, which of them wins, and why.
 *
 * The winner is whom feed_find names, as in the sensor. All other rows are found by looking at every row, so that those
 * are told too which do not count: expired ones, exceptions, guards, and the near ones when nothing matches.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/addr_parse.h"
#include "base/log.h"
#include "base/out.h"
#include "base/parse.h"
#include "feedtool/explain_site.h"
#include "role/allow_files.h"

#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 256 /* that are kept: a name has a few */
#define NEAR_MAX 5   /* that are shown of those that do not match */

/* What is asked for. */
struct question {
    const char *written;
    char read_as[NAME_TEXT_MAX]; /* the name, normalised, or the address as it is written usually */
    struct view text;            /* of read_as */
    const char *note;            /* what was done to it, or NULL */
    bool is_address, has_port;
    struct name name;
    struct endpoint to;
};

/* How a row stands to the question. */
enum relation { UNRELATED, NEAR, MATCHES };

struct found {
    uint32_t number; /* in the image; 0 = the row is not in it */
    struct feed_row row;
    enum relation relation;
};

struct answer {
    struct found v[ROWS_MAX];
    size_t n;
    uint32_t winner; /* number of the row, 0 = none */
    bool silenced;   /* by an allow row */
    struct site_rows site;
};

/* --- reading what is asked for -------------------------------------------------------------------- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text > 0x7f)
            return false;
    return true;
}

/* Takes scheme, user and path off what looks like a URL. */
static struct view host_of(struct view text, const char **note)
{
    for (size_t at = 0; at + 3 <= text.n; at++) {
        if (memcmp(text.p + at, "://", 3) == 0) {
            struct view host = view_skip(text, at + 3);

            *note = "the host of a URL";
            for (const char *end = "/?#"; *end; end++)
                host = view_head(host, view_find(host, (uint8_t)*end));
            at = view_find_last(host, '@');
            return at < host.n ? view_skip(host, at + 1) : host;
        }
    }
    return text;
}

/* Takes the port off host:port. */
static struct view name_of(struct view text, const char **note)
{
    size_t at = view_find_last(text, ':');
    uint64_t port;

    if (at == text.n || !parse_u64(view_skip(text, at + 1), &port) || port > UINT16_MAX)
        return text;
    *note = "without the port, which does not count with a name";
    return view_head(text, at);
}

static bool read_address(struct question *q, struct view text)
{
    struct out o = out_of(q->read_as, sizeof(q->read_as));

    q->has_port = endpoint_parse(text, &q->to);
    q->is_address = q->has_port || addr_parse(text, &q->to.addr);
    if (q->has_port)
        endpoint_print(&q->to, &o);
    else if (q->is_address)
        addr_print(&q->to.addr, &o);
    q->text = out_view(&o);
    return q->is_address;
}

static bool read_name(struct question *q, struct view text)
{
    struct out o = out_of(q->read_as, sizeof(q->read_as));
    char copy[1024];
    char *made = NULL;
    int rc;

    snprintf(copy, sizeof(copy), "%.*s", (int)min_size(text.n, sizeof(copy) - 1), (const char *)text.p);
    if (!is_ascii(copy)) {
        rc = idn2_to_ascii_8z(copy, &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
        if (rc != IDN2_OK) {
            log_err("explain: %s: has no form in ASCII: %s", q->written, idn2_strerror(rc));
            return false;
        }
        snprintf(copy, sizeof(copy), "%s", made);
        idn2_free(made);
        q->note = "in its form in ASCII, in which DNS has it";
    }
    if (strpbrk(copy, " /:@,[]") || !name_parse(&q->name, view_str(copy))) { /* name_parse takes any byte, as DNS does */
        log_err(
            "explain: `%s': expected a name (labels of 1 to 63 characters), or an address, alone or with a port from 1 to 65535",
            q->written);
        return false;
    }
    name_print(&q->name, &o);
    q->text = out_view(&o);
    return true;
}

static bool read_question(struct question *q, const char *written)
{
    struct view text = view_str(written);

    *q = (struct question){.written = written};
    text = host_of(text, &q->note);
    return read_address(q, text) || read_name(q, name_of(text, &q->note));
}

/* --- finding rows ---------------------------------------------------------------------------------- */

/* True when name is below parent. */
static bool is_below(struct view name, struct view parent)
{
    return name.n > parent.n + 1 && name.p[name.n - parent.n - 1] == '.' && view_eq(view_skip(name, name.n - parent.n), parent);
}

static enum relation relate_name(const struct question *q, const struct feed_row *row)
{
    bool same = view_eq(q->text, row->name), below = is_below(q->text, row->name);

    if (row->is_endpoint)
        return UNRELATED;
    if ((same && row->match != FEED_BELOW) || (below && row->match != FEED_EXACT))
        return row->kind == FEED_NEVER ? NEAR : MATCHES;
    if (same || below)
        return NEAR;
    return q->name.n_labels >= 2 && is_below(row->name, q->text) ? NEAR : UNRELATED;
}

static enum relation relate_address(const struct question *q, const struct feed_row *row)
{
    struct endpoint to;

    if (!row->is_endpoint || !endpoint_parse(row->name, &to) || addr_cmp(&to.addr, &q->to.addr) != 0)
        return UNRELATED;
    return q->has_port && to.port == q->to.port ? MATCHES : NEAR;
}

static void look(const struct feed *f, const struct question *q, ns_t now, struct answer *a)
{
    struct feed_row row;

    a->n = 0;
    a->silenced = false;
    for (uint32_t r = 1; r <= feed_n_rows(f); r++) {
        enum relation relation;

        if (!feed_row_at(f, r, &row))
            continue;
        relation = q->is_address ? relate_address(q, &row) : relate_name(q, &row);
        if (relation == UNRELATED)
            continue;
        if (relation == MATCHES && row.kind == FEED_ALLOW && !feed_row_expired(&row, now))
            a->silenced = true;
        if (a->n == ROWS_MAX && relation == NEAR)
            continue;
        a->v[a->n < ROWS_MAX ? a->n++ : ROWS_MAX - 1] = (struct found){r, row, relation};
    }
    if (q->is_address)
        a->winner = q->has_port ? feed_find_endpoint(f, &q->to, now) : 0;
    else
        a->winner = feed_find(f, &q->name, now);
}

static bool is_same(const struct feed_row *a, const struct feed_row *b)
{
    return a->line == b->line && view_eq(a->list, b->list) && view_eq(a->name, b->name) && a->match == b->match;
}

/* Rows of one list that match and are not in the image of all lists, because another row is or a guard refused them. */
static void look_alone(const struct feed *f, const struct question *q, struct answer *a)
{
    struct feed_row row;

    for (uint32_t r = 1; r <= feed_n_rows(f) && a->n < ROWS_MAX; r++) {
        size_t i = 0;

        if (!feed_row_at(f, r, &row) || (q->is_address ? relate_address(q, &row) : relate_name(q, &row)) != MATCHES)
            continue;
        while (i < a->n && !is_same(&a->v[i].row, &row))
            i++;
        if (i == a->n)
            a->v[a->n++] = (struct found){0, row, MATCHES};
    }
}

/* The longer name first; of one name exact and below before suffix; then as they are listed. */
static int order(const void *x, const void *y)
{
    const struct found *a = x, *b = y;

    if (a->relation != b->relation)
        return (int)b->relation - (int)a->relation;
    if (a->row.name.n != b->row.name.n)
        return a->row.name.n < b->row.name.n ? 1 : -1;
    if ((a->row.match == FEED_SUFFIX) != (b->row.match == FEED_SUFFIX))
        return a->row.match == FEED_SUFFIX ? 1 : -1;
    if ((a->number == 0) != (b->number == 0))
        return a->number == 0 ? 1 : -1;
    return (a->row.name.p > b->row.name.p) - (a->row.name.p < b->row.name.p); /* in the order of the lists */
}

/* --- telling -------------------------------------------------------------------------------------- */

/* "pool nanopool.org (suffix) builtin/pools.csv:12". */
static void put_row(const struct feed_row *r)
{
    printf("%s ", feed_kind_name(r->kind));
    tool_put(r->name);
    printf(" (%s) ", r->is_endpoint ? "endpoint" : feed_match_name(r->match));
    tool_put(r->list);
    printf(":%u", r->line);
}

static void put_words(const char *what, struct view words)
{
    if (words.n == 0)
        return;
    printf(", %s ", what);
    tool_put(words);
}

static void put_details(const struct feed_row *r)
{
    printf("  confidence %u", r->confidence);
    put_words("coins", r->coins);
    put_words("sources", r->sources);
    if (r->expires_day) {
        printf(", counts until ");
        tool_put_day(r->expires_day);
    }
    put_words("note:", r->note);
    putchar('\n');
}

/* Why a row of a list is not among those of all lists. */
static const char *why_left_out(const struct answer *a, const struct feed_row *row)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->v[i].number && a->v[i].row.match == row->match && view_eq(a->v[i].row.name, row->name) &&
            a->v[i].row.kind != FEED_NEVER)
            return "the same name is listed before";
    return "refused, by a guard";
}

/* Why the winner wins over the row. */
static const char *why_not(const struct feed_row *row, const struct feed_row *winner, ns_t now, bool silenced)
{
    if (feed_row_expired(row, now))
        return "it has expired";
    if (row->kind == FEED_ALLOW)
        return "an exception: it silences all rows that match";
    if (silenced || !winner)
        return "silenced by the exception";
    if (row->name.n < winner->name.n)
        return "shorter than the one that wins";
    if (row->match == FEED_SUFFIX && winner->match != FEED_SUFFIX)
        return winner->match == FEED_EXACT ? "at the same name exact goes before suffix"
                                           : "at the same name below goes before suffix";
    if (row->kind != FEED_NODE && winner->kind == FEED_NODE)
        return "at the same name a node goes before other kinds";
    return "listed later";
}

static const char *why_near(const struct question *q, const struct feed_row *row)
{
    bool same = view_eq(q->text, row->name);

    if (q->is_address)
        return q->has_port ? "another port" : "an address counts with its port only";
    if (row->kind == FEED_NEVER)
        return same || row->match == FEED_EXACT ? "a guard: no row may match this name"
                                                : "a guard: no row may match that name or a parent of it";
    if (!same && is_below(row->name, q->text))
        return "below the name asked for";
    return same ? "matches what is below it only" : "matches that name only";
}

static const char *why_wins(const struct feed_row *winner, size_t n_matching)
{
    if (n_matching == 1)
        return "the only row that matches";
    if (winner->is_endpoint)
        return "the first of the rows that list it";
    return "the longest, and first at its name, of the rows that match";
}

static void put_others(const struct question *q, const struct answer *a, const struct feed_row *winner, ns_t now)
{
    size_t n_near = 0;

    for (size_t i = 0; i < a->n; i++) {
        const struct found *f = &a->v[i];

        n_near += f->relation == NEAR;
        if ((f->number && f->number == a->winner) || n_near > NEAR_MAX)
            continue;
        printf("  %s ", f->relation == MATCHES ? "also matches:" : "near:");
        put_row(&f->row);
        if (f->number == 0)
            printf(": %s\n", why_left_out(a, &f->row));
        else
            printf(": %s\n", f->relation == MATCHES ? why_not(&f->row, winner, now, a->silenced) : why_near(q, &f->row));
    }
    if (n_near > NEAR_MAX)
        printf("  near: %zu more\n", n_near - NEAR_MAX);
}

/* The names that were looked for: this and its parents. */
static void put_looked_for(const struct question *q)
{
    struct view name = q->text;
    unsigned n = q->name.n_labels;

    if (q->is_address)
        return;
    printf("  looked for: ");
    for (; n >= 2; n--) {
        tool_put(name);
        printf("%s", n > 2 ? ", " : "\n");
        name = view_skip(name, view_find(name, '.') + 1);
    }
    if (q->name.n_labels < 2)
        puts("nothing, rows have two labels or more");
}

static void put_answer(const struct question *q, const struct answer *a, const struct allow *allow, ns_t now)
{
    const struct feed_row *winner = NULL;
    size_t n_matching = 0;

    for (size_t i = 0; i < a->n; i++) {
        n_matching += a->v[i].relation == MATCHES && !feed_row_expired(&a->v[i].row, now);
        if (a->winner && a->v[i].number == a->winner)
            winner = &a->v[i].row;
    }
    tool_put(view_str(q->written));
    printf(": ");
    if (a->site.whole) {
        site_put_first(allow, &a->site);
        printf(winner ? "; " : "\n");
    }
    if (winner) {
        put_row(winner);
        puts("");
    } else if (!a->site.whole) {
        puts(a->silenced ? "no match, silenced by an exception" : "no match");
    }
    if (q->note || !view_is(q->text, q->written)) {
        printf("  read as: ");
        tool_put(q->text);
        printf("%s%s\n", q->note ? ", " : "", q->note ? q->note : "");
    }
    site_put(allow, &a->site, now);
    if (winner) {
        put_details(winner);
        printf("  wins: %s%s\n", why_wins(winner, n_matching), winner->is_endpoint ? "; context, no finding of its own" : "");
    } else {
        put_looked_for(q);
    }
    put_others(q, a, winner, now);
}

/* What is looked in: all lists as the sensor has them, and each alone. */
struct lists {
    struct feeds *all, *alone[FEEDS_LISTS_MAX];
    uint32_t n;
    const struct feed *f;
    struct allow *allow; /* site lists; NULL when lists were named */
};

static void say_nothing(enum log_level level, const char *text)
{
    (void)level;
    (void)text;
}

static bool open_lists(struct tool *t, struct lists *l)
{
    int status;

    l->all = tool_read(t, t->feeds, t->n_feeds);
    if (!l->all)
        return false;
    for (uint32_t i = 0; feeds_outcome(l->all)->n_lists > 1 && i < feeds_outcome(l->all)->n_lists; i++) {
        l->alone[l->n] = feeds_alone(l->all, i);
        log_set_writer(say_nothing); /* what is wrong with it is said when all are compiled */
        if (l->alone[l->n])
            (void)feeds_compile(l->alone[l->n++], tool_sandbox(t), NULL);
        log_set_writer(NULL);
    }
    l->f = tool_compile(t, l->all, &status);
    if (!l->f || t->n_feeds > 0)
        return l->f != NULL;
    l->allow = allow_files_read(&t->loaded.state.conf);
    return l->allow != NULL;
}

static void close_lists(struct lists *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        feeds_free(l->alone[i]);
    feeds_free(l->all);
    allow_free(l->allow);
}

/* Gives the exit status of one question. */
static int answer(const struct tool *t, const struct lists *l, const char *written, ns_t now)
{
    static struct answer a; /* too large for the stack */
    struct question q;

    if (!read_question(&q, written))
        return TOOL_TROUBLE;
    look(l->f, &q, now, &a);
    site_find(l->allow, q.is_address ? NULL : &q.name, &q.to, now, &a.site);
    for (uint32_t i = 0; i < l->n; i++)
        look_alone(feeds_image(l->alone[i]), &q, &a);
    if (a.n > 1)
        qsort(a.v, a.n, sizeof(a.v[0]), order);
    if (!t->quiet)
        put_answer(&q, &a, l->allow, now);
    return a.winner || a.site.whole ? TOOL_YES : TOOL_NO;
}

int explain_run(struct tool *t)
{
    struct lists lists = {.n = 0};
    bool found = false, trouble = false;
    ns_t now;

    if (!tool_time(t, &now) || !open_lists(t, &lists)) {
        close_lists(&lists);
        return TOOL_TROUBLE; /* 1 would say that nothing matches */
    }
    for (int i = 0; i < t->n_operands; i++) {
        int status = answer(t, &lists, t->operands[i], now);

        found = found || status == TOOL_YES;
        trouble = trouble || status == TOOL_TROUBLE;
    }
    close_lists(&lists);
    return tool_finish(trouble ? TOOL_TROUBLE : found ? TOOL_YES : TOOL_NO);
}
