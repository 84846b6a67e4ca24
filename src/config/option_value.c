/*
 * option_value.c - words, numbers with units, lists.
 */
#include "config.h"

#include "config/option_value.h"

#include "base/addr_parse.h"
#include "base/out.h"
#include "base/parse.h"

struct unit {
    char letter;
    uint64_t factor;
};

/* Largest first. */
static const struct unit byte_units[] = {
    {'T', UINT64_C(1) << 40}, {'G', UINT64_C(1) << 30}, {'M', UINT64_C(1) << 20}, {'K', UINT64_C(1) << 10}};
static const struct unit time_units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Where the words of a value are read. */
struct words {
    struct view rest;
    const char *error;
};

struct word {
    char text[CONF_PATH_MAX]; /* longer ones are an error */
    size_t n;
};

static bool put_byte(struct words *w, struct word *word, uint8_t c)
{
    if (word->n == sizeof(word->text) - 1) {
        w->error = "it is too long";
        return false;
    }
    word->text[word->n++] = (char)c;
    return true;
}

/* Reads behind the opening quote, to the closing one. */
static bool read_quoted(struct words *w, struct word *word)
{
    size_t i = 0;

    for (; i < w->rest.n && w->rest.p[i] != '"'; i++) {
        uint8_t c = w->rest.p[i];

        if (c == '\\') {
            c = view_u8(w->rest, ++i);
            if (c != '"' && c != '\\') {
                w->error = "a backslash in quotes must have a quote or a backslash behind it";
                return false;
            }
        }
        if (!put_byte(w, word, c))
            return false;
    }
    if (i >= w->rest.n) {
        w->error = "the quote is not closed";
        return false;
    }
    w->rest = view_skip(w->rest, i + 1);
    if (w->rest.n > 0 && !is_blank(w->rest.p[0])) {
        w->error = "a blank must stand behind the closing quote";
        return false;
    }
    return true;
}

static bool read_plain(struct words *w, struct word *word)
{
    size_t i = 0;

    for (; i < w->rest.n && !is_blank(w->rest.p[i]); i++) {
        if (w->rest.p[i] == '"') {
            w->error = "there is a quote inside a word";
            return false;
        }
        if (!put_byte(w, word, w->rest.p[i]))
            return false;
    }
    w->rest = view_skip(w->rest, i);
    return true;
}

/* Steps over blanks. False at the end, or where a comment begins. */
static bool has_word(struct words *w)
{
    while (w->rest.n > 0 && is_blank(w->rest.p[0]))
        w->rest = view_skip(w->rest, 1);
    return w->rest.n > 0 && w->rest.p[0] != '#' && w->rest.p[0] != ';';
}

static bool is_printable(struct view v)
{
    size_t len;

    for (size_t i = 0; i < v.n; i += len) {
        uint32_t cp = utf8_decode(view_skip(v, i), &len);

        if (cp == UINT32_MAX || utf8_unsafe(cp))
            return false;
    }
    return true;
}

/* The next word. False when there is none, or, with w->error set, when it is wrong. */
static bool next_word(struct words *w, struct word *word)
{
    bool ok;

    word->n = 0;
    if (!has_word(w))
        return false;
    if (w->rest.p[0] == '"') {
        w->rest = view_skip(w->rest, 1);
        ok = read_quoted(w, word);
    } else {
        ok = read_plain(w, word);
    }
    word->text[word->n] = '\0';
    if (ok && !is_printable(view_of(word->text, word->n))) {
        w->error = "it has control or invisible characters, or is not UTF-8";
        ok = false;
    }
    return ok;
}

/* The only word. NULL when there is one and no more, else why not. */
static const char *only_word(struct view value, struct word *word)
{
    struct words w = {value, NULL};
    struct word second;

    if (!next_word(&w, word))
        return w.error ? w.error : "nothing is there";
    if (next_word(&w, &second) || w.error)
        return w.error ? w.error : "there is more than one word";
    return NULL;
}

static bool parse_bool(struct view v, uint64_t *n)
{
    *n = view_is(v, "yes") || view_is(v, "true") || view_is(v, "on");
    return *n || view_is(v, "no") || view_is(v, "false") || view_is(v, "off");
}

/* A number with one of the units behind it; without one only when needs_unit is false. */
static bool parse_scaled(struct view v, const struct unit *units, size_t n_units, bool needs_unit, uint64_t *n)
{
    uint64_t factor = 0;

    for (size_t i = 0; i < n_units && v.n > 0; i++)
        if (v.p[v.n - 1] == units[i].letter)
            factor = units[i].factor;
    if (factor == 0 && needs_unit)
        return false;
    if (!parse_u64(factor ? view_head(v, v.n - 1) : v, n))
        return false;
    return !factor || !__builtin_mul_overflow(*n, factor, n);
}

