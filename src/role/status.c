/*
 * status.c - libevent's HTTP server within bounds.
 *
 * evhttp of libevent 2.1 knows neither how many connections it has nor how long each may take in all: its timeout
 * starts anew with every byte. It asks for the bufferevent of each connection, though; a reference to each is kept
 * here. One that evhttp is done with has lost its callbacks. A look over all of them every quarter of a second
 * ends those that take too long, by the event that evhttp gets when its own timeout ends.
 *
 * When all places are taken, the oldest connection gives way to a newer one, so that idle ones cannot shut out one
 * that asks. At most a quarter of the places is given away before those that have one are read from:
 * what came with a request is answered before its turn to give way comes.
 */
#include "config.h"

#include "role/status.h"

#include "base/addr_parse.h"
#include "base/log.h"
#include "output/json_write.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define ACCEPT_AT_ONCE (CONNECTIONS_MAX / 4)
#define BACKLOG 1024 /* connections that wait in the kernel; it takes fewer if net.core.somaxconn says so */
#define HEADER_MAX 8192
#define BODY_MAX 1024
#define DEADLINE_NS (5 * NS_PER_SEC)
#define LOOK_US 250000
#define TEXT_NS NS_PER_SEC /* the figures are put into words no more often */
#define HEALTH_MAX 8192    /* bytes; more than BLIND_REASONS_MAX escaped reasons take */

struct connection {
    struct bufferevent *bev; /* one reference; NULL = place is free */
    ns_t start_ns;
    uint64_t number;
};

/* The figures in words, shared by the answers that are being sent. */
struct text {
    uint32_t n_users;
    size_t n;
    char bytes[];
};

struct status {
    struct event_base *base;
    struct status_hooks hooks;
    struct evhttp *http;
    struct evconnlistener *listener;
    struct event *look;   /* at all connections, again and again */
    struct event *resume; /* goes on accepting */
    struct connection connections[CONNECTIONS_MAX];
    uint32_t n_at_once; /* accepted since the others were read from */
    char *scratch;      /* METRICS_TEXT_MAX */
    struct text *text;  /* NULL = none yet */
    ns_t text_ns;
    struct status_counters ctr;
};

/* --- connections ------------------------------------------------------------------------------------ */

static ns_t now_of(const struct status *s)
{
    return s->hooks.now(s->hooks.arg);
}

/* evhttp takes the callbacks away when it frees a bufferevent. */
static bool is_over(const struct connection *c)
{
    bufferevent_data_cb on_read;
    bufferevent_event_cb on_event;

    bufferevent_getcb(c->bev, &on_read, NULL, &on_event, NULL);
    return !on_read && !on_event;
}

static void release(struct status *s, struct connection *c)
{
    bufferevent_decref(c->bev);
    c->bev = NULL;
    s->ctr.open--;
}

