/*
 * fuzz_geo.c - bytes as a database of places, opened, checked, and when it is found good asked for addresses.
 *
 * Checked: what passes the check is asked without harm; counts fit together; all texts lie in the file and have the form that
 * they are promised in; each answer is that of the same question before. The library believes a file in ways that end
 * the process, which is what the jail of the check is for (geo_files.h); those that are known take more bytes than a fuzzer tries
 * (nesting that ends the stack), or are found before the library does it.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "enrich/geo.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* MMDB_open of libmaxminddb before 1.12 keeps memory when it refuses metadata. */
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void check_text(struct view v, const uint8_t *data, size_t size)
{
    check(v.n <= GEO_TEXT_MAX);
    check(v.n == 0 || memmem(data, size, v.p, v.n));
}

static void ask(struct geo *const db[GEO_N], const char *text, const uint8_t *data, size_t size)
{
    struct about_place place, again;
    struct addr a;
    bool known;

    check(addr_parse(view_str(text), &a));
    known = geo_find(db, &a, &place);
    check(known == (place.asn != 0 || place.country.n > 0));
    check(place.asn || place.organization.n == 0);
    check(place.country.n || place.city.n == 0);
    check(place.country.n == 0 || place.country.n == 2);
    check_text(place.organization, data, size);
    check_text(place.country, data, size);
    check_text(place.city, data, size);
    check(geo_find(db, &a, &again) == known && again.asn == place.asn && view_eq(again.organization, place.organization) &&
          view_eq(again.country, place.country) && view_eq(again.city, place.city));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const addrs[] = {"198.51.100.7",  "203.0.113.9",       "8.8.8.8",
                                        "2001:db8:1::a", "2002:c633:6401::1", "2a00::1"};
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    char path[40], why[GEO_WHY_MAX] = "";
    struct geo *db[GEO_N] = {NULL, NULL};
    struct geo_facts facts;

    check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    db[GEO_ASN] = geo_open(path, why, sizeof(why));
    check(db[GEO_ASN] || why[0]);
    if (db[GEO_ASN] && geo_check(db[GEO_ASN], &facts, why, sizeof(why))) {
        check(facts.n_numbers <= facts.n_entries && facts.n_countries <= facts.n_entries);
        check(facts.n_entries <= 2 * (uint64_t)facts.n_nodes && facts.bytes == size);
        for (size_t i = 0; i < ARRAY_LEN(addrs); i++)
            ask(db, addrs[i], data, size);
    }
    geo_close(db[GEO_ASN]);
    close(fd);
    return 0;
}
