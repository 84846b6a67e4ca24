/*
 * allow_print.c - rows of site lists as text, which allow_read.c reads as the same rows.
 */
#include "config.h"

#include "finding/allow.h"

#include "base/out.h"
#include "base/rfc3339.h"

#define DAY_NS (24 * 3600 * NS_PER_SEC)

/* In quotes where it must be, and where a reader of spreadsheets may think so. */
static void put_quoted(struct out *o, struct view v)
{
    bool plain = true;

    for (size_t i = 0; plain && i < v.n; i++)
        plain = v.p[i] != ',' && v.p[i] != '"' && v.p[i] != '#';
    if (plain) {
        out_bytes(o, v);
        return;
    }
    out_char(o, '"');
    for (size_t i = 0; i < v.n; i++) {
        out_str(o, v.p[i] == '"' ? "\"" : "");
        out_char(o, (char)v.p[i]);
    }
    out_char(o, '"');
}

static void put_destination(struct out *o, const struct allow_row *row)
{
    bool bracket = row->port && !addr_is_v4(&row->destination.addr);

    out_str(o, bracket ? "[" : "");
    net_print(&row->destination, o);
    out_str(o, bracket ? "]" : "");
    if (row->port)
        out_fmt(o, ":%u", row->port);
}

void allow_row_print(const struct allow_row *row, struct out *o)
{
    if (row->has_name) {
        out_str(o, row->match == ALLOW_EXACT ? "=" : row->match == ALLOW_BELOW ? "*." : "");
        name_print(&row->name, o);
    }
    out_char(o, ',');
    if (row->has_client)
        net_print(&row->client, o);
    out_char(o, ',');
    if (row->has_destination)
        put_destination(o, row);
    out_char(o, ',');
    if (row->has_wallet) {
        char wallet[ALLOW_WALLET_MAX + 2];
        struct out w = out_of(wallet, sizeof(wallet));

        out_bytes(&w, view_of(row->wallet, row->n_wallet));
        out_str(&w, row->wallet_is_prefix ? "*" : "");
        put_quoted(o, out_view(&w));
    }
    out_char(o, ',');
    for (unsigned k = 0, n = 0; k < FINDING_KIND_N; k++)
        if (row->kinds >> k & 1)
            out_fmt(o, "%s%s", n++ ? " " : "", finding_kind_name((enum finding_kind)k));
    out_char(o, ',');
    put_quoted(o, view_of(row->reason, row->n_reason));
    out_char(o, ',');
    if (row->expires_ns % DAY_NS == 0 && row->expires_ns)
        rfc3339_print_day(rfc3339_day(row->expires_ns), o);
    else if (row->expires_ns)
        rfc3339_print(row->expires_ns, o);
}

void allow_place_print(const struct allow_row *row, struct out *o)
{
    out_escape(o, view_of(row->list, row->n_list));
    out_fmt(o, ":%u", row->line);
}
