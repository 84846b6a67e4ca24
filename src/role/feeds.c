/*
 * feeds.c - from lists on disk, and those in the program, to one image in memory that nothing can change.
 *
 * The configured lists come before the built-in ones, so that of two rows for one name that of the
 * administrator counts.
 */
#include "config.h"

#include "role/feeds.h"

#include "base/hash.h"
#include "base/log.h"
#include "role/clock.h"
#include "role/feeds_part.h"
#include "role/sealed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define ROOM_LEAST (UINT64_C(64) << 20)

static const char not_an_image[] =
    "is no compiled image of this version, or it is damaged; expected what `countermine-feed compile' writes";

uint64_t feeds_seed(void)
{
    struct hash_key key;
    uint64_t number = 0;

    if (hash_seed(&key))
        memcpy(&number, key.secret, sizeof(number));
    return number;
}

struct feeds *feeds_new(void)
{
    struct feeds *feeds = calloc(1, sizeof(*feeds));

    if (feeds)
        feeds->image_fd = -1;
    else
        log_err("feeds: not enough memory");
    return feeds;
}

/* The next list, with what is known of it so far. */
static struct feeds_source *add_source(struct feeds *feeds)
{
    if (feeds->n_sources < FEEDS_LISTS_MAX)
        return &feeds->sources[feeds->n_sources];
    log_err("feeds: more than %d lists", FEEDS_LISTS_MAX);
    return NULL;
}

static void name_list(struct feeds *feeds, const struct feeds_source *s)
{
    struct feeds_list *l = &feeds->outcome.list[feeds->n_sources++];

    feeds->outcome.n_lists = feeds->n_sources;
    memcpy(l->name, s->spec.path, sizeof(l->name));
    l->is_file = s->is_file;
    l->changed_ns = s->changed_ns;
}

bool feeds_add_file(struct feeds *feeds, const char *text, const struct conf_origin *from, const char *key)
{
    struct feeds_source *s = add_source(feeds);
    char why[200];
    struct out o = out_of(why, sizeof(why));

    if (!s)
        return false;
    *s = (struct feeds_source){.origin = {.key = key, .fault = feeds->outcome.fault}, .is_file = true};
    if (from)
        s->origin.from = *from;
    if (!feeds_spec_parse(text, &s->spec, &o)) {
        feeds_complain(&s->origin, text, "%s", why);
        return false;
    }
    if (!feeds_file_read(s))
        return false;
    name_list(feeds, s);
    return true;
}

bool feeds_add_builtin(struct feeds *feeds, enum feeds_builtin which)
{
    struct feeds_source *s = add_source(feeds);

    if (!s)
        return false;
    *s = (struct feeds_source){.spec.options = LIST_DEFAULTS, .text = feeds_builtin[which].text};
    s->origin.fault = feeds->outcome.fault;
    snprintf(s->spec.path, sizeof(s->spec.path), "%s", feeds_builtin[which].list);
    name_list(feeds, s);
    return true;
}

struct feeds *feeds_alone(const struct feeds *all, uint32_t i)
{
    struct feeds *feeds = feeds_new();

    if (!feeds)
        return NULL;
    feeds->sources[0] = all->sources[i];
    feeds->sources[0].mem = NULL; /* borrowed */
    feeds->sources[0].origin.fault = feeds->outcome.fault;
    name_list(feeds, &feeds->sources[0]);
    return feeds;
}

void feeds_guard(struct feeds *feeds)
{
    feeds->guard = true;
}

void feeds_count(struct feeds *feeds)
{
    feeds->count = true;
}

/* --- the image ----------------------------------------------------------------------------------- */

static bool make_image(struct feeds *feeds, uint64_t n)
{
    feeds->image_fd = sealed_new("lists", n);
    if (feeds->image_fd < 0)
        log_err("feeds: not enough memory for the lists: %s", strerror(errno));
    return feeds->image_fd >= 0;
}

