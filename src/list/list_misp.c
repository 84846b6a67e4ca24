/*
 * list_misp.c - events of MISP (the "core format": Event, Attribute, Object), and MISP's warning lists.
 *
 * Attributes are taken when they are for detection (to_ids) and not deleted: domain with what is below it, hostname
 * exactly. A warning list names what should not be reported, so its rows are exceptions.
 */
#include "config.h"

#include "list/list_json.h"
#include "list/list_forms.h"

#include "base/parse.h"

#include <stdio.h>

#define ENDPOINT_DAYS 90 /* an address with port counts so long after it was seen: such addresses change hands */

/* What MISP's taxonomy of confidence says in numbers. */
static int confidence_of(struct view level)
{
    static const struct {
        const char *word;
        int confidence;
    } levels[] = {
        {"\"completely-confident\"", 100}, {"\"usually-confident\"", 75}, {"\"fairly-confident\"", 50},
        {"\"rarely-confident\"", 25},      {"\"unconfident\"", 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (view_is_word(level, levels[i].word))
            return levels[i].confidence;
    return -1;
}

static void read_tags(struct list_row *row, const struct list_item *item)
{
    for (size_t i = 0; i < list_item_count(item, "Tag"); i++) {
        struct view value = list_item_text(list_item_at(item, "Tag", i), "name"), key = list_field(&value, '=');

        if (view_is(key, "misp:confidence-level"))
            row->confidence = confidence_of(value);
        else if (view_is(key, "countermine:kind") && value.n >= 2)
            row->kind = list_kind_of(view_of(value.p + 1, value.n - 2));
    }
}

static void read_times(struct list_work *w, struct list_row *row, const struct list_item *item)
{
    struct view last = list_item_text(item, "last_seen"), changed = list_item_text(item, "timestamp");
    char number[24]; /* MISP writes it as a text; others do not */
    int64_t seconds;
    struct view seen;

    if (list_item_integer(item, "timestamp", &seconds)) {
        snprintf(number, sizeof(number), "%lld", (long long)seconds);
        changed = view_str(number);
    }
    seen = last.n > 0 ? last : changed;
    list_newest(w, last);
    list_newest(w, changed);
    if (row->port != 0 && list_expires(seen) > 0)
        row->expires_day = list_expires(seen) + ENDPOINT_DAYS;
}

/* The part of a value of two parts that is a row: of ip-dst|port both. False when the type is none of ours. */
static bool read_value(struct list_row *row, struct view type, struct view value)
{
    struct view rest = value, first = list_field(&rest, '|');
    uint64_t port;

    row->name = first;
    if (view_is(type, "domain") || view_is(type, "domain|ip"))
        row->match = FEED_SUFFIX;
    else if (view_is(type, "hostname") || view_is(type, "hostname|port"))
        row->match = FEED_EXACT;
    else if (view_is(type, "ip-dst|port")) {
        if (!parse_u64(rest, &port) || port == 0 || port > UINT16_MAX)
            return false;
        row->port = (uint16_t)port;
    } else
        return view_is(type, "ip-dst");
    return true;
}

static void read_attribute(struct list_work *w, const struct json_val *v)
{
    struct list_row row = list_row_of(view_of(NULL, 0), list_json_line(w, v, "value"));
    struct list_item *item = list_json_decode(w, v);
    struct view type = list_item_text(item, "type"), value = list_item_text(item, "value");

    if (!item)
        return;
    if (type.n == 0 || value.n == 0)
        list_refuse(w, row.line, "expected an attribute with type and value");
    else if (list_item_is_false(item, "to_ids") || list_item_is_true(item, "deleted"))
        list_skip(w, row.line, "%s: an attribute that is not for detection (to_ids), or deleted", list_quote(value).text);
    else if (!read_value(&row, type, value))
        list_skip(w, row.line, "%s: an attribute of type %s", list_quote(value).text, list_quote(type).text);
    else {
        read_times(w, &row, item);
        read_tags(&row, item);
        row.note = list_item_text(item, "comment");
        if (view_find(row.name, '/') < row.name.n)
            list_put_net(w, &row);
        else
            list_put(w, &row);
    }
    list_item_free(item);
}

static void read_attributes(struct list_work *w, const struct json_val *array)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val v;

    while (!list_is_refused(w) && json_next_item(&walk, &v))
        read_attribute(w, &v);
    list_json_end(w, &walk);
}

static void read_objects(struct list_work *w, const struct json_val *array)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val v;

    while (!list_is_refused(w) && json_next_item(&walk, &v)) {
        struct json_val attributes = json_member(&v, "Attribute");

        if (attributes.type == JSON_ARRAY)
            read_attributes(w, &attributes);
    }
    list_json_end(w, &walk);
}

