/*
 * test_json_output.c - findings full of hostile text stay one line of valid JSON within OUTPUT_TEXT_MAX.
 */
#include "config.h"

#include "base/json_scan.h"
#include "base/out.h"
#include "finding/finding.h"
#include "finding/score.h"
#include "output/json.h"
#include "output/json_write.h"

#include "../json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)

static const char *const names[] = {"a.pcap", "dir/\x1b[31m\"quoted\"\\\n\xff.pcap"};
static const struct output_context context = {.files = names, .n_files = 2};

/* A finding with memory for its lists. */
struct full {
    struct finding f;
    struct finding_text logins[FINDING_LOGINS], agents[FINDING_AGENTS];
    struct finding_flow flows[FINDING_FLOWS];
    char line[OUTPUT_TEXT_MAX];
    size_t n;
};

static void set_text(struct finding_text *t, struct view v, bool cut)
{
    t->len = (uint16_t)min_size(v.n, sizeof(t->bytes));
    memcpy(t->bytes, v.p, t->len);
    t->cut = cut;
}

/* Text in all places, and all lists as long as they may be; n bytes of text, repeated from v. */
static void fill(struct full *x, struct view v, size_t n, bool v6)
{
    struct finding_text t = {.len = 0};
    struct finding *f = &x->f;

    memset(x, 0, sizeof(*x));
    for (t.len = 0; t.len < n; t.len++)
        t.bytes[t.len] = (char)v.p[t.len % v.n];
    t.cut = true;
    f->login = f->agent = f->worker = f->algorithm = f->reason = t;
    f->logins = x->logins;
    f->agents = x->agents;
    f->flows = x->flows;
    f->n_logins_listed = FINDING_LOGINS;
    f->n_agents_listed = FINDING_AGENTS;
    f->n_flows_listed = FINDING_FLOWS;
    f->n_logins = f->n_agents = f->n_flows = UINT32_MAX;
    for (int i = 0; i < FINDING_LOGINS; i++)
        x->logins[i] = t;
    for (int i = 0; i < FINDING_AGENTS; i++)
        x->agents[i] = t;
    memset(&f->miner.addr, v6 ? 0xee : 0, sizeof(f->miner.addr));
    f->miner.port = UINT16_MAX;
    f->pool = f->miner;
    for (int i = 0; i < FINDING_FLOWS; i++)
        x->flows[i] = (struct finding_flow){.miner = f->miner,
                                            .pool = f->pool,
                                            .start_ns = START,
                                            .last_ns = START + 1,
                                            .outer_src = f->miner.addr,
                                            .vni = 0xffffff,
                                            .flags = 0xff,
                                            .copy = true,
                                            .bytes = {UINT64_MAX, UINT64_MAX},
                                            .packets = {UINT32_MAX, UINT32_MAX}};
    f->has_mac = f->login_refused = f->one_sided = true;
    f->stage = STAGE_PAID;
    f->revision = UINT32_MAX;
    f->first_ns = START;
    f->last_ns = f->detected_ns = START + 100000 * NS_PER_SEC;
    f->protocols = (1u << PROTOCOL_N) - 1;
    f->difficulty = 1.2345678901234567e300;
    f->height = f->claimed_hs = f->count = UINT64_MAX;
    f->n_jobs = f->n_submitted = f->n_accepted = f->n_rejected = f->n_gaps = f->n_truncated = UINT64_MAX;
    memcpy(f->id, "cm-0123456789abcdef", 20);
    for (int i = 0; i < EVIDENCE_N; i++) {
        f->evidence[i] = (struct finding_evidence){.present = true, .time_ns = START, .file = 1, .frame = UINT64_MAX, .n = 1};
        memset(f->evidence[i].detail, '"', FINDING_DETAIL_MAX - 1); /* the worst of what is escaped already */
    }
    score_finding(f);
}

static void print(struct full *x, enum finding_state state)
{
    struct out o = out_of(x->line, sizeof(x->line));

    json_finding(&o, state, &x->f, NULL, &context);
    assert_false(o.full);
    if (!json_is_line(o.p, o.n))
        fail_msg("not a line of JSON: %.*s", (int)min_size(o.n, 2000), o.p);
    x->n = o.n;
}

