/*
 * test_ecs_metadata.c - the task metadata endpoint, played by a process on loopback that answers whatever a case wants.
 */
#include "config.h"

#include "role/ecs_metadata.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REQUESTS_MAX 8
#define TASK "{\"TaskARN\":\"arn:aws:ecs:us-west-2:111122223333:task/default/0123\"}"

/* What the endpoint was asked, in memory that is shared with it. */
struct heard {
    unsigned n;
    char head[REQUESTS_MAX][512];
};

static struct heard *heard;

/* An endpoint: answers to /taskWithTags and to /task; NULL closes the connection unanswered. */
struct endpoint_case {
    const char *with_tags, *task;
    const char *text;    /* what must come of it; NULL = nothing */
    unsigned n_requests; /* that it takes */
};

static char large[ECS_METADATA_MAX + 200], full[ECS_METADATA_MAX + 200], headers[20000];

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define ANSWER OK_HEAD "Connection: close\r\n\r\n" TASK /* its end is that of the connection */

static const struct endpoint_case cases[] = {
    {ANSWER, NULL, TASK, 1},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"Tas\r\n12\r\nkARN\":\"arn:ecs:1\"}\r\n0\r\n\r\n", NULL,
     "{\"TaskARN\":\"arn:ecs:1\"}", 1},
    {OK_HEAD "Content-Length: 21\r\n\r\n{\"TaskARN\":\"arn:ecs\"}more", NULL, "{\"TaskARN\":\"arn:ecs\"}", 1},
    {OK_HEAD "Content-Length: 2\r\n\r\n{}", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 7\r\n\r\n{\"Task\"", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 16\r\n\r\n{\"Containers\":1}", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 14\r\n\r\n{\"TaskARN\":\"\"}", ANSWER, TASK, 2},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nno tags\r\n", ANSWER, TASK, 2},
    {"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", ANSWER, TASK, 2},
    {"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n", ANSWER, TASK, 2}, /* is not followed */
    {NULL, ANSWER, TASK, 2},
    {"garbage\r\n\r\n", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 100\r\n\r\n{\"Task", ANSWER, TASK, 2},              /* cut */
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\nff\r\n{\"Task", ANSWER, TASK, 2}, /* cut */
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{\"Task\r\n0\r\n\r\n", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 99999999999\r\n\r\n{", ANSWER, TASK, 2},
    {OK_HEAD "Content-Length: 0\r\n\r\n", ANSWER, TASK, 2},
    {large, ANSWER, TASK, 2},
    {headers, ANSWER, TASK, 2},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NULL, 2},
    {NULL, NULL, NULL, 3}, /* /task is asked once more when there was no answer at all */
    {"garbage\r\n\r\n", "garbage\r\n\r\n", NULL, 3},
    {full, NULL, full, 1}, /* as much as is taken */
};

/* A child that answers one connection after the other, for ever. */
static pid_t serve(int listener, const struct endpoint_case *c)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a case fails there is nobody who ends it */
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        char head[512] = "";
        size_t n = 0;
        ssize_t got;
        const char *answer;

        while (fd >= 0 && n < sizeof(head) - 1 && !strstr(head, "\r\n\r\n") &&
               (got = read(fd, head + n, sizeof(head) - 1 - n)) > 0)
            n += (size_t)got;
        if (heard->n < REQUESTS_MAX)
            memcpy(heard->head[heard->n], head, sizeof(head));
        heard->n++;
        answer = strstr(head, "/taskWithTags") ? c->with_tags : c->task;
        for (size_t sent = 0, all = answer ? strlen(answer) : 0; sent < all;) {
            got = write(fd, answer + sent, all - sent);
            if (got <= 0)
                break;
            sent += (size_t)got;
        }
        close(fd);
    }
}

/* A listener on loopback, and its address as a URI. */
static int listen_on(int family, char *uri, size_t n)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = family == AF_INET ? sizeof(v4) : sizeof(v6);
    struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, a, len) != 0 || listen(fd, 8) != 0 || getsockname(fd, a, &len) != 0)
        return -1;
    if (family == AF_INET)
        snprintf(uri, n, "http://127.0.0.1:%u/v4/abc", ntohs(v4.sin_port));
    else
        snprintf(uri, n, "http://[::1]:%u/v4/abc", ntohs(v6.sin6_port));
    return fd;
}

static void play(const struct endpoint_case *c, int family, size_t number)
{
    char uri[80];
    int listener = listen_on(family, uri, sizeof(uri));
    struct ecs_metadata *e;
    enum jailed_state state;
    struct view text;
    ns_t fetched;
    pid_t server;

    assert_true(listener >= 0);
    heard->n = 0;
    server = serve(listener, c);
    assert_true(server > 0);
    e = ecs_metadata_start(uri, CONF_SANDBOX_REQUIRED);
    assert_non_null(e);
    state = ecs_metadata_step(e, true);
    text = ecs_metadata_text(e, &fetched);
    if ((state == JAILED_DONE) != (c->text != NULL) || heard->n != c->n_requests)
        fail_msg("case %zu: state %d, %u requests", number, (int)state, heard->n);
    if (c->text && (text.n < 1 || memcmp(strstr(c->text, "{"), text.p, text.n) != 0 || strlen(strstr(c->text, "{")) != text.n))
        fail_msg("case %zu: another text of %zu bytes", number, text.n);
    assert_true(c->text ? fetched > 0 : text.n == 0);
    assert_int_equal(ecs_metadata_fd(e), -1);
    ecs_metadata_free(e);
    kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
    close(listener);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        play(&cases[i], AF_INET, i);
}

