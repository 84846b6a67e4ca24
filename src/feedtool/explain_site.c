/*
 * explain_site.c - rows of the site lists, of which each may ask for more than the name: client, wallet, kind.
 */
#include "config.h"

#include "feedtool/explain_site.h"

#include "base/out.h"

#include <stdio.h>

/* True when the row allows all that the name or the address has to do with. */
static bool is_whole(const struct allow_row *row, bool of_name, ns_t now)
{
    return !row->has_client && !row->has_wallet && row->kinds == 0 && !(of_name ? row->has_destination : row->has_name) &&
           (row->expires_ns == 0 || row->expires_ns > now);
}

void site_find(const struct allow *allow, const struct name *name, const struct endpoint *to, ns_t now, struct site_rows *rows)
{
    *rows = (struct site_rows){.n = 0};
    if (!allow)
        return;
    rows->n_all = name ? allow_explain_name(allow, name, rows->v, SITE_ROWS_MAX)
                       : allow_explain_endpoint(allow, to, rows->v, SITE_ROWS_MAX);
    rows->n = rows->n_all < SITE_ROWS_MAX ? rows->n_all : SITE_ROWS_MAX;
    for (uint32_t i = rows->n; i-- > 0;)
        if (is_whole(allow_row_at(allow, rows->v[i]), name != NULL, now))
            rows->whole = rows->v[i];
}

static void put_place(const struct allow_row *row)
{
    char text[4 * ALLOW_LIST_MAX + 20];
    struct out o = out_of(text, sizeof(text));

    allow_place_print(row, &o);
    fputs(text, stdout);
}

void site_put_first(const struct allow *allow, const struct site_rows *rows)
{
    printf("allowed by the site, ");
    put_place(allow_row_at(allow, rows->whole));
}

void site_put(const struct allow *allow, const struct site_rows *rows, ns_t now)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        const struct allow_row *row = allow_row_at(allow, rows->v[i]);
        bool has_expired = row->expires_ns != 0 && row->expires_ns <= now;
        char text[ALLOW_ROW_TEXT_MAX], safe[4 * ALLOW_ROW_TEXT_MAX];
        struct out o = out_of(text, sizeof(text)), s = out_of(safe, sizeof(safe));

        allow_row_print(row, &o);
        out_escape(&s, out_view(&o));
        printf("  site list: ");
        put_place(row);
        printf(": %s%s\n", safe,
               rows->v[i] == rows->whole ? ""
               : has_expired             ? "; it has expired"
                                         : "; allows what meets all of it");
    }
    if (rows->n_all > rows->n)
        printf("  site list: %u more row%s\n", rows->n_all - rows->n, plural(rows->n_all - rows->n));
    if (rows->n > 0)
        printf("  (%s)\n", allow_columns);
}
