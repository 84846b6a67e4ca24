/*
 * conf_read.c - lines, sections, keys, and what is said about those that are wrong.
 *
 * An own reader: the packaged ones (inih) cut lines at 200 bytes, give no line numbers, and only the
 * first error.
 */
#include "config.h"

#include "config/conf_read.h"

#include "base/out.h"
#include "config/option_value.h"

#include <stdarg.h>
#include <stdio.h>

#define SHOWN_MAX 60  /* bytes of what was given, in a message */
#define WHERE_MAX 300 /* bytes of a path, in a message; longer ones lose their front */

/* The file being read. */
struct reader {
    struct conf_state *state;
    struct conf_errors *errors;
    const char *name;
    uint32_t line;
    struct view section;             /* newest [section] */
    bool has_section, knows_section; /* there was one; it is one of ours */
    uint32_t first[CONF_OPTIONS_N];  /* line in which the option stands, 0 = not yet */
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct view strip(struct view v)
{
    while (v.n > 0 && is_blank(v.p[0]))
        v = view_skip(v, 1);
    while (v.n > 0 && is_blank(v.p[v.n - 1]))
        v.n--;
    return v;
}

void conf_error(struct conf_errors *e, const char *where, uint32_t line, const char *fmt, ...)
{
    size_t n = strlen(where);
    char text[1024];
    struct out o = out_of(text, sizeof(text));
    va_list ap;
    char what[700];

    if (e->n++ >= CONF_ERRORS_MAX)
        return;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (n > WHERE_MAX)
        out_str(&o, "...");
    out_str(&o, n > WHERE_MAX ? where + n - WHERE_MAX : where);
    if (line)
        out_fmt(&o, ":%u", line);
    out_fmt(&o, ": %s", what);
    e->say(e->arg, text);
}

/* What was given, shortened, for a message. */
struct shown {
    char text[SHOWN_MAX + 8];
};

static const char *show(struct view v, struct shown *s)
{
    struct out o = out_of(s->text, SHOWN_MAX);

    out_bytes(&o, v);
    if (!o.full)
        return s->text;
    o = (struct out){s->text, sizeof(s->text), o.n, false};
    out_str(&o, "...");
    return s->text;
}

void conf_state_init(struct conf_state *s)
{
    *s = (struct conf_state){.origin = {{NULL, 0}}};
    conf_defaults(&s->conf);
}

static void say_unknown_key(struct reader *r, const char *where, struct view section, struct view key)
{
    char guess[400];
    struct out o = out_of(guess, sizeof(guess));
    struct shown a, b;

    option_guess_key(section, key, &o);
    conf_error(r->errors, where, r->line, "%s.%s: there is no such key%s", show(section, &a), show(key, &b), guess);
}

static void say_unknown_section(struct reader *r, const char *where, struct view section)
{
    char guess[400];
    struct out o = out_of(guess, sizeof(guess));
    struct shown a;

    option_guess_section(section, &o);
    conf_error(r->errors, where, r->line, "[%s]: there is no such section%s", show(section, &a), guess);
}

/* Gives the value to option i; its line or option of the command line is its origin. */
static void assign(struct reader *r, const char *where, size_t i, struct view value)
{
    const struct conf_option *opt = option_at(i);
    const char *why = option_parse(opt, value, &r->state->conf);
    char expected[200];
    struct out o = out_of(expected, sizeof(expected));
    struct shown s;

    if (!why) {
        r->state->origin[i] = (struct conf_origin){r->name, r->line};
        return;
    }
    option_expected(opt, &o);
    conf_error(r->errors, where, r->line, "%s.%s: given `%s'%s%s, expected %s", opt->section, opt->key,
               show(option_trim(value), &s), why[0] ? ": " : "", why, expected);
}

static void read_section(struct reader *r, struct view line)
{
    size_t end = view_find(line, ']');
    struct view behind = strip(view_skip(line, end + 1));
    struct shown s;

    r->has_section = true;
    r->knows_section = false;
    if (end == line.n || (behind.n > 0 && behind.p[0] != '#' && behind.p[0] != ';')) {
        conf_error(r->errors, r->name, r->line, "given `%s', expected `[section]' and nothing behind it", show(line, &s));
        return;
    }
    r->section = strip(view_sub(line, 1, end - 1));
    r->knows_section = option_is_section(r->section);
    if (!r->knows_section)
        say_unknown_section(r, r->name, r->section);
}

static void read_key(struct reader *r, struct view line)
{
    size_t equals = view_find(line, '=');
    struct view key = strip(view_head(line, equals)), value = view_skip(line, equals + 1);
    struct shown s;
    size_t i;

    if (equals == line.n || key.n == 0) {
        conf_error(r->errors, r->name, r->line, "given `%s', expected `[section]', `key = value' or a comment", show(line, &s));
        return;
    }
    if (!r->has_section) {
        char guess[400];
        struct out o = out_of(guess, sizeof(guess));

        option_guess_key((struct view){NULL, 0}, key, &o);
        conf_error(r->errors, r->name, r->line, "%s: stands before any section; expected `[section]' first%s", show(key, &s),
                   guess);
        return;
    }
    if (!r->knows_section)
        return; /* said at the section */
    i = option_find(r->section, key);
    if (i == CONF_OPTIONS_N) {
        say_unknown_key(r, r->name, r->section, key);
        return;
    }
    if (r->first[i]) {
        conf_error(r->errors, r->name, r->line, "%s.%s: stands in line %u already; expected each key once in a file",
                   option_at(i)->section, option_at(i)->key, r->first[i]);
        return;
    }
    r->first[i] = r->line;
    assign(r, r->name, i, value);
}

/* One line, without its end. */
static void read_line(struct reader *r, struct view line)
{
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n > CONF_LINE_MAX) {
        conf_error(r->errors, r->name, r->line, "a line of %zu bytes, expected at most %d", line.n, CONF_LINE_MAX);
        return;
    }
    line = strip(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return;
    if (line.p[0] == '[')
        read_section(r, line);
    else
        read_key(r, line);
}

void conf_read(struct conf_state *s, const char *name, struct view text, struct conf_errors *e)
{
    struct reader r = {.state = s, .errors = e, .name = name};

    if (view_starts(text, "\xef\xbb\xbf"))
        text = view_skip(text, 3);
    while (text.n > 0) {
        size_t end = view_find(text, '\n');
        struct view line = view_head(text, end);

        r.line++;
        if (view_find(line, 0) < line.n) { /* text of two bytes a character, or no text: one message is enough */
            conf_error(e, name, r.line, "a line with a NUL byte, expected text in UTF-8; the rest of the file is not read");
            return;
        }
        read_line(&r, line);
        text = view_skip(text, end + 1);
    }
}

void conf_set(struct conf_state *s, const struct conf_setting *setting, struct conf_errors *e)
{
    struct reader r = {.state = s, .errors = e, .name = setting->option};
    struct view text = view_str(setting->text), name, section, key;
    size_t equals = view_find(text, '='), dot, i;
    char where[200];
    struct out o = out_of(where, sizeof(where));
    struct shown shown;

    out_fmt(&o, "option %s %s", setting->option, show(text, &shown));
    name = strip(view_head(text, equals));
    dot = view_find(name, '.');
    if (equals == text.n || dot == name.n) {
        conf_error(e, where, 0, "expected section.key=value behind it");
        return;
    }
    section = view_head(name, dot);
    key = view_skip(name, dot + 1);
    i = option_find(section, key);
    if (i < CONF_OPTIONS_N)
        assign(&r, where, i, view_skip(text, equals + 1));
    else if (option_is_section(section))
        say_unknown_key(&r, where, section, key);
    else
        say_unknown_section(&r, where, section);
}

void conf_check(const struct conf_state *s, struct conf_errors *e)
{
    static const char section[] = "tunnels", name[] = "geneve_ports";
    size_t i = option_find(view_str(section), view_str(name));
    const struct conf_ports *vxlan = &s->conf.tunnels.vxlan_ports, *geneve = &s->conf.tunnels.geneve_ports;
    const struct conf_origin *origin = &s->origin[i];

    if (!origin->where) /* then the other list brought it */
        origin = &s->origin[option_find(view_str(section), view_str("vxlan_ports"))];
    for (uint32_t v = 0; v < vxlan->n; v++)
        for (uint32_t g = 0; g < geneve->n; g++)
            if (vxlan->port[v] == geneve->port[g])
                conf_error(e, origin->where ? origin->where : "configuration", origin->line,
                           "tunnels.geneve_ports: port %u is in tunnels.vxlan_ports too, expected in one of them",
                           geneve->port[g]);
}