static const struct {
    const char *bytes;
    size_t n;
} hostile[] = {
    {"\0", 1},
    {"\x01\x02\x1f\x7f", 4},
    {"\"", 1},
    {"\\", 1},
    {"\\u0000\\", 7},
    {"\n\r\t", 3},
    {"\x1b[2J\x1b]0;title\x07", 13},
    {"\xff", 1},
    {"\xc3", 1},
    {"\xc0\x80", 2},         /* an overlong NUL */
    {"\xc1\x81", 2},         /* an overlong A */
    {"\xe0\x81\x81", 3},     /* and another */
    {"\xed\xa0\x80", 3},     /* a surrogate */
    {"\xf4\x90\x80\x80", 4}, /* above U+10FFFF */
    {"\xf0\x9f\x98\x80", 4}, /* an emoji, cut at the end of the text */
    {"\xe2\x80\xae", 3},     /* right to left */
    {"\xf3\xa0\x80\x81", 4}, /* a tag */
    {"\xc2\x85", 2},         /* a C1 control */
    {"\xe2\x80\xa8\xe2\x80\xa9", 6},
    {"</script><!--", 13},
    {"a,b]}:{[", 8},
    {"....////++++%%%%@.@.", 20},
    {"x", 1},
};

static void test_hostile_text_everywhere(void **state)
{
    static struct full x;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        for (size_t n = 0; n <= EVIDENCE_TEXT_MAX; n += n < 8 ? 1 : 31) {
            fill(&x, view_of(hostile[i].bytes, hostile[i].n), n, i % 2);
            print(&x, (enum finding_state)(i % 3));
        }
    }
}

static void test_every_byte(void **state)
{
    static struct full x;
    char bytes[2];

    (void)state;
    for (int c = 0; c < 256; c++) {
        bytes[0] = (char)c;
        bytes[1] = 'x';
        fill(&x, view_of(bytes, 2), EVIDENCE_TEXT_MAX, true);
        print(&x, FINDING_UPDATE);
    }
}

static void test_longest_fits(void **state)
{
    static struct full x;
    size_t longest = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        fill(&x, view_of(hostile[i].bytes, hostile[i].n), EVIDENCE_TEXT_MAX, true);
        print(&x, FINDING_CLOSED);
        longest = max_size(longest, x.n);
    }
    assert_true(longest < 131072); /* the rest of OUTPUT_TEXT_MAX is for the owner, see test_json_owner.c */
}

static void check_line(void *arg, enum finding_state state, const struct finding *f)
{
    struct full *x = arg;
    struct out o = out_of(x->line, sizeof(x->line));

    json_finding(&o, state, f, NULL, &context);
    if (o.full || !json_is_line(o.p, o.n))
        fail_msg("not a line of JSON: %.*s", (int)min_size(o.n, 2000), o.p);
}

/* Details are short: wherever one ends, no character is cut in two. */
static void test_detail_ends_anywhere(void **state)
{
    static const char *const unit[] = {"\x01", "\xe2\x80\xae", "\xf0\x9f\x98\x80", "x"};
    static struct full x;
    struct conf conf;
    struct hash_key key;

    (void)state;
    conf_defaults(&conf);
    conf.limits.max_findings = conf.limits.max_dialogues = 1;
    hash_key_fixed(&key, 1);
    for (size_t i = 0; i < 16 * ARRAY_LEN(unit); i++) {
        struct finding_table *t = finding_table_new(&conf, &key, NULL, check_line, &x);
        struct evidence e = {.version = EVIDENCE_VERSION, .kind = EVIDENCE_LOGIN, .stage = STAGE_HANDSHAKE};
        char agent[200];
        size_t n = 0, len = strlen(unit[i / 16]);

        for (; n + len <= sizeof(agent); n += len)
            memcpy(agent + n, unit[i / 16], len);
        assert_true(evidence_add_text(&e, TEXT_LOGIN, view_head(view_str("0123456789abcdef"), i % 16), false));
        assert_true(evidence_add_text(&e, TEXT_AGENT, view_of(agent, n), true));
        finding_add(t, &e);
        finding_close_all(t);
        finding_table_free(t);
    }
}

/* The value of a key of the line, or of an object in it. */
static struct json_val member(const struct full *x, const char *outer, const char *key)
{
    struct buf b = buf_of(view_of(x->line, x->n));
    struct json_val v;

    assert_true(json_read(&b, &v));
    if (outer)
        v = json_member(&v, outer);
    return json_member(&v, key);
}

static void assert_member(const struct full *x, const char *outer, const char *key, const char *text)
{
    struct json_val v = member(x, outer, key);

    if (!view_is(v.text, text))
        fail_msg("%s is %.*s", key, (int)v.text.n, v.text.n ? (const char *)v.text.p : "");
}

