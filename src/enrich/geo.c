/*
 * geo.c - databases through libmaxminddb: opening, the check, look-ups.
 *
 * Of the library only what reads one value by a fixed path is used. MMDB_get_entry_data_list allocates as much as a database asks for,
 * and MMDB_lookup_string asks the resolver of the C library.
 *
 * The check asks more than the library does. Version 1.7.1, of Debian 12 and 13, multiplies the number of nodes in 32 bits, takes a
 * record that points between the tree and the data for one of data, and goes down into nested values by
 * recursion: these would read outside of the file or end the process at some look-up.
 */
#include "config.h"

#include "enrich/geo.h"

#include "base/out.h"
#include "base/parse.h"

#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SEPARATOR 16 /* zero bytes between tree and data: "Data Section Separator" of the specification */

struct geo {
    MMDB_s db;
};

/* --- opening ------------------------------------------------------------------------------------------- */

/* The tree lies in the file, and so do the data behind it. The library leaves metadata at the end of data. */
static bool is_whole(const MMDB_s *db)
{
    uint64_t file = (uint64_t)db->file_size, tree = (uint64_t)db->metadata.node_count * db->full_record_byte_size;

    return db->file_size > 0 && db->full_record_byte_size > 0 && tree + SEPARATOR <= file &&
           db->data_section == db->file_content + tree + SEPARATOR && db->data_section_size <= file - tree - SEPARATOR;
}

struct geo *geo_open(const char *path, char *why, size_t n_why)
{
    struct geo *g = calloc(1, sizeof(*g));
    struct out o = out_of(why, n_why);
    int error = g ? MMDB_open(path, MMDB_MODE_MMAP, &g->db) : MMDB_OUT_OF_MEMORY_ERROR;

    if (error == MMDB_FILE_OPEN_ERROR || error == MMDB_IO_ERROR)
        out_fmt(&o, "cannot be read: %s", strerror(errno));
    else if (error != MMDB_SUCCESS)
        out_fmt(&o, "is no database of the form MaxMind DB: %s", MMDB_strerror(error));
    if (error != MMDB_SUCCESS) {
        free(g);
        return NULL;
    }
    if (is_whole(&g->db))
        return g;
    out_str(&o, "is broken: its tree does not fit in the file");
    geo_close(g);
    return NULL;
}

void geo_close(struct geo *g)
{
    if (!g)
        return;
    MMDB_close(&g->db);
    free(g);
}

/* --- values of an entry -------------------------------------------------------------------------------- */

#define PATH_KEYS 4 /* keys of the longest path, and its end */

/* Paths of keys; the first that is there counts. */
struct wanted {
    const char *paths[4][PATH_KEYS];
};

/* MaxMind and DB-IP; IPinfo ("AS64500"). */
static const struct wanted wanted_number = {{{"autonomous_system_number"}, {"asn"}}};
static const struct wanted wanted_organization = {{{"autonomous_system_organization"}, {"as_name"}}};
/* registered_country is where the owner of a network is at home: better than nothing. */
static const struct wanted wanted_country = {
    {{"country", "iso_code"}, {"country_code"}, {"country"}, {"registered_country", "iso_code"}}};
static const struct wanted wanted_city = {{{"city", "names", "en"}, {"city"}}};

/* A path that leads nowhere, or through something that is no map: that is how a value is not there. */
static bool is_absent(int error)
{
    return error == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR || error == MMDB_INVALID_LOOKUP_PATH_ERROR;
}

typedef bool take_value(struct about_place *place, const MMDB_entry_data_s *value);

/* Lets take have each value in turn until it takes one. An entry that is broken leaves its error in *error. */
static void look_for(const MMDB_entry_s *entry, const struct wanted *wanted, take_value *take, struct about_place *place,
                     int *error)
{
    MMDB_entry_s start = *entry;
    MMDB_entry_data_s value;
    int got;

    for (size_t i = 0; i < ARRAY_LEN(wanted->paths) && wanted->paths[i][0]; i++) {
        got = MMDB_aget_value(&start, &value, wanted->paths[i]);
        if (got == MMDB_SUCCESS && value.has_data && take(place, &value))
            return;
        if (got != MMDB_SUCCESS && !is_absent(got))
            *error = got;
    }
}

