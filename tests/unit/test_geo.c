/*
 * test_geo.c - databases of places: what is found, what is refused, and that what is hostile ends another process.
 */
#include "config.h"

#include "../mmdb.h"
#include "enrich/geo.h"

#include "base/addr_parse.h"
#include "base/log.h"
#include "base/out.h"
#include "role/geo_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_geo.XXXXXX";

static const uint8_t net_v4[4] = {198, 51, 100, 0};
static const uint8_t net_v4_in_v6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 198, 51, 100, 0};
static const uint8_t net_v6[16] = {0x20, 0x01, 0x0d, 0xb8};

static const char *path_of(const char *name)
{
    static char path[2][CONF_TEXT_MAX];
    static unsigned turn;

    turn ^= 1;
    snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
    return path[turn];
}

static struct addr address(const char *text)
{
    struct addr a;

    assert_true(addr_parse(view_str(text), &a));
    return a;
}

static struct geo *open_geo(const char *name)
{
    char why[GEO_WHY_MAX] = "";
    struct geo *g = geo_open(path_of(name), why, sizeof(why));

    assert_string_equal(why, "");
    assert_non_null(g);
    return g;
}

static void assert_view(struct view v, const char *text)
{
    assert_int_equal(v.n, strlen(text));
    assert_memory_equal(v.p, text, v.n);
}

/* Databases whose name is NULL are not there. */
static bool find(const char *asn, const char *country, const char *addr, struct about_place *place, struct geo *db[GEO_N])
{
    struct addr a = address(addr);

    db[GEO_ASN] = asn ? open_geo(asn) : NULL;
    db[GEO_COUNTRY] = country ? open_geo(country) : NULL;
    return geo_find(db, &a, place);
}

static void close_both(struct geo *db[GEO_N])
{
    for (size_t i = 0; i < GEO_N; i++)
        geo_close(db[i]);
}

/* --- what is found --------------------------------------------------------------------------------------- */

/* How a case writes its entry. */
typedef void write_entry(struct mmdb *m);

static void maxmind(struct mmdb *m)
{
    mmdb_map(m, 5);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number(m, MMDB_UINT32, 64500);
    mmdb_pair(m, "autonomous_system_organization", "Example \xc3\x9c");
    mmdb_text(m, "city");
    mmdb_map(m, 1);
    mmdb_text(m, "names");
    mmdb_map(m, 2);
    mmdb_pair(m, "de", "Genf");
    mmdb_pair(m, "en", "Geneva");
    mmdb_text(m, "country");
    mmdb_map(m, 1);
    mmdb_pair(m, "iso_code", "CH");
    mmdb_text(m, "registered_country");
    mmdb_map(m, 1);
    mmdb_pair(m, "iso_code", "LI");
}

static void ipinfo(struct mmdb *m)
{
    mmdb_map(m, 4);
    mmdb_pair(m, "asn", "AS64501");
    mmdb_pair(m, "as_name", "Example Info");
    mmdb_pair(m, "country", "Sweden");
    mmdb_pair(m, "country_code", "SE");
}

static void ipinfo_old(struct mmdb *m)
{
    mmdb_map(m, 3);
    mmdb_pair(m, "asn", "as64502");
    mmdb_pair(m, "country", "FI");
    mmdb_pair(m, "city", "Turku");
}

static void registered(struct mmdb *m)
{
    mmdb_map(m, 1);
    mmdb_text(m, "registered_country");
    mmdb_map(m, 1);
    mmdb_pair(m, "iso_code", "NL");
}

static void small_number(struct mmdb *m)
{
    mmdb_map(m, 1);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number(m, MMDB_UINT16, 7);
}

static void large_number(struct mmdb *m)
{
    mmdb_map(m, 1);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number64(m, UINT32_MAX);
}

/* 5 numbers too large for a number of a system, or none. */
static void too_large_number(struct mmdb *m)
{
    mmdb_map(m, 1);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number64(m, (uint64_t)UINT32_MAX + 1);
}

static void number_zero(struct mmdb *m)
{
    mmdb_map(m, 2);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number(m, MMDB_UINT32, 0);
    mmdb_pair(m, "autonomous_system_organization", "of nobody");
}

static void wrong_texts(struct mmdb *m)
{
    mmdb_map(m, 3);
    mmdb_pair(m, "asn", "AS");
    mmdb_pair(m, "country_code", "de");
    mmdb_pair(m, "country", "DEU");
}