/* Maps what nobody can change any more, and checks it. NULL, or why it is of no use. */
static const char *take_image(struct feeds *feeds, uint64_t n)
{
    const char *why = NULL;

    feeds->mem = sealed_map(feeds->image_fd, n, &why);
    if (!feeds->mem)
        return why;
    feeds->n_mapped = n;
    if (!feed_check(feeds->mem, n)) {
        munmap(feeds->mem, n);
        feeds->mem = NULL;
        feeds->n_mapped = 0;
        return "the image is malformed";
    }
    feeds->outcome.n_names = feed_n_listed(feeds->mem);
    feeds->outcome.loaded_ns = clock_wall();
    return NULL;
}

/* Copies a file into the memory file. */
static bool copy_image(struct feeds *feeds, int fd, uint64_t n)
{
    while (n > 0) {
        ssize_t got = sendfile(feeds->image_fd, fd, NULL, n > 1 << 30 ? 1 << 30 : n);

        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        if (got > 0)
            n -= (uint64_t)got;
    }
    return true;
}

bool feeds_take_file(struct feeds *feeds, const char *path, const struct conf_origin *from, const char *key)
{
    struct feeds_source *s = add_source(feeds);
    uint64_t n;
    bool ok;
    int fd;

    if (!s)
        return false;
    *s = (struct feeds_source){.origin = {.key = key, .fault = feeds->outcome.fault}, .is_file = true};
    if (from)
        s->origin.from = *from;
    snprintf(s->spec.path, sizeof(s->spec.path), "%s", path);
    fd = feeds_open(&s->origin, path, FEEDS_IMAGE_MAX, &n, &s->changed_ns);
    if (fd < 0)
        return false;
    ok = make_image(feeds, n) && copy_image(feeds, fd, n);
    close(fd);
    if (!ok) {
        feeds_complain(&s->origin, path, "cannot be read whole");
        return false;
    }
    feeds->is_copy = true;
    feeds->n_copied = n;
    name_list(feeds, s);
    feeds->outcome.list[0].type = LIST_IMAGE;
    return true;
}

/* --- the configuration ---------------------------------------------------------------------------- */

static bool read_lists(struct feeds *feeds, const struct conf *conf)
{
    bool ok = true;

    for (uint32_t i = 0; i < conf->feeds.files.n; i++) /* all faults are said */
        ok = feeds_add_file(feeds, conf->feeds.files.path[i], &conf->feeds.files_from, "feeds.files") && ok;
    for (int i = FEEDS_POOLS; conf->feeds.builtin && i <= FEEDS_ENDPOINTS; i++)
        ok = feeds_add_builtin(feeds, (enum feeds_builtin)i) && ok;
    if (conf->feeds.malware)
        ok = feeds_add_builtin(feeds, FEEDS_MALWARE) && ok;
    if (conf->feeds.unverified)
        ok = feeds_add_builtin(feeds, FEEDS_FACTS) && ok;
    feeds->guard = conf->feeds.builtin;
    return ok;
}

struct feeds *feeds_read(const struct conf *conf, char *fault)
{
    struct feeds *feeds = feeds_new();
    bool ok;

    if (!feeds)
        return NULL;
    if (conf->feeds.image[0])
        ok = feeds_take_file(feeds, conf->feeds.image, &conf->feeds.image_from, "feeds.image");
    else
        ok = read_lists(feeds, conf);
    if (ok)
        return feeds;
    if (fault)
        memcpy(fault, feeds->outcome.fault, FEEDS_FAULT_BYTES);
    feeds_free(feeds);
    return NULL;
}

/* --- compiling ------------------------------------------------------------------------------------ */

/* Room for the image, as much as there may be: less where the address space has limits. */
static bool make_room(struct feeds *feeds, struct feeds_compiling *c)
{
    if (!make_image(feeds, 0))
        return false;
    for (uint64_t n = sizeof(void *) > 4 ? FEEDS_IMAGE_MAX : FEEDS_IMAGE_MAX / 8; n >= ROOM_LEAST; n /= 2) {
        c->mem = sealed_room(feeds->image_fd, n);
        if (c->mem) {
            c->room = n;
            return true;
        }
    }
    log_err("feeds: not enough memory for the lists: %s", strerror(errno));
    return false;
}

