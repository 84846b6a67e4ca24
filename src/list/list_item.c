/*
 * list_item.c - values of JSON by jansson: the one file that calls it.
 */
#include "config.h"

#include "list/list_item.h"

#include <jansson.h>
#include <stdio.h>

static const json_t *json_of(const struct list_item *item)
{
    return (const json_t *)(const void *)item;
}

static const json_t *member_of(const struct list_item *item, const char *member)
{
    return json_object_get(json_of(item), member);
}

const struct list_item *list_item_member(const struct list_item *item, const char *member)
{
    return (const struct list_item *)(const void *)member_of(item, member);
}

static struct view text_of(const json_t *value)
{
    return json_is_string(value) ? view_of(json_string_value(value), json_string_length(value)) : view_of(NULL, 0);
}

void list_item_seed(uint64_t seed)
{
    json_object_seed((size_t)seed | 1); /* 0 would ask for one */
}

struct list_item *list_item_decode(struct view text, char *why, size_t n_why)
{
    json_error_t error;
    json_t *json = json_loadb((const char *)text.p, text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);

    if (!json)
        snprintf(why, n_why, "%s", error.text);
    return (struct list_item *)(void *)json;
}

void list_item_free(struct list_item *item)
{
    json_decref((json_t *)(void *)item);
}

struct view list_item_string(const struct list_item *item)
{
    return text_of(json_of(item));
}

struct view list_item_text(const struct list_item *item, const char *member)
{
    return text_of(member_of(item, member));
}

bool list_item_is_true(const struct list_item *item, const char *member)
{
    return json_is_true(member_of(item, member));
}

bool list_item_is_false(const struct list_item *item, const char *member)
{
    return json_is_false(member_of(item, member));
}

bool list_item_integer(const struct list_item *item, const char *member, int64_t *value)
{
    const json_t *json = member_of(item, member);

    if (!json_is_integer(json))
        return false;
    *value = json_integer_value(json);
    return true;
}

bool list_item_number(const struct list_item *item, const char *member, double *value)
{
    const json_t *json = member_of(item, member);

    if (!json_is_number(json))
        return false;
    *value = json_number_value(json);
    return true;
}

size_t list_item_count(const struct list_item *item, const char *member)
{
    return json_array_size(member_of(item, member));
}

const struct list_item *list_item_at(const struct list_item *item, const char *member, size_t i)
{
    return (const struct list_item *)(const void *)json_array_get(member_of(item, member), i);
}