/* Each known key has a value of another type. */
static void wrong_types(struct mmdb *m)
{
    mmdb_map(m, 5);
    mmdb_text(m, "autonomous_system_number");
    mmdb_map(m, 0);
    mmdb_text(m, "asn");
    mmdb_array(m, 1);
    mmdb_text(m, "AS64500");
    mmdb_text(m, "country");
    mmdb_array(m, 1);
    mmdb_pair(m, "iso_code", "country_code");
    mmdb_number(m, MMDB_UINT32, 4);
    mmdb_text(m, "registered_country");
    mmdb_map(m, 1);
    mmdb_text(m, "iso_code");
    mmdb_number(m, MMDB_UINT16, 2);
}

static void other_types_beside(struct mmdb *m)
{
    mmdb_map(m, 4);
    mmdb_text(m, "autonomous_system_number");
    mmdb_number(m, MMDB_UINT32, 64500);
    mmdb_text(m, "autonomous_system_organization");
    mmdb_map(m, 0);
    mmdb_pair(m, "country_code", "JP");
    mmdb_text(m, "city");
    mmdb_array(m, 0);
}

static void only_text(struct mmdb *m)
{
    mmdb_text(m, "country");
}

static void only_array(struct mmdb *m)
{
    mmdb_array(m, 1);
    mmdb_text(m, "country");
}

static void empty_map(struct mmdb *m)
{
    mmdb_map(m, 0);
}

static const struct {
    write_entry *write;
    uint32_t asn;
    const char *organization, *country, *city;
} entries[] = {
    {maxmind, 64500, "Example \xc3\x9c", "CH", "Geneva"},
    {ipinfo, 64501, "Example Info", "SE", ""},
    {ipinfo_old, 64502, "", "FI", "Turku"},
    {registered, 0, "", "NL", ""},
    {small_number, 7, "", "", ""},
    {large_number, UINT32_MAX, "", "", ""},
    {too_large_number, 0, "", "", ""},
    {number_zero, 0, "", "", ""},
    {wrong_texts, 0, "", "", ""},
    {wrong_types, 0, "", "", ""},
    {other_types_beside, 64500, "", "JP", ""},
    {only_text, 0, "", "", ""},
    {only_array, 0, "", "", ""},
    {empty_map, 0, "", "", ""},
};

/* A tree of IPv6 with an entry for 198.51.100.0/24 and 2001:db8::/32; or one of IPv4. */
static void write_geo(const char *name, unsigned ip_version, write_entry *write)
{
    struct mmdb *m = malloc(sizeof(*m));

    assert_non_null(m);
    mmdb_init(m, ip_version, "test");
    write(m);
    if (ip_version == 4) {
        mmdb_insert(m, net_v4, 24, 0);
    } else {
        mmdb_insert(m, net_v4_in_v6, 120, 0);
        mmdb_insert(m, net_v6, 32, 0);
    }
    mmdb_write(m, path_of(name));
    free(m);
}

static void test_entries(void **state)
{
    struct geo_facts facts;
    char why[GEO_WHY_MAX] = "";
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        bool is_known = entries[i].asn || entries[i].country[0];

        write_geo("a.mmdb", 6, entries[i].write);
        assert_int_equal(find(NULL, "a.mmdb", "198.51.100.7", &place, db), is_known);
        assert_int_equal(place.asn, entries[i].asn);
        assert_view(place.organization, entries[i].organization);
        assert_view(place.country, entries[i].country);
        assert_view(place.city, entries[i].city);
        assert_true(geo_check(db[GEO_COUNTRY], &facts, why, sizeof(why)));
        assert_int_equal(facts.n_entries, 1);
        assert_int_equal(facts.n_numbers, entries[i].asn != 0);
        assert_int_equal(facts.n_countries, entries[i].country[0] != '\0');
        close_both(db);
    }
}

static void test_facts(void **state)
{
    struct geo_facts facts;
    char why[GEO_WHY_MAX] = "";
    struct geo *g;
    struct stat st;

    (void)state;
    write_geo("a.mmdb", 6, maxmind);
    g = open_geo("a.mmdb");
    assert_true(geo_check(g, &facts, why, sizeof(why)));
    assert_string_equal(facts.type, "test");
    assert_true(facts.built_ns == 1767312000 * NS_PER_SEC);
    assert_int_equal(facts.ip_version, 6);
    assert_int_equal(stat(path_of("a.mmdb"), &st), 0);
    assert_int_equal(facts.bytes, st.st_size);
    geo_close(g);
}

