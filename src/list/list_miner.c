/*
 * list_miner.c - configurations of miners: HiveOS's templates of pools, XMRig's config.json, and kin. Wherever a member
 * called url, urls or ssl_urls stands, its texts are taken; the coin is that of the innermost object that names one.
 */
#include "config.h"

#include "list/list_forms.h"
#include "list/list_json.h"

#define DEPTH_MAX 16 /* of objects and arrays; HiveOS has 5 */
#define COIN_MAX 24

/* One container on the way down. */
struct level {
    struct json_walk walk;
    bool is_array;
    bool is_urls; /* an array of texts that are taken */
    bool is_tls;
    char coin[COIN_MAX];
};

static bool key_is_urls(const struct json_val *key, bool *tls)
{
    *tls = json_is(key, "ssl_urls") || json_is(key, "tls_urls");
    return *tls || json_is(key, "url") || json_is(key, "urls");
}

/* The coin as the object writes it, XMR or monero; else that of the object around it. */
static void read_coin(const struct json_val *object, const char *outer, char coin[COIN_MAX])
{
    struct json_val v = json_member(object, "coin");
    char text[COIN_MAX];
    struct out o = out_of(text, sizeof(text)), to = out_of(coin, COIN_MAX);

    if (v.type != JSON_STRING) {
        out_str(&to, outer);
        return;
    }
    json_unescape(&v, &o);
    for (size_t i = 0; i < o.n; i++) {
        uint8_t c = byte_lower((uint8_t)text[i]);

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
            out_char(&to, text[i]);
    }
}

static void put_url(struct list_work *w, const struct json_val *v, bool tls, const char *coin)
{
    struct list_item *item = list_json_decode(w, v);
    struct list_row row = list_row_of(view_of(NULL, 0), list_line_at(w, v->text.p));
    struct view text = list_trim(list_item_string(item));
    const char *why;

    if (!item)
        return;
    row.coins = view_str(coin);
    if (tls)
        row.note = view_str("tls");
    if (text.n == 0)
        list_skip(w, row.line, "a url without text");
    else if (!list_url_row(text, &row, &why))
        list_refuse(w, row.line, "%s: %s", list_quote(text).text, why);
    else
        list_put(w, &row);
    list_item_free(item);
}

/* The next value of a container; *is_urls: its texts are taken. False at the end. */
static bool next_value(struct level *l, struct json_val *v, bool *is_urls, bool *tls)
{
    struct json_val key;

    if (l->is_array) {
        *is_urls = l->is_urls;
        *tls = l->is_tls;
        return json_next_item(&l->walk, v);
    }
    if (!json_next_member(&l->walk, &key, v))
        return false;
    *is_urls = key_is_urls(&key, tls);
    return true;
}

static void descend(struct level *l, const struct json_val *v, bool is_urls, bool tls, const char *outer)
{
    *l = (struct level){.walk = json_walk_of(v), .is_array = v->type == JSON_ARRAY, .is_urls = is_urls, .is_tls = tls};
    if (l->is_array)
        memcpy(l->coin, outer, COIN_MAX);
    else
        read_coin(v, outer, l->coin);
}

static void read_value(struct list_work *w, const struct json_val *top)
{
    static const char none[COIN_MAX] = "";
    struct level levels[DEPTH_MAX];
    size_t depth = 1;

    if (top->type != JSON_ARRAY && top->type != JSON_OBJECT)
        return;
    descend(&levels[0], top, false, false, none);
    while (depth > 0 && !list_is_refused(w)) {
        struct level *l = &levels[depth - 1];
        struct json_val v;
        bool is_urls, tls;

        if (!next_value(l, &v, &is_urls, &tls)) {
            list_json_end(w, &l->walk);
            depth--;
        } else if (v.type == JSON_STRING && is_urls) {
            put_url(w, &v, tls, l->coin);
        } else if (v.type == JSON_ARRAY || v.type == JSON_OBJECT) {
            if (depth < DEPTH_MAX)
                descend(&levels[depth++], &v, is_urls, tls, l->coin);
            else
                list_skip(w, list_line_at(w, v.text.p), "what is nested deeper than %d", DEPTH_MAX);
        }
    }
}

void list_miner_read(struct list_work *w)
{
    struct json_val v;

    while (list_json_next(w, &v))
        read_value(w, &v);
}
