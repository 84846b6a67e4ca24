/*
 * test_formats.c - the formats of others: whatever a finding and its owner hold, a record is one line of JSON and not too long; half
 * of one is known as ours.
 */
#include "config.h"

#include "base/out.h"
#include "output/asff.h"
#include "output/ecs.h"
#include "output/eve.h"
#include "output/guardduty.h"
#include "output/ocsf.h"

#include "../finding_of.h"
#include "../json_check.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define AWS_MAX (240 * 1024) /* bytes of a finding of Security Hub */

typedef void writer(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                    const struct output_context *ctx);

static const struct {
    const char *name;
    writer *write;
    size_t max;
} formats[] = {
    {"eve", eve_finding, OUTPUT_TEXT_MAX}, {"ecs", ecs_finding, OUTPUT_TEXT_MAX},     {"ocsf", ocsf_finding, AWS_MAX},
    {"asff", asff_finding, AWS_MAX},       {"guardduty", guardduty_finding, AWS_MAX},
};

static struct conf conf;
static const char *const files[] = {"dir/\x1b[31m\"quoted\"\\\n\xff.pcap"};
static char sensor[CONF_TEXT_MAX];
static const struct output_context context = {.conf = &conf, .sensor = sensor, .files = files, .n_files = 1};
static char text[OUTPUT_TEXT_MAX];
static struct finding_made made;
static struct about about;

/* All lists as long as they may be, with the word in all texts, and all numbers as great. */
static void stuff(const struct finding_sort *sort, struct view word)
{
    struct finding *f = &made.f;

    finding_of(&made, sort, word);
    about_of(&about, ABOUT_ALL, word);
    finding_set(&f->login, word);
    finding_set(&f->algorithm, word);
    finding_set(&f->reason, word);
    finding_set(&f->coin, word);
    finding_set(&f->tag, word);
    finding_set(&f->payout, word);
    f->login.cut = f->agent.cut = f->host.cut = f->name.cut = true;
    for (int i = 0; i < FINDING_LOGINS; i++)
        made.logins[i] = made.agents[i] = f->login;
    f->n_logins_listed = f->n_agents_listed = FINDING_LOGINS;
    f->n_logins = f->n_agents = f->n_flows = f->n_members = f->revision = UINT32_MAX;
    for (int i = 1; i < FINDING_FLOWS; i++)
        made.flows[i] = made.flows[0];
    f->n_flows_listed = FINDING_FLOWS;
    f->members = made.members;
    f->n_members_listed = FINDING_MEMBERS;
    f->count = f->n_jobs = f->n_submitted = f->n_accepted = f->n_rejected = f->height = f->claimed_hs = UINT64_MAX;
    for (int i = 0; i < EVIDENCE_N; i++) {
        finding_prove(f, (enum evidence_kind)i);
        f->evidence[i].frame = UINT64_MAX;
        memset(f->evidence[i].detail, '"', FINDING_DETAIL_MAX - 1); /* the worst of what is escaped already */
    }
    f->n_supersedes = FINDING_SUPERSEDES;
}

static size_t print(size_t format, enum finding_state state, const struct about *of)
{
    struct out o = out_of(text, sizeof(text));

    formats[format].write(&o, state, &made.f, of, &context);
    if (o.full || o.n > formats[format].max || !json_is_line(o.p, o.n))
        fail_msg("%s: no line of JSON, or too long: %zu bytes, %.*s", formats[format].name, o.n, (int)min_size(o.n, 2000), o.p);
    return o.n;
}

static const struct {
    const char *bytes;
    size_t n;
} hostile[] = {
    {"\0", 1},
    {"\x1b", 1},
    {"\"", 1},
    {"\\", 1},
    {"\n\r\t", 3},
    {"\xff", 1},
    {"\xc3", 1},
    {"\xc0\x80", 2},
    {"\xed\xa0\x80", 3},
    {"\xf0\x9f\x98\x80", 4},
    {"\xe2\x80\xae", 3},
    {"\xf3\xa0\x80\x81", 4},
    {"\xc2\x85", 2},
    {"\"},\"x\":{", 8},
    {"arn:aws:", 8},
    {"/", 1},
    {"x", 1},
};

static void test_worst_case(void **state)
{
    static uint8_t word[EVIDENCE_TEXT_MAX + 8];
    size_t longest[ARRAY_LEN(formats)] = {0};

    (void)state;
    memset(sensor, '"', sizeof(sensor) - 1);
    for (size_t h = 0; h < ARRAY_LEN(hostile); h++) {
        for (size_t i = 0; i < sizeof(word); i++)
            word[i] = (uint8_t)hostile[h].bytes[i % hostile[h].n];
        for (size_t s = 0; s < ARRAY_LEN(finding_sorts); s++) {
            stuff(&finding_sorts[s], view_of(word, sizeof(word)));
            for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                longest[i] = max_size(longest[i], print(i, FINDING_UPDATE, &about));
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        printf("# %s: at most %zu bytes\n", formats[i].name, longest[i]);
        assert_true(longest[i] > 50000); /* else this is not the worst case */
    }
}

static void test_every_byte_and_length(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        uint8_t word[2] = {(uint8_t)c, 'x'};

        stuff(&finding_sorts[c % ARRAY_LEN(finding_sorts)], view_of(word, 2));
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
            print(i, (enum finding_state)(c % FINDING_STATE_N), &about);
    }
    for (size_t n = 1; n < EVIDENCE_TEXT_MAX; n += 3) {
        static const uint8_t faces[] = "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80";
        uint8_t word[EVIDENCE_TEXT_MAX];

        for (size_t i = 0; i < n; i++)
            word[i] = faces[i % 16];
        stuff(&finding_sorts[n % ARRAY_LEN(finding_sorts)], view_of(word, n));
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
            print(i, FINDING_NEW, &about);
    }
}

/* Half a record at the end of a file is cut off when the file is opened by a live run. */
static void test_half_a_record(void **state)
{
    char path[] = "/tmp/test_formats-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    memset(sensor, 0, sizeof(sensor));
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct stat st;
        size_t n;

        finding_of(&made, &finding_sorts[0], view_str("xmr.pool.example"));
        n = print(i, FINDING_NEW, NULL);
        fd = open(path, O_WRONLY | O_TRUNC);
        assert_int_equal(write(fd, text, n), n);
        assert_int_equal(write(fd, text, n / 2), n / 2);
        close(fd);
        fd = output_open(formats[i].name, path, true);
        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, n);
        close(fd);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worst_case),
        cmocka_unit_test(test_every_byte_and_length),
        cmocka_unit_test(test_half_a_record),
    };

    conf_defaults(&conf);
    memcpy(conf.output.aws_account, "111122223333", 13);
    memcpy(conf.output.aws_region, "ap-northeast-1", 15);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