/* Ends a connection at once. */
static void cut(struct status *s, struct connection *c)
{
    bufferevent_trigger_event(c->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
    if (is_over(c))
        release(s, c);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct status *s = arg;
    ns_t now = now_of(s);

    (void)fd;
    (void)what;
    for (struct connection *c = s->connections; c < s->connections + CONNECTIONS_MAX; c++) {
        if (!c->bev)
            continue;
        if (is_over(c)) {
            release(s, c);
        } else if (now - c->start_ns >= DEADLINE_NS) {
            s->ctr.slow++;
            cut(s, c);
        }
    }
    evconnlistener_enable(s->listener); /* after on_accept_error */
}

/* A place: a free one, one whose connection is over, or that of the oldest. */
static struct connection *place(struct status *s)
{
    struct connection *oldest = NULL;

    for (struct connection *c = s->connections; c < s->connections + CONNECTIONS_MAX; c++) {
        if (c->bev && is_over(c))
            release(s, c);
        if (!c->bev)
            return c;
        if (!oldest || c->number < oldest->number)
            oldest = c;
    }
    s->ctr.crowded++;
    cut(s, oldest);
    return oldest->bev ? NULL : oldest;
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct status *s = arg;

    (void)fd;
    (void)what;
    s->n_at_once = 0;
    evconnlistener_enable(s->listener);
}

/* No descriptor, most likely: asking again at once would change nothing. arg is evhttp's, not ours. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    evconnlistener_disable(listener);
}

/* evhttp asks for what carries a connection. NULL lets it make its own, which is then bound by its timeout alone. */
static struct bufferevent *on_connection(struct event_base *base, void *arg)
{
    struct status *s = arg;
    struct connection *c = place(s);
    struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

    s->ctr.connections++;
    if (++s->n_at_once == ACCEPT_AT_ONCE) {
        evconnlistener_disable(s->listener);
        event_add(s->resume, &(struct timeval){0}); /* after the others were read from */
    }
    if (!c || !bev)
        return bev;
    bufferevent_incref(bev);
    *c = (struct connection){bev, now_of(s), s->ctr.connections};
    s->ctr.open++;
    return bev;
}

/* --- answers ---------------------------------------------------------------------------------------- */

static void text_drop(struct text *t)
{
    if (t && --t->n_users == 0)
        free(t);
}

static void on_text_sent(const void *data, size_t n, void *arg)
{
    (void)data;
    (void)n;
    text_drop(arg);
}

/* The figures, not older than a second; NULL when memory is short. */
static struct text *metrics_text(struct status *s)
{
    ns_t now = now_of(s);
    struct text *t;
    struct out o;

    if (s->text && now - s->text_ns < TEXT_NS)
        return s->text;
    o = out_of(s->scratch, METRICS_TEXT_MAX);
    metrics_print(s->hooks.metrics(s->hooks.arg), &o);
    t = o.full ? NULL : malloc(sizeof(*t) + o.n);
    if (!t)
        return NULL;
    t->n_users = 1;
    t->n = o.n;
    memcpy(t->bytes, o.p, o.n);
    text_drop(s->text);
    s->text = t;
    s->text_ns = now;
    return t;
}

static void health_text(const struct status *s, const struct blind_health *h, struct out *o)
{
    json_open(o, NULL, '{');
    json_string(o, "status", h->failing ? "failing" : "ok");
    json_open(o, "reasons", '[');
    for (uint32_t i = 0; i < h->n; i++)
        json_wire_text(o, NULL, view_str(h->reason[i]), false);
    json_close(o, ']');
    json_string(o, "version", PACKAGE_VERSION);
    json_u64(o, "uptime_s", (uint64_t)((now_of(s) - s->hooks.start_ns) / NS_PER_SEC));
    json_close(o, '}');
    out_char(o, '\n');
}

/* Sends what is in body, or, to HEAD, only its length; the connection ends then. */
static void answer(struct status *s, struct evhttp_request *req, int code, const char *reason, const char *type,
                   struct evbuffer *body)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
    bool head_only = evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
    char length[24];
    struct out o = out_of(length, sizeof(length));

    out_fmt(&o, "%zu", evbuffer_get_length(body));
    evhttp_add_header(headers, "Content-Length", length);
    evhttp_add_header(headers, "Content-Type", type);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    evhttp_add_header(headers, "Connection", "close");
    if (code == HTTP_BADMETHOD)
        evhttp_add_header(headers, "Allow", "GET, HEAD");
    s->ctr.requests++;
    s->ctr.errors += code == HTTP_NOTFOUND || code == HTTP_BADMETHOD || code == HTTP_INTERNAL;
    evhttp_send_reply(req, code, reason, head_only ? NULL : body);
}

static void answer_health(struct status *s, struct evhttp_request *req, struct evbuffer *body)
{
    const struct blind_health *h = s->hooks.health(s->hooks.arg);
    char text[HEALTH_MAX];
    struct out o = out_of(text, sizeof(text));

    health_text(s, h, &o);
    evbuffer_add(body, o.p, o.n);
    answer(s, req, h->failing ? HTTP_SERVUNAVAIL : HTTP_OK, h->failing ? "Service Unavailable" : "OK", "application/json",
           body);
}

static void answer_metrics(struct status *s, struct evhttp_request *req, struct evbuffer *body)
{
    struct text *t = metrics_text(s);

    if (!t || evbuffer_add_reference(body, t->bytes, t->n, on_text_sent, t) != 0) {
        answer(s, req, HTTP_INTERNAL, "Internal Server Error", "text/plain", body);
        return;
    }
    t->n_users++;
    answer(s, req, HTTP_OK, "OK", "text/plain; version=0.0.4; charset=utf-8", body);
}

static void on_request(struct evhttp_request *req, void *arg)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    enum evhttp_cmd_type method = evhttp_request_get_command(req);
    struct evbuffer *body = evbuffer_new();
    struct status *s = arg;

    if (!body) {
        evhttp_send_error(req, HTTP_INTERNAL, NULL);
        return;
    }
    if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
        evbuffer_add_printf(body, "only GET and HEAD\n");
        answer(s, req, HTTP_BADMETHOD, "Method Not Allowed", "text/plain", body);
    } else if (path && strcmp(path, "/healthz") == 0) {
        answer_health(s, req, body);
    } else if (path && strcmp(path, "/metrics") == 0) {
        answer_metrics(s, req, body);
    } else {
        evbuffer_add_printf(body, "there are /healthz and /metrics\n");
        answer(s, req, HTTP_NOTFOUND, "Not Found", "text/plain", body);
    }
    evbuffer_free(body);
}

/* --- life ------------------------------------------------------------------------------------------- */

/* What libevent would print is of no use to the operator: its words on sockets come from whoever connects. */
static void on_log(int severity, const char *message)
{
    (void)severity;
    log_debug("status: libevent: %s", message);
}

