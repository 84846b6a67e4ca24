/*
 * option_value.h - values of options: from text into struct conf, and back.
 */
#ifndef CONFIG_OPTION_VALUE_H
#define CONFIG_OPTION_VALUE_H

#include "config/options.h"

/*
 * Reads a value, as it stands behind the `=', into its field of conf. NULL when it is good; else why
 * not, or "" when option_expected says it all, and conf is unchanged.
 *
 * Words are separated by blanks; a word in double quotes may hold anything but control characters, with \" and \\ for a
 * quote and a backslash. A # or ; where a word would begin starts a comment.
 */
const char *option_parse(const struct conf_option *opt, struct view value, struct conf *conf);

/* The value without blanks around it and without the comment behind it, for messages. */
struct view option_trim(struct view value);

/* Writes the value that conf has, in the form that option_parse reads. */
void option_print(const struct conf_option *opt, const struct conf *conf, struct out *o);

/* A number of this type as one would write it: 64G, 1h, 524288. Durations are in seconds. */
void option_print_number(enum option_type type, uint64_t n, struct out *o);

#endif
