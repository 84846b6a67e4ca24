/*
 * list_export.c - a feed in the formats of other programs.
 *
 * A format that has no word for what a row means does not get the row, or gets less of it; both are counted, and said at
 * the beginning where there are comments. Nothing is written that would match more than the row does.
 */
#include "config.h"

#include "list/list_export.h"

#include "base/rfc3339.h"
#include "list/list_work.h"

#include <stdlib.h>

/* What a format does with a row. */
enum {
    LEFT_OUT = 1, /* it has no word for it */
    NARROWER = 2, /* it matches less there */
    BARE = 4,     /* its kind is lost */
};

/* What a format can say. */
struct format {
    const char *name;
    const char *comment; /* how a comment begins; NULL: there are none */
    bool endpoints;
    bool exceptions; /* kind allow, and node, which is none but shall not be matched either */
    bool guards;     /* kind never */
    bool kinds;
    unsigned suffix; /* what becomes of such a row: 0, NARROWER or LEFT_OUT */
    unsigned below;
    void (*begin)(FILE *to);
    void (*row)(FILE *to, const struct feed_row *row);
};

struct place {
    uintptr_t at; /* of the name: rows are written in the order of the lists */
    uint32_t number;
};

void list_export_bytes(FILE *to, struct view v)
{
    if (v.n > 0)
        fwrite(v.p, 1, v.n, to);
}

struct view list_export_word(struct view *rest)
{
    struct view word;
    size_t n = 0;

    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == ','))
        *rest = view_skip(*rest, 1);
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != ',')
        n++;
    word = view_head(*rest, n);
    *rest = view_skip(*rest, n);
    return word;
}

static void put_day(FILE *to, uint32_t day)
{
    char text[40];
    struct out o = out_of(text, sizeof(text));

    rfc3339_print_day(day, &o);
    fputs(text, to);
}

static void plain_row(FILE *to, const struct feed_row *row)
{
    if (!row->is_endpoint && row->match != FEED_SUFFIX)
        fputs(row->match == FEED_EXACT ? "=" : "*.", to);
    list_export_bytes(to, row->name);
    fputc('\n', to);
}

static void hosts_row(FILE *to, const struct feed_row *row)
{
    fputs("0.0.0.0 ", to);
    list_export_bytes(to, row->name);
    fputc('\n', to);
}

static void rpz_begin(FILE *to)
{
    fputs("$TTL 300\n@ IN SOA localhost. root.localhost. 1 3600 600 86400 300\n@ IN NS localhost.\n", to);
}

static void rpz_row(FILE *to, const struct feed_row *row)
{
    const char *action = row->kind == FEED_ALLOW || row->kind == FEED_NODE ? " CNAME rpz-passthru.\n" : " CNAME .\n";

    if (row->match != FEED_BELOW) {
        list_export_bytes(to, row->name);
        fputs(action, to);
    }
    if (row->match != FEED_EXACT) {
        fputs("*.", to);
        list_export_bytes(to, row->name);
        fputs(action, to);
    }
}

/* A field of Zeek's: no tabs, and not empty. */
static void put_zeek(FILE *to, struct view v)
{
    if (v.n == 0)
        fputc('-', to);
    for (size_t i = 0; i < v.n; i++)
        fputc(v.p[i] < ' ' || v.p[i] == 0x7f ? ' ' : v.p[i], to);
}

static void zeek_begin(FILE *to)
{
    fputs("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n", to);
}

static void zeek_row(FILE *to, const struct feed_row *row)
{
    struct view coins = row->coins, coin;
    const char *between = " coins=";

    list_export_bytes(to, row->name);
    fputs("\tIntel::DOMAIN\t", to);
    put_zeek(to, row->sources);
    fprintf(to, "\tcountermine: kind=%s match=%s confidence=%u", feed_kind_name(row->kind), feed_match_name(row->match),
            row->confidence);
    while ((coin = list_export_word(&coins)).n > 0) {
        fputs(between, to);
        list_export_bytes(to, coin);
        between = ",";
    }
    if (row->expires_day) {
        fputs(" expires=", to);
        put_day(to, row->expires_day);
    }
    fputc('\n', to);
}

/* base64 of dot and name (RFC 4648 section 4). */
static void put_base64(FILE *to, const char *dot, struct view name)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n_dot = strlen(dot), n = n_dot + name.n;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = 0;

        for (size_t k = i; k < i + 3; k++)
            bits = bits << 8 | (k < n_dot ? (uint8_t)dot[k] : k < n ? name.p[k - n_dot] : 0);
        for (size_t k = 0; k < 4; k++)
            fputc(i + k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=', to);
    }
    fputc('\n', to);
}

static void dataset_row(FILE *to, const struct feed_row *row)
{
    put_base64(to, "", row->name);
    if (row->match == FEED_SUFFIX)
        put_base64(to, ".", row->name);
}

/* A field of CSV, in quotes when it needs them. */
static void put_csv(FILE *to, struct view v)
{
    bool quoted = view_find(v, ',') < v.n || view_find(v, '"') < v.n;

    fputs(quoted ? ",\"" : ",", to);
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '"')
            fputc('"', to);
        fputc(v.p[i], to);
    }
    if (quoted)
        fputc('"', to);
}

static void csv_begin(FILE *to)
{
    fputs("name,match,kind,confidence,coins,sources,note,expires\n", to);
}

