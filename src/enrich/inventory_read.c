/*
 * inventory_read.c - a document to the readers of what is in it.
 *
 * A text is one or more objects of JSON, one after the other. It is judged whole before anything is taken: so nothing of a
 * file that was cut while it was copied is believed. Then base/json_scan.h finds the objects of its lists, and jansson
 * decodes them one by one, so that memory does not grow with the file.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

#include "base/json_fault.h"
#include "base/nearest.h"

#include <stdio.h>

#define OBJECT_MAX (16u << 20) /* bytes of one object: a reservation of 1,000 instances has 6 MB, a pod at most 1.5 */

#define BEGINNING_MAX 40 /* bytes of a text that is no JSON that a message shows */

enum form { FORM_LIST, FORM_OBJECT, FORM_ITEMS, FORM_WHOLE };

/* The keys that a document is known by. */
static const struct known {
    const char *key;
    enum form form; /* a list of objects, one object, a list of any kinds of objects of Kubernetes, the document itself */
    reader_fn *read;
} knowns[] = {
    {"NetworkInterfaces", FORM_LIST, reader_interface},
    {"Reservations", FORM_LIST, reader_reservation},
    {"TrafficMirrorSessions", FORM_LIST, reader_session},
    {"TrafficMirrorFilters", FORM_LIST, reader_filter},
    {"TrafficMirrorTargets", FORM_LIST, reader_target},
    {"tasks", FORM_LIST, reader_task},
    {"taskArns", FORM_LIST, reader_name},
    {"taskDefinition", FORM_OBJECT, reader_definition},
    {"containerInstances", FORM_LIST, reader_machine},
    {"items", FORM_ITEMS, NULL},
    {"TaskARN", FORM_WHOLE, reader_metadata},
};

/* Kinds of Kubernetes. */
static const struct kind {
    const char *name, *list;
    reader_fn *read;
} kinds[] = {{"Pod", "PodList", reader_pod}, {"Node", "NodeList", reader_node}};

static const struct known *known_of(const struct json_val *key)
{
    for (size_t i = 0; i < ARRAY_LEN(knowns); i++)
        if (json_is(key, knowns[i].key))
            return &knowns[i];
    return NULL;
}

/* The kind of one object, or of a list of such. */
static const struct kind *kind_of(const struct json_val *kind, bool is_list)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (json_is(kind, is_list ? kinds[i].list : kinds[i].name))
            return &kinds[i];
    return NULL;
}

/* --- what is wrong ------------------------------------------------------------------------------ */

/*
 * Which object of which list of the value that begins at `from' byte `at' is in: "NetworkInterfaces[12]"; nothing when in
 * none.
 */
static void print_path(struct view text, size_t from, size_t at, const char *before, struct out *o)
{
    struct json_walk top = json_walk_object(view_sub(text, from, at - from));
    struct json_val key, value, item, last = {0}, last_key = {0};
    uint32_t n = 0;

    while (json_next_member(&top, &key, &value)) {
        last = value;
        last_key = key;
    }
    if (last.complete || last.type == JSON_NONE)
        return;
    out_str(o, before);
    out_escape(o, view_head(last_key.text, 40));
    if (last.type == JSON_ARRAY) {
        struct json_walk list = json_walk_of(&last);

        while (json_next_item(&list, &item))
            n++;
        out_fmt(o, "[%u]", n - (n > 0));
    }
}

static struct out fault_at(struct reader *r, size_t at)
{
    struct json_place place = json_place_of(r->d->text, at);
    struct out o = out_of(r->o->fault, sizeof(r->o->fault));

    out_fmt(&o, "line %u, column %u: ", place.line, place.column);
    return o;
}

/* Says what json_check found in the value that begins at `from'. */
static bool say_fault(struct reader *r, size_t from, const struct json_fault *fault)
{
    struct out o = fault_at(r, from + fault->at);

    if (fault->is_cut) {
        out_str(&o, "the file ends");
        print_path(r->d->text, from, from + fault->at, " inside of ", &o);
        out_fmt(&o, ", expected %s", fault->expected);
    } else {
        out_fmt(&o, "expected %s", fault->expected);
        print_path(r->d->text, from, from + fault->at, ", in ", &o);
    }
    return false;
}

static void print_keys(struct view object, struct out *o)
{
    struct json_walk walk = json_walk_object(object);
    struct json_val key, value;
    unsigned n = 0;

    for (; n < 3 && json_next_member(&walk, &key, &value); n++) {
        out_str(o, n ? ", " : "");
        out_escape(o, view_head(key.text, 24));
    }
    if (n == 0)
        out_str(o, "none");
}

