/*
 * json_facts.c - pieces of JSON that the formats of others share.
 */
#include "config.h"

#include "output/json_facts.h"

#include "base/rfc3339.h"
#include "output/json_owner.h"
#include "output/json_write.h"

#define SECONDS_TEXT 19 /* bytes of 2026-03-01T12:00:00 */
#define ELLIPSIS "…"

void json_view(struct out *o, const char *key, struct view v)
{
    json_view_max(o, key, v, FACTS_TEXT_MAX);
}

void json_view_max(struct out *o, const char *key, struct view v, size_t max)
{
    bool cut;
    struct view head = json_owner_head(v, max, &cut);

    if (head.n)
        json_wire_text(o, key, head, cut);
}

void json_finding_text(struct out *o, const char *key, const struct finding_text *t)
{
    if (t && t->len)
        json_wire_text(o, key, view_of(t->bytes, t->len), t->cut);
}

void json_short(struct out *o, const char *key, const char *text, size_t max)
{
    char mem[FACTS_SENTENCE];
    size_t n = strlen(text), room = min_size(max, sizeof(mem) - 1);
    struct out s = out_of(mem, n <= room ? sizeof(mem) : room - strlen(ELLIPSIS) + 1); /* out_bytes halves no character */

    out_str(&s, text);
    if (n > room) {
        s.cap = sizeof(mem);
        s.full = false;
        out_str(&s, ELLIPSIS);
    }
    json_string(o, key, mem);
}

void json_addr(struct out *o, const char *key, const struct addr *a)
{
    char text[64];
    struct out s = out_of(text, sizeof(text));

    addr_print(a, &s);
    json_string(o, key, text);
}

void json_port(struct out *o, const char *key, uint16_t port)
{
    if (port)
        json_u64(o, key, port);
}

void json_epoch_ms(struct out *o, const char *key, ns_t t)
{
    json_u64(o, key, t > 0 ? (uint64_t)(t / (NS_PER_SEC / 1000)) : 0);
}

void json_instant(struct out *o, const char *key, ns_t t, unsigned digits, const char *zone)
{
    char text[40], mem[48];
    struct out s = out_of(text, sizeof(text)), m = out_of(mem, sizeof(mem));

    rfc3339_print(t, &s);
    out_bytes(&m, view_of(text, digits ? SECONDS_TEXT + 1 + digits : SECONDS_TEXT));
    out_str(&m, zone);
    json_string(o, key, mem);
}

void json_list_of_one(struct out *o, const char *key, const char *text)
{
    json_open(o, key, '[');
    json_string(o, NULL, text);
    json_close(o, ']');
}

/* Memory behind what was written, for an object that is written as if it stood alone; begun by its key. */
static struct out open_native(struct out *o, const char *key)
{
    out_fmt(o, "%s\"%s\":", o->n && o->p[o->n - 1] == '{' ? "" : ",", key);
    return out_of(o->p + o->n, o->cap - o->n);
}

/* Takes the line without its newline. */
static void take(struct out *o, const struct out *line)
{
    if (o->full || line->full) {
        o->full = true;
        return;
    }
    o->n += line->n - 1;
    o->p[o->n] = '\0';
}

void json_native(struct out *o, const char *key, const struct facts *x, enum json_part part, size_t max,
                 const struct output_context *ctx)
{
    struct out line = open_native(o, key);

    for (int p = part; p < JSON_PART_N; p++) {
        line = out_of(line.p, line.cap);
        json_finding_part(&line, x->state, x->f, x->about, (enum json_part)p, ctx);
        if (!line.full && line.n <= max)
            break;
    }
    take(o, &line);
}

void json_native_event(struct out *o, const char *key, const struct sensor_event *e, const struct output_context *ctx)
{
    struct out line = open_native(o, key);

    event_sensor(&line, e, EVENT_WHOLE, ctx);
    take(o, &line);
}
