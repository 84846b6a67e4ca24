/*
 * table.h - findings for a person at a terminal.
 */
#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H

#include "output/output.h"

struct out;
struct table;

#define TABLE_ROW_BYTES 4096 /* upper bound of a row */
#define TABLE_BYTES_MAX (TABLE_ROWS_MAX * (uint64_t)TABLE_ROW_BYTES)
#define TABLE_ROWS_MAX 10000 /* 4 KiB each; findings beyond them are counted and said */

/* A table in the language of ctx, and where it may go to a terminal with colour and width of that. Gives. */
struct table *table_new(const struct output_context *ctx, bool terminal);
void table_free(struct table *t);

/* Notes a closed finding, if there is room. False when memory is short. */
bool table_add(struct table *t, const struct finding *f, const struct about *about);

/* Number of rows, and writing of row i (from 0, in the order of printing); row -1 is the heading. */
uint32_t table_rows(struct table *t);
void table_print(const struct table *t, int64_t row, struct out *o);

/* Writes the row of a finding at once, and before the first one the heading; for a table that is not added to. */
void table_print_live(struct table *t, const struct finding *f, const struct about *about, struct out *o);

/* The next row goes to another file and needs a heading. */
void table_begin_anew(struct table *t);

/* Findings for which there was no room. */
uint64_t table_left_out(const struct table *t);

#endif