static bool say_unknown(struct reader *r, size_t at, const struct json_val *v)
{
    struct json_val message = json_member(v, "message");
    struct out o = fault_at(r, at);

    if (v->type == JSON_OBJECT) {
        out_str(&o, "no known key (");
        print_keys(v->text, &o);
        out_str(&o, ")");
        if (message.type == JSON_STRING) {
            out_str(&o, ", which says \"");
            out_escape(&o, view_head(message.text, BEGINNING_MAX));
            out_str(&o, "\"");
            return false;
        }
        out_str(&o, ", expected");
    } else {
        out_str(&o, "no object, expected one with");
    }
    for (size_t i = 0; i < ARRAY_LEN(knowns); i++)
        out_fmt(&o, "%s %s", i ? "," : "", knowns[i].key);
    return false;
}

/* What people give by mistake: YAML, tables and lines of text, and what a command says when it fails. */
static bool say_no_object(struct reader *r, size_t at)
{
    struct view rest = view_skip(r->d->text, at);
    struct out o = fault_at(r, at);

    rest = view_head(rest, view_find(rest, '\n'));
    out_str(&o, "expected an object of JSON (aws --output json, kubectl get -o json), found \"");
    out_escape(&o, view_head(rest, BEGINNING_MAX));
    out_str(&o, rest.n > BEGINNING_MAX ? "...\"" : "\"");
    return false;
}

static bool say_form(struct reader *r, size_t at, const char *key, const char *form)
{
    struct out o = fault_at(r, at);

    out_fmt(&o, "expected %s for %s", form, key);
    return false;
}

/* --- judging ------------------------------------------------------------------------------------ */

static void add_what(struct reader *r, const char *key)
{
    size_t n = strlen(r->o->what);
    struct out o = {r->o->what, sizeof(r->o->what), n, false};
    const char *at = strstr(r->o->what, key);

    if (at && (at == r->o->what || at[-1] == ' ') && (at[strlen(key)] == ',' || at[strlen(key)] == '\0'))
        return;
    if (n + 2 + strlen(key) >= o.cap)
        return; /* a name is there whole or not at all */
    out_fmt(&o, "%s%s", n ? ", " : "", key);
}

/* True when the member's value has the form that its key promises; null is an empty list. */
static bool form_fits(struct reader *r, const struct known *known, const struct json_val *value, size_t at)
{
    if ((known->form == FORM_LIST || known->form == FORM_ITEMS) && value->type != JSON_ARRAY && value->type != JSON_NULL)
        return say_form(r, at, known->key, "a list");
    if (known->form == FORM_OBJECT && value->type != JSON_OBJECT)
        return say_form(r, at, known->key, "an object");
    if (known->form == FORM_WHOLE && value->type != JSON_STRING)
        return say_form(r, at, known->key, "a text");
    return true;
}

/* True when an object has something that is known; at: where it begins. */
static bool judge_object(struct reader *r, const struct json_val *v, size_t at)
{
    struct json_walk walk = json_walk_of(v);
    struct json_val key, value, kind = json_member(v, "kind");
    const struct kind *single = kind_of(&kind, false);
    size_t n = 0;

    while (v->type == JSON_OBJECT && json_next_member(&walk, &key, &value)) {
        const struct known *known = known_of(&key);

        if (!known)
            continue;
        if (!form_fits(r, known, &value, (size_t)(value.text.p - r->d->text.p)))
            return false;
        add_what(r, known->key);
        n++;
    }
    if (n == 0 && single) {
        add_what(r, single->name);
        return true;
    }
    return n > 0 || say_unknown(r, at, v);
}

/* Passes over blanks, and over the mark of the byte order that a file may begin with. */
static bool to_next(struct buf *b)
{
    while (buf_left(b) > 0) {
        if (view_starts(buf_rest(b), "\xef\xbb\xbf"))
            buf_skip(b, 3);
        else if (strchr(" \t\r\n", buf_peek(b, 0)) && buf_peek(b, 0) != '\0')
            buf_skip(b, 1);
        else
            return true;
    }
    return false;
}

