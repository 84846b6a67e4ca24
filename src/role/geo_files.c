/*
 * geo_files.c - databases of places: opening, copying, having them checked, and what is said of them.
 */
#include "config.h"

#include "role/geo_files.h"

#include "base/log.h"
#include "base/out.h"
#include "base/rfc3339.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB 1048576
#define FD_PATH_MAX 40 /* bytes of /proc/self/fd/N */

/* What the process tells that checks, in memory that is shared with it. It may say anything. */
struct told {
    bool is_good;
    char fault[GEO_WHY_MAX];
    struct geo_facts facts;
};

struct entry {
    struct geo_file file;
    const char *key;
    struct conf_origin from;
    int fd; /* sealed memory; -1 = no database is named */
    uint64_t bytes;
    struct jailed jail;
    bool is_checking;
    struct told *told;
};

struct geo_files {
    struct entry v[GEO_N];
    bool is_refused;
    char fault[GEO_FAULT_BYTES];
};

/* --- the bytes ------------------------------------------------------------------------------------------- */

static void complain(struct geo_files *files, const struct entry *e, const char *fmt, ...) ATTR_PRINTF(3, 4);

static void complain(struct geo_files *files, const struct entry *e, const char *fmt, ...)
{
    char text[GEO_FAULT_BYTES], line[16] = "";
    struct out o = out_of(text, sizeof(text));
    char what[GEO_WHY_MAX + 40];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    out_escape(&o, view_str(e->file.path));
    out_str(&o, " ");
    out_escape(&o, view_of(what, strlen(what)));
    if (!files->is_refused)
        memcpy(files->fault, text, sizeof(text));
    files->is_refused = true;
    if (e->from.line)
        snprintf(line, sizeof(line), ":%u", e->from.line);
    log_err("%s%s: geo.%s: %s", e->from.where ? e->from.where : "configuration", line, e->key, text);
}

