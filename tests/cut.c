/*
 * cut.c - cuts captures at every length and runs each through a pipeline; prints TAP.
 *
 * usage: cut [FILE...]   without a file: all captures of tests/golden below TOP_SRCDIR
 *
 *   single   each packet cut at every length while the others are whole: nothing breaks
 *   uniform  all packets cut to n bytes, n from 1 to the longest: who is proven to mine where at n is
 *            so at n + 1 too, in the same protocol or also in it; one that is `unknown` at n may get a name
 *
 * The tables are small, so that a pipeline is cheap to make.
 */
#include "config.h"

#include "capture/savefile.h"
#include "detect/pipeline.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAMES_MAX 4096
#define PROVEN_MAX 64
#define COMPLAINTS_MAX 20
#define IDLE_NS (10800 * NS_PER_SEC) /* more than any flow is kept idle */

static const struct limits few = {
    .max_flows = 64, .max_dialogues = 16, .max_blocks = 16, .max_fragments = 8, .max_findings = 16};

struct capture {
    struct frame frames[FRAMES_MAX];
    size_t n;
    size_t longest; /* bytes captured of the longest frame */
};

/* Who mines where, the protocol of the newest record, and all that were spoken: some dialogues turn to another one. */
struct proof {
    struct addr miner;
    struct endpoint pool;
    uint8_t protocol;
    uint32_t protocols;
};

struct proven {
    struct proof v[PROVEN_MAX];
    size_t n;
    bool bad; /* a record that fails its check, or too many */
};

static void on_evidence(void *arg, const struct evidence *e)
{
    struct proven *p = arg;
    size_t i = 0;

    p->bad |= !evidence_check(e);
    if (e->flags & EVIDENCE_ASIDE) /* proves nothing, and is told once a day */
        return;
    while (i < p->n && (addr_cmp(&p->v[i].miner, &e->miner.addr) != 0 || !endpoint_eq(&p->v[i].pool, &e->pool)))
        i++;
    if (i == PROVEN_MAX) {
        p->bad = true;
        return;
    }
    p->v[i] = (struct proof){e->miner.addr, e->pool, e->protocol, e->protocols | 1u << e->protocol};
    p->n += i == p->n;
}

static void die(const char *path, const char *why)
{
    fprintf(stderr, "cut: %s: %s\n", path, why);
    exit(2);
}

/* Each frame in memory of its own, of exactly its size, so that a sanitizer sees the first byte read behind it. */
static void load(struct capture *c, const char *path)
{
    struct savefile *s = calloc(1, sizeof(*s));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum savefile_result got = SAVEFILE_BAD;
    struct frame f;
    size_t n;

    c->n = c->longest = 0;
    if (!s || fd < 0 || !savefile_open(s, fd, SAVEFILE_CAPTURE))
        die(path, "cannot be read");
    while (c->n < FRAMES_MAX && (got = savefile_read(s, &f, 1, &n)) == SAVEFILE_FRAME) {
        uint8_t *copy = malloc(f.bytes.n ? f.bytes.n : 1);

        if (!copy)
            die(path, "not enough memory");
        memcpy(copy, f.bytes.p, f.bytes.n);
        f.bytes.p = copy;
        c->longest = max_size(c->longest, f.bytes.n);
        c->frames[c->n++] = f;
    }
    if (got != SAVEFILE_END)
        die(path, c->n == FRAMES_MAX ? "has too many packets" : "is damaged");
    savefile_close(s);
    free(s);
    close(fd);
}

static void unload(struct capture *c)
{
    for (size_t i = 0; i < c->n; i++)
        free((void *)(uintptr_t)c->frames[i].bytes.p);
}

/*
 * One pipeline serves all runs of a capture, as making one costs more than a run: each run lies hours
 * behind the one before, and a frame without bytes in between lets the sweep end all its flows.
 */
struct runner {
    struct pipeline *pipeline;
    struct proven proven; /* of the run at hand */
    ns_t at_ns;           /* when the next run starts */
};

static void start(struct runner *r)
{
    struct hash_key key;
    struct conf small;

    conf_defaults(&small);
    small.limits = few;
    hash_key_fixed(&key, 1);
    *r = (struct runner){.at_ns = 0};
    r->pipeline = pipeline_new(&small, &key, NULL, on_evidence, &r->proven);
    if (!r->pipeline)
        die("pipeline", "not enough memory");
}

static void stop(struct runner *r)
{
    pipeline_end(r->pipeline);
    pipeline_free(r->pipeline);
}

