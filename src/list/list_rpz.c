/*
 * list_rpz.c - response policy zones (draft-vixie-dnsop-dns-rpz), record by record through ldns.
 *
 * Records are made whole here, over the lines that brackets join, and then read by ldns, one at a time: a zone of
 * millions of records takes no more memory than its longest. Of the directives $ORIGIN and $TTL are read; $INCLUDE and
 * $GENERATE are refused, as a list may name no files and make no rows that nobody wrote.
 *
 * The owner without the name of the zone is the trigger. A name is matched exactly, *.name below it. All actions but
 * passing through are those of a listed name.
 */
#include "config.h"

#include "list/list_forms.h"

#include <ldns/ldns.h>
#include <stdlib.h>

#define RECORD_MAX 16384 /* characters of one record without comments; the longest type that counts is the SOA */
#define TTL_DEFAULT 3600

struct zone {
    struct list_work *w;
    ldns_rdf *origin;
    ldns_rdf *owner; /* of the newest record, for lines that begin with a blank */
    uint32_t ttl;
    struct name apex;
    bool has_apex;
    uint32_t line; /* where the record begins */
    size_t n;
    char record[RECORD_MAX + 1];
};

unsigned list_rpz_looks(struct view line)
{
    struct view rest = line;

    if (view_starts(line, "$TTL") || view_starts(line, "$ORIGIN"))
        return 20;
    list_word(&rest);
    for (size_t i = 0; i < 3 && rest.n > 0; i++) {
        struct view word = list_word(&rest);

        if (view_is_word(word, "soa"))
            return 20;
        if (view_is_word(word, "cname"))
            return rest.n > 0 ? 5 : 0;
    }
    return 0;
}

/* Appends what a line has outside of comments. False when the record grows too long. *depth: brackets that are open. */
static bool append(struct zone *z, struct view line, unsigned *depth)
{
    bool quoted = false;

    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];

        if (z->n + 3 > RECORD_MAX)
            return false;
        if (c == '"')
            quoted = !quoted;
        if (c == '\\' && i + 1 < line.n) {
            z->record[z->n++] = '\\';
            c = line.p[++i];
        } else if (!quoted && c == ';') {
            break;
        } else if (!quoted && (c == '(' || c == ')')) {
            *depth += c == '(';
            *depth -= c == ')' && *depth > 0;
            c = ' ';
        }
        z->record[z->n++] = c == '\t' || c == '\r' ? ' ' : (char)c;
    }
    z->record[z->n++] = ' ';
    return true;
}

/* The next record, or directive, that is not blank; false at the end. */
static bool next_record(struct zone *z)
{
    struct view line;
    unsigned depth = 0;
    bool fits = true;

    z->n = 0;
    while (list_raw_line(z->w, &line)) {
        if (z->n == 0)
            z->line = z->w->line;
        if (depth == 0 && line.n > 0 && line.p[0] == ';')
            list_newest_comment(z->w, line);
        fits = fits && append(z, line, &depth);
        if (!fits && depth == 0)
            list_refuse(z->w, z->line, "a record of more than %d characters", RECORD_MAX);
        if (!fits || (depth == 0 && list_trim(view_of(z->record, z->n)).n == 0))
            z->n = 0;
        if (depth == 0 && z->n > 0)
            break;
        fits = fits || depth > 0;
    }
    if (depth > 0)
        list_refuse_whole(z->w, z->line, "a bracket is opened and not closed: the zone is cut off");
    while (z->n > 0 && z->record[z->n - 1] == ' ')
        z->n--;
    z->record[z->n] = '\0';
    return z->n > 0 && !list_is_refused(z->w);
}

