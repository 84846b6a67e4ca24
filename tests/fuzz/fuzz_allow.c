/*
 * fuzz_allow.c - a site list through its reader, and its rows against findings that look like them.
 *
 * Checked: a file that is taken has no fault said and one that is not has; each row has a condition and a reason; what is printed of a
 * row reads back as the same row; a row holds for what it asks for itself, and, before it expires, is found or one before it is; the
 * checks for people end, and say no more than once of a row.
 */
#include "config.h"

#include "base/out.h"
#include "finding/allow.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void say(void *arg, const char *text)
{
    uint32_t *n = arg;

    check(strlen(text) > 4 && strlen(text) < 1200 && !strchr(text, '\n'));
    ++*n;
}

static void check_printed(const struct allow_row *row)
{
    char text[ALLOW_ROW_TEXT_MAX], again[ALLOW_ROW_TEXT_MAX];
    struct out o = out_of(text, sizeof(text)), p = out_of(again, sizeof(again));
    struct allow *a = allow_new();

    check(a != NULL);
    allow_row_print(row, &o);
    check(!o.full);
    check(allow_add_printed(a, view_of(row->list, row->n_list), row->line, out_view(&o)));
    allow_row_print(allow_row_at(a, 1), &p);
    check(strcmp(text, again) == 0 && allow_row_at(a, 1)->id == row->id);
    allow_free(a);
}

/* A finding that meets all of its conditions. */
static void check_holds(const struct allow *a, uint32_t number)
{
    const struct allow_row *row = allow_row_at(a, number);
    struct endpoint to = {.addr = row->destination.addr, .port = row->port ? row->port : 1};
    struct allow_facts f = {.client = row->has_client ? &row->client.addr : NULL,
                            .destination = row->has_destination ? &to : NULL,
                            .time_ns = row->expires_ns - 1};
    uint32_t rows[4], found;

    while (row->kinds && !(row->kinds >> f.kind & 1))
        f.kind++;
    if (row->has_name && row->match == ALLOW_BELOW && row->name.n > NAME_BYTES_MAX - 2)
        return; /* nothing fits below it */
    if (row->has_name) {
        name_init(&f.names[0]);
        if (row->match == ALLOW_BELOW)
            check(name_add_label(&f.names[0], view_str("x")));
        for (unsigned i = 0; i < row->name.n_labels; i++) {
            const uint8_t *label = row->name.b + row->name.at[i];

            check(name_add_label(&f.names[0], view_of(label + 1, label[0])));
        }
        f.n_names = 1;
        check(allow_explain_name(a, &f.names[0], rows, ARRAY_LEN(rows)) > 0);
    }
    if (row->has_destination)
        check(allow_explain_endpoint(a, &to, rows, ARRAY_LEN(rows)) > 0);
    if (row->has_wallet) {
        f.logins[0] = f.logins[1] = view_of(row->wallet, row->n_wallet);
        f.n_logins = 1;
    }
    found = allow_find(a, &f);
    check(found > 0 && found <= number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct allow *a = allow_new(), *copy;
    uint32_t n_said = 0;

    check(a != NULL);
    if (size > 1 << 16 || !allow_read(a, "file", view_of(data, size), say, &n_said)) {
        check(size > 1 << 16 || n_said > 0);
        allow_free(a);
        return 0;
    }
    check(n_said == 0 && allow_n_rows(a) <= ALLOW_ROWS_MAX);
    for (uint32_t i = 1; i <= allow_n_rows(a) && i <= 64; i++) {
        const struct allow_row *row = allow_row_at(a, i);

        check(row->n_reason > 0 && row->line > 1 &&
              (row->has_name || row->has_client || row->has_destination || row->has_wallet || row->kinds));
        check_printed(row);
        check_holds(a, i);
    }
    copy = allow_copy(a);
    check(copy && allow_eq(a, copy));
    if (allow_n_rows(a) < 256)
        check(allow_check(a, 0, say, &n_said) <= allow_n_rows(a));
    allow_free(copy);
    allow_free(a);
    return 0;
}
