/*
 * list_json.c - items of a list in JSON, decoded by jansson.
 */
#include "config.h"

#include "list/list_json.h"

bool list_json_next(struct list_work *w, struct json_val *v)
{
    while (buf_left(&w->in) > 0 && strchr(" \t\r\n", w->in.p[0]) && w->in.p[0] != '\0')
        buf_skip(&w->in, 1);
    if (list_is_refused(w) || buf_left(&w->in) == 0)
        return false;
    if (!json_read(&w->in, v))
        list_refuse_whole(w, list_line_at(w, w->in.p), "found text that is no JSON");
    else if (!v->complete)
        list_refuse_whole(w, list_line_at(w, v->text.p), "the JSON that begins here does not end");
    return !list_is_refused(w);
}

void list_json_end(struct list_work *w, const struct json_walk *walk)
{
    if (walk->state == JSON_CUT)
        list_refuse_whole(w, 0, "its JSON is cut off");
    else if (walk->state == JSON_BAD)
        list_refuse_whole(w, 0, "its JSON is malformed");
}

struct list_item *list_json_decode(struct list_work *w, const struct json_val *v)
{
    struct view text = v->text;
    struct list_item *item;
    char why[160];
    size_t at;

    /* Of a string the scanner gives what is between the quotes. */
    if (v->type == JSON_STRING && view_holds(w->text, text, &at) && at > 0)
        text = view_sub(w->text, at - 1, text.n + 2);
    if (text.n > LIST_JSON_ITEM_MAX) {
        list_refuse(w, list_line_at(w, v->text.p), "a value of %zu bytes, at most %d are read", text.n, LIST_JSON_ITEM_MAX);
        return NULL;
    }
    item = list_item_decode(text, why, sizeof(why));
    if (!item)
        list_refuse(w, list_line_at(w, v->text.p), "malformed JSON: %s", list_quote(view_str(why)).text);
    return item;
}

uint32_t list_json_line(struct list_work *w, const struct json_val *item, const char *member)
{
    struct json_val v = json_member(item, member);

    return list_line_at(w, v.type != JSON_NONE && v.text.p ? v.text.p : item->text.p);
}