static void test_request(void **state)
{
    (void)state;
    play(&cases[3], AF_INET, 3);
    assert_memory_equal(heard->head[0], "GET /v4/abc/taskWithTags HTTP/1.1\r\n", 35);
    assert_memory_equal(heard->head[1], "GET /v4/abc/task HTTP/1.1\r\n", 27);
    assert_non_null(strstr(heard->head[0], "\r\nHost: 127.0.0.1:"));
    assert_non_null(strstr(heard->head[0], "\r\nConnection: close\r\n"));
}

static void test_ipv6(void **state)
{
    char uri[80];
    int listener = listen_on(AF_INET6, uri, sizeof(uri));

    (void)state;
    if (listener < 0)
        skip(); /* a machine without IPv6 */
    close(listener);
    play(&cases[0], AF_INET6, 0);
    assert_non_null(strstr(heard->head[0], "\r\nHost: [::1]:"));
}

static void test_nobody_listens(void **state)
{
    char uri[80];
    struct ecs_metadata *e;
    ns_t fetched;

    (void)state;
    close(listen_on(AF_INET, uri, sizeof(uri)));
    e = ecs_metadata_start(uri, CONF_SANDBOX_REQUIRED);
    assert_non_null(e);
    assert_int_equal(ecs_metadata_step(e, true), JAILED_FAILED);
    assert_int_equal(ecs_metadata_step(e, true), JAILED_FAILED);
    assert_int_equal(ecs_metadata_text(e, &fetched).n, 0);
    ecs_metadata_free(e);
}

/* Only an address, and only one that no route leads away from. */
static void test_whom(void **state)
{
    static const char *const refused[] = {
        "http://example.com/v4/x", "http://localhost/v4/x",      "https://169.254.170.2/v4/x", "http://192.0.2.1/v4/x",
        "http://10.0.0.1/v4/x",    "http://[2001:db8::1]/v4/x",  "169.254.170.2/v4/x",         "http:///v4/x",
        "http://127.0.0.1/v4?x=1", "http://127.0.0.1/v4#x",      "http://a@127.0.0.1/v4/x",    "file:///etc/passwd",
        "http://127.0.0.1:0x/v4",  "http://[fe80::1%eth0]/v4/x", "http://0x7f000001/v4/x",     "http://127.0.0.1/v4 x\r\nA: b",
    };
    char *longer = malloc(2 * ECS_METADATA_URI_MAX);

    (void)state;
    assert_null(ecs_metadata_start(NULL, CONF_SANDBOX_REQUIRED));
    assert_null(ecs_metadata_start("", CONF_SANDBOX_REQUIRED));
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (ecs_metadata_start(refused[i], CONF_SANDBOX_REQUIRED))
            fail_msg("`%s' is asked", refused[i]);
    assert_non_null(longer);
    snprintf(longer, 2 * ECS_METADATA_URI_MAX, "http://127.0.0.1/%0*d", ECS_METADATA_URI_MAX, 0);
    assert_null(ecs_metadata_start(longer, CONF_SANDBOX_REQUIRED));
    free(longer);
}

/* Given up while the endpoint is silent: the process ends. */
static void test_given_up(void **state)
{
    char uri[80];
    int listener = listen_on(AF_INET, uri, sizeof(uri));
    struct ecs_metadata *e = ecs_metadata_start(uri, CONF_SANDBOX_REQUIRED);
    ns_t fetched;

    (void)state;
    assert_non_null(e);
    assert_true(ecs_metadata_fd(e) >= 0);
    assert_int_equal(ecs_metadata_step(e, false), JAILED_RUNS);
    assert_int_equal(ecs_metadata_text(e, &fetched).n, 0);
    ecs_metadata_free(e);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* there is no child */
    close(listener);
}

static int set_up(void **state)
{
    size_t n = (size_t)snprintf(large, sizeof(large), ANSWER), head = n - strlen(TASK);

    (void)state;
    memset(large + n, ' ', sizeof(large) - n - 1);
    memcpy(full, large, sizeof(full));
    full[head + ECS_METADATA_MAX] = '\0';
    n = (size_t)snprintf(headers, sizeof(headers), OK_HEAD "X: ");
    memset(headers + n, 'x', sizeof(headers) - n - 1);
    memcpy(headers + sizeof(headers) - 7, "\r\n\r\n{}", 7);
    log_set_level(LOG_LEVEL_WARN);
    heard = jailed_share(sizeof(*heard));
    return heard ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),          cmocka_unit_test(test_request), cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_nobody_listens), cmocka_unit_test(test_whom),    cmocka_unit_test(test_given_up),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
