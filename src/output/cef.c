/*
 * cef.c - the head of a line of CEF, and how its pairs are written (Common Event Format, revision 25, "Character encoding").
 */
#include "config.h"

#include "output/cef.h"

#include "finding/score.h"
#include "output/flat.h"

/* Text with a backslash before each backslash and each of another character. */
static void put_escaped(struct out *o, struct view text, char other)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\\' || text.p[i] == (uint8_t)other)
            out_char(o, '\\');
        out_char(o, (char)text.p[i]);
    }
}

static void put_pair(struct out *o, bool first, const struct flat_key *key, struct view text)
{
    if (!first)
        out_char(o, ' ');
    if (key->label)
        out_fmt(o, "%sLabel=%s ", key->cef, key->label);
    out_fmt(o, "%s=", key->cef);
    put_escaped(o, text, '=');
}

/* The name says what happened and not to whom: readers count events by it. */
static const char *name_of(const struct finding *f)
{
    static const char *const names[FINDING_KIND_N] = {
        [FINDING_MINING] = "Cryptocurrency mining",
        [FINDING_POOL_LOOKUP] = "Lookup of a mining pool",
        [FINDING_WEB_MINING] = "Mining in a browser",
        [FINDING_COIN_NODE] = "Node of a cryptocurrency's network",
        [FINDING_POOL_SERVICE] = "Mining work handed out by an inside machine",
        [FINDING_POOL_SCAN] = "Search for mining pools",
        [FINDING_CAMPAIGN] = "Several machines mining for one wallet",
        [FINDING_POOL_CONTACT] = "Connection to a mining pool",
    };

    return names[f->kind];
}

static void put_head(struct out *o, const char *id, const char *id_detail, const char *name, unsigned severity)
{
    out_str(o, "CEF:0|countermine|countermine|");
    put_escaped(o, view_str(PACKAGE_VERSION), '|');
    out_char(o, '|');
    put_escaped(o, view_str(id), '|');
    put_escaped(o, view_str(id_detail), '|');
    out_char(o, '|');
    put_escaped(o, view_str(name), '|');
    out_fmt(o, "|%u|", severity);
}

static struct flat line_of(struct out *o, size_t max)
{
    return (struct flat){.o = o, .format = FLAT_CEF, .pair = put_pair, .max = max};
}

void cef_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx, size_t max)
{
    struct flat w = line_of(o, max);

    put_head(o, finding_kind_name(f->kind), "", name_of(f), flat_severity(score_label(f->severity)));
    flat_finding(&w, state, f, about, ctx);
    out_char(o, '\n');
}

void cef_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx, size_t max)
{
    struct flat w = line_of(o, max);

    put_head(o, "sensor-", sensor_what_name(e->what), "Event of the sensor", flat_severity(e->severity_label));
    flat_sensor(&w, e, ctx);
    out_char(o, '\n');
}

void cef_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx, size_t max)
{
    struct flat w = line_of(o, max);

    put_head(o, "stats", "", "Figures of the sensor", 0);
    flat_stats(&w, e, ctx);
    out_char(o, '\n');
}
