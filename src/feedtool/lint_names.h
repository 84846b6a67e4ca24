/*
 * lint_names.h - the names that lint has seen, those that are guarded, and public suffixes.
 */
#ifndef FEEDTOOL_LINT_NAMES_H
#define FEEDTOOL_LINT_NAMES_H

#include "feed/feed.h"

struct lint_names;

/* NULL when memory is short. seed keys the hashes. What it takes is freed by the end of the process. */
struct lint_names *lint_names_new(uint64_t seed);

/* Guards a name. False when memory is short. */
bool lint_names_add_guard(struct lint_names *n, struct view name);

/* The guarded name that the name would match, or below it too; NULL when there is none. Lives as long as n. */
const char *lint_names_guard(const struct lint_names *n, struct view name, bool and_below);

struct lint_place {
    uint32_t list, line;
};

enum lint_seen { LINT_NEW, LINT_AGAIN, LINT_FULL };

/*
 * Notes a row. LINT_AGAIN, and where, when there was one of the same name that matches in the same way (guards, exceptions
 * and all other kinds apart); LINT_FULL when memory is short.
 */
enum lint_seen lint_names_add(struct lint_names *n, struct view name, unsigned match, enum feed_kind kind, uint32_t list,
                              uint32_t line, struct lint_place *before);

bool lint_is_public_suffix(struct view name);

#endif