/* A name of ldns as labels. */
static bool name_of(const ldns_rdf *rdf, struct name *name)
{
    struct buf b;
    uint8_t n;

    name_init(name);
    if (!rdf || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
        return false;
    b = buf_of(view_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
    while ((n = buf_u8(&b)) > 0)
        if (!name_add_label(name, buf_take(&b, n)))
            return false;
    return buf_ok(&b);
}

static void read_directive(struct zone *z)
{
    struct view rest = view_of(z->record, z->n), word = list_word(&rest);
    const char *end;
    char text[NAME_TEXT_MAX];
    ldns_rdf *origin = NULL;
    size_t n = rest.n < sizeof(text) - 1 ? rest.n : sizeof(text) - 1;

    memcpy(text, rest.n ? rest.p : (const uint8_t *)"", n);
    text[n] = '\0';
    if (view_is_word(word, "$ttl")) {
        z->ttl = ldns_str2period(text, &end);
    } else if (!view_is_word(word, "$origin")) {
        list_refuse(z->w, z->line, "%s: expected $ORIGIN, $TTL or a record", list_quote(word).text);
    } else if (ldns_str2rdf_dname(&origin, text) != LDNS_STATUS_OK) {
        list_refuse(z->w, z->line, "$ORIGIN %s: expected a name", list_quote(rest).text);
    } else {
        if (z->origin && rest.n > 0 && rest.p[rest.n - 1] != '.' && ldns_dname_cat(origin, z->origin) != LDNS_STATUS_OK)
            list_refuse(z->w, z->line, "$ORIGIN %s: too long below the one before", list_quote(rest).text);
        ldns_rdf_deep_free(z->origin);
        z->origin = origin;
    }
}

/* Types that ldns is given: those of local data. Others mean nothing in a policy, and WKS would read /etc/protocols. */
static bool type_is_read(struct view record)
{
    static const char *const types[] = {"cname", "a", "aaaa", "soa", "ns", "txt", "mx", "srv", "ptr", "dname"};
    static const char *const classes[] = {"in", "ch", "hs", "any"};
    bool owner = record.n > 0 && record.p[0] != ' ';
    struct view rest = record;

    if (owner)
        list_word(&rest);
    for (size_t i = 0; i < 3; i++) {
        struct view word = list_word(&rest);
        bool passed = word.n > 0 && word.p[0] >= '0' && word.p[0] <= '9';

        for (size_t k = 0; k < ARRAY_LEN(types); k++)
            if (view_is_word(word, types[k]))
                return true;
        for (size_t k = 0; k < ARRAY_LEN(classes); k++)
            passed |= view_is_word(word, classes[k]);
        if (!passed)
            return false;
    }
    return false;
}

/* 24.0.2.0.192.rpz-ip: the length, and the address from its end; of IPv6 `zz' stands for `::'. */
static void put_trigger_net(struct zone *z, const struct name *name, unsigned n)
{
    char text[128];
    struct out o = out_of(text, sizeof(text));
    struct list_row row;
    bool v6 = n != 5;

    for (unsigned i = n; i-- > 1;) {
        struct view label = view_of(name->b + name->at[i] + 1, name->b[name->at[i]]);
        bool zz = view_is(label, "zz");

        if (zz)
            out_str(&o, i == n - 1 ? "::" : i == 1 ? ":" : ":");
        else {
            out_bytes(&o, label);
            if (i > 1)
                out_char(&o, v6 ? ':' : '.');
        }
    }
    out_char(&o, '/');
    out_bytes(&o, view_of(name->b + name->at[0] + 1, name->b[0]));
    row = list_row_of(out_view(&o), z->line);
    list_put_half_end(z->w);
    list_put_net(z->w, &row);
}

/* True when the trigger passes through: by that word, or, as in old zones, by pointing at itself. */
static bool passes(const ldns_rr *rr, const struct name *trigger)
{
    struct name target;
    struct view word = view_str("\x0crpz-passthru");

    if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_CNAME || !name_of(ldns_rr_rdf(rr, 0), &target))
        return false;
    return view_eq(name_view(&target), word) || (target.n_labels > 0 && view_eq(name_view(&target), name_view(trigger)));
}

/* The owner without the zone's name. False when it is not below it. */
static bool make_trigger(const struct zone *z, const struct name *owner, struct name *trigger)
{
    unsigned n = z->apex.n_labels;

    name_init(trigger);
    if (owner->n_labels <= n || !view_eq(name_suffix(owner, n), name_view(&z->apex)))
        return false;
    for (unsigned i = 0; i < owner->n_labels - n; i++)
        name_add_label(trigger, view_of(owner->b + owner->at[i] + 1, owner->b[owner->at[i]]));
    return true;
}

static void put_trigger(struct zone *z, const ldns_rr *rr, const struct name *trigger)
{
    unsigned n = trigger->n_labels;
    struct view last = view_of(trigger->b + trigger->at[n - 1] + 1, trigger->b[trigger->at[n - 1]]);
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    struct list_row row;
    bool below = trigger->b[0] == 1 && trigger->b[1] == '*';

    name_print(trigger, &o);
    row = list_row_of(view_skip(out_view(&o), below && n > 1 ? 2 : 0), z->line);
    row.match = below ? FEED_BELOW : FEED_EXACT;
    row.kind = passes(rr, trigger) ? FEED_ALLOW : -1;
    if (view_is(last, "rpz-ip") && n > 2 && row.kind < 0)
        put_trigger_net(z, trigger, n - 1);
    else if (view_starts(last, "rpz-"))
        list_skip(z->w, z->line, "%s: a trigger that is no name, or no address that answers", list_quote(row.name).text);
    else
        list_put_half(z->w, &row);
}

static void read_rr(struct zone *z, const ldns_rr *rr)
{
    struct name owner, trigger;

    if (!name_of(ldns_rr_owner(rr), &owner)) {
        list_refuse(z->w, z->line, "expected a record with a name");
        return;
    }
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA) {
        char serial[16];
        struct out o = out_of(serial, sizeof(serial));

        if (!z->has_apex)
            z->apex = owner;
        z->has_apex = true;
        out_fmt(&o, "%u", ldns_rdf2native_int32(ldns_rr_rdf(rr, 2)));
        list_newest(z->w, out_view(&o));
        return;
    }
    if (!z->has_apex) {
        name_of(z->origin, &z->apex); /* a part of a zone, without its beginning; the root when nothing is said */
        z->has_apex = true;
    }
    if (view_eq(name_view(&owner), name_view(&z->apex)))
        return; /* the zone's own records, NS above all */
    if (make_trigger(z, &owner, &trigger))
        put_trigger(z, rr, &trigger);
    else
        list_refuse(z->w, z->line, "an owner that is not below that of the SOA");
}

