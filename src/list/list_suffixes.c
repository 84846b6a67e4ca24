/*
 * list_suffixes.c - public suffixes by the Public Suffix List as it lies on the machine.
 *
 * libpsl decides. Asked for every row it would take twice as long as all else that is done with a list, so a filter
 * goes before it: the hashes of all names of the list's rules (https://publicsuffix.org/list/, one rule a line), and
 * apart from them those below which a rule with an asterisk counts. What is in neither is no public suffix.
 */
#include "config.h"

#include "list/list_suffixes.h"

#include "list/list_work.h"

#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

#define FILTER_BITS (UINT32_C(1) << 20) /* 9,000 rules in 2023: 1 name of 100 passes by chance */

struct list_suffixes {
    struct hash_key key;
    psl_ctx_t *rules;
    uint64_t names[FILTER_BITS / 64], parents[FILTER_BITS / 64];
};

static uint32_t bit_of(const struct list_suffixes *s, struct view suffix)
{
    return (uint32_t)hash_64(&s->key, suffix) & (FILTER_BITS - 1);
}

static bool is_set(const uint64_t *filter, uint32_t bit)
{
    return filter[bit / 64] >> bit % 64 & 1;
}

static bool has_wide(struct view v)
{
    size_t i = 0;

    while (i < v.n && v.p[i] <= 0x7f)
        i++;
    return i < v.n;
}

static void set(uint64_t *filter, uint32_t bit)
{
    filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* False when the name of a rule cannot be read: then it is not known what the filter would miss. */
static bool add_rule(struct list_suffixes *s, struct view rule)
{
    char ascii[LIST_NAME_MAX + 1];
    bool is_parent = view_starts(rule, "*.");
    struct name name;
    uint32_t bit;

    if (view_starts(rule, "!")) /* an exception: libpsl is asked because of the rule that it is of */
        return true;
    rule = view_skip(rule, is_parent ? 2 : 0);
    if (has_wide(rule)) {
        if (list_to_ascii(rule, ascii))
            return false;
        rule = view_str(ascii);
    }
    if (!name_parse(&name, rule))
        return false;
    bit = bit_of(s, name_view(&name));
    set(s->names, bit); /* of *.ck too: libpsl has ck itself for a suffix then */
    if (is_parent)
        set(s->parents, bit);
    return true;
}

static bool add_rules(struct list_suffixes *s, struct view text)
{
    uint32_t n = 0;

    while (text.n > 0) {
        struct view line = list_trim(list_field(&text, '\n'));

        if (line.n == 0 || view_starts(line, "//"))
            continue;
        if (!add_rule(s, line))
            return false;
        n++;
    }
    return n > 0;
}

static psl_ctx_t *load(struct view text)
{
    FILE *from = fmemopen((void *)(uintptr_t)text.p, text.n, "r");
    psl_ctx_t *rules = from ? psl_load_fp(from) : NULL;

    if (from)
        fclose(from);
    return rules;
}

struct list_suffixes *list_suffixes_new(struct view text, uint64_t seed)
{
    struct list_suffixes *s = text.n ? calloc(1, sizeof(*s)) : NULL;

    if (!s)
        return NULL;
    hash_key_fixed(&s->key, seed);
    s->rules = load(text);
    if (!s->rules || !add_rules(s, text)) {
        list_suffixes_free(s);
        return NULL;
    }
    return s;
}

void list_suffixes_free(struct list_suffixes *s)
{
    if (!s)
        return;
    psl_free(s->rules);
    free(s);
}

bool list_is_suffix(const struct list_suffixes *s, const struct name *name, const char *text)
{
    if (!s)
        return psl_is_public_suffix2(psl_builtin(), text, PSL_TYPE_ANY);
    if (name->n_labels > 1 && !is_set(s->names, bit_of(s, name_view(name))) &&
        !is_set(s->parents, bit_of(s, name_suffix(name, name->n_labels - 1))))
        return false;
    return psl_is_public_suffix2(s->rules, text, PSL_TYPE_ANY);
}
