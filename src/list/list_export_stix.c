/*
 * list_export_stix.c - a feed as a bundle of STIX 2.1 indicators.
 *
 * The identifiers are UUIDs of version 5 (RFC 9562 section 5.5) made from what the indicator says, so that equal rows have
 * equal ones in every export. When a row was made is not known, and a clock would make equal feeds differ: the times that
 * STIX demands are the beginning of its time.
 */
#include "config.h"

#include "list/list_export.h"

#include "base/rfc3339.h"
#include "base/sha1.h"
#include "list/list_work.h"

#define BEGUN "1970-01-01T00:00:00.000Z"
#define TEXT_MAX 2048 /* a pattern has a name twice */

/* A name space for these identifiers alone, made by chance. */
static const uint8_t name_space[16] = {0x5b, 0x0c, 0x8e, 0x41, 0x7d, 0x2a, 0x4f, 0x63,
                                       0x9e, 0x17, 0xc4, 0x0b, 0x36, 0xd8, 0xf2, 0x95};

static void hash(uint8_t digest[SHA1_BYTES], struct view before, struct view text)
{
    const struct view pieces[] = {{name_space, sizeof(name_space)}, before, text};

    sha1(pieces, ARRAY_LEN(pieces), digest);
}

static void put_uuid(FILE *to, const uint8_t digest[SHA1_BYTES])
{
    for (size_t i = 0; i < 16; i++) {
        unsigned byte = digest[i];

        if (i == 6)
            byte = (byte & 0x0f) | 0x50; /* version 5 */
        if (i == 8)
            byte = (byte & 0x3f) | 0x80; /* the variant of the RFC */
        fprintf(to, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", byte);
    }
}

/* A string of JSON; what is no UTF-8 becomes U+FFFD. */
static void put_string(FILE *to, struct view v)
{
    fputc('"', to);
    while (v.n > 0) {
        size_t n;
        uint32_t c = utf8_decode(v, &n);

        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", (int)c);
        else if (c < ' ' || c == UINT32_MAX || utf8_unsafe(c))
            fprintf(to, "\\u%04x", c <= 0xffff ? c : 0xfffd);
        else
            list_export_bytes(to, view_head(v, n));
        v = view_skip(v, n);
    }
    fputc('"', to);
}

static void put_member(FILE *to, const char *name, struct view text)
{
    fprintf(to, ",\"%s\":", name);
    put_string(to, text);
}

static void endpoint_pattern(struct out *o, struct view name)
{
    size_t colon = view_find_last(name, ':');
    struct view address = view_head(name, colon);
    bool v6 = address.n > 2 && address.p[0] == '[';

    if (v6)
        address = view_of(address.p + 1, address.n - 2);
    out_fmt(o, "[network-traffic:dst_ref.type = '%s' AND network-traffic:dst_ref.value = '", v6 ? "ipv6-addr" : "ipv4-addr");
    out_bytes(o, address);
    out_str(o, "' AND network-traffic:dst_port = ");
    out_bytes(o, view_skip(name, colon + 1));
    out_char(o, ']');
}

static void name_pattern(struct out *o, const struct feed_row *row)
{
    const char *between = "[";

    if (row->match != FEED_BELOW) {
        out_str(o, "[domain-name:value = '");
        out_bytes(o, row->name);
        out_char(o, '\'');
        between = " OR ";
    }
    if (row->match != FEED_EXACT) {
        out_fmt(o, "%sdomain-name:value LIKE '%%.", between);
        out_bytes(o, row->name);
        out_char(o, '\'');
    }
    out_char(o, ']');
}

/* Coins and kind as labels, and the list's sources as references: what list_stix.c reads back. */
static void put_words(FILE *to, const struct feed_row *row)
{
    struct view coins = row->coins, sources = row->sources, word;
    const char *between = ",\"external_references\":[";

    fprintf(to, ",\"labels\":[\"kind:%s\"", feed_kind_name(row->kind));
    while ((word = list_export_word(&coins)).n > 0) {
        char label[300]; /* the own format bears 255 bytes of coins */
        struct out o = out_of(label, sizeof(label));

        out_str(&o, "coin:");
        out_bytes(&o, word);
        fputc(',', to);
        put_string(to, out_view(&o));
    }
    fputc(']', to);
    while ((word = list_export_word(&sources)).n > 0) {
        fprintf(to, "%s{\"source_name\":", between);
        put_string(to, word);
        fputc('}', to);
        between = ",";
    }
    if (strcmp(between, ",") == 0)
        fputc(']', to);
}

void list_stix_begin(struct list_stix *s, FILE *to)
{
    *s = (struct list_stix){.to = to, .between = "\n"};
    fputs("{\"type\":\"bundle\",\"objects\":[", to);
}

void list_stix_row(struct list_stix *s, const struct feed_row *row)
{
    char text[TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    struct view pattern;
    uint8_t digest[SHA1_BYTES];

    if (row->is_endpoint)
        endpoint_pattern(&o, row->name);
    else
        name_pattern(&o, row);
    pattern = out_view(&o);
    out_fmt(&o, "\n%s %u %u\n", feed_kind_name(row->kind), row->confidence, row->expires_day);
    out_bytes(&o, row->coins);
    out_char(&o, '\n');
    out_bytes(&o, row->sources);
    hash(digest, view_of(NULL, 0), out_view(&o));
    hash(s->identity, view_of(s->identity, sizeof(s->identity)), view_of(digest, sizeof(digest)));
    fprintf(s->to, "%s{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--", s->between);
    put_uuid(s->to, digest);
    fputs("\",\"created\":\"" BEGUN "\",\"modified\":\"" BEGUN "\",\"valid_from\":\"" BEGUN "\",\"pattern_type\":\"stix\"",
          s->to);
    put_member(s->to, "name", row->name);
    put_member(s->to, "pattern", pattern);
    if (row->note.n > 0)
        put_member(s->to, "description", row->note);
    fprintf(s->to, ",\"confidence\":%u", row->confidence);
    if (row->expires_day) {
        o = out_of(text, sizeof(text));
        rfc3339_print_day(row->expires_day, &o);
        fprintf(s->to, ",\"valid_until\":\"%sT00:00:00Z\"", text);
    }
    put_words(s->to, row);
    fputc('}', s->to);
    s->between = ",\n";
}

void list_stix_end(struct list_stix *s)
{
    fputs("\n],\"id\":\"bundle--", s->to);
    put_uuid(s->to, s->identity);
    fputs("\"}\n", s->to);
}
