/*
 * hostile.c - for hostile.py: findings whose every text is hostile, in each format.
 *
 * usage: hostile formats             the formats of -o that take findings
 *        hostile fields              the name of each text of a finding, in their order
 *        hostile strings N SEED      the N strings, in hexadecimal
 *        hostile FORMAT N SEED [PATH]
 *
 * The findings come in phases, one for each kind. The first of a phase has in each text the text's name between two T. The
 * others have strings: text number j of the i-th of them has string (i + j * STRIDE) % N, so that in the first two phases, which have
 * N, each text has each string once. `syslog-cef' is syslog with CEF; PATH is the socket of both.
 */
#include "config.h"

#include "base/out.h"
#include "base/parse.h"
#include "finding/finding.h"
#include "finding/score.h"
#include "finding/wording.h"
#include "output/output.h"

#include "about_of.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STRIDE 7919 /* a prime that divides no round number */
#define STRING_MAX 256
#define FIELDS_MAX 200
#define LISTED 2 /* logins, agents, tags, candidates and parents of a finding: enough to be lists, and quick */
#define START (INT64_C(1764000000) * NS_PER_SEC)

struct string {
    uint16_t n;
    uint8_t bytes[STRING_MAX];
};

struct maker {
    const struct string *strings;
    size_t n_strings;
    size_t i;    /* of the finding in its phase */
    bool benign; /* names instead of strings */
    size_t n_fields;
    char names[FIELDS_MAX][48]; /* of the fields, between two T */
};

static const struct {
    enum finding_kind kind;
    enum stage stage;
    size_t part; /* one in so many strings are used */
} phases[] = {
    {FINDING_MINING, STAGE_PAID, 1},          {FINDING_POOL_CONTACT, STAGE_CONTACT, 1},
    {FINDING_POOL_LOOKUP, STAGE_LOOKUP, 16},  {FINDING_WEB_MINING, STAGE_LOOKUP, 16},
    {FINDING_COIN_NODE, STAGE_LOOKUP, 16},    {FINDING_POOL_SERVICE, STAGE_MINING, 16},
    {FINDING_POOL_SCAN, STAGE_HANDSHAKE, 16}, {FINDING_CAMPAIGN, STAGE_MINING, 16},
};
_Static_assert(ARRAY_LEN(phases) == FINDING_KIND_N, "each kind has a phase");

/* --- strings ------------------------------------------------------------------------------------ */

static uint64_t random_state;

/* Marsaglia's xorshift64: the same strings on all machines. */
static uint32_t below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % n;
}