static bool judge(struct reader *r)
{
    struct buf b = buf_of(r->d->text);
    size_t n = 0;

    if (view_starts(r->d->text, "\xff\xfe") || view_starts(r->d->text, "\xfe\xff")) {
        struct out o = fault_at(r, 0);

        out_str(&o, "the file is in UTF-16, expected UTF-8");
        return false;
    }
    for (; to_next(&b); n++) {
        size_t at = (size_t)(b.p - r->d->text.p);
        struct buf checked = b;
        struct json_fault fault;
        struct json_val v;

        if (buf_peek(&b, 0) != '{' && buf_peek(&b, 0) != '[')
            return say_no_object(r, at);
        if (!json_check(&checked, &fault))
            return say_fault(r, at, &fault);
        if (!json_read(&b, &v) || !judge_object(r, &v, at))
            return r->o->fault[0] != '\0' ? false : say_unknown(r, at, &v);
    }
    if (n == 0) {
        struct out o = fault_at(r, 0);

        out_str(&o, "the file is empty, expected an object");
        return false;
    }
    return true;
}

/* --- taking ------------------------------------------------------------------------------------- */

static void read_object(struct reader *r, const struct json_val *v, const char *list, uint32_t index, reader_fn *read)
{
    struct list_item *item;
    char why[INVENTORY_WHY_MAX];

    r->at = v->text.p;
    r->list = list;
    r->index = index;
    r->object = *v;
    if (v->type != JSON_OBJECT && v->type != JSON_STRING) {
        reader_leave_out(r, "is no object");
        return;
    }
    if (v->type == JSON_STRING) {
        if (read != reader_name)
            reader_leave_out(r, "is no object");
        return;
    }
    if (v->text.n > OBJECT_MAX) {
        reader_leave_out(r, "has %zu bytes, of at most %u that are read", v->text.n, OBJECT_MAX);
        return;
    }
    item = list_item_decode(v->text, why, sizeof(why));
    if (!item) {
        reader_leave_out(r, "is wrong: %s", why);
        return;
    }
    read(r, item);
    list_item_free(item);
}

static void read_list(struct reader *r, const struct known *known, const struct json_val *value)
{
    struct json_walk walk = json_walk_of(value);
    struct json_val item;

    for (uint32_t i = 0; value->type == JSON_ARRAY && !r->b->why && json_next_item(&walk, &item); i++)
        read_object(r, &item, known->key, i, known->read);
}

/* Objects of Kubernetes, each of which says its kind, or the list does for all. Other kinds are passed over. */
static void read_items(struct reader *r, const struct json_val *document, const struct json_val *value)
{
    struct json_walk walk = json_walk_of(value);
    struct json_val list_kind = json_member(document, "kind"), item;

    for (uint32_t i = 0; value->type == JSON_ARRAY && !r->b->why && json_next_item(&walk, &item); i++) {
        struct json_val own = json_member(&item, "kind");
        const struct kind *kind = own.type == JSON_STRING ? kind_of(&own, false) : kind_of(&list_kind, true);

        if (kind)
            read_object(r, &item, "items", i, kind->read);
    }
}

static void take_object(struct reader *r, const struct json_val *v)
{
    struct json_walk walk = json_walk_of(v);
    struct json_val key, value, kind = json_member(v, "kind");
    const struct kind *single = kind_of(&kind, false);
    size_t n = 0;

    while (json_next_member(&walk, &key, &value)) {
        const struct known *known = known_of(&key);

        if (!known)
            continue;
        n++;
        switch (known->form) {
        case FORM_LIST: read_list(r, known, &value); break;
        case FORM_OBJECT: read_object(r, &value, known->key, 0, known->read); break;
        case FORM_ITEMS: read_items(r, v, &value); break;
        case FORM_WHOLE: read_object(r, v, known->key, 0, known->read); break;
        }
    }
    if (n == 0 && single)
        read_object(r, v, single->name, 0, single->read);
}

bool inventory_builder_add(struct inventory_builder *b, const struct inventory_document *d, struct inventory_outcome *outcome)
{
    struct reader r = {.b = b, .d = d, .o = outcome};
    struct buf in = buf_of(d->text);
    struct json_val v;

    *outcome = (struct inventory_outcome){0};
    if (!b->why && !judge(&r))
        return false;
    while (!b->why && to_next(&in) && json_read(&in, &v))
        take_object(&r, &v);
    if (b->why) {
        struct out o = out_of(outcome->fault, sizeof(outcome->fault));

        out_fmt(&o, "%s", b->why);
        return false;
    }
    b->oldest_ns = d->written_ns < b->oldest_ns ? d->written_ns : b->oldest_ns;
    b->newest_ns = d->written_ns > b->newest_ns ? d->written_ns : b->newest_ns;
    return true;
}
