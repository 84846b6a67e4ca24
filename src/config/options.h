/*
 * options.h - the one table of what can be configured.
 *
 * Defaults, parsing, errors, --dump-config and the check of the manual page all come from it.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "base/buf.h"
#include "config/conf.h"

struct out;

enum option_type {
    OPTION_BOOL,     /* yes or no */
    OPTION_COUNT,    /* decimal digits */
    OPTION_BYTES,    /* digits with K, M, G, T: powers of 1024 */
    OPTION_DURATION, /* digits with s, m, h or d */
    OPTION_TEXT,
    OPTION_PORTS,  /* up to CONF_PORTS_MAX, separated by blanks */
    OPTION_NETS,   /* up to CONF_NETS_MAX, separated by blanks */
    OPTION_FILES,  /* up to CONF_FILES_MAX, separated by blanks */
    OPTION_CHOICE, /* one of the words; the field holds its index, in 4 bytes */
};

struct conf_option {
    const char *section, *key;
    enum option_type type;
    size_t offset; /* of the field in struct conf */
    size_t size;   /* of the field, in bytes */
    /* Range of a number: counts, bytes, or seconds; of a text its bytes, of a list its items. */
    uint64_t min, max;
    const char *preset; /* the default, as one would write it */
    const char *text;   /* one line, what it is for */
    const char *words;  /* of a choice: what there is, separated by blanks; of a number: the word for 0; else NULL */
};

#define CONF_OPTIONS_N 60

/* Option i, below CONF_OPTIONS_N; those of a section are neighbours. */
const struct conf_option *option_at(size_t i);

/* Its index, or CONF_OPTIONS_N when there is none of this name. */
size_t option_find(struct view section, struct view key);

/* True when there is a section of this name. */
bool option_is_section(struct view section);

/*
 * What may have been meant by the name of a section, or of a key in a section (which may be one that does not exist):
 * writes "; did you mean `X'?", or which names there are.
 */
void option_guess_section(struct view section, struct out *o);
void option_guess_key(struct view section, struct view key, struct out *o);

/* What a value must look like: "a count from 64 to 16777216". */
void option_expected(const struct conf_option *opt, struct out *o);

/* Its range as the manual page has it: "64 to 16777216", "yes or no". And its default: "524288", "none". */
void option_range(const struct conf_option *opt, struct out *o);
void option_preset(const struct conf_option *opt, struct out *o);

#endif