static void read_record(struct zone *z)
{
    ldns_rr *rr = NULL;
    ldns_status status;

    if (!type_is_read(view_of(z->record, z->n))) {
        list_skip(z->w, z->line, "%s: expected a name, and a record of type CNAME, A, AAAA, TXT, MX or SRV",
                  list_quote(view_of(z->record, z->n)).text);
        return;
    }
    status = ldns_rr_new_frm_str(&rr, z->record, z->ttl, z->origin, &z->owner);
    if (status != LDNS_STATUS_OK)
        list_refuse(z->w, z->line, "%s: %s", list_quote(view_of(z->record, z->n)).text, ldns_get_errorstr_by_id(status));
    else
        read_rr(z, rr);
    ldns_rr_free(rr);
}

void list_rpz_read(struct list_work *w)
{
    struct zone *z = calloc(1, sizeof(*z));

    if (!z || ldns_str2rdf_dname(&z->origin, ".") != LDNS_STATUS_OK) {
        list_refuse_whole(w, 0, "not enough memory");
        free(z);
        return;
    }
    z->w = w;
    z->ttl = TTL_DEFAULT;
    while (next_record(z)) {
        if (z->record[0] == '$')
            read_directive(z);
        else
            read_record(z);
    }
    list_put_half_end(w);
    ldns_rdf_deep_free(z->origin);
    ldns_rdf_deep_free(z->owner);
    free(z);
}
