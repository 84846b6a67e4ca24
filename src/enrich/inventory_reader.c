/*
 * inventory_reader.c - values of JSON as records hold them, and what is said of objects that are left out.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

#include "base/addr_parse.h"
#include "base/json_fault.h"
#include "base/rfc3339.h"

#include <stdarg.h>
#include <stdio.h>

#define PREFIX_V4_MIN \
    (96 + 16) /* bits; AWS gives an interface /28 and /80: far larger ones would make it the owner of everything */
#define PREFIX_V6_MIN 48

void reader_leave_out(struct reader *r, const char *fmt, ...)
{
    struct out o;
    char what[INVENTORY_WHY_MAX];
    size_t at;
    va_list args;

    r->o->n_left_out++;
    if (r->o->left_out[0] != '\0')
        return;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    o = out_of(r->o->left_out, sizeof(r->o->left_out));
    if (view_holds(r->d->text, view_of(r->at, 1), &at))
        out_fmt(&o, "line %u: ", json_place_of(r->d->text, at).line);
    out_fmt(&o, "%s[%u]", r->list, r->index);
    if (r->sub)
        out_fmt(&o, ".%s[%u]", r->sub, r->sub_index);
    out_char(&o, ' ');
    out_escape(&o, view_str(what));
}

uint32_t reader_text(struct reader *r, const struct list_item *item, const char *member)
{
    return build_text(r->b, list_item_text(item, member));
}

bool reader_time(const struct list_item *item, const char *member, ns_t *t)
{
    const double most = (double)(NS_TIME_MAX / NS_PER_SEC);
    double seconds;
    ns_t read;

    if (list_item_number(item, member, &seconds)) {
        if (!(seconds > -most && seconds < most))
            return false;
        *t = (ns_t)(seconds * (double)NS_PER_SEC);
        return true;
    }
    if (!rfc3339_parse(list_item_text(item, member), &read))
        return false;
    *t = read;
    return true;
}

struct inventory_thing reader_thing(const struct reader *r, uint32_t id0, uint32_t id1, uint32_t id2)
{
    return (struct inventory_thing){
        .from = INVENTORY_ALWAYS,
        .until = INVENTORY_OPEN,
        .sure = INVENTORY_OPEN,
        .written = r->d->written_ns,
        .id = {id0, id1, id2},
    };
}

void reader_end(struct inventory_thing *thing, ns_t end)
{
    thing->until = thing->sure = end;
}

void reader_ended(struct inventory_thing *thing)
{
    thing->until = thing->written;
    thing->sure = thing->from;
}

bool reader_net(struct reader *r, struct view text, struct net *net)
{
    if (text.n == 0)
        return false;
    if (net_parse(text, net) && net->bits >= (addr_is_v4(&net->addr) ? PREFIX_V4_MIN : PREFIX_V6_MIN))
        return true;
    reader_leave_out(r, "has '%.*s', which is no address of one machine", (int)min_size(text.n, 64), (const char *)text.p);
    return false;
}

/* --- tags and containers ------------------------------------------------------------------------ */

void reader_add_tag(struct reader *r, struct inventory_span *span, uint32_t key, uint32_t value)
{
    struct inventory_tag *tag;

    if (span->total == 0)
        span->first = build_n(r->b, INVENTORY_TAGS);
    span->total++;
    if (span->n == INVENTORY_TAGS_MAX) {
        r->b->n_cut++;
        return;
    }
    tag = build_add(r->b, INVENTORY_TAGS);
    if (!tag)
        return;
    *tag = (struct inventory_tag){key, value};
    span->n++;
}

void reader_tags(struct reader *r, const struct list_item *item, const char *member, const char *key, const char *value,
                 struct inventory_span *span)
{
    for (size_t i = 0; i < list_item_count(item, member); i++) {
        const struct list_item *tag = list_item_at(item, member, i);
        uint32_t k = reader_text(r, tag, key);

        if (k != 0)
            reader_add_tag(r, span, k, reader_text(r, tag, value));
    }
}

struct inventory_container *reader_add_container(struct reader *r, struct inventory_span *span)
{
    struct inventory_container *c;

    if (span->total == 0)
        span->first = build_n(r->b, INVENTORY_CONTAINERS);
    span->total++;
    if (span->n == INVENTORY_CONTAINERS_MAX) {
        r->b->n_cut++;
        return NULL;
    }
    c = build_add(r->b, INVENTORY_CONTAINERS);
    span->n += c != NULL;
    return c;
}

/* --- names of AWS ------------------------------------------------------------------------------- */

/* Field i of arn:partition:service:region:account:resource. */
static struct view arn_field(struct view arn, unsigned i)
{
    if (!view_starts(arn, "arn:"))
        return view_of(NULL, 0);
    for (; i > 0; i--)
        arn = view_skip(arn, view_find(arn, ':') + 1);
    return view_head(arn, view_find(arn, ':'));
}

struct view reader_arn_region(struct view arn)
{
    return arn_field(arn, 3);
}

struct view reader_arn_account(struct view arn)
{
    return arn_field(arn, 4);
}

struct view reader_zone_region(struct view zone)
{
    size_t n = 0;

    while (n + 1 < zone.n && !(zone.p[n] == '-' && zone.p[n + 1] >= '0' && zone.p[n + 1] <= '9'))
        n++;
    if (n + 1 >= zone.n)
        return view_of(NULL, 0);
    for (n++; n < zone.n && zone.p[n] >= '0' && zone.p[n] <= '9'; n++)
        ;
    return view_head(zone, n);
}

uint32_t reader_number(struct reader *r, uint64_t n)
{
    char text[24]; /* 20 digits of 2^64 */
    struct out o = out_of(text, sizeof(text));

    out_u64(&o, n);
    return build_text(r->b, out_view(&o));
}
