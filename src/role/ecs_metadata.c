/*
 * ecs_metadata.c - whom to ask, the process that asks by libevent's HTTP client, and what it leaves behind.
 *
 * /taskWithTags makes ECS ask its own interface, which a task without the right to list tags is refused; /task always
 * answers. Both are tried, the second twice when it does not answer at all.
 */
#include "config.h"

#include "role/ecs_metadata.h"

#include "base/addr_parse.h"
#include "base/log.h"
#include "base/out.h"
#include "enrich/inventory_read.h"
#include "role/clock.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX 16384 /* bytes of the head of an answer */
#define WHY_MAX (64 + INVENTORY_WHY_MAX)
#define HOST_MAX 64
#define PATH_MAX_BYTES (ECS_METADATA_URI_MAX + 16)
#define MEMORY (UINT64_C(256) << 20)   /* of the process; the values of an answer take 30 times what it has, at most */
#define IMAGE_MAX (UINT64_C(64) << 20) /* that it could make of an answer, if it had to make one */

/* What the process tells, in memory that is shared with it. It may say anything. */
struct told {
    uint32_t n; /* bytes of the answer; 0 = none */
    char why[WHY_MAX];
    char body[ECS_METADATA_MAX];
};

struct ecs_metadata {
    char uri[ECS_METADATA_URI_MAX];
    char host[HOST_MAX];           /* an address, without brackets */
    char host_head[HOST_MAX + 10]; /* as the head of a request has it */
    uint16_t port;
    char path[ECS_METADATA_URI_MAX];   /* of the uri */
    struct inventory_builder *builder; /* tries the answer; made before the jail, as it asks the kernel for a random number */
    struct told *told;
    struct jailed jail;
    bool is_asking;
    ns_t fetched_ns;
};

/* --- in the jail ------------------------------------------------------------------------------------------ */

/* One question. */
struct
try {
    struct ecs_metadata *e;
    struct event_base *base;
    bool is_over, has_failed;         /* failed: error says how; else status and body hold */
    struct inventory_outcome outcome; /* of a body */
    enum evhttp_request_error error;
    int status;
};

static void on_error(enum evhttp_request_error error, void *arg)
{
    struct try *t = arg;

    t->error = error;
}

/* Leaves the answer for who asked, when it is of use. */
static void take_body(struct try *t, struct evbuffer *body)
{
    size_t n = min_size(evbuffer_get_length(body), ECS_METADATA_MAX);
    struct told *told = t->e->told;
    struct inventory_document d = {.text = view_of(told->body, n), .name = t->e->uri};

    if (n == 0 || evbuffer_copyout(body, told->body, n) != (ev_ssize_t)n)
        return;
    if (inventory_builder_add(t->e->builder, &d, &t->outcome) && t->outcome.n_things > 0)
        told->n = (uint32_t)n;
}

static void on_answer(struct evhttp_request *req, void *arg)
{
    struct try *t = arg;

    t->is_over = true;
    t->status = req ? evhttp_request_get_response_code(req) : 0;
    t->has_failed = t->status == 0;
    if (t->status == HTTP_OK)
        take_body(t, evhttp_request_get_input_buffer(req));
    event_base_loopbreak(t->base);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct try *t = arg;

    (void)fd;
    (void)what;
    event_base_loopbreak(t->base);
}

static void describe(const struct try *t, const char *suffix)
{
    struct out o = out_of(t->e->told->why, WHY_MAX);

    out_fmt(&o, "%s: ", suffix);
    if (!t->is_over)
        out_fmt(&o, "no answer in %d s", ECS_METADATA_TIMEOUT_S);
    else if (!t->has_failed && t->status != HTTP_OK)
        out_fmt(&o, "answered with status %d", t->status);
    else if (!t->has_failed && t->outcome.fault[0])
        out_fmt(&o, "the answer is no description of a task: %s", t->outcome.fault);
    else if (!t->has_failed)
        out_fmt(&o, "the answer is no description of a task%s%s", t->outcome.left_out[0] ? ": " : "", t->outcome.left_out);
    else if (t->error == EVREQ_HTTP_DATA_TOO_LONG)
        out_fmt(&o, "the answer has more than %zu bytes", ECS_METADATA_MAX);
    else if (t->error == EVREQ_HTTP_INVALID_HEADER)
        out_str(&o, "the answer is no HTTP");
    else if (t->error == EVREQ_HTTP_EOF)
        out_str(&o, "the connection ended in the middle of the answer");
    else
        out_str(&o, "no connection, or it broke");
}

