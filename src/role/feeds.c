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
#include "role/child.h"
#include "role/feeds_builtin.h"
#include "role/ipc.h"
#include "role/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTS_MAX (CONF_FILES_MAX + FEEDS_BUILTIN_N)

struct feeds {
    struct conf_origin from; /* of the files */
    struct feed_source sources[LISTS_MAX];
    uint32_t n_sources;
    struct {
        char *name;
        uint8_t *text;
    } files[CONF_FILES_MAX]; /* what the first of the sources refer to */
    uint32_t n_files;
    int image_fd;    /* -1 = none */
    void *mem;       /* the mapping with the image */
    size_t n_mapped; /* bytes; 0 when there is none */
};

/* Reads up to n bytes; true when the end of the file or n is reached. */
static bool read_all(int fd, uint8_t *mem, size_t n, size_t *n_read)
{
    *n_read = 0;
    while (*n_read < n) {
        ssize_t got = read(fd, mem + *n_read, n - *n_read);

        if (got < 0 && errno != EINTR)
            return false;
        if (got == 0)
            break;
        if (got > 0)
            *n_read += (size_t)got;
    }
    return true;
}

/* Says what is wrong with a list of the configuration, and where that names it. */
static void ATTR_PRINTF(3, 4) complain(const struct conf_origin *from, const char *path, const char *fmt, ...)
{
    char what[256], line[16] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (from->line)
        snprintf(line, sizeof(line), ":%u", from->line);
    log_err("%s%s: feeds.files: %s: %s", from->where ? from->where : "configuration", line, path, what);
}

