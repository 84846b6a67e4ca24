/*
 * leef.c - the head of a line of LEEF 2.0, and how its pairs are written.
 */
#include "config.h"

#include "output/leef.h"

#include "output/flat.h"

static void put_pair(struct out *o, bool first, const struct flat_key *key, struct view text)
{
    if (!first)
        out_char(o, '\t');
    out_fmt(o, "%s=", key->leef);
    out_bytes(o, text);
}

/* The delimiter of the pairs is in the head as its code. */
static struct flat begin(struct out *o, const char *id, const char *id_detail)
{
    out_fmt(o, "LEEF:2.0|countermine|countermine|%s|%s%s|x09|", PACKAGE_VERSION, id, id_detail);
    return (struct flat){.o = o, .format = FLAT_LEEF, .pair = put_pair, .max = OUTPUT_TEXT_MAX - 2};
}

void leef_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx)
{
    struct flat w = begin(o, finding_kind_name(f->kind), "");

    flat_finding(&w, state, f, about, ctx);
    out_char(o, '\n');
}

void leef_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    struct flat w = begin(o, "sensor-", sensor_what_name(e->what));

    flat_sensor(&w, e, ctx);
    out_char(o, '\n');
}

void leef_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    struct flat w = begin(o, "stats", "");

    flat_stats(&w, e, ctx);
    out_char(o, '\n');
}