/* An event, or anything else with attributes and objects in it; members in the order of the text. */
static void read_event(struct list_work *w, const struct json_val *event)
{
    struct json_walk walk = json_walk_of(event);
    struct json_val key, v;

    while (!list_is_refused(w) && json_next_member(&walk, &key, &v)) {
        if (json_is(&key, "Attribute") && v.type == JSON_ARRAY)
            read_attributes(w, &v);
        else if (json_is(&key, "Attribute") && v.type == JSON_OBJECT)
            read_attribute(w, &v);
        else if (json_is(&key, "Object") && v.type == JSON_ARRAY)
            read_objects(w, &v);
        else if (json_is(&key, "date") || json_is(&key, "timestamp"))
            list_newest(w, v.text);
    }
    list_json_end(w, &walk);
}

/* What {"Event": {...}} holds, an attribute alone, or the value itself. */
static void read_wrapped(struct list_work *w, const struct json_val *v)
{
    struct json_val event = json_member(v, "Event"), value = json_member(v, "value");

    if (event.type == JSON_OBJECT)
        read_event(w, &event);
    else if (value.type == JSON_STRING)
        read_attribute(w, v);
    else
        read_event(w, v);
}

static void read_events(struct list_work *w, const struct json_val *array)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val v;

    while (!list_is_refused(w) && json_next_item(&walk, &v))
        if (v.type == JSON_OBJECT)
            read_wrapped(w, &v);
    list_json_end(w, &walk);
}

void list_misp_read(struct list_work *w)
{
    struct json_val v;

    while (list_json_next(w, &v)) {
        struct json_val response = json_member(&v, "response");

        if (response.type != JSON_NONE)
            v = response;
        if (v.type == JSON_ARRAY)
            read_events(w, &v);
        else
            read_wrapped(w, &v);
    }
}

static void read_warning(struct list_work *w, const struct json_val *v, const char *type)
{
    struct list_item *item = list_json_decode(w, v);
    struct list_row row = list_row_of(list_item_string(item), list_line_at(w, v->text.p));

    if (!item)
        return;
    row.kind = w->o->kind >= 0 ? w->o->kind : FEED_ALLOW;
    row.match = FEED_EXACT;
    if (row.name.n == 0)
        list_refuse(w, row.line, "expected a text that is not empty");
    else if (strcmp(type, "hostname") != 0 && strcmp(type, "string") != 0)
        list_skip(w, row.line, "%s: from a list of type %s, which are no names", list_quote(row.name).text, type);
    else if (view_find(row.name, '/') < row.name.n)
        list_put_net(w, &row);
    else
        list_put(w, &row);
    list_item_free(item);
}

void list_warninglist_read(struct list_work *w)
{
    struct json_val v, list, type, version;
    struct json_walk walk;
    char word[16] = "hostname";
    struct out o = out_of(word, sizeof(word));

    if (!list_json_next(w, &v))
        return;
    type = json_member(&v, "type");
    version = json_member(&v, "version");
    list = json_member(&v, "list");
    if (list.type != JSON_ARRAY) {
        list_refuse_whole(w, 0, "expected an object with a member \"list\"");
        return;
    }
    if (type.type == JSON_STRING)
        json_unescape(&type, &o);
    else
        out_str(&o, "hostname");
    list_newest(w, version.text);
    walk = json_walk_of(&list);
    while (!list_is_refused(w) && json_next_item(&walk, &v))
        read_warning(w, &v, word);
    list_json_end(w, &walk);
}