/* Runs n frames, each at most snap bytes of it, and gives what was proven. */
static const struct proven *run(struct runner *r, const struct frame *given, size_t n, size_t snap)
{
    static struct frame frames[FRAMES_MAX + 1];
    ns_t first = INT64_MAX, last = 0;

    r->proven = (struct proven){.n = 0};
    for (size_t i = 0; i < n; i++)
        first = given[i].time_ns < first ? given[i].time_ns : first;
    for (size_t i = 0; i < n; i++) {
        frames[i] = given[i];
        frames[i].bytes = view_head(given[i].bytes, snap);
        frames[i].time_ns += r->at_ns - first;
        last = frames[i].time_ns > last ? frames[i].time_ns : last;
    }
    pipeline_frames(r->pipeline, frames, n);
    frames[0].bytes.n = 0;
    frames[0].time_ns = last + IDLE_NS;
    pipeline_frames(r->pipeline, frames, 1);
    r->at_ns = last + 2 * IDLE_NS;
    return &r->proven;
}

/* A copy of the frame's first n bytes in memory of that size; the caller frees it. */
static struct frame cut(const struct frame *f, size_t n)
{
    struct frame g = *f;
    uint8_t *copy = malloc(n ? n : 1);

    if (!copy)
        die("cut", "not enough memory");
    memcpy(copy, f->bytes.p, n);
    g.bytes = view_of(copy, n);
    return g;
}

static unsigned check_single(struct capture *c)
{
    struct runner r;
    unsigned n_bad = 0;

    start(&r);
    for (size_t i = 0; i < c->n; i++) {
        struct frame whole = c->frames[i];

        for (size_t n = 0; n < whole.bytes.n; n++) {
            c->frames[i] = cut(&whole, n);
            if (run(&r, c->frames, c->n, SIZE_MAX)->bad && n_bad++ < COMPLAINTS_MAX)
                printf("# packet %zu cut to %zu bytes: a bad record\n", i + 1, n);
            free((void *)(uintptr_t)c->frames[i].bytes.p);
        }
        c->frames[i] = whole;
    }
    stop(&r);
    return n_bad;
}

static bool has(const struct proven *p, const struct proof *one)
{
    for (size_t i = 0; i < p->n; i++)
        if (addr_cmp(&p->v[i].miner, &one->miner) == 0 && endpoint_eq(&p->v[i].pool, &one->pool))
            return one->protocol == PROTOCOL_UNKNOWN || (p->v[i].protocols & 1u << one->protocol) != 0;
    return false;
}

static unsigned check_uniform(const struct capture *c)
{
    struct proven before = {.n = 0};
    struct runner r;
    unsigned n_bad = 0;

    start(&r);
    for (size_t n = 1; n <= c->longest; n++) {
        const struct proven *now = run(&r, c->frames, c->n, n);

        if (now->bad && n_bad++ < COMPLAINTS_MAX)
            printf("# cut to %zu bytes: a bad record\n", n);
        for (size_t i = 0; i < before.n; i++)
            if (!has(now, &before.v[i]) && n_bad++ < COMPLAINTS_MAX)
                printf("# found when cut to %zu bytes, not when cut to %zu: %s at port %u\n", n - 1, n,
                       mining_protocol_name((enum mining_protocol)before.v[i].protocol), before.v[i].pool.port);
        before = *now;
    }
    stop(&r);
    return n_bad;
}

static bool tell(unsigned number, const char *path, const char *part, unsigned n_bad)
{
    const char *dir = strstr(path, "golden/");

    printf("%s %u - %s: %s\n", n_bad ? "not ok" : "ok", number, dir ? dir + strlen("golden/") : path, part);
    fflush(stdout);
    return n_bad == 0;
}

int main(int argc, char **argv)
{
    static struct capture c;
    const char *top = getenv("TOP_SRCDIR");
    char pattern[4096];
    glob_t found = {0};
    bool ok = true;

    if (argc < 2) {
        snprintf(pattern, sizeof(pattern), "%s/tests/golden/*/input*.pcap*", top ? top : ".");
        if (glob(pattern, 0, NULL, &found) != 0)
            die(pattern, "no captures");
    }
    char **files = argc < 2 ? found.gl_pathv : argv + 1;
    size_t n_files = argc < 2 ? found.gl_pathc : (size_t)argc - 1;

    printf("1..%zu\n", 2 * n_files);
    for (size_t i = 0; i < n_files; i++) {
        load(&c, files[i]);
        ok = tell((unsigned)(2 * i + 1), files[i], "single", check_single(&c)) && ok;
        ok = tell((unsigned)(2 * i + 2), files[i], "uniform", check_uniform(&c)) && ok;
        unload(&c);
    }
    globfree(&found);
    return ok ? 0 : 1;
}