static void test_families(void **state)
{
    static const struct {
        unsigned ip_version;
        const char *addr;
        bool is_known;
    } rows[] = {
        {6, "198.51.100.0", true}, {6, "198.51.100.255", true}, {6, "198.51.101.0", false}, {6, "2001:db8::1", true},
        {6, "2001:db9::1", false}, {4, "198.51.100.1", true},   {4, "198.51.99.1", false},  {4, "2001:db8::1", false},
    };
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        write_geo("a.mmdb", rows[i].ip_version, maxmind);
        assert_int_equal(find("a.mmdb", NULL, rows[i].addr, &place, db), rows[i].is_known);
        assert_int_equal(place.asn, rows[i].is_known ? 64500 : 0);
        close_both(db);
    }
}

/* Whatever a database says of them: they are somebody's own, or nobody's. */
static void test_no_place(void **state)
{
    static const char *const addrs[] = {"10.1.2.3", "192.168.0.1", "172.16.5.5", "100.64.0.1",      "169.254.1.1", "127.0.0.1",
                                        "fd00::1",  "fe80::1",     "::1",        "255.255.255.255", "224.0.0.1",   "ff02::1"};
    static const uint8_t all[16] = {0};
    static const uint8_t upper[16] = {0x80};
    struct mmdb *m = malloc(sizeof(*m));
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    assert_non_null(m);
    mmdb_init(m, 6, "all");
    maxmind(m);
    mmdb_insert(m, all, 1, 0);
    mmdb_insert(m, upper, 1, 0);
    mmdb_write(m, path_of("all.mmdb"));
    free(m);
    assert_true(find("all.mmdb", NULL, "203.0.113.1", &place, db));
    close_both(db);
    for (size_t i = 0; i < ARRAY_LEN(addrs); i++) {
        assert_false(find("all.mmdb", NULL, addrs[i], &place, db));
        assert_int_equal(place.asn, 0);
        close_both(db);
    }
}

/* Each database counts for what it was named for, and the other one for what it does not know. */
static void test_two(void **state)
{
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    write_geo("mm.mmdb", 6, maxmind);
    write_geo("ii.mmdb", 6, ipinfo);
    write_geo("reg.mmdb", 6, registered);
    assert_true(find("mm.mmdb", "ii.mmdb", "198.51.100.1", &place, db));
    assert_int_equal(place.asn, 64500);
    assert_view(place.country, "SE");
    assert_view(place.city, ""); /* not that of the other country */
    close_both(db);
    assert_true(find("ii.mmdb", "reg.mmdb", "198.51.100.1", &place, db));
    assert_int_equal(place.asn, 64501);
    assert_view(place.country, "NL");
    close_both(db);
    assert_true(find("reg.mmdb", "mm.mmdb", "198.51.100.1", &place, db));
    assert_int_equal(place.asn, 64500);
    assert_view(place.country, "CH");
    close_both(db);
    assert_false(find(NULL, NULL, "198.51.100.1", &place, db));
}

static void long_text(struct mmdb *m)
{
    char text[300];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    memcpy(text + GEO_TEXT_MAX - 2, "\xe2\x82\xac", 3); /* the cut falls into this character */
    mmdb_map(m, 2);
    mmdb_pair(m, "asn", "AS64500");
    mmdb_pair(m, "as_name", text);
}

static void test_long_text(void **state)
{
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    write_geo("a.mmdb", 6, long_text);
    assert_true(find("a.mmdb", NULL, "198.51.100.1", &place, db));
    assert_int_equal(place.organization.n, GEO_TEXT_MAX - 2);
    close_both(db);
}

/* --- what is refused ---------------------------------------------------------------------------------------- */

static const struct conf *conf_of(const char *asn, const char *country)
{
    static struct conf conf;

    memset(&conf, 0, sizeof(conf));
    if (asn)
        snprintf(conf.geo.asn, sizeof(conf.geo.asn), "%s", path_of(asn));
    if (country)
        snprintf(conf.geo.country, sizeof(conf.geo.country), "%s", path_of(country));
    conf.geo.max_bytes = 1 << 20;
    return &conf;
}