static bool parse_number_of(enum option_type type, struct view v, uint64_t *n)
{
    switch (type) {
    case OPTION_BOOL: return parse_bool(v, n);
    case OPTION_BYTES: return parse_scaled(v, byte_units, ARRAY_LEN(byte_units), false, n);
    case OPTION_DURATION: return parse_scaled(v, time_units, ARRAY_LEN(time_units), true, n);
    case OPTION_COUNT:
    case OPTION_TEXT:
    case OPTION_PORTS:
    case OPTION_NETS:
    case OPTION_FILES:
    case OPTION_CHOICE: break;
    }
    return parse_u64(v, n);
}

/* The number that a word of the option stands for: the place of a choice's word, or the 0 of a number's. */
static bool parse_word(const struct conf_option *opt, struct view v, uint64_t *n)
{
    const char *at = opt->words;

    for (*n = 0; at && *at; ++*n) {
        size_t len = strcspn(at, " ");

        if (view_eq(v, view_of(at, len)))
            return true;
        at += len + (at[len] != '\0');
    }
    return false;
}

/* The field of the option in conf. */
static void *field_of(const struct conf_option *opt, struct conf *conf)
{
    return (uint8_t *)conf + opt->offset;
}

static const void *field_in(const struct conf_option *opt, const struct conf *conf)
{
    return (const uint8_t *)conf + opt->offset;
}

static const char *set_number(const struct conf_option *opt, struct view value, struct conf *conf)
{
    struct word word;
    const char *why = only_word(value, &word);
    uint64_t n;
    uint32_t n32;
    ns_t ns;
    bool b;

    if (why)
        return why;
    if (!parse_word(opt, view_of(word.text, word.n), &n) &&
        (opt->type == OPTION_CHOICE || !parse_number_of(opt->type, view_of(word.text, word.n), &n) || n < opt->min ||
         n > opt->max))
        return "";
    if (opt->type == OPTION_BOOL) {
        b = n != 0;
        memcpy(field_of(opt, conf), &b, sizeof(b));
    } else if (opt->type == OPTION_DURATION) {
        ns = (ns_t)n * NS_PER_SEC;
        memcpy(field_of(opt, conf), &ns, sizeof(ns));
    } else if (opt->size == sizeof(n32)) {
        n32 = (uint32_t)n;
        memcpy(field_of(opt, conf), &n32, sizeof(n32));
    } else {
        memcpy(field_of(opt, conf), &n, sizeof(n));
    }
    return NULL;
}

static const char *set_text(const struct conf_option *opt, struct view value, struct conf *conf)
{
    struct word word;
    const char *why = only_word(value, &word);

    if (why)
        return why;
    if (word.n > opt->max)
        return "it is too long";
    memset(field_of(opt, conf), 0, opt->size);
    memcpy(field_of(opt, conf), word.text, word.n);
    return NULL;
}

static const char *set_ports(const struct conf_option *opt, struct view value, struct conf *conf)
{
    struct conf_ports ports = {.n = 0};
    struct words w = {value, NULL};
    struct word word;
    uint64_t n;

    while (next_word(&w, &word)) {
        if (ports.n == CONF_PORTS_MAX || !parse_u64(view_of(word.text, word.n), &n) || n < 1 || n > UINT16_MAX)
            return "";
        ports.port[ports.n++] = (uint16_t)n;
    }
    if (w.error)
        return w.error;
    memcpy(field_of(opt, conf), &ports, sizeof(ports));
    return NULL;
}

static const char *set_nets(const struct conf_option *opt, struct view value, struct conf *conf)
{
    struct conf_nets nets = {.n = 0};
    struct words w = {value, NULL};
    struct word word;

    while (next_word(&w, &word)) {
        if (nets.n == CONF_NETS_MAX || !net_parse(view_of(word.text, word.n), &nets.net[nets.n]))
            return "";
        nets.n++;
    }
    if (w.error)
        return w.error;
    memcpy(field_of(opt, conf), &nets, sizeof(nets));
    return NULL;
}