static void release(struct feeds *feeds)
{
    struct feeds_compiling *c = &feeds->compiling;

    if (c->mem)
        munmap(c->mem, c->room);
    jailed_unshare(c->outcome, sizeof(*c->outcome));
    *c = (struct feeds_compiling){0};
    for (uint32_t i = 0; i < feeds->n_sources; i++) {
        free(feeds->sources[i].mem);
        feeds->sources[i].mem = NULL;
    }
    list_never_free(feeds->never);
    feeds->never = NULL;
    feeds->is_compiling = false;
}

/* The image that came from a file is looked at only now, without the rights that opening it took. */
static bool take_copy(struct feeds *feeds)
{
    const struct feeds_source *s = &feeds->sources[0];

    if (take_image(feeds, feeds->n_copied) == NULL) {
        feeds->outcome.list[0].n_used = feeds->outcome.n_names;
        feeds->outcome.took_ns = clock_mono() - feeds->began_ns; /* it is there; what follows is for those who ask */
        return true;
    }
    feeds_complain(&s->origin, s->spec.path, "%s", not_an_image);
    return false;
}

static bool has_files(const struct feeds *feeds)
{
    uint32_t i = 0;

    while (i < feeds->n_sources && !feeds->sources[i].is_file)
        i++;
    return i < feeds->n_sources;
}

/* What the process gets. */
static bool prepare(struct feeds *feeds, const struct feed *before)
{
    struct feeds_compiling *c = &feeds->compiling;

    *c = (struct feeds_compiling){.sources = feeds->sources, .n_sources = feeds->n_sources};
    c->count = feeds->count;
    c->before = before;
    c->seed = feeds_seed();
    c->now = clock_wall();
    c->image = feeds->mem;
    c->outcome = jailed_share(sizeof(*c->outcome));
    if (c->outcome)
        *c->outcome = feeds->outcome;
    else
        log_err("feeds: not enough memory");
    if (!c->image && has_files(feeds)) {
        c->never = feeds->never = feeds_never_new(c->seed, feeds->guard);
        if (!c->never) {
            log_err("feeds: not enough memory");
            return false;
        }
    }
    return c->outcome && (c->image || make_room(feeds, c));
}

bool feeds_compile_start(struct feeds *feeds, enum conf_sandbox sandbox, const struct feed *before)
{
    feeds->began_ns = clock_mono();
    if (feeds->n_sources == 0)
        return true;
    if (feeds->is_copy && !take_copy(feeds))
        return false;
    if (prepare(feeds, before))
        feeds->is_compiling = jailed_start(&feeds->jail, "compiles the lists", feeds_compile_work, &feeds->compiling, sandbox);
    if (!feeds->is_compiling)
        release(feeds);
    else if (feeds->compiling.mem) /* a process that is started meanwhile would keep it, and the image could not be sealed */
        (void)madvise(feeds->compiling.mem, feeds->compiling.room, MADV_DONTFORK); /* fails in no kernel that has it */
    return feeds->is_compiling;
}

int feeds_compile_fd(const struct feeds *feeds)
{
    return feeds->is_compiling ? feeds->jail.child.control : -1;
}

bool feeds_compile_ended(struct feeds *feeds, pid_t pid, int status)
{
    return feeds->is_compiling && jailed_ended(&feeds->jail, pid, status);
}

/* Takes over what the process told: numbers are believed, as they are only shown; texts are ended and types checked. */
static void take_outcome(struct feeds *feeds, const struct feeds_outcome *told)
{
    for (uint32_t i = 0; i < feeds->n_sources; i++) {
        struct feeds_list *l = &feeds->outcome.list[i];
        struct feeds_list own = *l;

        *l = told->list[i];
        memcpy(l->name, own.name, sizeof(l->name));
        l->is_file = own.is_file;
        l->changed_ns = own.changed_ns;
        l->newest[sizeof(l->newest) - 1] = '\0';
        for (uint32_t k = 0; k < LIST_REFUSED_SHOWN; k++)
            l->refused[k].why[LIST_WHY_BYTES - 1] = '\0';
        if ((unsigned)l->type >= LIST_TYPE_N)
            l->type = LIST_AUTO;
    }
    feeds->outcome.delta = told->delta;
    feeds->outcome.delta.known = told->delta.known && feeds->compiling.before;
    feeds->outcome.text_bytes = told->text_bytes;
    for (uint32_t i = 0; i < feeds->n_sources; i++)
        feeds->outcome.text_bytes += feeds->sources[i].mem ? feeds->sources[i].text.n : 0;
    memcpy(feeds->outcome.fault, told->fault, sizeof(told->fault));
    feeds->outcome.fault[sizeof(told->fault) - 1] = '\0';
}

