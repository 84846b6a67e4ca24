/*
 * test_redact.c - what stays of logins, workers and reasons when they are masked.
 */
#include "config.h"

#include "base/out.h"
#include "finding/redact.h"
#include "finding/wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define ETH "0x72c02Bf44606f51878724041e4d298c59e49dfAf"

static void set_text(struct finding_text *t, const char *s, bool cut)
{
    struct view v = view_head(view_str(s), sizeof(t->bytes));

    t->len = (uint16_t)v.n;
    memcpy(t->bytes, v.p, v.n);
    t->cut = cut;
}

static void assert_text(const struct finding_text *t, const char *expected)
{
    if (!view_is(view_of(t->bytes, t->len), expected))
        fail_msg("`%.*s', expected `%s'", t->len, t->bytes, expected);
}

static const struct {
    const char *login, *masked, *worker;
    bool cut;
} logins[] = {
    {"", "", "", false},
    {"a", "…", "", false},
    {"ab", "…", "", false},
    {"abc", "ab…", "", false},
    {"abcdefghijkl", "ab…", "", false},
    {"abcdefghijklm", "abcdef…hijklm", "", false},
    {XMR, "48edfH…GUicoD", "", false},
    {XMR ".web-7", "48edfH…GUicoD.we…", "we…", false},
    {ETH "/rig/me@example.com", "0x72c0…49dfAf/ri…/…@ex….co…", "ri…", false},
    {"john.doe@example.com", "jo….do…@ex….co…", "", false},
    {"user.01", "us….…", "…", false},
    {XMR, "48edfH", "", true},
    {XMR ".wor", "48edfH…GUicoD.wo", "", true},
    {"\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", "\xe6\x9d\xb1\xe4\xba\xac…", "", false}, /* characters, not bytes */
    {"\xff\xfe\xfd\xfc", "\xff\xfe…", "", false},
    {"....", "....", "...", false},
};

static void test_logins(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
        struct finding f = {.n_logins_listed = 0};
        struct redacted r;

        set_text(&f.login, logins[i].login, logins[i].cut);
        redact_finding(&f, &r);
        assert_text(&r.finding.login, logins[i].masked);
        assert_text(&r.finding.worker, logins[i].worker);
        assert_int_equal(r.finding.login.cut, logins[i].cut);
    }
}

static void test_wallet(void **state)
{
    struct finding f = {.protocol = PROTOCOL_CRYPTONOTE};
    struct redacted r;

    (void)state;
    set_text(&f.login, XMR ".web-7", false);
    redact_finding(&f, &r);
    assert_text(&r.finding.login, "48edfH…GUicoD.we…");
    assert_text(&r.finding.masked_address, "48edfH…GUicoD");
    assert_int_equal(r.finding.payout.len, 0);
    set_text(&f.payout, "1BTkFC9Y69dQy9eAqAVQSYDnqHbXpuF5Ca", false);
    redact_finding(&f, &r);
    assert_text(&r.finding.payout, "1BTkFC…puF5Ca");
    assert_string_equal(r.finding.masked_kind, "xmr-address");
    assert_string_equal(r.finding.masked_wallet.coin, "XMR");
    assert_int_equal(r.finding.masked_wallet.check, WALLET_VALID);
    assert_int_equal(r.finding.masked_wallet.address.n, 0);
    set_text(&f.login, XMR ".we", true);
    redact_finding(&f, &r);
    assert_text(&r.finding.login, "48edfH…GUicoD."); /* of the worker's start nothing is shown */
    set_text(&f.worker, "rack-number-2", false);
    redact_finding(&f, &r);
    assert_text(&r.finding.worker, "rack-n…mber-2");
}

