/*
 * terminal.h - what standard output is good for.
 */
#ifndef ROLE_TERMINAL_H
#define ROLE_TERMINAL_H

#include "output/output.h"

/* Fills in colour and width. */
void terminal_describe(struct output_context *ctx);

#endif