#define PIECE(text)                               \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const struct view pieces[] = {
    PIECE("\0"),
    PIECE("\n"),
    PIECE("\r\n"),
    PIECE("\t"),
    PIECE("\x1b[2J"),
    PIECE("\x1b]0;title\x07"),
    PIECE("\x9b"
          "31m"),
    PIECE("\x7f"),
    PIECE("\x08\x08"),
    PIECE("|"),
    PIECE("="),
    PIECE("\\"),
    PIECE("\\\\"),
    PIECE("\\n"),
    PIECE("\\|"),
    PIECE("\\="),
    PIECE("\\u0000"),
    PIECE("\\x41"),
    PIECE("\\u{202e}"),
    PIECE("\""),
    PIECE("'"),
    PIECE("`"),
    PIECE(" "),
    PIECE("  "),
    PIECE(","),
    PIECE(";"),
    PIECE("{"),
    PIECE("}]"),
    PIECE("\",\"id\":\"x"),
    PIECE("\"}\n{\"event\":\"finding\"}"),
    PIECE(" act=allow"),
    PIECE(" cs1Label=eni cs1=x"),
    PIECE("\tid=x"),
    PIECE("\nCEF:0|countermine|countermine|0|mining|x|0|externalId=x"),
    PIECE("\nLEEF:2.0|countermine|countermine|0|mining|x09|id=x"),
    PIECE("<27>1 - - - - - - "),
    PIECE("</script><img src=x>"),
    PIECE("&lt;&#0;"),
    PIECE("=cmd|' /C calc'!A0"),
    PIECE("+1"),
    PIECE("-1"),
    PIECE("@SUM(A1)"),
    PIECE("null"),
    PIECE("%s%n%x"),
    PIECE("$(id)"),
    PIECE("../../etc/passwd"),
    PIECE("\xff\xfe"),
    PIECE("\x80"),
    PIECE("\xc3"),
    PIECE("\xc0\x80"),
    PIECE("\xe0\x81\x81"),
    PIECE("\xed\xa0\x80"),
    PIECE("\xed\xb0\x80"),
    PIECE("\xf4\x90\x80\x80"),
    PIECE("\xf0\x82\x82\xac"),
    PIECE("\xf8\x88\x80\x80\x80"),
    PIECE("\xe2\x80"),
    PIECE("\xf0\x9f\x98"),
    PIECE("\xf0\x9f\x98\x80"),
    PIECE("\xe2\x80\xae"),
    PIECE("\xe2\x81\xa6"),
    PIECE("\xe2\x80\x8f"),
    PIECE("\xe2\x80\x8b"),
    PIECE("\xe2\x80\xa8"),
    PIECE("\xe2\x80\xa9"),
    PIECE("\xc2\x85"),
    PIECE("\xc2\xad"),
    PIECE("\xef\xbb\xbf"),
    PIECE("\xef\xbf\xbd"),
    PIECE("\xef\xbf\xbe"),
    PIECE("\xf3\xa0\x80\x81"),
    PIECE("\xe2\x80\xa6"),
    PIECE("\xe6\x97\xa5\xe6\x9c\xac"),
    PIECE("A\xcc\x81"),
    PIECE("xmr.pool.example"),
};

/* Six of ten are short, one may have all bytes there are room for; a third is of random bytes, the rest of pieces and words. */
static void make_string(struct string *s)
{
    uint32_t dice = below(10);
    size_t n = dice < 6 ? below(17) : dice < 9 ? below(65) : below(STRING_MAX + 1);
    uint32_t style = below(3);

    for (s->n = 0; s->n < n;) {
        const struct view *piece = &pieces[below(ARRAY_LEN(pieces))];

        if (style == 0 || (style == 1 && below(2))) {
            s->bytes[s->n++] = (uint8_t)below(256);
            continue;
        }
        if (style == 2 && below(3) == 0) {
            s->bytes[s->n++] = (uint8_t)('a' + below(26));
            continue;
        }
        for (size_t i = 0; i < piece->n && s->n < n; i++)
            s->bytes[s->n++] = piece->p[i];
    }
}

static struct string *make_strings(size_t n, uint64_t seed)
{
    struct string *strings = calloc(n, sizeof(*strings));

    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t i = 0; strings && i < n; i++)
        make_string(&strings[i]);
    return strings;
}

/* --- a finding ---------------------------------------------------------------------------------- */

/* The next text. Those of lists are never empty, as lists leave those out. */
static struct view next_text(void *arg, const char *name, uint32_t i)
{
    struct maker *m = arg;
    struct out o;
    size_t j = m->n_fields++;
    const struct string *s;

    if (j >= FIELDS_MAX)
        abort();
    o = out_of(m->names[j], sizeof(m->names[j]));
    out_fmt(&o, "T%s%uT", name, i);
    if (m->benign || !m->strings)
        return out_view(&o);
    s = &m->strings[(m->i + j * STRIDE) % m->n_strings];
    return s->n ? view_of(s->bytes, s->n) : view_of("", 0);
}

static void set(struct maker *m, struct finding_text *t, const char *name, uint32_t i)
{
    struct view v = next_text(m, name, i);

    t->len = (uint16_t)v.n;
    t->cut = false;
    if (v.n)
        memcpy(t->bytes, v.p, v.n);
}

static void set_listed(struct maker *m, struct finding_text *t, const char *name, uint32_t i)
{
    set(m, t, name, i);
    if (t->len == 0)
        t->bytes[t->len++] = 'x';
}