/* The file as geo.asn, through the process that checks; the fault is in why. */
static bool is_refused(const char *name, char why[GEO_FAULT_BYTES])
{
    struct geo_files *files = geo_files_read(conf_of(name, NULL), why);
    bool ok;

    if (!files)
        return true;
    ok = geo_files_check(files, CONF_SANDBOX_REQUIRED);
    snprintf(why, GEO_FAULT_BYTES, "%s", geo_files_fault(files));
    geo_files_free(files);
    return !ok;
}

static void assert_refused(const char *name, const char *part)
{
    char why[GEO_FAULT_BYTES] = "";

    assert_true(is_refused(name, why));
    if (!strstr(why, part))
        fail_msg("`%s' is not in `%s'", part, why);
    assert_non_null(strstr(why, name));
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void test_no_files(void **state)
{
    struct geo_files *files = geo_files_read(conf_of(NULL, NULL), NULL);
    struct geo *db[GEO_N];

    (void)state;
    assert_non_null(files);
    assert_true(geo_files_check(files, CONF_SANDBOX_REQUIRED));
    assert_int_equal(geo_files_bytes(files), 0);
    assert_null(geo_files_at(files, GEO_ASN));
    assert_true(geo_files_open(files, db) && !db[GEO_ASN] && !db[GEO_COUNTRY]);
    geo_files_free(files);
    assert_true(geo_files_open(NULL, db));
}

static void test_no_database(void **state)
{
    static uint8_t big[(1 << 20) + 1];

    (void)state;
    assert_refused("absent", "cannot be opened: No such file");
    assert_refused("", "is a directory");
    write_bytes("empty", "", 0);
    assert_refused("empty", "is empty");
    write_bytes("text", "name,kind\n", 10);
    assert_refused("text", "is no database of the form MaxMind DB");
    write_bytes("big", big, sizeof(big));
    assert_refused("big", "has 1048577 bytes, and geo.max_bytes is 1048576");
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_refused("pipe", "is no regular file");
    write_geo("country", 6, registered);
    assert_refused("country", "has no numbers of autonomous systems: is it another database? (its type is test)");
}

/* Cut anywhere: the metadata stand at the end. */
static void test_cut(void **state)
{
    uint8_t bytes[8192];
    char why[GEO_WHY_MAX];
    struct geo *g;
    size_t n;
    FILE *f;

    (void)state;
    write_geo("whole", 4, ipinfo);
    f = fopen(path_of("whole"), "rb");
    assert_non_null(f);
    n = fread(bytes, 1, sizeof(bytes), f);
    assert_int_equal(fclose(f), 0);
    assert_true(n > 200 && n < sizeof(bytes));
    for (size_t i = 1; i < n; i++) {
        struct geo_facts facts;

        write_bytes("cut", bytes, i);
        g = geo_open(path_of("cut"), why, sizeof(why));
        assert_null(g);
        assert_true(why[0] != '\0');
        write_bytes("cut", bytes + i, n - i); /* the head is missing */
        g = geo_open(path_of("cut"), why, sizeof(why));
        assert_true(!g || !geo_check(g, &facts, why, sizeof(why)) || facts.n_numbers <= 1);
        geo_close(g);
    }
}

/* Records that point between tree and data: the library takes them for data at an offset of nearly 4 GiB. */
static void test_separator(void **state)
{
    struct mmdb *m = malloc(sizeof(*m));

    (void)state;
    assert_non_null(m);
    for (uint32_t i = 1; i < 16; i++) {
        mmdb_init(m, 4, "separator");
        ipinfo(m);
        mmdb_insert(m, net_v4, 24, 0);
        m->node[0][0] = m->n_nodes + i;
        mmdb_write(m, path_of("separator"));
        assert_refused("separator", "is broken: node 0 of its tree leads out of the file");
    }
    free(m);
}

static void test_tree_too_large(void **state)
{
    static const uint32_t told[] = {1000000, 0x2aaaaaab, 0x80000000, UINT32_MAX}; /* times 6 is 2 in 32 bits; 0 */
    struct mmdb *m = malloc(sizeof(*m));
    char why[GEO_FAULT_BYTES];

    (void)state;
    assert_non_null(m);
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        mmdb_init(m, 4, "large");
        ipinfo(m);
        mmdb_insert(m, net_v4, 24, 0);
        m->told_nodes = told[i];
        mmdb_write(m, path_of("large"));
        assert_true(is_refused("large", why));
    }
    free(m);
}