/* A text of the database, which has no end mark, cut between two characters of UTF-8 when it is long. */
static struct view text_of(const MMDB_entry_data_s *value)
{
    size_t n = value->type == MMDB_DATA_TYPE_UTF8_STRING ? value->data_size : 0;

    if (n > GEO_TEXT_MAX) {
        n = GEO_TEXT_MAX;
        while (n > GEO_TEXT_MAX - 4 && ((uint8_t)value->utf8_string[n] & 0xc0) == 0x80)
            n--;
    }
    return view_of(n ? value->utf8_string : NULL, n);
}

/* "AS64500", in either case. */
static bool number_from_text(struct view text, uint64_t *number)
{
    bool has_prefix = text.n > 2 && (text.p[0] | 0x20) == 'a' && (text.p[1] | 0x20) == 's';

    return parse_u64(has_prefix ? view_skip(text, 2) : text, number);
}

static bool take_number(struct about_place *place, const MMDB_entry_data_s *value)
{
    uint64_t n = 0;

    switch (value->type) {
    case MMDB_DATA_TYPE_UINT16: n = value->uint16; break;
    case MMDB_DATA_TYPE_UINT32: n = value->uint32; break;
    case MMDB_DATA_TYPE_UINT64: n = value->uint64; break;
    default:
        if (!number_from_text(text_of(value), &n))
            return false;
    }
    if (n == 0 || n > UINT32_MAX) /* RFC 6793; RFC 7607 keeps 0 */
        return false;
    place->asn = (uint32_t)n;
    return true;
}

