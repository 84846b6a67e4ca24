/*
 * bench_file.c - reading, detecting, folding and writing in one process, without a jail: what callgrind can count. The
 * program itself divides the same functions among processes whose jails let no tool in.
 *
 * usage: bench-file [OPTION]... CAPTURE: only the last argument counts, so that it can be called as countermine is.
 */
#include "config.h"

#include "capture/savefile.h"
#include "detect/pipeline.h"
#include "finding/finding.h"
#include "output/output.h"
#include "role/feeds_builtin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct finding_table *findings;
static struct sink *sink;

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    (void)arg;
    sink_finding(sink, state, f, NULL);
}

static void on_evidence(void *arg, const struct evidence *e)
{
    (void)arg;
    finding_add(findings, e);
}

/* The built-in lists, as the program compiles them; NULL when memory is short. */
static const struct feed *compile(void)
{
    static struct feed_report reports[FEEDS_BUILTIN_N];
    size_t n = feed_size(feeds_builtin, FEEDS_BUILTIN_N);
    void *mem = aligned_alloc(64, (n + 63) / 64 * 64);

    if (!mem)
        return NULL;
    memset(mem, 0, n);
    return feed_build(mem, n, feeds_builtin, FEEDS_BUILTIN_N, 1, reports);
}

int main(int argc, char **argv)
{
    static struct savefile s;
    struct frame frames[PIPELINE_BATCH];
    const char *path = argv[argc - 1];
    struct conf *conf = malloc(sizeof(*conf));
    struct output_context ctx = {.files = &path, .n_files = 1};
    const struct feed *feed = compile();
    struct pipeline *pl;
    struct hash_key key;
    size_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (argc < 2 || fd < 0 || !conf) {
        perror(path);
        return EXIT_FAILURE;
    }
    conf_defaults(conf);
    hash_key_fixed(&key, 1);
    findings = finding_table_new(conf, &key, feed, on_finding, NULL);
    pl = pipeline_new(conf, &key, feed, on_evidence, NULL);
    sink = sink_new("json", NULL, STDOUT_FILENO, &ctx);
    if (!feed || !findings || !pl || !sink || !savefile_open(&s, fd, SAVEFILE_CAPTURE))
        return EXIT_FAILURE;
    for (size_t i = 0; i < PIPELINE_BATCH; i++)
        frames[i].file = 0;
    while (savefile_read(&s, frames, PIPELINE_BATCH, &n) == SAVEFILE_FRAME)
        pipeline_frames(pl, frames, n);
    pipeline_end(pl);
    finding_close_all(findings);
    return sink_close(sink) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
