/*
 * list_suricata.c - datasets of Suricata: of type string, a line is base64, and of a datarep a value behind a comma; in
 * version 8 also JSON, an array or an object on each line, of which the usual keys are read.
 *
 * A name is exact; with a dot in front it is what dotprefix makes of what is below it, so both together, and a dot
 * alone as people use it, are a suffix.
 */
#include "config.h"

#include "list/list_forms.h"
#include "list/list_json.h"

#define DECODED_MAX 256
#define ENCODED_MAX 344 /* characters of base64 for them */

static const char *const value_keys[] = {"value", "domain", "hostname",  "host", "name", "fqdn",
                                         "dns",   "sni",    "indicator", "ioc",  "ip"};

/* Value of a character of base64 (RFC 4648 section 4), or -1. */
static int digit_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes text with padding; false when it is no base64, or too long for a name. */
static bool decode(struct view text, char decoded[DECODED_MAX + 4], size_t *n)
{
    size_t padding = 0;
    uint32_t bits = 0;

    *n = 0;
    if (text.n == 0 || text.n % 4 != 0 || text.n > ENCODED_MAX)
        return false;
    while (padding < 2 && text.p[text.n - 1] == '=') {
        text.n--;
        padding++;
    }
    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);

        if (digit < 0 || *n >= DECODED_MAX)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 > 0)
            decoded[(*n)++] = (char)(bits >> (6 - i % 4 * 2));
    }
    return true;
}

static bool is_hash(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!((v.p[i] >= '0' && v.p[i] <= '9') || (byte_lower(v.p[i]) >= 'a' && byte_lower(v.p[i]) <= 'f')))
            return false;
    return v.n == 32 || v.n == 64;
}

unsigned list_dataset_looks(struct view line)
{
    char decoded[DECODED_MAX + 4];
    struct view rest = line, text = list_field(&rest, ',');
    size_t n;

    if (is_hash(text))
        return 3;
    if (!decode(text, decoded, &n) || memchr(decoded, '.', n) == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (decoded[i] <= ' ' || decoded[i] == 0x7f)
            return 0;
    return 5;
}

static void put_text(struct list_work *w, struct view name, uint32_t line)
{
    struct list_row row = list_row_of(name, line);
    struct addr a;

    if (list_address(name, &a) || view_find(name, '/') < name.n) {
        list_put_half_end(w);
        list_put_net(w, &row);
        return;
    }
    row.match = FEED_EXACT;
    if (name.n > 1 && name.p[0] == '.') {
        row.name = view_skip(name, 1);
        row.match = FEED_SUFFIX;
    }
    list_put_half(w, &row);
}

static void read_lines(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        char decoded[DECODED_MAX + 4];
        struct view rest = list_cut_comment(line, '#'), text = list_field(&rest, ',');
        struct addr a;
        size_t n;

        if (text.n == 0)
            list_newest_comment(w, line);
        else if (is_hash(text))
            list_skip(w, w->line, "%s: a hash, from which no name can be made", list_quote(text).text);
        else if (list_address(text, &a))
            put_text(w, text, w->line);
        else if (!decode(text, decoded, &n))
            list_refuse(w, w->line, "%s: expected base64 of a name", list_quote(text).text);
        else
            put_text(w, view_of(decoded, n), w->line);
    }
    list_put_half_end(w);
}

static void read_item(struct list_work *w, const struct json_val *v)
{
    uint32_t line = list_line_at(w, v->text.p);
    struct list_item *item = list_json_decode(w, v);
    struct view text = list_item_string(item);

    for (size_t i = 0; text.n == 0 && i < ARRAY_LEN(value_keys); i++)
        text = list_item_text(item, value_keys[i]);
    if (item && text.n == 0)
        list_refuse(w, line, "expected a text, or an object with a member such as value, domain or host");
    else if (item)
        put_text(w, text, line);
    list_item_free(item);
}

static void read_values(struct list_work *w)
{
    struct json_val v, item;

    while (list_json_next(w, &v)) {
        struct json_walk walk = json_walk_of(&v);

        if (v.type != JSON_ARRAY) {
            read_item(w, &v);
            continue;
        }
        while (!list_is_refused(w) && json_next_item(&walk, &item))
            read_item(w, &item);
        list_json_end(w, &walk);
    }
    list_put_half_end(w);
}

void list_dataset_read(struct list_work *w)
{
    struct view rest = list_trim(w->text);

    while (rest.n > 0 && (rest.p[0] == '\n' || rest.p[0] == ' '))
        rest = view_skip(rest, 1);
    if (rest.n > 0 && (rest.p[0] == '{' || rest.p[0] == '['))
        read_values(w);
    else
        read_lines(w);
}
