/*
 * conf_read.h - one configuration text, or one setting of the command line, into a configuration.
 *
 * The text: `[section]', `key = value', blank lines; a # or ; at the start of a line or behind a blank starts a
 * comment. A key stands once in a file. All errors are said, not only the first; what is wrong changes
 * nothing, what is right takes effect.
 */
#ifndef CONFIG_CONF_READ_H
#define CONFIG_CONF_READ_H

#include "base/buf.h"
#include "config/options.h"

#define CONF_LINE_MAX 65536   /* bytes; the longest line that makes sense, 16 paths of 1 KiB, is a quarter of it */
#define CONF_FILE_MAX 1048576 /* bytes; a file with every key and long comments has 10 KiB */
#define CONF_ERRORS_MAX 200   /* said; more are only counted: nobody reads on, and a megabyte of other text has many */

/* Where errors go: each is one line of text, without a newline and not yet escaped. */
struct conf_errors {
    void (*say)(void *arg, const char *text);
    void *arg;
    uint32_t n; /* so far, said or not */
};

struct conf_state {
    struct conf conf;
    struct conf_origin origin[CONF_OPTIONS_N];
};

/* One --set: the option as the user wrote it, for messages, and its argument `section.key=value'. Borrowed from argv. */
struct conf_setting {
    const char *option;
    const char *text;
};

/* Notes an error at a line of a file; with line 0 without the number. */
void conf_error(struct conf_errors *e, const char *where, uint32_t line, const char *fmt, ...) ATTR_PRINTF(4, 5);

/* Sets all to its default. */
void conf_state_init(struct conf_state *s);

/* Takes a text in. Keeps name, borrows text. */
void conf_read(struct conf_state *s, const char *name, struct view text, struct conf_errors *e);

/* Takes a setting in. Keeps its option. */
void conf_set(struct conf_state *s, const struct conf_setting *setting, struct conf_errors *e);

/* Looks for values that contradict each other. */
void conf_check(const struct conf_state *s, struct conf_errors *e);

#endif