/* Reads the open list whole, into memory that becomes the caller's; NULL with a message. */
static uint8_t *read_list(int fd, const struct conf_origin *from, const char *path, size_t *n)
{
    struct stat st;
    uint8_t *mem;

    if (fstat(fd, &st) != 0) {
        complain(from, path, "%s", strerror(errno));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        complain(from, path, "is %s, expected a file with a list (see countermine-feeds(5))",
                 S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
        return NULL;
    }
    if ((uint64_t)st.st_size > FEEDS_FILE_MAX) {
        complain(from, path, "has %lld bytes, a list may have %zu: divide it", (long long)st.st_size, FEEDS_FILE_MAX);
        return NULL;
    }
    mem = malloc((size_t)st.st_size + 1);
    if (!mem) {
        complain(from, path, "not enough memory to read it");
        return NULL;
    }
    if (!read_all(fd, mem, (size_t)st.st_size, n)) {
        complain(from, path, "%s", strerror(errno));
        free(mem);
        return NULL;
    }
    return mem;
}

static bool add_file(struct feeds *feeds, const struct conf_origin *from, const char *path)
{
    /* Without O_NONBLOCK the start would wait for the other end of a named pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    uint8_t *text;
    char *name;
    size_t n;

    if (fd < 0) {
        complain(from, path, "cannot be opened: %s", strerror(errno));
        return false;
    }
    text = read_list(fd, from, path, &n);
    close(fd);
    if (!text)
        return false;
    name = strdup(path);
    if (!name) {
        complain(from, path, "not enough memory to read it");
        free(text);
        return false;
    }
    feeds->files[feeds->n_files].name = name;
    feeds->files[feeds->n_files++].text = text;
    feeds->sources[feeds->n_sources++] = (struct feed_source){name, view_of(text, n)};
    return true;
}

struct feeds *feeds_read(const struct conf *conf)
{
    struct feeds *feeds = calloc(1, sizeof(*feeds));
    bool ok = true;

    if (!feeds) {
        log_err("feeds: not enough memory");
        return NULL;
    }
    feeds->image_fd = -1;
    feeds->from = conf->feeds.files_from;
    for (uint32_t i = 0; i < conf->feeds.files.n; i++)
        ok = add_file(feeds, &feeds->from, conf->feeds.files.path[i]) && ok; /* all faults are said */
    if (!ok) {
        feeds_free(feeds);
        return NULL;
    }
    if (conf->feeds.builtin)
        for (size_t i = 0; i < FEEDS_BUILTIN_N; i++)
            feeds->sources[feeds->n_sources++] = feeds_builtin[i];
    return feeds;
}

/* Says which rows of a list were refused. In a built-in list that is the wish of who listed a never row. */
static void say_refused(const struct feed_source *source, const struct feed_report *report, bool is_file)
{
    void (*say)(const char *fmt, ...) = is_file ? log_warn : log_info;

    for (uint32_t i = 0; i < report->n_refused && i < FEED_REFUSED_SHOWN; i++)
        say("feeds: %s:%u: refused: %s", source->list, report->refused[i].line, report->refused[i].why);
    if (report->n_refused > 0)
        say("feeds: %s: %u of %u rows refused, %u used", source->list, report->n_refused, report->n_rows, report->n_taken);
}

/* Says what came of the lists; false when a configured one is of no use. */
static bool say_reports(const struct feeds *feeds, const struct feed_report *reports)
{
    bool ok = true;

    for (uint32_t i = 0; i < feeds->n_sources; i++) {
        const struct feed_report *report = &reports[i];
        bool is_file = i < feeds->n_files;

        say_refused(&feeds->sources[i], report, is_file);
        log_debug("feeds: %s: %u rows, %u used, %u listed before, %u refused", feeds->sources[i].list, report->n_rows,
                  report->n_taken, report->n_duplicate, report->n_refused);
        if (is_file && report->n_taken + report->n_duplicate == 0) {
            complain(&feeds->from, feeds->sources[i].list,
                     "has no row that can be used, expected a name on each line or CSV (see countermine-feeds(5))");
            ok = false;
        }
    }
    return ok;
}

/* A line with what is in use, by kinds. */
static void say_kinds(const struct feed *f)
{
    uint32_t n[FEED_KIND_N] = {0};
    char line[200];
    struct out o = out_of(line, sizeof(line));
    struct feed_row row;

    for (uint32_t i = 1; i <= feed_n_rows(f); i++)
        if (feed_row_at(f, i, &row))
            n[row.kind]++;
    for (unsigned k = 0; k < FEED_KIND_N; k++)
        out_fmt(&o, "%s%u %s", k > 0 ? ", " : "", n[k], feed_kind_name((enum feed_kind)k));
    log_debug("feeds: in use: %s; %zu bytes", line, feed_bytes(f));
}

/* The number that keys the image. Nothing that is found depends on it, only who can foresee collisions. */
static uint64_t seed(void)
{
    struct hash_key key;
    uint64_t number = 0;

    if (hash_seed(&key))
        memcpy(&number, key.secret, sizeof(number));
    return number;
}

/* What the process that compiles gets by being forked. */
struct compiling {
    struct feeds *feeds;
    int fd; /* of the image */
    void *mem;
    size_t n;
    uint64_t seed;
    enum conf_sandbox sandbox;
};

/* A child_main: builds the image in the memory file. */
static int compile(void *compiling, int control)
{
    static struct feed_report reports[LISTS_MAX];
    const struct compiling *c = compiling;
    struct jail_fds keep = jail_fds_none();
    const struct feed *f;
    char why[200];

    keep.control = control;
    if (!jail_enter(JAIL_COMPILER, &keep, c->sandbox, 0, why, sizeof(why))) {
        log_err("the process that compiles the lists: %s", why);
        return EXIT_FAILURE;
    }
    f = feed_build(c->mem, c->n, c->feeds->sources, c->feeds->n_sources, c->seed, reports);
    if (!f) {
        log_err("feeds: not enough memory for the lists: %zu bytes are needed", c->n);
        return EXIT_FAILURE;
    }
    if (!say_reports(c->feeds, reports))
        return EXIT_FAILURE;
    say_kinds(f);
    return EXIT_SUCCESS;
}

/* Runs the process to its end; true when it made an image. What it says is printed. */
static bool run_compiler(struct compiling *c)
{
    static struct ipc_message m;
    struct child child;
    enum ipc_result got;
    char how[120];
    int status = 0;
    pid_t pid;

    if (!child_start(&child, compile, c, 0))
        return false;
    while ((got = ipc_receive(child.control, &m, NULL, false)) != IPC_EOF) {
        if (got == IPC_GOT && m.head.type == IPC_LOG)
            ipc_log_print(&m);
        if (got == IPC_NONE && poll(&(struct pollfd){.fd = child.control, .events = POLLIN}, 1, -1) < 0 && errno != EINTR)
            break;
    }
    do
        pid = waitpid(child.pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    child_forget(&child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return true;
    child_describe_end(status, how, sizeof(how));
    if (WIFSIGNALED(status))
        log_err("feeds: the process that compiles the lists %s", how);
    return false;
}

/* Maps what the process made, which nobody can change any more, and checks it. */
static bool take_image(struct feeds *feeds, size_t n)
{
    if (fcntl(feeds->image_fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        log_err("feeds: the image cannot be sealed: %s", strerror(errno));
        return false;
    }
    feeds->mem = mmap(NULL, n, PROT_READ, MAP_SHARED, feeds->image_fd, 0);
    if (feeds->mem == MAP_FAILED) {
        feeds->mem = NULL;
        log_err("feeds: the image cannot be mapped: %s", strerror(errno));
        return false;
    }
    feeds->n_mapped = n;
    if (!feed_check(feeds->mem, n)) {
        log_err("feeds: the image is malformed");
        return false;
    }
    return true;
}

bool feeds_compile(struct feeds *feeds, enum conf_sandbox sandbox)
{
    size_t n = feed_size(feeds->sources, feeds->n_sources);
    struct compiling c = {.feeds = feeds, .n = n, .seed = seed(), .sandbox = sandbox};
    bool ok;

    if (feeds->n_sources == 0)
        return true;
    feeds->image_fd = memfd_create("lists", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (n == 0 || feeds->image_fd < 0 || ftruncate(feeds->image_fd, (off_t)n) != 0) {
        log_err("feeds: not enough memory for the lists: %zu bytes are needed", n);
        return false;
    }
    c.mem = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, feeds->image_fd, 0);
    if (c.mem == MAP_FAILED) {
        log_err("feeds: not enough memory for the lists: %zu bytes are needed", n);
        return false;
    }
    ok = run_compiler(&c);
    munmap(c.mem, n); /* a sealed file may have no mapping that can be written to */
    return ok && take_image(feeds, n);
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
    uint64_t bytes = feed_size(feeds->sources, feeds->n_sources);

    for (uint32_t i = 0; i < feeds->n_files; i++)
        bytes += feeds->sources[i].text.n;
    return bytes;
}

const struct feed *feeds_image(const struct feeds *feeds)
{
    return feeds->mem;
}

void feeds_free(struct feeds *feeds)
{
    if (!feeds)
        return;
    if (feeds->mem)
        munmap(feeds->mem, feeds->n_mapped);
    if (feeds->image_fd >= 0)
        close(feeds->image_fd);
    for (uint32_t i = 0; i < feeds->n_files; i++) {
        free(feeds->files[i].name);
        free(feeds->files[i].text);
    }
    free(feeds);
}