static void csv_row(FILE *to, const struct feed_row *row)
{
    list_export_bytes(to, row->name);
    fprintf(to, ",%s,%s,%u", row->is_endpoint ? "" : feed_match_name(row->match), feed_kind_name(row->kind), row->confidence);
    put_csv(to, row->coins);
    put_csv(to, row->sources);
    put_csv(to, row->note);
    fputc(',', to);
    if (row->expires_day)
        put_day(to, row->expires_day);
    fputc('\n', to);
}

static const struct format formats[EXPORT_N] = {
    [EXPORT_PLAIN] = {.name = "plain", .comment = "#", .endpoints = true, .row = plain_row},
    [EXPORT_HOSTS] = {.name = "hosts", .comment = "#", .suffix = NARROWER, .below = LEFT_OUT, .row = hosts_row},
    [EXPORT_RPZ] = {.name = "rpz", .comment = ";", .exceptions = true, .begin = rpz_begin, .row = rpz_row},
    [EXPORT_ZEEK] = {.name = "zeek",
                     .comment = "#",
                     .kinds = true,
                     .suffix = NARROWER,
                     .below = LEFT_OUT,
                     .begin = zeek_begin,
                     .row = zeek_row},
    [EXPORT_DATASET] = {.name = "dataset", .below = LEFT_OUT, .row = dataset_row},
    [EXPORT_STIX] = {.name = "stix", .endpoints = true, .kinds = true},
    [EXPORT_CSV] = {.name = "csv",
                    .comment = "#",
                    .endpoints = true,
                    .exceptions = true,
                    .guards = true,
                    .kinds = true,
                    .begin = csv_begin,
                    .row = csv_row},
};

const char *list_export_name(enum list_export format)
{
    return (unsigned)format < EXPORT_N ? formats[format].name : "?";
}

bool list_export_parse(const char *word, enum list_export *format)
{
    for (unsigned i = 0; i < EXPORT_N; i++) {
        if (strcmp(word, formats[i].name) == 0) {
            *format = (enum list_export)i;
            return true;
        }
    }
    return false;
}

/* A name that would be read as a trigger of addresses. */
static bool is_trigger(struct view name)
{
    return view_starts(view_skip(name, view_find_last(name, '.') + 1), "rpz-");
}

static unsigned loss_of(const struct format *format, const struct feed_row *row)
{
    bool exception = row->kind == FEED_ALLOW || row->kind == FEED_NODE;
    unsigned loss = 0;

    if ((row->is_endpoint && !format->endpoints) || (exception && !format->exceptions) ||
        (row->kind == FEED_NEVER && !format->guards) || (format->row == rpz_row && is_trigger(row->name)))
        return LEFT_OUT;
    if (!row->is_endpoint && row->match == FEED_SUFFIX)
        loss |= format->suffix;
    if (!row->is_endpoint && row->match == FEED_BELOW)
        loss |= format->below;
    if (!format->kinds && row->kind != FEED_POOL && row->kind != FEED_ALLOW)
        loss |= BARE;
    return loss;
}

static int by_place(const void *a, const void *b)
{
    uintptr_t x = ((const struct place *)a)->at, y = ((const struct place *)b)->at;

    return (x > y) - (x < y);
}

/* The rows in their order, and what is lost of them. NULL when memory is short. */
static struct place *sort_rows(const struct feed *f, const struct format *format, struct list_loss *loss)
{
    uint32_t most = feed_n_rows(f);
    struct place *places = malloc(((size_t)most + 1) * sizeof(*places));
    struct feed_row row;

    for (uint32_t i = 1; places && i <= most; i++) {
        unsigned lost;

        if (!feed_row_at(f, i, &row))
            continue;
        lost = loss_of(format, &row);
        loss->n_rows++;
        if (lost & LEFT_OUT) {
            loss->n_left_out++;
            continue;
        }
        loss->n_narrower += (lost & NARROWER) != 0;
        loss->n_bare += (lost & BARE) != 0;
        places[loss->n_written++] = (struct place){(uintptr_t)row.name.p, i};
    }
    if (places)
        qsort(places, loss->n_written, sizeof(*places), by_place);
    return places;
}

static void say_loss(FILE *to, const struct format *format, const struct list_loss *loss)
{
    fprintf(to, "%s countermine: %u of %u row%s\n", format->comment, loss->n_written, loss->n_rows, plural(loss->n_rows));
    if (loss->n_left_out)
        fprintf(to, "%s left out, as this format has no word for it: %u\n", format->comment, loss->n_left_out);
    if (loss->n_narrower)
        fprintf(to, "%s without what is below the name, which this format does not match: %u\n", format->comment,
                loss->n_narrower);
    if (loss->n_bare)
        fprintf(to, "%s without the kind, which this format does not tell: %u\n", format->comment, loss->n_bare);
}

bool list_export(const struct feed *f, enum list_export format, FILE *to, struct list_loss *loss)
{
    const struct format *how = &formats[format];
    struct list_loss counted = {0};
    struct place *places = sort_rows(f, how, &counted);
    struct list_stix stix;
    struct feed_row row;

    if (loss)
        *loss = counted;
    if (!places)
        return false;
    if (how->comment)
        say_loss(to, how, &counted);
    if (how->begin)
        how->begin(to);
    if (format == EXPORT_STIX)
        list_stix_begin(&stix, to);
    for (uint32_t i = 0; i < counted.n_written; i++) {
        feed_row_at(f, places[i].number, &row);
        if (format == EXPORT_STIX)
            list_stix_row(&stix, &row);
        else
            how->row(to, &row);
    }
    if (format == EXPORT_STIX)
        list_stix_end(&stix);
    free(places);
    return fflush(to) == 0 && !ferror(to);
}
