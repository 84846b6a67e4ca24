/*
 * kill_journal.c - kills a writer of findings with SIGKILL, at any moment, again and again; prints TAP.
 *
 * usage: kill_journal [KILLS [SEED]]   60 kills when they are not given
 *
 * A sender hands records to a writer over a SOCK_SEQPACKET pair that outlives both, as the parent's do. The writer
 * restores its table from the journal, looks at each record with MSG_PEEK, gives it to the journal, writes each event
 * with one write(), and only then takes the record from the socket. Once the writer has been killed a last one
 * finishes. Expected: every line is whole JSON, every event that a run without kills says is there with the same bytes,
 * there is none besides, and what is there twice is the same both times: same id, same revision.
 */
#include "config.h"

#include "finding/finding.h"
#include "output/json.h"
#include "role/ledger.h"

#include "../evidence_of.h"
#include "../json_check.h"
#include "../small_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_EVERY 50 /* records; that is a second */
#define MINERS 400

enum { TICK = 0, END = UINT16_MAX }; /* versions of what is no evidence */

static uint64_t seed = 1;

static uint32_t chance(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static void die(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The i-th record, from 1. */
static struct evidence record(uint64_t i)
{
    ns_t now = EVIDENCE_OF_START + (ns_t)i * (NS_PER_SEC / 1000);
    uint32_t miner = (uint32_t)(i * 2654435761u >> 7) % MINERS;
    struct evidence e = i % 5 == 0   ? lookup_of(miner, 1 + (uint32_t)i % 6, "a.pool.example", now)
                        : i % 5 == 1 ? fake_of(1000000 + (uint32_t)i, now)
                                     : evidence_of(miner, EVIDENCE_LOGIN, EVIDENCE_OF_START);
    char login[32];

    if (i % 5 > 1) {
        snprintf(login, sizeof(login), "user%u", (unsigned)(i / MINERS % 7));
        evidence_add_text(&e, TEXT_LOGIN, view_str(login), false);
        e.n_messages = (uint32_t)i;
        e.stage = i % 11 ? STAGE_HANDSHAKE : STAGE_MINING;
    }
    e.worker = i % 3 == 0;
    e.seq = i;
    return e;
}

/* --- the writer ----------------------------------------------------------------------------- */

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    static char line[OUTPUT_TEXT_MAX];
    struct output_context ctx = {.sensor = "kill"};
    struct out o = out_of(line, sizeof(line));
    const int *fd = arg;

    json_finding(&o, state, f, NULL, &ctx);
    if (write(*fd, o.p, o.n) != (ssize_t)o.n)
        die("write");
}

static struct finding_table *table_of(int *out_fd, const struct conf *conf)
{
    struct finding_table *t;
    struct hash_key key;

    if (!hash_seed(&key))
        die("getrandom");
    t = finding_table_new(conf, &key, small_feed(), on_finding, out_fd);
    if (!t)
        die("finding_table_new");
    finding_live(t);
    return t;
}

static void conf_of(struct conf *conf)
{
    conf_defaults(conf);
    conf->limits.max_findings = 300;
    conf->output.max_rate = 1000;
    conf->state.max_bytes = 1 << 20; /* written anew often */
}

/* Ticks come over the socket, too, as records without a version. One that is done twice, for the same time, changes nothing. */
static void take(struct ledger *l, const struct evidence *e)
{
    if (e->version == TICK)
        ledger_tick(l, e->time_ns);
    else
        ledger_take(l, e);
}

/*
 * Cuts off what is no whole line at the end: a write() that crosses a page is cut short by SIGKILL (11 of 1,000 were,
 * Linux 6, ext4), and what follows would make one line with it. Whoever appends to a file has to do this first.
 */
static void cut_tail(int out_fd)
{
    static char tail[OUTPUT_TEXT_MAX];
    off_t size = lseek(out_fd, 0, SEEK_END), from = size > OUTPUT_TEXT_MAX ? size - OUTPUT_TEXT_MAX : 0;
    ssize_t n = pread(out_fd, tail, sizeof(tail), from);

    if (n < 0)
        die("read");
    while (n > 0 && tail[n - 1] != '\n')
        n--;
    if (from + n < size && ftruncate(out_fd, from + n) != 0)
        die("ftruncate");
}

/* *n counts what it took. */
static void write_findings(int from, const int fd[2], int out_fd, volatile uint64_t *n)
{
    struct ledger_restored restored;
    struct conf conf;
    struct finding_table *t;
    struct ledger *l;
    struct evidence e = {.version = 0};

    cut_tail(out_fd);
    conf_of(&conf);
    t = table_of(&out_fd, &conf);
    l = ledger_new(fd, t, conf.state.max_bytes);
    if (!l || !ledger_restore(l, &restored))
        die("ledger");
    while (e.version != END) {
        if (recv(from, &e, sizeof(e), MSG_PEEK) != (ssize_t)sizeof(e))
            die("recv");
        if (e.version != END)
            take(l, &e);
        if (recv(from, &e, sizeof(e), 0) != (ssize_t)sizeof(e))
            die("recv");
        ++*n;
    }
    ledger_free(l);
    finding_table_free(t);
}

/* --- the others ----------------------------------------------------------------------------- */

static void send_one(int to, const struct evidence *e)
{
    if (send(to, e, sizeof(*e), 0) != (ssize_t)sizeof(*e))
        die("send");
}

static struct evidence tick(uint64_t i)
{
    return (struct evidence){.version = TICK, .time_ns = EVIDENCE_OF_START + (ns_t)i * (NS_PER_SEC / TICK_EVERY)};
}

/* Sends until it is told to end; *n is the number of the newest record. */
static void send_records(int to, volatile uint64_t *n, const volatile uint64_t *stop)
{
    struct evidence e;

    while (!*stop) {
        ++*n;
        e = record(*n);
        send_one(to, &e);
        e = tick(*n);
        if (*n % TICK_EVERY == 0)
            send_one(to, &e);
    }
    e.version = END;
    send_one(to, &e);
}

/* The same in one life, straight into a table. */
static void write_expected(int out_fd, uint64_t n)
{
    struct finding_table *t;
    struct conf conf;

    conf_of(&conf);
    t = table_of(&out_fd, &conf);
    for (uint64_t i = 1; i <= n; i++) {
        struct evidence e = record(i);

        finding_add(t, &e);
        if (i % TICK_EVERY == 0)
            finding_tick(t, tick(i).time_ns);
    }
    finding_table_free(t);
}

static int new_file(const char *name, int flags)
{
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | flags, 0600);

    if (fd < 0)
        die(name);
    if (unlink(name) != 0)
        die(name);
    return fd;
}