/* Ends the image where its head says that it ends. */
static const char *cut_image(struct feeds *feeds)
{
    struct feeds_compiling *c = &feeds->compiling;
    uint64_t n = feed_bytes(c->mem);

    if (n == 0 || n > c->room)
        return "the image is malformed";
    munmap(c->mem, c->room); /* a sealed file may have no mapping that can be written to */
    c->mem = NULL;
    return take_image(feeds, n);
}

enum jailed_state feeds_compile_step(struct feeds *feeds, bool wait)
{
    enum jailed_state state;
    const char *why = NULL;

    if (!feeds->is_compiling)
        return feeds->outcome.fault[0] ? JAILED_FAILED : JAILED_DONE;
    state = jailed_step(&feeds->jail, wait);
    if (state == JAILED_RUNS)
        return state;
    take_outcome(feeds, feeds->compiling.outcome);
    if (state == JAILED_DONE && !feeds->is_copy)
        why = cut_image(feeds);
    if (why)
        log_err("feeds: %s", why);
    if (state != JAILED_DONE && feeds->outcome.fault[0] == '\0')
        why = "the process that compiles the lists failed";
    if (why)
        snprintf(feeds->outcome.fault, sizeof(feeds->outcome.fault), "%s", why);
    release(feeds);
    if (!feeds->is_copy)
        feeds->outcome.took_ns = clock_mono() - feeds->began_ns;
    return feeds->outcome.fault[0] ? JAILED_FAILED : JAILED_DONE;
}

bool feeds_compile(struct feeds *feeds, enum conf_sandbox sandbox, const struct feed *before)
{
    return feeds_compile_start(feeds, sandbox, before) && feeds_compile_step(feeds, true) == JAILED_DONE;
}

/* --- what there is --------------------------------------------------------------------------------- */

const struct feeds_outcome *feeds_outcome(const struct feeds *feeds)
{
    return &feeds->outcome;
}

int feeds_image_fd(const struct feeds *feeds)
{
    return feeds->mem ? feeds->image_fd : -1;
}

uint64_t feeds_image_bytes(const struct feeds *feeds)
{
    return feeds->n_mapped;
}

uint64_t feeds_memory_max(const struct feeds *feeds)
{
    return feeds->outcome.text_bytes + 2 * feeds->n_mapped;
}

const struct feed *feeds_image(const struct feeds *feeds)
{
    return feeds->mem;
}

ns_t feeds_oldest(const struct feeds_outcome *outcome, const struct feeds_list **which)
{
    ns_t oldest = 0;

    *which = NULL;
    for (uint32_t i = 0; i < outcome->n_lists; i++) {
        const struct feeds_list *l = &outcome->list[i];

        if (l->changed_ns == 0 || (oldest && l->changed_ns >= oldest))
            continue;
        oldest = l->changed_ns;
        *which = l;
    }
    return oldest;
}

void feeds_warn_of_old(const struct feeds_outcome *outcome, ns_t now)
{
    for (uint32_t i = 0; i < outcome->n_lists; i++) {
        const struct feeds_list *l = &outcome->list[i];

        if (l->changed_ns && now - l->changed_ns > FEEDS_OLD_NS)
            log_warn("feeds: %s was last changed %lld days ago: is it still kept up to date?", l->name,
                     (long long)((now - l->changed_ns) / (24 * 3600 * NS_PER_SEC)));
    }
}

void feeds_free(struct feeds *feeds)
{
    if (!feeds)
        return;
    if (feeds->is_compiling) {
        kill(feeds->jail.child.pid, SIGKILL);
        feeds->jail.is_given_up = true;
        (void)jailed_step(&feeds->jail, true); /* that it was killed is known */
    }
    release(feeds);
    if (feeds->mem)
        munmap(feeds->mem, feeds->n_mapped);
    if (feeds->image_fd >= 0)
        close(feeds->image_fd);
    free(feeds);
}
