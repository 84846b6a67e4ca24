/*
 * conf_dump.c - the option table with its values, as text. tests/docs compares its comments with the
 * manual page.
 */
#include "config.h"

#include "config/conf_dump.h"

#include "base/out.h"
#include "config/option_value.h"

/* File and line, or the option of the command line. */
static void put_origin(const struct conf_origin *origin, struct out *o)
{
    if (!origin->where) {
        out_str(o, "the default");
        return;
    }
    out_escape(o, view_str(origin->where));
    if (origin->line)
        out_fmt(o, ":%u", origin->line);
}

static void put_option(const struct conf_state *s, size_t i, struct out *o)
{
    const struct conf_option *opt = option_at(i);

    out_fmt(o, "\n# %s: %s\n# Default: ", opt->key, opt->text);
    option_preset(opt, o);
    out_str(o, ".\n# Range: ");
    option_range(opt, o);
    out_str(o, ".\n# From: ");
    put_origin(&s->origin[i], o);
    out_fmt(o, "\n%s = ", opt->key);
    option_print(opt, &s->conf, o);
    out_char(o, '\n');
}

void conf_dump(const struct conf_state *s, struct out *o)
{
    const char *section = "";

    out_str(o, "# The configuration of countermine " PACKAGE_VERSION ", as it took effect. See countermine.conf(5).\n");
    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        if (strcmp(option_at(i)->section, section) != 0) {
            section = option_at(i)->section;
            out_fmt(o, "\n[%s]\n", section);
        }
        put_option(s, i, o);
    }
}
