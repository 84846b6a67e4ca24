/*
 * formats-driver.c - for tests/formats.py: findings of every kind, with owners of every sort, in one format on standard output.
 *
 * usage: formats-driver FORMAT
 *
 * A record of each sort of finding, sort of owner and state, then sensor events where the format has some. Says on standard error, a
 * line for each record of a finding: sort, owner, state.
 */
#include "config.h"

#include "finding_of.h"
#include "output/output.h"

#include <stdio.h>
#include <unistd.h>

static struct conf conf;
static const struct output_context context = {.conf = &conf, .sensor = "here", .live = false};
static struct finding_made made;
static struct about about;

static void write_one(struct sink *s, const struct finding_sort *sort, enum about_sort owner, enum finding_state state)
{
    static const char *const owners[ABOUT_N] = {"none", "task", "instance", "interface", "pod", "process", "log", "all"};

    finding_of(&made, sort, view_str("xmr.pool.example"));
    about_of(&about, owner, (struct view){NULL, 0});
    fprintf(stderr, "%s %s %s\n", sort->name, owners[owner], finding_state_name(state));
    sink_finding(s, state, &made.f, owner == ABOUT_NONE && state == FINDING_NEW ? NULL : &about);
}

static void write_all(struct sink *s)
{
    struct sensor_event e = {.time_ns = FINDING_OF_START,
                             .severity_label = "medium",
                             .detail = "interface eth0: no packet came for 1 min",
                             .worker = -1,
                             .counters = {{"packets", 12}},
                             .n_counters = 1};

    for (size_t i = 0; i < ARRAY_LEN(finding_sorts); i++)
        for (int owner = 0; owner < ABOUT_N; owner++)
            for (int state = 0; state < FINDING_STATE_N; state++)
                write_one(s, &finding_sorts[i], (enum about_sort)owner, (enum finding_state)state);
    for (int what = 0; what < SENSOR_WHAT_N; what++) {
        e.what = (enum sensor_what)what;
        sink_event(s, &e);
    }
}

int main(int argc, char **argv)
{
    struct sink *s;
    int error;

    conf_defaults(&conf);
    memcpy(conf.output.aws_account, "111122223333", 13);
    memcpy(conf.output.aws_region, "ap-northeast-1", 15);
    if (argc != 2 || !output_is_format(argv[1]) || !(s = sink_new(argv[1], NULL, STDOUT_FILENO, &context))) {
        fprintf(stderr, "usage: formats-driver FORMAT\n");
        return 2;
    }
    write_all(s);
    error = sink_close(s);
    if (error)
        fprintf(stderr, "%s\n", strerror(error));
    sink_free(s);
    return error ? 1 : 0;
}
