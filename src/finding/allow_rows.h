/*
 * allow_rows.h - the site lists from the inside: the rows and their index. Used by allow.c, allow_read.c and allow_check.c only.
 */
#ifndef FINDING_ALLOW_ROWS_H
#define FINDING_ALLOW_ROWS_H

#include "base/hash.h"
#include "base/out.h"
#include "finding/allow.h"

#define ALLOW_BUCKETS 4096

struct allow {
    struct hash_key key;
    struct allow_row *rows; /* owned */
    uint32_t n, room;
    uint32_t n_wallets;              /* rows with one */
    uint32_t wide;                   /* first row, from 1, that no key finds; 0 = none */
    uint32_t buckets[ALLOW_BUCKETS]; /* first row of each key */
};

/* Adds a row. False when there are too many, or memory is short. */
bool allow_add(struct allow *a, const struct allow_row *row);

#endif