static pid_t fork_one(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork");
    return pid;
}

/* Kills writers, each up to 5 ms after it took its first record; gives the number of those that were killed. */
static int kill_writers(int from, const int fd[2], int out_fd, int kills, volatile uint64_t *taken)
{
    int n_killed = 0;

    for (int i = 0; i < kills; i++) {
        uint64_t before = *taken;
        pid_t pid = fork_one();
        int status;

        if (pid == 0) {
            write_findings(from, fd, out_fd, taken);
            _exit(0);
        }
        for (int waits = 0; *taken == before && waits < 100000; waits++)
            usleep(100);
        usleep(chance(5000));
        kill(pid, SIGKILL);
        if (waitpid(pid, &status, 0) != pid)
            die("waitpid");
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            die("writer");
        n_killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    return n_killed;
}

/* --- what was written ----------------------------------------------------------------------- */

struct lines {
    char *text;
    const char **v;
    size_t n;
    size_t n_torn;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_lines(int fd, struct lines *l)
{
    off_t size = lseek(fd, 0, SEEK_END);
    size_t n = size < 0 ? 0 : (size_t)size, room = 1;

    *l = (struct lines){.text = malloc(n + 1)};
    if (!l->text || pread(fd, l->text, n, 0) != (ssize_t)n)
        die("read");
    l->text[n] = '\0';
    for (size_t i = 0; i < n; i++)
        room += l->text[i] == '\n';
    l->v = calloc(room, sizeof(*l->v));
    if (!l->v)
        die("calloc");
    for (size_t at = 0; at < n;) {
        char *start = &l->text[at], *end = memchr(start, '\n', n - at);
        size_t len = end ? (size_t)(end - start) : n - at;

        l->n_torn += !end || !json_is_line(start, len + 1);
        if (end)
            *end = '\0';
        l->v[l->n++] = start;
        at += len + 1;
    }
    qsort(l->v, l->n, sizeof(*l->v), by_text);
}

/* Lines of a that are not in b. */
static size_t missing(const struct lines *a, const struct lines *b)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++)
        if (b->n == 0 || !bsearch(&a->v[i], b->v, b->n, sizeof(*b->v), by_text))
            n++;
    return n;
}

static void free_lines(struct lines *l)
{
    free(l->text);
    free(l->v);
}

static bool ok(int number, bool fact, const char *what, size_t n)
{
    printf("%sok %d - %s: %zu\n", fact ? "" : "not ", number, what, n);
    return fact;
}

static int judge(int out_fd, int expected_fd, int n_killed, uint64_t n_records)
{
    struct lines got, expected;
    size_t twice = 0;
    bool good;

    read_lines(out_fd, &got);
    read_lines(expected_fd, &expected);
    for (size_t i = 1; i < got.n; i++)
        twice += strcmp(got.v[i], got.v[i - 1]) == 0;
    printf("# %zu lines, %zu of them twice, %d kills, %llu records\n", got.n, twice, n_killed, (unsigned long long)n_records);
    good = ok(1, n_killed > 0 && expected.n > 0, "events without kills", expected.n);
    good &= ok(2, missing(&expected, &got) == 0, "lost", missing(&expected, &got));
    good &= ok(3, got.n_torn == 0, "torn", got.n_torn);
    good &= ok(4, missing(&got, &expected) == 0, "that are not as without kills", missing(&got, &expected));
    good &= ok(5, got.n - twice == expected.n, "different ones", got.n - twice);
    printf("1..5\n");
    free_lines(&got);
    free_lines(&expected);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    char directory[] = "/tmp/kill_journal.XXXXXX";
    volatile uint64_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int kills = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 60, pair[2], fd[2], out_fd, expected_fd, n_killed;
    pid_t sender;

    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    if (shared == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        die("start");
    if (!mkdtemp(directory) || chdir(directory) != 0)
        die(directory);
    fd[0] = new_file("a", 0);
    fd[1] = new_file("b", 0);
    out_fd = new_file("out", O_APPEND);
    expected_fd = new_file("expected", O_APPEND);
    if (rmdir(directory) != 0)
        die(directory);
    sender = fork_one();
    if (sender == 0) {
        send_records(pair[0], &shared[0], &shared[1]);
        _exit(0);
    }
    n_killed = kill_writers(pair[1], fd, out_fd, kills, &shared[2]);
    shared[1] = 1;
    write_findings(pair[1], fd, out_fd, &shared[2]); /* until the end */
    if (waitpid(sender, NULL, 0) != sender)
        die("waitpid");
    write_expected(expected_fd, shared[0]);
    return judge(out_fd, expected_fd, n_killed, shared[0]);
}
