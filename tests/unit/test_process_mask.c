/*
 * test_process_mask.c - secrets in command lines: what is hidden, and what stays.
 */
#include "config.h"

#include "enrich/process_mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define DOGE "DEa7damK8MsbdCJztidBasZKVsDLJifWfE"
#define KASPA "kaspa:qzdummy0000000000000000000000000000000000000000000000000000"

/* In arguments a | stands for the zero between two. */
struct row {
    const char *arguments, *text;
};

static const struct row rows[] = {
    /* Options whose value follows. */
    {"xmrig|-o|pool.example:3333|-u|" XMR "|-p|s3cret|-k", "xmrig -o pool.example:3333 -u " XMR " -p *** -k"},
    {"xmrig|--pass|s3cret|--algo|rx/0", "xmrig --pass *** --algo rx/0"},
    {"xmrig|--pass=s3cret|--algo=rx/0", "xmrig --pass=*** --algo=rx/0"},
    {"PhoenixMiner|-pool|ssl://pool.example:5555|-wal|0xabc|-pass|s3cret",
     "PhoenixMiner -pool ssl://pool.example:5555 -wal 0xabc -pass ***"},
    {"EthDcrMiner64|-epool|pool.example:4444|-epsw|s3cret", "EthDcrMiner64 -epool pool.example:4444 -epsw ***"},
    {"tool|--password|s3cret|--passwd|s3cret|--token|s3cret|--secret|s3cret|--api-key|s3cret",
     "tool --password *** --passwd *** --token *** --secret *** --api-key ***"},
    {"xmrig|--http-access-token=s3cret|--spend-secret-key|s3cret", "xmrig --http-access-token=*** --spend-secret-key ***"},
    {"tool|--PASSWORD|s3cret|--Api-Key=s3cret", "tool --PASSWORD *** --Api-Key=***"},
    {"tool|--password=two s3cret|x", "tool --password=*** x"},
    {"tool|--password|two s3cret|x", "tool --password *** x"},
    {"tool|--password||x", "tool --password *** x"},
    {"tool|-p|-s3cret|x", "tool -p *** x"},
    {"tool|--password", "tool --password"},
    {"tool|-p", "tool -p"},

    /* -px, of those who read it so. */
    {"minerd|-ostratum+tcp://pool.example:3333|-uwallet|-ps3cret", "minerd -ostratum+tcp://pool.example:3333 -uwallet -p***"},
    {"/tmp/.x/kworker|-o|pool.example:3333|-ps3cret", "/tmp/.x/kworker -o pool.example:3333 -p***"},
    {"/usr/bin/xmrig|-ps3cret", "/usr/bin/xmrig -p***"},
    {"XMRig|-p\"s3cret\"", "XMRig -p***"},
    {"mkdir|-pv|a", "mkdir -pv a"},
    {"PhoenixMiner|-pool|pool.example:3333|-platform|1", "PhoenixMiner -pool pool.example:3333 -platform 1"},

    /* Logins: the password behind the colon, and addresses that have one themselves. */
    {"minerd|-O|wallet:s3cret", "minerd -O wallet:***"},
    {"minerd|-Owallet:s3cret", "minerd -Owallet:***"},
    {"minerd|--userpass=wallet:s3cret:s3cret", "minerd --userpass=wallet:***"},
    {"nbminer|-u|" XMR ".rig:s3cret", "nbminer -u " XMR ".rig:***"},
    {"nbminer|-u|acc/rig:s3cret", "nbminer -u acc/rig:***"},
    {"xmrig|-u|DOGE:" DOGE ".rig#ab12-cd34", "xmrig -u DOGE:" DOGE ".rig#ab12-cd34"},
    {"xmrig|-u|DOGE:" DOGE ".rig:s3cret", "xmrig -u DOGE:" DOGE ".rig:***"},
    {"lolMiner|--user|" KASPA ".rig|--pass|s3cret", "lolMiner --user " KASPA ".rig --pass ***"},
    {"lolMiner|--user|" KASPA ".rig:s3cret", "lolMiner --user " KASPA ".rig:***"},
    {"xmrig|-u|wallet:", "xmrig -u wallet:"},
    {"xmrig|-u||-k", "xmrig -u  -k"},
    {"curl|-u|bob:s3cret|http://203.0.113.1/x", "curl -u bob:*** http://203.0.113.1/x"},

    /* URLs. */
    {"bminer|-uri|stratum+ssl://wallet.rig:s3cret@pool.example:3333",
     "bminer -uri stratum+ssl://wallet.rig:***@pool.example:3333"},
    {"bminer|-u|stratum://wallet:s3cret@pool.example", "bminer -u stratum://wallet:***@pool.example"},
    {"ethminer|-P|stratum1+tcp://0xabc.rig@pool.example:4444", "ethminer -P stratum1+tcp://0xabc.rig@pool.example:4444"},
    {"curl|http://a:s3@cret@203.0.113.1:80/a:b@c?x=1", "curl http://a:***@203.0.113.1:80/a:b@c?x=1"},
    {"curl|http://203.0.113.1/get?user=u&token=s3cret&x=1", "curl http://203.0.113.1/get?user=u&token=***&x=1"},
    {"curl|--proxy=socks5://a:s3cret@203.0.113.1:1080", "curl --proxy=socks5://a:***@203.0.113.1:1080"},
    {"curl|http://a:s3#s3c/s3c@203.0.113.1/x", "curl http://a:***@203.0.113.1/x"},
    {"curl|http://203.0.113.1:80/?mail=a@b.example|http://[2001:db8::1]:80/",
     "curl http://203.0.113.1:80/?mail=a@b.example http://[2001:db8::1]:80/"},
    {"xmrig|-o|stratum+tcp://pool.example:3333", "xmrig -o stratum+tcp://pool.example:3333"},

    /* Keys and values. */
    {"env|POOL_PASS=s3cret|AWS_SECRET_ACCESS_KEY=s3cret|HOME=/root|x",
     "env POOL_PASS=*** AWS_SECRET_ACCESS_KEY=*** HOME=/root x"},
    {"env|GITHUB_TOKEN=two s3cret|x", "env GITHUB_TOKEN=*** x"},
    {"java|-Dkey=s3cret|-Dx=y", "java -Dkey=*** -Dx=y"},
    {"x|{\"user\":\"u\",\"pass\":\"s3cret\",\"x\":1}", "x {\"user\":\"u\",\"pass\":***,\"x\":1}"},
    {"x|{\"pass\" : \"s3\\\"cret\", \"x\":1}", "x {\"pass\" : ***, \"x\":1}"},
    {"curl|-H|Authorization: Bearer s3cret|x", "curl -H Authorization:*** x"},
    {"curl|-H|X-Api-Key: s3cret|x", "curl -H X-Api-Key:*** x"},
    {"say|a Bearer s3cret", "say a Bearer ***"},

    /* A command line in an argument. */
    {"sh|-c|xmrig -o pool.example:3333 -u wallet -p s3cret -k", "sh -c xmrig -o pool.example:3333 -u wallet -p *** -k"},
    {"sh|-c|xmrig --pass='two s3cret' -k", "sh -c xmrig --pass=*** -k"},
    {"sh|-c|xmrig -p 's3'\"cret\"s3cret -k", "sh -c xmrig -p *** -k"},
    {"sh|-c|x 'y -p s3cret' z", "sh -c x 'y -p ***' z"},
    {"sh|-c|x -p s3\\ cret z", "sh -c x -p *** z"},
    {"sh|-c|x -p|s3cret", "sh -c x -p ***"},
    {"sh|-c|curl -H \"X-Token: s3cret\" u", "sh -c curl -H \"X-Token: ***\" u"},
    {"sh|-c|x;-p s3cret", "sh -c x;-p ***"},
    {"python3|-c|run('--token', 's3cret')", "python3 -c run('--token***')"},

    /* What stays. */
    {"", ""},
    {"||", ""},
    {"sleep|10", "sleep 10"},
    {"xmrig|--keepalive|--donate-level=1", "xmrig --keepalive --donate-level=1"},
    {"[kworker/u8:2-events]", "[kworker/u8:2-events]"},
    {"a|-|--|-x", "a - -- -x"},
    {"a|:|=|://|@|-u", "a : = :// @ -u"},
};

