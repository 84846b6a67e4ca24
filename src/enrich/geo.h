/*
 * geo.h - where an address stands in the world, by databases in the form of MaxMind (MaxMind DB file format 2.0), which
 * libmaxminddb reads.
 *
 * A database comes from elsewhere, and the library believes much of what is in it. So one process looks at all of it before any
 * other uses it (geo_check), in a jail, and does nothing else: what ends the library ends that process. Which keys a
 * database has depends on who made it; those of MaxMind, DB-IP and IPinfo are known, all others are left alone.
 *
 * Only MMDB_open allocates. No clock, no log.
 */
#ifndef ENRICH_GEO_H
#define ENRICH_GEO_H

#include "base/addr.h"
#include "finding/about.h"

#define GEO_TEXT_MAX 256 /* bytes of a text that is taken over; longer ones are cut between two characters */
#define GEO_TYPE_MAX 64  /* bytes of the type that a database gives itself, with the end */
#define GEO_WHY_MAX 200

/* What a database is asked for first; what one of them does not say the other may. */
enum geo_which { GEO_ASN, GEO_COUNTRY, GEO_N };

struct geo_facts {
    char type[GEO_TYPE_MAX]; /* raw: "GeoLite2-ASN" */
    ns_t built_ns;           /* UTC; 0 = it does not say */
    uint32_t ip_version;     /* 4, or 6: then it has both */
    uint32_t n_nodes;        /* of its tree */
    uint32_t n_entries;      /* that are found from there, each once */
    uint32_t n_numbers;      /* of these, with a number of an autonomous system */
    uint32_t n_countries;    /* with a country */
    uint64_t bytes;
};

struct geo;

/*
 * Opens the database that path leads to, and maps it: nobody may change its bytes while it is open. The
 * library has then read what the database says of itself. NULL, with a sentence in why, when it is none. Gives.
 */
struct geo *geo_open(const char *path, char *why, size_t n_why);
void geo_close(struct geo *g); /* NULL ok */

/*
 * Reads each node of the tree and each entry that is found from there, once, as geo_find would: afterwards geo_find does nothing that
 * was not done here. Takes time in proportion to the file, unless somebody made it to take longer. False, with a sentence in why, when
 * the tree leads out of the file or an entry is broken.
 */
bool geo_check(const struct geo *g, struct geo_facts *facts, char *why, size_t n_why);

/*
 * Asks the databases, of which each may be NULL, for an address. Fills in place, whose texts are views of the databases. Addresses that
 * are of one network, link or machine only, and those of groups, have no place. False when nothing is known.
 */
bool geo_find(struct geo *const db[GEO_N], const struct addr *a, struct about_place *place);

#endif