static bool take_organization(struct about_place *place, const MMDB_entry_data_s *value)
{
    place->organization = text_of(value);
    return place->organization.n > 0;
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* Two capital letters: names of countries stand under the same key elsewhere. */
static bool take_country(struct about_place *place, const MMDB_entry_data_s *value)
{
    struct view text = text_of(value);

    if (text.n != 2 || !is_upper(text.p[0]) || !is_upper(text.p[1]))
        return false;
    place->country = text;
    return true;
}

static bool take_city(struct about_place *place, const MMDB_entry_data_s *value)
{
    place->city = text_of(value);
    return place->city.n > 0;
}

/* Number and its organization are of one database, country and city too: two may see a network differently. */
static int take_entry(const MMDB_entry_s *entry, enum geo_which which, struct about_place *place)
{
    int error = MMDB_SUCCESS;

    if (which == GEO_ASN && place->asn == 0) {
        look_for(entry, &wanted_number, take_number, place, &error);
        if (place->asn)
            look_for(entry, &wanted_organization, take_organization, place, &error);
    }
    if (which == GEO_COUNTRY && place->country.n == 0) {
        look_for(entry, &wanted_country, take_country, place, &error);
        if (place->country.n)
            look_for(entry, &wanted_city, take_city, place, &error);
    }
    return error;
}

/* --- the check ------------------------------------------------------------------------------------------- */

struct check {
    const MMDB_s *db;
    uint8_t *seen; /* a bit for each byte of data: its entry was read */
    struct geo_facts *facts;
    struct out *why;
};

static bool check_entry(struct check *c, const MMDB_entry_s *entry)
{
    struct about_place place = {.asn = 0};
    int error = take_entry(entry, GEO_ASN, &place);

    if (error == MMDB_SUCCESS)
        error = take_entry(entry, GEO_COUNTRY, &place);
    c->facts->n_entries++;
    c->facts->n_numbers += place.asn != 0;
    c->facts->n_countries += place.country.n != 0;
    if (error != MMDB_SUCCESS)
        out_fmt(c->why, "is broken: the entry at byte %u of its data: %s", entry->offset, MMDB_strerror(error));
    return error == MMDB_SUCCESS;
}

static bool check_record(struct check *c, uint32_t node, uint64_t record, const MMDB_entry_s *entry)
{
    uint32_t n_nodes = c->db->metadata.node_count;
    uint64_t at = record - n_nodes - SEPARATOR;

    if (record <= n_nodes) /* another node, or nothing is known */
        return true;
    if (record < (uint64_t)n_nodes + SEPARATOR || at >= c->db->data_section_size || entry->offset != at) {
        out_fmt(c->why, "is broken: node %u of its tree leads out of the file", node);
        return false;
    }
    if (c->seen[at / 8] >> (at % 8) & 1)
        return true;
    c->seen[at / 8] |= (uint8_t)(1U << (at % 8));
    return check_entry(c, entry);
}

static bool check_tree(struct check *c)
{
    MMDB_search_node_s node;

    for (uint32_t i = 0; i < c->db->metadata.node_count; i++) {
        int error = MMDB_read_node(c->db, i, &node);

        if (error != MMDB_SUCCESS) {
            out_fmt(c->why, "is broken: node %u of its tree: %s", i, MMDB_strerror(error));
            return false;
        }
        if (!check_record(c, i, node.left_record, &node.left_record_entry) ||
            !check_record(c, i, node.right_record, &node.right_record_entry))
            return false;
    }
    return true;
}

bool geo_check(const struct geo *g, struct geo_facts *facts, char *why, size_t n_why)
{
    const MMDB_metadata_s *m = &g->db.metadata;
    struct out o = out_of(why, n_why), type;
    struct check c = {.db = &g->db, .facts = facts, .why = &o};
    bool ok;

    *facts = (struct geo_facts){.ip_version = m->ip_version, .n_nodes = m->node_count, .bytes = (uint64_t)g->db.file_size};
    type = out_of(facts->type, sizeof(facts->type));
    out_str(&type, m->database_type ? m->database_type : "");
    if (m->build_epoch < (uint64_t)(INT64_MAX / NS_PER_SEC))
        facts->built_ns = (ns_t)m->build_epoch * NS_PER_SEC;
    c.seen = calloc((size_t)g->db.data_section_size / 8 + 1, 1);
    if (!c.seen) {
        out_str(&o, "cannot be checked: not enough memory");
        return false;
    }
    ok = check_tree(&c);
    free(c.seen);
    return ok;
}

/* --- look-ups ---------------------------------------------------------------------------------------------- */

/* Gives the entry of an address; false when there is none. */
static bool find_entry(const MMDB_s *db, const struct addr *a, MMDB_entry_s *entry)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    MMDB_lookup_result_s found;
    int error = MMDB_SUCCESS;

    if (addr_is_v4(a)) {
        memcpy(&v4.sin_addr, a->b + 12, 4);
        found = MMDB_lookup_sockaddr(db, (const struct sockaddr *)&v4, &error);
    } else {
        if (db->metadata.ip_version == 4)
            return false;
        memcpy(&v6.sin6_addr, a->b, 16);
        found = MMDB_lookup_sockaddr(db, (const struct sockaddr *)&v6, &error);
    }
    *entry = found.entry;
    return error == MMDB_SUCCESS && found.found_entry;
}

static bool has_place(const struct addr *a)
{
    return !addr_is_none(a) && !addr_is_inside(a) && !addr_is_link_local(a) && !addr_is_group(a);
}

bool geo_find(struct geo *const db[GEO_N], const struct addr *a, struct about_place *place)
{
    MMDB_entry_s entry[GEO_N];
    bool found[GEO_N];

    *place = (struct about_place){.asn = 0};
    if (!has_place(a))
        return false;
    for (size_t i = 0; i < GEO_N; i++)
        found[i] = db[i] && find_entry(&db[i]->db, a, &entry[i]);
    for (size_t i = 0; i < GEO_N; i++) /* each for what it was named for */
        if (found[i])
            (void)take_entry(&entry[i], (enum geo_which)i, place); /* what is broken says nothing */
    for (size_t i = 0; i < GEO_N; i++)                             /* then for the rest */
        for (size_t which = 0; found[i] && which < GEO_N; which++)
            (void)take_entry(&entry[i], (enum geo_which)which, place);
    return place->asn || place->country.n;
}