static void mask(const char *arguments, size_t n, char *text, size_t n_text)
{
    uint8_t bytes[2048];
    struct out o = out_of(text, n_text);

    for (size_t i = 0; i < n; i++)
        bytes[i] = arguments[i] == '|' ? 0 : (uint8_t)arguments[i];
    bytes[n] = 0;
    process_mask(view_of(bytes, n + 1), &o);
}

static void test_rows(void **state)
{
    char text[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        mask(rows[i].arguments, strlen(rows[i].arguments), text, sizeof(text));
        assert_string_equal(text, rows[i].text);
    }
}

/* With output.redact accounts go too. */
static void test_logins(void **state)
{
    static const struct row redacted[] = {
        {"xmrig -o pool.example:3333 -u alice.rig1 -p *** -k", "xmrig -o pool.example:3333 -u *** -p *** -k"},
        {"minerd -ualice -O alice:***", "minerd -u*** -O ***"},
        {"t-rex --worker rig1 --user=alice", "t-rex --worker *** --user=***"},
        {"bminer stratum+ssl://alice.rig:***@pool.example", "bminer stratum+ssl://***@pool.example"},
        {"sh -c x " XMR, "sh -c x 48edfH…UicoD"},
        {"", ""},
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(redacted); i++) {
        struct out o = out_of(text, sizeof(text));

        process_mask_logins(view_str(redacted[i].arguments), &o);
        if (strncmp(text, redacted[i].text, 12) != 0 || (!strstr(redacted[i].text, "…") && strcmp(text, redacted[i].text) != 0))
            fail_msg("%s: %s", redacted[i].arguments, text);
        assert_null(strstr(text, "alice"));
        assert_null(strstr(text, XMR));
    }
}

/* A command line that is cut anywhere, or whose text has room for less, shows nothing that the whole one hides. */
static void test_cut(void **state)
{
    char text[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t n = 0; n <= strlen(rows[i].arguments); n++) {
            mask(rows[i].arguments, n, text, sizeof(text));
            if (strstr(text, "s3c"))
                fail_msg("of %.*s: %s", (int)n, rows[i].arguments, text);
            mask(rows[i].arguments, strlen(rows[i].arguments), text, n + 1);
            assert_null(strstr(text, "s3c"));
        }
    }
}

/* Deep and wide: the time is bounded by the length. */
static void test_hostile(void **state)
{
    static uint8_t bytes[65536];
    static const char *const pieces[] = {"-u", "-p ", "\"", "://", "=:", "pass=", "-", "a:b@", "\\", "'"};
    char text[1024];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        struct out o = out_of(text, sizeof(text));

        for (size_t at = 0; at < sizeof(bytes); at++)
            bytes[at] = (uint8_t)pieces[i][at % strlen(pieces[i])];
        process_mask(view_of(bytes, 4096), &o);
        assert_true(o.n < sizeof(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_logins),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