/* Copies all of fd, which had n bytes, to memory: the kernel does it, and no byte comes here. */
static bool copy(struct geo_files *files, struct entry *e, int fd, uint64_t n)
{
    e->fd = memfd_create("geo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (uint64_t done = 0; e->fd >= 0 && done < n;) {
        ssize_t got = sendfile(e->fd, fd, NULL, (size_t)(n - done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) {
            complain(files, e, "became shorter while it was read");
            return false;
        }
        if (got < 0)
            break;
        done += (uint64_t)got;
        e->bytes = done;
    }
    if (e->fd >= 0 && e->bytes == n && fcntl(e->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        return true;
    complain(files, e, "cannot be copied into memory: %s", strerror(errno));
    return false;
}

static void read_one(struct geo_files *files, struct entry *e, uint64_t max)
{
    /* Without O_NONBLOCK the start would wait for the other end of a named pipe. */
    int fd = open(e->file.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;

    if (fd < 0)
        complain(files, e, "cannot be opened: %s", strerror(errno));
    else if (fstat(fd, &st) != 0)
        complain(files, e, "%s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        complain(files, e, "is %s, expected a file of the form MaxMind DB (.mmdb)",
                 S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
    else if (st.st_size == 0)
        complain(files, e, "is empty, expected a database of the form MaxMind DB (.mmdb)");
    else if ((uint64_t)st.st_size > max)
        complain(files, e, "has %lld bytes, and geo.max_bytes is %llu", (long long)st.st_size, (unsigned long long)max);
    else
        (void)copy(files, e, fd, (uint64_t)st.st_size); /* has said why not */
    if (fd >= 0)
        close(fd);
}

struct geo_files *geo_files_read(const struct conf *conf, char *fault)
{
    struct geo_files *files = calloc(1, sizeof(*files));
    const char *const paths[GEO_N] = {conf->geo.asn, conf->geo.country};

    if (fault)
        fault[0] = '\0';
    if (!files) {
        log_err("geo: not enough memory");
        return NULL;
    }
    files->v[GEO_ASN] = (struct entry){.key = "asn", .from = conf->geo.asn_from, .fd = -1};
    files->v[GEO_COUNTRY] = (struct entry){.key = "country", .from = conf->geo.country_from, .fd = -1};
    for (size_t i = 0; i < GEO_N; i++) {
        struct out o = out_of(files->v[i].file.path, sizeof(files->v[i].file.path));

        out_str(&o, paths[i]);
        if (paths[i][0])
            read_one(files, &files->v[i], conf->geo.max_bytes);
    }
    if (!files->is_refused)
        return files;
    if (fault)
        memcpy(fault, files->fault, GEO_FAULT_BYTES);
    geo_files_free(files);
    return NULL;
}

void geo_files_free(struct geo_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < GEO_N; i++) {
        struct entry *e = &files->v[i];

        if (e->is_checking && !e->jail.has_ended)
            kill(e->jail.child.pid, SIGKILL);
        if (e->is_checking)
            (void)jailed_step(&e->jail, true); /* that it was killed is known */
        jailed_unshare(e->told, sizeof(*e->told));
        if (e->fd >= 0)
            close(e->fd);
    }
    free(files);
}

/* --- the check --------------------------------------------------------------------------------------------- */

static const char *fd_path(int fd, char path[FD_PATH_MAX])
{
    snprintf(path, FD_PATH_MAX, "/proc/self/fd/%d", fd);
    return path;
}

/* feeds_work, in the jail. */
static bool check_one(void *arg)
{
    struct entry *e = arg;
    struct told *told = e->told;
    char path[FD_PATH_MAX];
    struct geo *g = geo_open(fd_path(e->fd, path), told->fault, sizeof(told->fault));

    told->is_good = g && geo_check(g, &told->facts, told->fault, sizeof(told->fault));
    geo_close(g);
    return told->is_good;
}

bool geo_files_check_start(struct geo_files *files, enum conf_sandbox sandbox)
{
    for (size_t i = 0; i < GEO_N; i++) {
        struct entry *e = &files->v[i];
        /* A bit for each byte of the file, the map of it, and what the library keeps of the metadata. */
        struct jailed_as as = {.role = JAIL_GEO,
                               .input = e->fd,
                               .memory = 2 * e->bytes + 64 * (uint64_t)MIB,
                               .what = "checks a database of places"};

        if (e->fd < 0)
            continue;
        e->told = jailed_share(sizeof(*e->told));
        e->is_checking = e->told && jailed_start_as(&e->jail, &as, check_one, e, sandbox);
        if (!e->is_checking) {
            complain(files, e, "cannot be checked: not enough memory or processes");
            return false;
        }
        e->jail.is_given_up = true; /* its end is told here, with the name of the file */
    }
    return true;
}

/* What the process says is not believed further than that it is text and numbers. */
static void take_told(struct geo_files *files, struct entry *e, enum jailed_state state, enum geo_which which)
{
    char fault[GEO_WHY_MAX], how[120];

    memcpy(fault, e->told->fault, sizeof(fault));
    fault[sizeof(fault) - 1] = '\0';
    e->file.facts = e->told->facts;
    e->file.facts.type[GEO_TYPE_MAX - 1] = '\0';
    child_describe_end(e->jail.status, how, sizeof(how));
    if (state == JAILED_FAILED && fault[0])
        complain(files, e, "%s", fault);
    else if (state == JAILED_FAILED)
        complain(files, e, "cannot be used: the process that checked it %s", how);
    else if (!e->told->is_good || (which == GEO_ASN ? e->file.facts.n_numbers : e->file.facts.n_countries) == 0)
        complain(files, e, "has no %s: is it another database? (its type is %s)",
                 which == GEO_ASN ? "numbers of autonomous systems" : "countries", e->file.facts.type);
}

enum jailed_state geo_files_check_step(struct geo_files *files, bool wait)
{
    bool runs = false;

    for (size_t i = 0; i < GEO_N; i++) {
        struct entry *e = &files->v[i];
        enum jailed_state state = e->is_checking ? jailed_step(&e->jail, wait) : JAILED_DONE;

        if (state == JAILED_RUNS) {
            runs = true;
        } else if (e->is_checking) {
            e->is_checking = false;
            take_told(files, e, state, (enum geo_which)i);
        }
    }
    return runs ? JAILED_RUNS : files->is_refused ? JAILED_FAILED : JAILED_DONE;
}

bool geo_files_check(struct geo_files *files, enum conf_sandbox sandbox)
{
    return geo_files_check_start(files, sandbox) && geo_files_check_step(files, true) == JAILED_DONE;
}

bool geo_files_ended(struct geo_files *files, pid_t pid, int status)
{
    bool is_ours = false;

    for (size_t i = 0; i < GEO_N && !is_ours; i++)
        is_ours = files->v[i].is_checking && jailed_ended(&files->v[i].jail, pid, status);
    return is_ours;
}

const char *geo_files_fault(const struct geo_files *files)
{
    return files->fault;
}

/* --- those in use -------------------------------------------------------------------------------------------- */

const struct geo_file *geo_files_at(const struct geo_files *files, enum geo_which which)
{
    return files->v[which].fd >= 0 ? &files->v[which].file : NULL;
}

static bool is_old(const struct geo_file *file, ns_t now)
{
    return file->facts.built_ns > 0 && now - file->facts.built_ns > GEO_OLD_NS;
}

void geo_file_print(const struct geo_file *file, ns_t now, struct out *o)
{
    const struct geo_facts *f = &file->facts;

    if (f->type[0])
        out_escape(o, view_str(f->type));
    else
        out_str(o, "without a type");
    out_fmt(o, ", %s, %u nodes, %u entries, %llu bytes", f->ip_version == 4 ? "IPv4" : "IPv4 and IPv6", f->n_nodes,
            f->n_entries, (unsigned long long)f->bytes);
    if (f->built_ns == 0)
        return;
    out_str(o, ", built ");
    rfc3339_print_day(f->built_ns / (24 * 3600 * NS_PER_SEC), o);
    if (is_old(file, now))
        out_str(o, ": OLD, is it still kept up to date?");
}

void geo_files_say(const struct geo_files *files, ns_t now)
{
    for (size_t i = 0; i < GEO_N; i++) {
        const struct geo_file *file = geo_files_at(files, (enum geo_which)i);
        char text[GEO_FAULT_BYTES];
        struct out o = out_of(text, sizeof(text));

        if (!file)
            continue;
        out_escape(&o, view_str(file->path));
        out_str(&o, ": ");
        geo_file_print(file, now, &o);
        if (is_old(file, now))
            log_warn("geo: %s", text);
        else
            log_info("geo: %s", text);
    }
}

uint64_t geo_files_bytes(const struct geo_files *files)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < GEO_N; i++)
        sum += files->v[i].bytes;
    return sum;
}

bool geo_files_open(const struct geo_files *files, struct geo *db[GEO_N])
{
    char path[FD_PATH_MAX], why[GEO_WHY_MAX];

    for (size_t i = 0; i < GEO_N; i++) {
        const struct entry *e = files ? &files->v[i] : NULL;

        db[i] = NULL;
        if (!e || e->fd < 0)
            continue;
        db[i] = geo_open(fd_path(e->fd, path), why, sizeof(why));
        if (!db[i]) {
            log_err("geo: %s %s", e->file.path, why);
            return false;
        }
    }
    return true;
}