static uint8_t set_row(struct maker *m, char *to, const char *name)
{
    struct view v = view_head(next_text(m, name, 0), UINT8_MAX);

    if (v.n)
        memcpy(to, v.p, v.n);
    return (uint8_t)v.n;
}

/* A string of C, which ends at its first NUL. */
static void set_string(struct maker *m, char to[STRING_MAX + 1], const char *name)
{
    struct view v = next_text(m, name, 0);

    if (v.n)
        memcpy(to, v.p, v.n);
    to[v.n] = '\0';
}

static void make_texts(struct maker *m, struct finding *f)
{
    static struct finding_text logins[LISTED], agents[LISTED];

    set(m, &f->login, "login", 0);
    set(m, &f->agent, "agent", 0);
    set(m, &f->worker, "worker", 0);
    set(m, &f->algorithm, "algorithm", 0);
    set(m, &f->reason, "reason", 0);
    set(m, &f->host, "host", 0);
    set(m, &f->coin, "coin", 0);
    set(m, &f->tag, "pool_tag", 0);
    set(m, &f->payout, "payout", 0);
    set(m, &f->name, "name", 0);
    set(m, &f->asked, "asked", 0);
    set(m, &f->answer, "answer", 0);
    for (uint32_t i = 0; i < LISTED; i++) {
        set_listed(m, &logins[i], "logins", i);
        set_listed(m, &agents[i], "agents", i);
    }
    f->logins = logins;
    f->agents = agents;
    f->n_logins = f->n_logins_listed = f->n_agents = f->n_agents_listed = LISTED;
}

static void make_evidence(struct finding *f)
{
    bool names = finding_is_lookup(f);

    for (int kind = 0; kind < EVIDENCE_N; kind++) {
        struct finding_evidence *e = &f->evidence[kind];

        if (evidence_weight((enum evidence_kind)kind) == 0 ||
            (evidence_class((enum evidence_kind)kind) == CLASS_NAME) != names || kind == EVIDENCE_NODE)
            continue;
        *e = (struct finding_evidence){.present = true, .time_ns = START, .frame = 5, .n = 1};
        wording_detail(f, (enum evidence_kind)kind, LANGUAGE_EN, e->detail, sizeof(e->detail));
    }
}

/* Names of things that formats make a member of a list of, when they have one. */
static void fill_names(struct about_owner *o)
{
    struct view *const names[] = {&o->aws.eni, &o->aws.instance, &o->aws.ecs.task, &o->kubernetes.containers.v[0].id};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (names[i]->n == 0)
            *names[i] = view_str("x");
}

static void make_finding(struct maker *m, size_t phase, struct finding *f, struct about *about)
{
    static const uint8_t miner[4] = {10, 0, 3, 17}, pool[4] = {203, 0, 113, 9};
    static struct finding_flow flow;

    memset(f, 0, sizeof(*f));
    memcpy(f->id, "cm-0123456789abcdef", 20);
    f->kind = phases[phase].kind;
    f->stage = phases[phase].stage;
    addr_set_v4(&f->miner.addr, miner);
    addr_set_v4(&f->pool.addr, pool);
    f->miner.port = 49152;
    f->pool.port = 3333;
    f->protocol = PROTOCOL_CRYPTONOTE;
    f->first_ns = f->last_ns = f->detected_ns = START;
    f->revision = 1;
    f->count = f->n_submitted = f->n_accepted = 1;
    f->host_source = NAME_SOCKS;
    flow = (struct finding_flow){.miner = f->miner, .pool = f->pool, .start_ns = START, .last_ns = START, .vni = 77};
    f->flows = &flow;
    f->n_flows = f->n_flows_listed = 1;
    make_texts(m, f);
    f->row.list_len = set_row(m, f->row.list, "list");
    f->row.name_len = set_row(m, f->row.name, "entry");
    if (f->row.name_len == 0) /* it is what tells a lookup */
        f->row.name[f->row.name_len++] = 'x';
    make_evidence(f);
    score_finding(f);
    about_fill(about, 1, next_text, m);
    about->owner.aws.n_tags = about->owner.process.n_parents = about->owner.n_candidates = LISTED;
    if (about->owner.kubernetes.pod.n == 0) /* without it, and without a node, there is no pod */
        about->owner.kubernetes.pod = view_str("x");
    fill_names(&about->owner);
    for (uint32_t i = 0; i < LISTED; i++)
        if (about->owner.process.parents[i].n == 0)
            about->owner.process.parents[i] = view_str("x");
}