static void wild_pointer(struct mmdb *m)
{
    mmdb_map(m, 1);
    mmdb_text(m, "asn");
    mmdb_byte(m, 0x38); /* a pointer of 32 bits */
    mmdb_bytes(m, "\xff\xff\xff\xff", 4);
}

static void endless_map(struct mmdb *m)
{
    mmdb_byte(m, 0xff); /* a map of 65821 and more pairs */
    mmdb_bytes(m, "\xff\xff\xff", 3);
}

/* More levels of recursion than the stack that the jail leaves has room for, at 16 bytes or more for each. */
static void deep(struct mmdb *m)
{
    mmdb_map(m, 2);
    mmdb_text(m, "a");
    for (int i = 0; i < 250000; i++)
        mmdb_array(m, 1);
    mmdb_text(m, "");
    mmdb_pair(m, "asn", "AS64500");
}

static void pointer_to_itself(struct mmdb *m)
{
    mmdb_byte(m, 0x20);
    mmdb_byte(m, 0);
}

/* What is hostile is refused, whether the library notices it or ends. */
static void test_hostile(void **state)
{
    static write_entry *const hostile[] = {wild_pointer, endless_map, deep, pointer_to_itself};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        char why[GEO_FAULT_BYTES] = "";

        write_geo("hostile", 6, hostile[i]);
        assert_true(is_refused("hostile", why));
        assert_true(strstr(why, "is broken: ") || strstr(why, "cannot be used: the process that checked it") ||
                    strstr(why, "has no numbers"));
    }
}

/* --- the way through memory ------------------------------------------------------------------------------------ */

static void test_sealed(void **state)
{
    struct addr a = address("198.51.100.1");
    struct geo_files *files;
    struct about_place place;
    struct geo *db[GEO_N];

    (void)state;
    write_geo("live.mmdb", 6, maxmind);
    files = geo_files_read(conf_of("live.mmdb", "live.mmdb"), NULL);
    assert_non_null(files);
    assert_int_equal(truncate(path_of("live.mmdb"), 10), 0); /* as a writer does that starts anew */
    assert_true(geo_files_check(files, CONF_SANDBOX_REQUIRED));
    assert_true(geo_files_open(files, db));
    assert_int_equal(truncate(path_of("live.mmdb"), 0), 0);
    assert_true(geo_find(db, &a, &place));
    assert_int_equal(place.asn, 64500);
    assert_view(place.country, "CH");
    close_both(db);
    geo_files_free(files);
}

static void test_print(void **state)
{
    const ns_t built = 1767312000 * NS_PER_SEC;
    struct geo_files *files;
    const struct geo_file *file;
    char text[200];
    struct out o = out_of(text, sizeof(text));

    (void)state;
    write_geo("print.mmdb", 4, ipinfo);
    files = geo_files_read(conf_of(NULL, "print.mmdb"), NULL);
    assert_non_null(files);
    assert_true(geo_files_check(files, CONF_SANDBOX_REQUIRED));
    file = geo_files_at(files, GEO_COUNTRY);
    assert_non_null(file);
    geo_file_print(file, built + GEO_OLD_NS, &o);
    assert_non_null(strstr(text, "test, IPv4, 24 nodes, 1 entries, "));
    assert_non_null(strstr(text, "bytes, built 2026-01-02"));
    assert_null(strstr(text, "OLD"));
    o = out_of(text, sizeof(text));
    geo_file_print(file, built + GEO_OLD_NS + 1, &o);
    assert_non_null(strstr(text, "built 2026-01-02: OLD, is it still kept up to date?"));
    geo_files_free(files);
}

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERR);
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"a.mmdb",    "all.mmdb", "mm.mmdb", "ii.mmdb",   "reg.mmdb",  "empty",
                                        "text",      "big",      "pipe",    "country",   "whole",     "cut",
                                        "separator", "large",    "hostile", "live.mmdb", "print.mmdb"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        (void)unlink(path_of(names[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_two),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_no_files),
        cmocka_unit_test(test_no_database),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_separator),
        cmocka_unit_test(test_tree_too_large),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