/* Asks once. True when there is an answer in told; else why is there. */
static bool ask(struct try *t, const char *suffix)
{
    struct evhttp_connection *c = evhttp_connection_base_new(t->base, NULL, t->e->host, t->e->port);
    struct evhttp_request *req = evhttp_request_new(on_answer, t);
    struct event *deadline = evtimer_new(t->base, on_deadline, t);
    const struct timeval after = {ECS_METADATA_TIMEOUT_S, 0};
    char path[PATH_MAX_BYTES];
    struct out o = out_of(path, sizeof(path));
    bool ok;

    out_fmt(&o, "%s%s", t->e->path, suffix);
    ok = c && req && deadline && !o.full &&
         evhttp_add_header(evhttp_request_get_output_headers(req), "Host", t->e->host_head) == 0 &&
         evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close") == 0 &&
         evtimer_add(deadline, &after) == 0;
    if (ok) {
        evhttp_request_set_error_cb(req, on_error);
        evhttp_connection_set_retries(c, 0);
        evhttp_connection_set_max_headers_size(c, HEADERS_MAX);
        evhttp_connection_set_max_body_size(c, (ev_ssize_t)ECS_METADATA_MAX);
        if (evhttp_make_request(c, req, EVHTTP_REQ_GET, path) == 0)
            event_base_dispatch(t->base);
        else
            t->is_over = t->has_failed = true;
    } else if (req) {
        evhttp_request_free(req);
    }
    describe(t, suffix);
    if (deadline)
        event_free(deadline);
    if (c)
        evhttp_connection_free(c);
    return t->e->told->n > 0;
}

/* jailed_work. */
static bool fetch(void *arg)
{
    static const char *const suffixes[ECS_METADATA_TRIES] = {"/taskWithTags", "/task", "/task"};
    struct ecs_metadata *e = arg;
    struct event_base *base = event_base_new();
    bool ok = false, answered = false;

    for (size_t i = 0; base && i < ECS_METADATA_TRIES && !ok && !(i > 1 && answered); i++) {
        struct try t = {.e = e, .base = base, .error = EVREQ_HTTP_REQUEST_CANCEL};

        ok = ask(&t, suffixes[i]);
        answered = t.is_over && !t.has_failed;
    }
    return ok;
}

/* --- whom to ask --------------------------------------------------------------------------------------------- */

static void refuse(const char *uri, const char *expected)
{
    char text[ECS_METADATA_URI_MAX];
    struct out o = out_of(text, sizeof(text));

    out_escape(&o, view_head(view_str(uri), 200));
    log_warn(ECS_METADATA_VARIABLE ": `%s': expected %s; the task's metadata are not asked for", text, expected);
}

/* The host, an address in brackets or without, as text without. False when it is no address, or one further away than the link. */
static bool take_host(struct ecs_metadata *e, const char *host)
{
    struct view v = view_str(host ? host : "");
    struct out o = out_of(e->host, sizeof(e->host));
    struct addr a;

    if (v.n > 1 && v.p[0] == '[' && v.p[v.n - 1] == ']')
        v = view_head(view_skip(v, 1), v.n - 2);
    if (!addr_parse(v, &a) || !addr_is_link_local(&a))
        return false;
    addr_print(&a, &o);
    o = out_of(e->host_head, sizeof(e->host_head));
    if (addr_is_v4(&a))
        out_fmt(&o, "%s:%u", e->host, e->port);
    else
        out_fmt(&o, "[%s]:%u", e->host, e->port);
    return true;
}

static bool take_parts(struct ecs_metadata *e, const struct evhttp_uri *u)
{
    const char *scheme = evhttp_uri_get_scheme(u), *path = evhttp_uri_get_path(u);
    int port = evhttp_uri_get_port(u);
    struct out o = out_of(e->path, sizeof(e->path));

    e->port = port > 0 && port <= UINT16_MAX ? (uint16_t)port : 80; /* without a port it is -1 */
    out_str(&o, path ? path : "");
    if (!scheme || strcmp(scheme, "http") != 0 || evhttp_uri_get_query(u) || evhttp_uri_get_fragment(u) ||
        evhttp_uri_get_userinfo(u))
        refuse(e->uri, "http://ADDRESS/PATH");
    else if (!take_host(e, evhttp_uri_get_host(u)))
        refuse(e->uri, "an address of the link or of the machine, such as 169.254.170.2");
    else
        return true;
    return false;
}