/* --- the commands ------------------------------------------------------------------------------- */

static int print_formats(void)
{
    struct view rest = view_str(output_formats);

    while (rest.n) {
        struct view name = view_head(rest, view_find(rest, ','));
        char text[32];
        struct out o = out_of(text, sizeof(text));

        out_bytes(&o, name);
        if (!output_is_dns(text))
            printf("%s\n", text);
        rest = view_skip(rest, name.n + 2);
    }
    return 0;
}

static int print_fields(void)
{
    static struct maker m = {.benign = true};
    static struct finding f;
    static struct about about;
    static char file[STRING_MAX + 1], sensor[STRING_MAX + 1];

    make_finding(&m, 0, &f, &about);
    set_string(&m, file, "file");
    set_string(&m, sensor, "sensor");
    for (size_t j = 0; j < m.n_fields; j++)
        printf("%s\n", m.names[j]);
    return 0;
}

static int print_strings(const struct string *strings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; at < strings[i].n; at++)
            printf("%02x", strings[i].bytes[at]);
        printf("\n");
    }
    return 0;
}

static int print_findings(const char *format, const char *path, const struct string *strings, size_t n)
{
    static struct finding f;
    static struct about about;
    static struct conf conf;
    static char file[STRING_MAX + 1], sensor[STRING_MAX + 1];
    static const char *const files[] = {file};
    static struct output_context ctx = {.files = files, .n_files = 1, .sensor = sensor, .conf = &conf, .host = "host"};
    bool cef = strcmp(format, "syslog-cef") == 0;
    struct sink *s;

    conf_defaults(&conf);
    conf.output.syslog_max_bytes = 65000;
    conf.output.syslog_format = cef ? CONF_SYSLOG_CEF : CONF_SYSLOG_JSON;
    format = cef ? "syslog" : format;
    s = sink_new(format, path, output_open(format, path, false), &ctx);
    if (!s)
        return 1;
    for (size_t phase = 0; phase < ARRAY_LEN(phases); phase++) {
        for (size_t i = 0; i <= n / phases[phase].part; i++) {
            struct maker m = {.strings = strings, .n_strings = n, .i = i ? i - 1 : 0, .benign = i == 0};

            make_finding(&m, phase, &f, &about);
            set_string(&m, file, "file");
            set_string(&m, sensor, "sensor");
            sink_finding(s, FINDING_CLOSED, &f, &about); /* tables have only these */
        }
    }
    if (sink_close(s) != 0)
        return 1;
    sink_free(s);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t n = 0, seed = 0;
    struct string *strings;
    int status;

    if (argc == 2 && strcmp(argv[1], "formats") == 0)
        return print_formats();
    if (argc == 2 && strcmp(argv[1], "fields") == 0)
        return print_fields();
    if (argc < 4 || argc > 5 || !parse_u64(view_str(argv[2]), &n) || n == 0 || !parse_u64(view_str(argv[3]), &seed)) {
        fprintf(stderr, "usage: hostile formats | fields | strings N SEED | FORMAT N SEED [PATH]\n");
        return 2;
    }
    strings = make_strings((size_t)n, seed);
    if (!strings)
        return 1;
    status = strcmp(argv[1], "strings") == 0 ? print_strings(strings, (size_t)n)
                                             : print_findings(argv[1], argc > 4 ? argv[4] : NULL, strings, (size_t)n);
    free(strings);
    return status;
}
