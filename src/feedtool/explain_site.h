/*
 * explain_site.h - what the site lists say of a name or an address.
 */
#ifndef FEEDTOOL_EXPLAIN_SITE_H
#define FEEDTOOL_EXPLAIN_SITE_H

#include "finding/allow.h"

#define SITE_ROWS_MAX 8 /* that are shown */

struct site_rows {
    uint32_t v[SITE_ROWS_MAX]; /* numbers */
    uint32_t n, n_all;
    uint32_t whole; /* the first that asks for nothing else, and has not expired; 0 = none */
};

/* The rows that stand for the name, or, when it is NULL, for the endpoint. allow may be NULL. */
void site_find(const struct allow *allow, const struct name *name, const struct endpoint *to, ns_t now, struct site_rows *rows);

/* "allowed by the site, FILE:LINE", of the whole row. */
void site_put_first(const struct allow *allow, const struct site_rows *rows);

/* A line for each row, with its conditions. */
void site_put(const struct allow *allow, const struct site_rows *rows, ns_t now);

#endif