static const char *set_files(const struct conf_option *opt, struct view value, struct conf *conf)
{
    struct words w = {value, NULL};
    struct conf_files *files;
    struct word word;
    uint32_t n = 0;

    for (; next_word(&w, &word); n++) /* before the field is touched */
        if (n == CONF_FILES_MAX || word.n == 0)
            return "";
    if (w.error)
        return w.error;
    files = field_of(opt, conf);
    memset(files, 0, sizeof(*files));
    w.rest = value;
    while (next_word(&w, &word))
        memcpy(files->path[files->n++], word.text, word.n);
    return NULL;
}

const char *option_parse(const struct conf_option *opt, struct view value, struct conf *conf)
{
    switch (opt->type) {
    case OPTION_TEXT: return set_text(opt, value, conf);
    case OPTION_PORTS: return set_ports(opt, value, conf);
    case OPTION_NETS: return set_nets(opt, value, conf);
    case OPTION_FILES: return set_files(opt, value, conf);
    case OPTION_BOOL:
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_DURATION:
    case OPTION_CHOICE: break;
    }
    return set_number(opt, value, conf);
}

struct view option_trim(struct view value)
{
    struct words w = {value, NULL};
    struct word word;
    size_t n = 0;

    while (next_word(&w, &word))
        n = value.n - w.rest.n;
    if (w.error) /* what is a comment in it, nobody knows */
        n = value.n;
    value.n = n;
    while (value.n > 0 && is_blank(value.p[0]))
        value = view_skip(value, 1);
    while (value.n > 0 && is_blank(value.p[value.n - 1]))
        value.n--;
    return value;
}

static void put_quoted(const char *text, struct out *o)
{
    out_char(o, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            out_char(o, '\\');
        out_char(o, *text);
    }
    out_char(o, '"');
}

static void put_scaled(uint64_t n, const struct unit *units, size_t n_units, struct out *o)
{
    for (size_t i = 0; i < n_units && n > 0; i++) {
        if (n % units[i].factor == 0) {
            out_fmt(o, "%llu%c", (unsigned long long)(n / units[i].factor), units[i].letter);
            return;
        }
    }
    out_fmt(o, "%llu", (unsigned long long)n);
}

void option_print_number(enum option_type type, uint64_t n, struct out *o)
{
    if (type == OPTION_BYTES)
        put_scaled(n, byte_units, ARRAY_LEN(byte_units), o);
    else if (type == OPTION_DURATION)
        put_scaled(n, time_units, ARRAY_LEN(time_units), o);
    else
        out_fmt(o, "%llu", (unsigned long long)n);
}

static uint64_t number_in(const struct conf_option *opt, const struct conf *conf)
{
    uint32_t n32;
    uint64_t n;

    if (opt->size == sizeof(n32)) {
        memcpy(&n32, field_in(opt, conf), sizeof(n32));
        return n32;
    }
    memcpy(&n, field_in(opt, conf), sizeof(n));
    return opt->type == OPTION_DURATION ? n / NS_PER_SEC : n;
}

/* Word i of a choice. */
static void put_nth_word(const char *words, uint64_t i, struct out *o)
{
    for (; i > 0 && *words; i--)
        words += strcspn(words, " ") + 1;
    out_bytes(o, view_of(words, strcspn(words, " ")));
}

static void print_number(const struct conf_option *opt, uint64_t n, struct out *o)
{
    if (opt->type == OPTION_CHOICE)
        put_nth_word(opt->words, n, o);
    else if (opt->words && n == 0)
        out_str(o, opt->words);
    else
        option_print_number(opt->type, n, o);
}

void option_print(const struct conf_option *opt, const struct conf *conf, struct out *o)
{
    const void *field = field_in(opt, conf);
    const struct conf_ports *ports = field;
    const struct conf_nets *nets = field;
    const struct conf_files *files = field;
    const bool *b = field;

    switch (opt->type) {
    case OPTION_BOOL: out_str(o, *b ? "yes" : "no"); break;
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_DURATION:
    case OPTION_CHOICE: print_number(opt, number_in(opt, conf), o); break;
    case OPTION_TEXT: put_quoted(field, o); break;
    case OPTION_PORTS:
        for (uint32_t i = 0; i < ports->n; i++)
            out_fmt(o, "%s%u", i ? " " : "", ports->port[i]);
        break;
    case OPTION_NETS:
        for (uint32_t i = 0; i < nets->n; i++) {
            out_str(o, i ? " " : "");
            net_print(&nets->net[i], o);
        }
        break;
    case OPTION_FILES:
        for (uint32_t i = 0; i < files->n; i++) {
            out_str(o, i ? " " : "");
            put_quoted(files->path[i], o);
        }
        break;
    }
}