static void test_values(void **state)
{
    static struct full x;
    static const uint8_t miner[4] = {10, 0, 3, 17}, pool[4] = {203, 0, 113, 9};
    struct finding *f = &x.f;

    (void)state;
    memset(&x, 0, sizeof(x));
    addr_set_v4(&f->miner.addr, miner);
    addr_set_v4(&f->pool.addr, pool);
    f->miner.port = 49152;
    f->pool.port = 3333;
    f->revision = 1;
    f->stage = STAGE_HANDSHAKE;
    f->protocol = PROTOCOL_CRYPTONOTE;
    f->first_ns = f->last_ns = f->detected_ns = START + 123000;
    memcpy(f->id, "cm-0123456789abcdef", 20);
    set_text(&f->login, view_str("user.rig1+1000"), false);
    set_text(&f->agent, view_str("XMRig/6.21.0"), true);
    score_finding(f);
    print(&x, FINDING_NEW);
    assert_member(&x, NULL, "event", "finding");
    assert_member(&x, NULL, "id", "cm-0123456789abcdef");
    assert_member(&x, NULL, "state", "new");
    assert_member(&x, NULL, "kind", "mining");
    assert_member(&x, NULL, "stage", "handshake");
    assert_member(&x, NULL, "severity", "8.0");
    assert_member(&x, NULL, "first_seen", "2025-11-24T16:00:00.000123Z");
    assert_member(&x, "miner", "ip", "10.0.3.17");
    assert_member(&x, "miner", "port", "49152");
    assert_member(&x, "pool", "ip", "203.0.113.9");
    assert_member(&x, "mining", "protocol", "cryptonote");
    assert_member(&x, "mining", "login", "user.rig1+1000");
    assert_member(&x, "mining", "login_kind", "account");
    assert_member(&x, "mining", "worker", "rig1");
    assert_member(&x, "mining", "agent", "XMRig/6.21.0…"); /* cut, and marked */
    /* What is unknown is absent: never null, never empty. */
    assert_int_equal(member(&x, "miner", "mac").type, JSON_NONE);
    assert_int_equal(member(&x, "mining", "wallet").type, JSON_NONE);
    assert_int_equal(member(&x, "mining", "difficulty").type, JSON_NONE);
    assert_int_equal(member(&x, "mining", "height").type, JSON_NONE);
    assert_int_equal(member(&x, "mining", "hashrate").type, JSON_NONE);
    assert_int_equal(member(&x, "mining", "protocols").type, JSON_NONE);
    assert_null(memmem(x.line, x.n, "null", 4));
    assert_null(memmem(x.line, x.n, "\"\"", 2));
}

static void test_file_unknown(void **state)
{
    static struct full x;

    (void)state;
    fill(&x, view_str("x"), 1, false);
    x.f.evidence[EVIDENCE_LOGIN].file = 2; /* not one of the run's */
    x.f.evidence[EVIDENCE_SUBMIT].file = UINT32_MAX;
    print(&x, FINDING_NEW);
}

/* The check itself must be able to fail. */
static void test_check(void **state)
{
    static const char *const good[] = {"{}",   "[]", "1", "-0.5e+3", "\"\\u00e9\\n\"", "{\"a\":[1,{\"b\":null}],\"c\":true}",
                                       "\"é\""};
    static const char *const bad[] = {"",          "{",
                                      "{}x",       "[1,]",
                                      "[,1]",      "{\"a\"}",
                                      "{\"a\":}",  "{\"a\":1,}",
                                      "01",        "1.",
                                      "+1",        "nul",
                                      "\"a",       "\"\\x\"",
                                      "\"\\u00\"", "\"\x01\"",
                                      "\"\xff\"",  "\"\xc0\x80\"",
                                      "[1 2]",     "[1}",
                                      "{1:2}",     "\"\xed\xa0\x80\"",
                                      " 1",        "1 ",
                                      "[1,2",      "NaN",
                                      "'a'"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!json_is_strict(good[i], strlen(good[i])))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (json_is_strict(bad[i], strlen(bad[i])))
            fail_msg("taken: %s", bad[i]);
    assert_true(json_is_line("{\"a\":1}\n", 8));
    assert_false(json_is_line("{\"a\":1}", 7));
    assert_false(json_is_line("{\"a\":\n1}\n", 9));
}

/* Each byte at each place of a string of each length: strings are looked through eight bytes at a time. */
static void test_string_bytes(void **state)
{
    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        for (size_t at = 0; at < 20; at++) {
            char text[21] = "aaaaaaaaaaaaaaaaaaaa", mem[64], want[64];
            struct out o = out_of(mem, sizeof(mem)), w = out_of(want, sizeof(want));

            text[at] = (char)c;
            json_open(&o, NULL, '[');
            json_string(&o, NULL, text);
            out_fmt(&w, "[\"%.*s", (int)at, text);
            if (c < 0x20)
                out_fmt(&w, "\\u%04x", c);
            else
                out_fmt(&w, "%s%c", c == '"' || c == '\\' ? "\\" : "", (char)c);
            out_fmt(&w, "%s\"", text + at + 1);
            assert_string_equal(mem, want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),        cmocka_unit_test(test_hostile_text_everywhere),
        cmocka_unit_test(test_every_byte),   cmocka_unit_test(test_detail_ends_anywhere),
        cmocka_unit_test(test_longest_fits), cmocka_unit_test(test_values),
        cmocka_unit_test(test_file_unknown), cmocka_unit_test(test_string_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