static bool start(struct status *s, int listen_fd)
{
    s->scratch = malloc(METRICS_TEXT_MAX);
    s->look = event_new(s->base, -1, EV_PERSIST, on_look, s);
    s->resume = evtimer_new(s->base, on_resume, s);
    s->http = evhttp_new(s->base);
    if (!s->scratch || !s->look || !s->resume || !s->http) {
        close(listen_fd);
        return false;
    }
    evhttp_set_max_headers_size(s->http, HEADER_MAX);
    evhttp_set_max_body_size(s->http, BODY_MAX);
    evhttp_set_timeout(s->http, (int)(DEADLINE_NS / NS_PER_SEC) + 1); /* later than the look that counts it */
    evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                            EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT |
                                            EVHTTP_REQ_PATCH);
    evhttp_set_gencb(s->http, on_request, s);
    evhttp_set_bevcb(s->http, on_connection, s);
    s->listener = evconnlistener_new(s->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, listen_fd);
    if (!s->listener) {
        close(listen_fd);
        return false;
    }
    if (!evhttp_bind_listener(s->http, s->listener)) {
        evconnlistener_free(s->listener);
        return false;
    }
    evconnlistener_set_error_cb(s->listener, on_accept_error);
    return event_add(s->look, &(struct timeval){.tv_usec = LOOK_US}) == 0;
}

struct status *status_new(struct event_base *base, int listen_fd, const struct status_hooks *hooks)
{
    struct status *s = calloc(1, sizeof(*s));

    if (!s) {
        close(listen_fd);
        return NULL;
    }
    s->base = base;
    s->hooks = *hooks;
    event_set_log_callback(on_log);
    if (!start(s, listen_fd)) {
        status_free(s);
        return NULL;
    }
    return s;
}

/* True while an answer is on its way, or a question is. */
static bool has_open(struct status *s)
{
    bool any = false;

    for (struct connection *c = s->connections; c < s->connections + CONNECTIONS_MAX; c++) {
        if (c->bev && is_over(c))
            release(s, c);
        any = any || c->bev;
    }
    return any;
}

void status_finish(struct status *s, ns_t for_ns)
{
    ns_t until = now_of(s) + for_ns;

    event_del(s->look);
    event_del(s->resume);
    evconnlistener_disable(s->listener);
    while (has_open(s) && now_of(s) < until && event_base_loop(s->base, EVLOOP_ONCE) == 0)
        ;
}

void status_free(struct status *s)
{
    if (!s)
        return;
    if (s->http)
        evhttp_free(s->http); /* with the listener and all connections */
    for (struct connection *c = s->connections; c < s->connections + CONNECTIONS_MAX; c++)
        if (c->bev)
            bufferevent_decref(c->bev);
    if (s->resume)
        event_free(s->resume);
    if (s->look)
        event_free(s->look);
    text_drop(s->text);
    free(s->scratch);
    free(s);
}

const struct status_counters *status_counters(const struct status *s)
{
    return &s->ctr;
}

/* --- the parent's part ------------------------------------------------------------------------------ */

static socklen_t sockaddr_of(const struct endpoint *e, struct sockaddr_storage *to)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(e->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(e->port)};

    *to = (struct sockaddr_storage){0};
    if (addr_is_v4(&e->addr)) {
        memcpy(&v4.sin_addr, e->addr.b + 12, sizeof(v4.sin_addr));
        memcpy(to, &v4, sizeof(v4));
        return sizeof(v4);
    }
    memcpy(&v6.sin6_addr, e->addr.b, sizeof(v6.sin6_addr));
    memcpy(to, &v6, sizeof(v6));
    return sizeof(v6);
}

int status_listen(const char *address_port, char *why, size_t n_why)
{
    struct sockaddr_storage to;
    struct endpoint e;
    int fd, on = 1;
    socklen_t n;

    if (!endpoint_parse(view_str(address_port), &e)) {
        (void)snprintf(why, n_why, "status.listen is \"%s\"; expected ADDRESS:PORT, as 127.0.0.1:4789 or [::1]:4789",
                       address_port);
        return -1;
    }
    n = sockaddr_of(&e, &to);
    fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        goto err;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        goto err;
    if (to.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
        goto err;
    if (bind(fd, (const struct sockaddr *)&to, n) != 0 || listen(fd, BACKLOG) != 0)
        goto err;
    return fd;
err:
    (void)snprintf(why, n_why, "status.listen: cannot listen on TCP %s: %s%s", address_port, strerror(errno),
                   errno == EADDRINUSE      ? "; choose another port, or \"\" for none"
                   : errno == EADDRNOTAVAIL ? "; it must be an address of this machine"
                                            : "");
    if (fd >= 0)
        close(fd);
    return -1;
}