static bool take_uri(struct ecs_metadata *e, const char *uri)
{
    struct out o = out_of(e->uri, sizeof(e->uri));
    struct evhttp_uri *u;
    bool ok;

    out_str(&o, uri);
    u = o.full ? NULL : evhttp_uri_parse(uri);
    if (!u)
        refuse(uri, "http://ADDRESS/PATH");
    ok = u && take_parts(e, u);
    if (u)
        evhttp_uri_free(u);
    return ok;
}

/* --- outside of the jail --------------------------------------------------------------------------------------- */

struct ecs_metadata *ecs_metadata_start(const char *uri, enum conf_sandbox sandbox)
{
    struct ecs_metadata *e;

    if (!uri || !uri[0])
        return NULL;
    e = calloc(1, sizeof(*e));
    if (!e) {
        log_warn(ECS_METADATA_VARIABLE ": not enough memory to ask there");
        return NULL;
    }
    if (take_uri(e, uri)) {
        const struct jailed_as as = {
            .role = JAIL_FETCH, .input = -1, .memory = MEMORY, .what = "asks for the task's metadata", .port = e->port};

        e->told = jailed_share(sizeof(*e->told));
        e->builder = inventory_builder_new(IMAGE_MAX, NULL, 0);
        e->is_asking = e->told && e->builder && jailed_start_as(&e->jail, &as, fetch, e, sandbox);
        if (!e->told || !e->builder)
            log_warn(ECS_METADATA_VARIABLE ": not enough memory to ask there");
    }
    if (e->is_asking)
        return e;
    ecs_metadata_free(e);
    return NULL;
}

static void warn(const struct ecs_metadata *e)
{
    char why[WHY_MAX], text[ECS_METADATA_URI_MAX + 5 * WHY_MAX];
    struct out o = out_of(text, sizeof(text));

    memcpy(why, e->told->why, sizeof(why));
    why[sizeof(why) - 1] = '\0';
    out_escape(&o, view_str(e->uri));
    out_escape(&o, view_str(why));
    log_warn("owner.ecs_metadata: %s; findings do not say which task they are of", text);
}

enum jailed_state ecs_metadata_step(struct ecs_metadata *e, bool wait)
{
    enum jailed_state state = e->is_asking ? jailed_step(&e->jail, wait) : JAILED_DONE;

    if (state == JAILED_RUNS)
        return state;
    if (e->is_asking) {
        e->is_asking = false;
        e->fetched_ns = clock_wall();
        if (state == JAILED_FAILED) {
            e->told->n = 0;
            warn(e);
        }
    }
    return e->told->n > 0 ? JAILED_DONE : JAILED_FAILED;
}

int ecs_metadata_fd(const struct ecs_metadata *e)
{
    return e->is_asking ? e->jail.child.control : -1;
}

bool ecs_metadata_ended(struct ecs_metadata *e, pid_t pid, int status)
{
    return e->is_asking && jailed_ended(&e->jail, pid, status);
}

struct view ecs_metadata_text(const struct ecs_metadata *e, ns_t *fetched_ns)
{
    size_t n = e->is_asking ? 0 : min_size(e->told->n, ECS_METADATA_MAX);

    *fetched_ns = e->fetched_ns;
    return view_of(n ? e->told->body : NULL, n);
}

void ecs_metadata_give(const struct ecs_metadata *e, struct inventory_files *to)
{
    ns_t fetched;
    struct view text = e ? ecs_metadata_text(e, &fetched) : view_of(NULL, 0);

    if (text.n)
        (void)inventory_files_add_text(to, e->uri, text, fetched); /* has said why not, and the others are as good without */
}

void ecs_metadata_free(struct ecs_metadata *e)
{
    if (!e)
        return;
    if (e->is_asking && !e->jail.has_ended)
        kill(e->jail.child.pid, SIGKILL);
    if (e->is_asking) {
        e->jail.is_given_up = true;
        (void)jailed_step(&e->jail, true); /* that it was killed is known */
    }
    jailed_unshare(e->told, sizeof(*e->told));
    inventory_builder_free(e->builder);
    free(e);
}