static const struct {
    const char *reason, *masked;
} reasons[] = {
    {"Low difficulty share", "Low difficulty share"},
    {"unknown user " XMR, "unknown user 48edfH…GUicoD"},
    {"no web-7 here, WEB-7!", "no we… here, WE…!"},
    {"bad " ETH, "bad 0x72c0…49dfAf"},              /* not the login's: a long word */
    {"bad 48edfHu7V9Z84Yz", "bad 48edfH…9Z84Yz"},   /* its start, at the end */
    {"(second)", "(se…)"},                          /* of a login in the list */
    {"accountsecond", "accountse…"},                /* inside a word */
    {"0123456789abcdefghi", "0123456789abcdefghi"}, /* 19 */
    {"0123456789abcdefghij.", "012345…efghij."},    /* 20 */
    {"", ""},
};

static void test_reasons(void **state)
{
    struct finding_text list[2] = {{.len = 0}};
    struct finding f = {.protocol = PROTOCOL_CRYPTONOTE, .logins = list, .n_logins_listed = 2};
    struct redacted r;

    (void)state;
    set_text(&f.login, XMR ".web-7", false);
    list[0] = f.login;
    set_text(&list[1], "second.x", false);
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        set_text(&f.reason, reasons[i].reason, false);
        redact_finding(&f, &r);
        assert_text(&r.finding.reason, reasons[i].masked);
    }
    assert_ptr_equal(r.finding.logins, r.logins);
    assert_text(&r.logins[0], "48edfH…GUicoD.we…");
    assert_text(&r.logins[1], "se….…");
}

/* Ellipses are longer than what they stand for: what does not fit any more is marked as cut. */
static void test_longest(void **state)
{
    struct finding f = {.n_logins_listed = 0};
    struct redacted r;

    (void)state;
    f.login.len = f.reason.len = EVIDENCE_TEXT_MAX;
    for (size_t i = 0; i < EVIDENCE_TEXT_MAX; i++)
        f.login.bytes[i] = f.reason.bytes[i] = i % 2 ? '.' : 'x';
    redact_finding(&f, &r);
    assert_true(r.finding.login.len <= EVIDENCE_TEXT_MAX && r.finding.login.len > EVIDENCE_TEXT_MAX - 4);
    assert_true(r.finding.login.cut);
}

/* What a finding says to a person holds no secret either, from the first event to the last. */
struct seen {
    unsigned n;
    char text[16384];
};

static void note(void *arg, enum finding_state state, const struct finding *f)
{
    struct seen *seen = arg;
    struct out o = out_of(seen->text, sizeof(seen->text));
    char text[4096];

    (void)state;
    wording_title(f, NULL, LANGUAGE_EN, text, sizeof(text));
    out_str(&o, text);
    wording_summary(f, NULL, LANGUAGE_EN, text, sizeof(text));
    out_str(&o, text);
    for (int i = 0; i < EVIDENCE_N; i++)
        out_str(&o, f->evidence[i].detail);
    assert_null(strstr(seen->text, XMR));
    assert_null(strstr(seen->text, "web-7"));
    assert_non_null(strstr(seen->text, "48edfH…"));
    seen->n++;
}

static void test_table_hands_out_masked(void **state)
{
    struct evidence e = {.version = EVIDENCE_VERSION, .kind = EVIDENCE_LOGIN, .stage = STAGE_HANDSHAKE};
    struct seen *seen = calloc(1, sizeof(*seen));
    struct finding_table *t;
    struct hash_key key;
    struct conf conf;

    (void)state;
    conf_defaults(&conf);
    conf.output.redact = true;
    hash_key_fixed(&key, 1);
    t = finding_table_new(&conf, &key, NULL, note, seen);
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str(XMR ".web-7"), false));
    assert_true(evidence_add_text(&e, TEXT_REASON, view_str("who is " XMR "?"), false));
    finding_add(t, &e);
    e.kind = EVIDENCE_REFUSED;
    e.stage = STAGE_MINING;
    finding_add(t, &e);
    finding_close_all(t);
    assert_int_equal(seen->n, 3);
    finding_table_free(t);
    free(seen);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logins),
        cmocka_unit_test(test_wallet),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_table_hands_out_masked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
