/*
 * feeds_spec.c - reads the options of a list from the end of its name.
 */
#include "config.h"

#include "role/feeds_spec.h"

#include "base/nearest.h"
#include "base/out.h"
#include "base/parse.h"

static const char *const keys[] = {"type", "kind", "confidence", "match"};
enum { KEY_TYPE, KEY_KIND, KEY_CONFIDENCE, KEY_MATCH };

/* Says that the value is none of the words. */
static bool refuse(struct out *why, const char *key, struct view value, const char *const *words, size_t n)
{
    const char *near = value.n > 0 ? nearest_word(value, words, n) : NULL; /* of nothing every short word is near */

    out_fmt(why, "%s=", key);
    out_escape(why, view_head(value, 40));
    if (near) {
        out_fmt(why, ": did you mean %s?", near);
        return false;
    }
    out_str(why, ": expected one of");
    for (size_t i = 0; i < n; i++)
        out_fmt(why, " %s", words[i]);
    return false;
}

static bool set_type(struct feeds_spec *spec, struct view value, struct out *why)
{
    const char *words[LIST_TYPE_N];
    char text[32];
    struct out o = out_of(text, sizeof(text));

    out_bytes(&o, value);
    if (!o.full && list_type_parse(text, &spec->options.type))
        return true;
    for (unsigned i = 0; i < LIST_TYPE_N; i++)
        words[i] = list_type_name((enum list_type)i);
    return refuse(why, keys[KEY_TYPE], value, words, LIST_TYPE_N);
}

static bool set_kind(struct feeds_spec *spec, struct view value, struct out *why)
{
    const char *words[FEED_KIND_N];

    for (int i = 0; i < FEED_KIND_N; i++) {
        words[i] = feed_kind_name((enum feed_kind)i);
        if (view_is(value, words[i])) {
            spec->options.kind = i;
            return true;
        }
    }
    return refuse(why, keys[KEY_KIND], value, words, FEED_KIND_N);
}

static bool set_confidence(struct feeds_spec *spec, struct view value, struct out *why)
{
    uint64_t n;

    if (parse_u64(value, &n) && n <= 100) {
        spec->options.confidence = (int)n;
        return true;
    }
    out_str(why, "confidence=");
    out_escape(why, view_head(value, 40));
    out_str(why, ": expected a number from 0 to 100");
    return false;
}

static bool set_match(struct feeds_spec *spec, struct view value, struct out *why)
{
    const char *words[FEED_MATCH_N];

    for (int i = 0; i < FEED_MATCH_N; i++) {
        words[i] = feed_match_name((enum feed_match)i);
        if (view_is(value, words[i])) {
            spec->options.match = i;
            return true;
        }
    }
    return refuse(why, keys[KEY_MATCH], value, words, FEED_MATCH_N);
}

bool feeds_spec_set(struct feeds_spec *spec, struct view key, struct view value, struct out *why)
{
    static bool (*const set[])(struct feeds_spec *, struct view, struct out *) = {set_type, set_kind, set_confidence,
                                                                                  set_match};
    const char *near;

    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (view_is(key, keys[i]))
            return set[i](spec, value, why);
    near = nearest_word(key, keys, ARRAY_LEN(keys));
    out_str(why, "there is no option ");
    out_escape(why, view_head(key, 40));
    if (near)
        out_fmt(why, "; did you mean %s?", near);
    else
        out_str(why, "; there are type, kind, confidence and match");
    return false;
}

/* True when the text is WORD=..., WORD of small letters. */
static bool is_option(struct view text, size_t *n_key)
{
    size_t n = 0;

    while (n < text.n && text.p[n] >= 'a' && text.p[n] <= 'z')
        n++;
    *n_key = n;
    return n > 0 && n < text.n && text.p[n] == '=';
}

bool feeds_spec_parse(const char *text, struct feeds_spec *spec, struct out *why)
{
    struct view rest = view_str(text);
    size_t comma, n_key;

    memset(spec, 0, sizeof(*spec));
    spec->options = (struct list_options)LIST_DEFAULTS;
    while ((comma = view_find_last(rest, ',')) < rest.n && is_option(view_skip(rest, comma + 1), &n_key)) {
        struct view option = view_skip(rest, comma + 1);

        if (!feeds_spec_set(spec, view_head(option, n_key), view_skip(option, n_key + 1), why))
            return false;
        rest = view_head(rest, comma);
    }
    if (rest.n == 0 || rest.n >= sizeof(spec->path)) {
        out_str(why, rest.n == 0 ? "expected a path before the options" : "the path is too long");
        return false;
    }
    memcpy(spec->path, rest.p, rest.n);
    return true;
}
