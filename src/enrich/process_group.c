/*
 * process_group.c - identifiers of containers in the paths of control groups.
 *
 * The forms, of which a path may have several, the innermost last:
 *
 *   .../<64 hex>                                         Docker and ECS on EC2 (cgroupfs), kubelet (cgroupfs), Mesos
 *   .../docker-<64 hex>.scope                            also cri-containerd-, crio-, libpod-, nerdctl-: the systemd drivers
 *   .../<slice>:cri-containerd:<64 hex>                  containerd without the systemd driver under a systemd kubelet
 *   /ecs/<task>/<task>-<digits>                          Fargate: 32 hex and the container's number
 *   /lxc/<name>, /lxc.payload.<name>, /lxc.payload/<name>
 *   .../machine-<name>.scope, systemd-nspawn@<name>.service
 *   .../pod<uid>, kubepods-burstable-pod<uid with _>.slice
 */
#include "config.h"

#include "enrich/process_group.h"

#include "base/base.h"
#include "base/parse.h"

#define ID_DIGITS 64   /* SHA-256 in hexadecimal: what Docker and its kin call a container */
#define TASK_DIGITS 32 /* of an ECS task */
#define POD_LEN 36     /* a UUID */
#define POD_STATIC 32  /* of a static pod: MD5 in hexadecimal */
#define LINES_MAX 64   /* version 1 has about a dozen hierarchies */
#define PARTS_MAX 64   /* of a path */

static bool ends(struct view v, const char *with)
{
    size_t n = strlen(with);

    return v.n >= n && memcmp(v.p + v.n - n, with, n) == 0;
}

/* Cuts a prefix and a suffix off; false when it has them not, or nothing is between. */
static bool between(struct view v, const char *prefix, const char *suffix, struct view *inner)
{
    size_t n = strlen(prefix), m = strlen(suffix);

    if (v.n <= n + m || !view_starts(v, prefix) || !ends(v, suffix))
        return false;
    *inner = view_of(v.p + n, v.n - n - m);
    return true;
}

static bool is_id(struct view v)
{
    return v.n == ID_DIGITS && parse_is_hex(v);
}

/* Fargate: the task's identifier and a number. */
static bool is_task_container(struct view v)
{
    struct view number = view_skip(v, TASK_DIGITS + 1);
    uint64_t n;

    return v.n > TASK_DIGITS + 1 && v.p[TASK_DIGITS] == '-' && parse_is_hex(view_head(v, TASK_DIGITS)) && parse_u64(number, &n);
}

/* Docker's and its kin's: bare, or in the name of a scope. What watches over a container (libpod-conmon-) has another form. */
static bool read_id(struct view part, struct view *id)
{
    struct view inner = part;
    size_t at;

    if (ends(part, ".scope"))
        inner = view_head(part, part.n - strlen(".scope"));
    at = view_find_last(inner, '-');
    if (view_find(inner, ':') < inner.n)
        at = view_find_last(inner, ':');
    if (at < inner.n && !view_starts(inner, "libpod-conmon-") && !view_starts(inner, "crio-conmon-") &&
        is_id(view_skip(inner, at + 1))) {
        *id = view_skip(inner, at + 1);
        return true;
    }
    if (!is_id(part) && !is_task_container(part))
        return false;
    *id = part;
    return true;
}

static bool read_name(struct view before, struct view part, struct view *name)
{
    if ((view_is(before, "lxc") || view_is(before, "lxc.payload")) && part.n > 0 && !view_is(part, "init.scope")) {
        *name = part;
        return true;
    }
    return between(part, "lxc.payload.", "", name) || between(part, "machine-", ".scope", name) ||
           between(part, "systemd-nspawn@", ".service", name);
}

static bool is_pod_uid(struct view v)
{
    if (v.n == POD_STATIC)
        return parse_is_hex(v);
    for (size_t i = 0; i < v.n; i++)
        if (parse_hex_digit(v.p[i]) < 0 && v.p[i] != '-' && v.p[i] != '_')
            return false;
    return v.n == POD_LEN;
}

static void read_pod(struct view part, struct view *pod)
{
    size_t colon = view_find(part, ':');
    struct view v = view_head(part, colon), uid;
    size_t at;

    if (ends(v, ".slice"))
        v = view_head(v, v.n - strlen(".slice"));
    at = view_find_last(v, '-');
    if (!view_starts(v, "pod") && at < v.n) /* kubepods-burstable-pod<uid with _> */
        v = view_skip(v, at + 1);
    if (between(v, "pod", "", &uid) && is_pod_uid(uid))
        *pod = uid;
}

/* A path: of several forms the last one holds, as containers may run containers. */
static void read_path(struct view path, struct process_group *g)
{
    struct view before = {NULL, 0};

    for (unsigned i = 0; i < PARTS_MAX && path.n > 0; i++) {
        size_t end = view_find(path, '/');
        struct view part = view_head(path, end);

        path = view_skip(path, end + 1);
        if (!read_id(part, &g->container))
            (void)read_name(before, part, &g->container); /* neither: as it was */
        read_pod(part, &g->pod);
        before = part;
    }
}

void process_read_groups(struct view text, struct process_group *g)
{
    *g = (struct process_group){.container = {NULL, 0}};
    for (unsigned i = 0; i < LINES_MAX && text.n > 0 && g->container.n == 0; i++) {
        size_t end = view_find(text, '\n');
        struct view line = view_head(text, end);

        text = view_skip(text, end + 1);
        line = view_skip(line, view_find(line, ':') + 1); /* number of the hierarchy */
        line = view_skip(line, view_find(line, ':') + 1); /* its controllers */
        read_path(line, g);
    }
}

void process_pod_print(struct view pod, struct out *o)
{
    for (size_t i = 0; i < pod.n; i++)
        out_char(o, (char)(pod.p[i] == '_' ? '-' : pod.p[i]));
}
