/*
 * geo_files.h - the databases of places that the configuration names (enrich/geo.h), from their files to the process that asks them.
 *
 * The process with rights only opens a file, looks whether it is one, and has the kernel copy it into sealed memory; who writes the file
 * cannot change, or cut off, what is in use. Another process, in a jail, opens that memory and reads all of it (geo_check): it is there
 * to end in place of the report when the library cannot bear what it finds. The library opens databases by a path only; that of the
 * descriptor, /proc/self/fd/N, is the one that the jail lets through, so that not even the library's first look is outside of it.
 * The report opens the same bytes before it enters its own jail: by then all has happened to them once.
 */
#ifndef ROLE_GEO_FILES_H
#define ROLE_GEO_FILES_H

#include "config/conf.h"
#include "enrich/geo.h"
#include "role/jailed.h"

#define GEO_FAULT_BYTES 512                      /* of a message about a file */
#define GEO_OLD_NS (90 * 24 * 3600 * NS_PER_SEC) /* a database that was built so long ago is said to be old */

/* What came of one database. */
struct geo_file {
    char path[CONF_TEXT_MAX];
    struct geo_facts facts; /* of a database that was found good */
};

struct geo_files;

/*
 * The databases of the configuration, unchecked; to be called with the rights that opening them needs. NULL, with a message for
 * each fault, when one cannot be read; the first is left in fault too, of GEO_FAULT_BYTES, which may be NULL. Gives.
 */
struct geo_files *geo_files_read(const struct conf *conf, char *fault);
void geo_files_free(struct geo_files *files); /* NULL ok; ends processes that still check */

/* Checks them, each in a process of its own. False, with a message for each fault, when one is refused: geo_files_fault has the first. */
bool geo_files_check(struct geo_files *files, enum conf_sandbox sandbox);

/* The same in steps, for who has other things to do: steps give JAILED_RUNS until it is done or failed. */
bool geo_files_check_start(struct geo_files *files, enum conf_sandbox sandbox);
enum jailed_state geo_files_check_step(struct geo_files *files, bool wait);

/* For who waits for any child: true when pid is that of a process that checks, whose end the next step then knows. */
bool geo_files_ended(struct geo_files *files, pid_t pid, int status);

const char *geo_files_fault(const struct geo_files *files);

/* The database that is named for this; NULL when there is none. Lives as long as files. */
const struct geo_file *geo_files_at(const struct geo_files *files, enum geo_which which);

/* Writes what a database is and how old: "GeoLite2-ASN, IPv4 and IPv6, ..., built 2026-11-20". */
void geo_file_print(const struct geo_file *file, ns_t now, struct out *o);

/* Says in the log which databases are in use, and warns of those that are old. */
void geo_files_say(const struct geo_files *files, ns_t now);

/* Bytes of memory that they take. */
uint64_t geo_files_bytes(const struct geo_files *files);

/* Opens what was checked; to be called before the jail. files NULL: none. False with a message. The databases are the caller's. */
bool geo_files_open(const struct geo_files *files, struct geo *db[GEO_N]);

#endif
