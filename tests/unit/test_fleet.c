/*
 * test_fleet.c - findings that many connections make together: pool-service, pool-scan, campaign; web-mining; donations; and
 * lookups whose connection says their name.
 */
#include "config.h"

#include "finding/wording.h"

#include "fleet_bench.h"

/* --- pool-service --------------------------------------------------------------------------- */

static void test_twenty_logins(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        struct evidence e = job_of(0x0a000011, 0x0a000005, START);
        char login[16];

        snprintf(login, sizeof(login), "rig%u", i);
        e.kind = EVIDENCE_LOGIN;
        e.direction = DIRECTION_TO_POOL;
        e.n_logins = i + 1;
        e.n_jobs = i;
        e.stage = i ? STAGE_MINING : STAGE_HANDSHAKE;
        e.n_messages = 2 * i + 1;
        add(with_login(e, login));
        add(with_login(e, login)); /* twice changes nothing */
    }
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_MINING], 1);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SERVICE], 1);
    assert_int_equal(finding_stats(b.table)->findings, 2);
    assert_int_equal(newest(FINDING_MINING)->n_logins, 20);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_flows, 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->count, 39);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_jobs, 19);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->miner.port, 3333);
    assert_true(newest(FINDING_POOL_SERVICE)->service);
    assert_true(is_about(newest(FINDING_POOL_SERVICE)->severity, 8.9));
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_UPDATE), 0);
}

/* A proxy: its clients, where its own work comes from, and its ports apart. */
static void test_proxy(void **state)
{
    const struct endpoint upstream = endpoint_of(0xcb007109, 3333);

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        struct evidence e = job_of(0x0a000100 + i % 80, 0x0a000005, START + i * NS_PER_SEC);

        e.miner.port = (uint16_t)(40000 + i);
        add(e);
    }
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_UPDATE), 6); /* 2, 4, ... 64 */
    assert_int_equal(newest(FINDING_POOL_SERVICE)->pool.port, 0);
    add(job_of(0x0a000005, 0xcb007109, START + 100 * NS_PER_SEC));
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_UPDATE), 7);
    assert_true(endpoint_eq(&newest(FINDING_POOL_SERVICE)->pool, &upstream));
    for (int i = 0; i < 2; i++) { /* another port: the pool is known */
        struct evidence e = job_of(0x0a000200, 0x0a000005, START + 101 * NS_PER_SEC);

        e.pool.port = 4444;
        add(e);
    }
    assert_int_equal(newest(FINDING_POOL_SERVICE)->state, FINDING_NEW);
    assert_true(endpoint_eq(&newest(FINDING_POOL_SERVICE)->pool, &upstream));
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SERVICE], 2);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_MINING], 82);
    for (size_t i = 0; i < b.n; i++)
        if (b.events[i].kind == FINDING_POOL_SERVICE && b.events[i].state == FINDING_CLOSED && b.events[i].n_members > 1) {
            assert_int_equal(b.events[i].n_members, 80);
            assert_int_equal(b.events[i].n_members_listed, 64);
            assert_int_equal(b.events[i].n_flows, 100);
            assert_int_equal(b.events[i].count, 200);
        }
}

/* No service: a pool outside, one that hands out nothing, peers of p2pool, and nothing inside at all. */
static void test_no_service(void **state)
{
    struct evidence e = job_of(1, 0xcb007109, START);

    (void)state;
    add(e);
    add(try_of(2, 0x0a000005, START));
    e = job_of(3, 0x0a000005, START);
    e.protocol = PROTOCOL_P2POOL;
    add(e);
    e = job_of(4, 0x0a000005, START); /* handed in, and nobody answers */
    e.kind = EVIDENCE_SUBMIT;
    e.direction = DIRECTION_TO_POOL;
    e.n_jobs = 0;
    add(e);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SERVICE], 0);
    b.conf.network.home_net.n = 0;
    again_with_conf();
    add(job_of(5, 0x0a000005, START));
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SERVICE], 0);
}

/* --- campaign ------------------------------------------------------------------------------- */

static void test_one_wallet(void **state)
{
    const struct endpoint pool = endpoint_of(0xcb007109, 3333);

    (void)state;
    for (uint32_t i = 0; i < 500; i++) {
        char login[200];

        snprintf(login, sizeof(login), WALLET ".rig%u+%u", i, 1000 + i);
        add(with_login(job_of(0x0a000100 + i, 0xcb007109, START + i), login));
        add(with_login(job_of(0x0a000100 + i, 0xcb007109, START + i), login));
    }
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_CAMPAIGN], 1);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_UPDATE), 7); /* 4, 8, ... 256 */
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_MINING], 500);
    assert_int_equal(finding_stats(b.table)->findings, 501);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 500);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members_listed, FINDING_MEMBERS);
    assert_true(is_about(newest(FINDING_CAMPAIGN)->severity, 9.7));
    assert_true(endpoint_eq(&newest(FINDING_CAMPAIGN)->pool, &pool));
    assert_true(newest(FINDING_CAMPAIGN)->campaign);
    assert_int_equal(newest(FINDING_CAMPAIGN)->miner.addr.b[14], 1);
    assert_int_equal(newest(FINDING_CAMPAIGN)->miner.addr.b[15], 0); /* the first */
    assert_string_equal(newest(FINDING_CAMPAIGN)->login, WALLET);
}

/* How many campaigns these logins make, of machines 1, 2, ... */
static uint64_t campaigns(const char *const *logins, size_t n, enum mining_protocol protocol)
{
    again_with_conf();
    for (size_t i = 0; i < n; i++) {
        struct evidence e = job_of(1 + (uint32_t)i, 0xcb007100 + (uint32_t)i, START);

        e.protocol = (uint8_t)protocol;
        e.protocols = 1u << protocol;
        add(with_login(e, logins[i]));
    }
    finding_close_all(b.table);
    return finding_stats(b.table)->by_kind[FINDING_CAMPAIGN];
}

static void test_which_logins(void **state)
{
    static const char *const three[] = {WALLET ".a", WALLET, WALLET "/b"}, *const two[] = {WALLET, WALLET, OTHER_WALLET},
                             *const donations[] = {DONATION, DONATION, DONATION, DONATION},
                             *const accounts[] = {"acme.1", "acme.2", "acme.3"},
                             *const mails[] = {"a@b.example", "a@b.example", "a@b.example"},
                             *const wrong[] = {WRONG, WRONG, WRONG},
                             *const cases[] = {ETH_WALLET, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", ETH_WALLET ".x"};

    (void)state;
    assert_int_equal(campaigns(three, 3, PROTOCOL_CRYPTONOTE), 1);
    assert_int_equal(newest(FINDING_CAMPAIGN)->pool.port, 0); /* each at another */
    assert_true(is_about(newest(FINDING_CAMPAIGN)->severity, 9.0));
    assert_int_equal(campaigns(two, 3, PROTOCOL_CRYPTONOTE), 0);
    assert_int_equal(campaigns(wrong, 3, PROTOCOL_CRYPTONOTE), 0);
    assert_int_equal(campaigns(donations, 4, PROTOCOL_CRYPTONOTE), 0);
    assert_int_equal(campaigns(accounts, 3, PROTOCOL_STRATUM_V1), 0);
    assert_int_equal(campaigns(mails, 3, PROTOCOL_STRATUM_V1), 0);
    assert_int_equal(campaigns(cases, 3, PROTOCOL_ETH_PROXY), 1);
}

/* A right checksum is noted, once, whichever login has it. */
static void test_checksum(void **state)
{
    static const struct {
        const char *login;
        bool valid;
    } rows[] = {{WRONG, false}, {WALLET ".rig", true}, {DONATION, false}, {"acme", false}, {ETH_WALLET, true}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        add(with_login(job_of(10 + (uint32_t)i, 0xcb007109, START), rows[i].login));
        assert_int_equal(newest(FINDING_MINING)->wallet, rows[i].valid);
        assert_int_equal(newest(FINDING_MINING)->confidence, rows[i].valid ? 75 : 70);
    }
}

/* One machine with many connections and pools is one member; in another network it is still that address. */
static void test_one_machine(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        struct evidence e = with_login(job_of(7, 0xcb007100 + i, START + i), WALLET);

        e.miner.port = (uint16_t)(40000 + i);
        add(e);
    }
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_CAMPAIGN], 0);
}

/* What anybody can forge makes no case, until three are seen in both directions. */
static void test_forged_members(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5; i++)
        add(with_login(fake_of(100 + i, START), WALLET));
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 0); /* the login of fake_of is no wallet and comes first */
    for (uint32_t i = 0; i < 5; i++) {
        struct evidence e = try_of(200 + i, 0xcb007109, START);

        e.flags = EVIDENCE_ONE_SIDED;
        add(e);
    }
    assert_true(is_about(newest(FINDING_CAMPAIGN)->severity, 6.9));
    for (uint32_t i = 0; i < 3; i++)
        add(try_of(200 + i, 0xcb007109, START));
    assert_true(is_about(newest(FINDING_CAMPAIGN)->severity, 9.1));
    for (uint32_t i = 0; i < 3; i++)
        add(try_of(200 + i, 0xcb007109, START));
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 5);
}

/* Wallets of two miners are remembered up to the cap, and no more. */
static void test_wallets_forgotten(void **state)
{
    (void)state;
    b.conf.limits.max_findings = 16;
    again_with_conf();
    add(with_login(job_of(1, 0xcb007109, START), WALLET));
    add(with_login(job_of(2, 0xcb007109, START), WALLET));
    for (uint32_t i = 0; i < 16; i++) {
        char login[64];

        snprintf(login, sizeof(login), "0x%040x", i);
        add(with_login(job_of(10 + i, 0xcb007109, START), login));
    }
    add(with_login(job_of(3, 0xcb007109, START), WALLET));
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 0);
    add(with_login(job_of(4, 0xcb007109, START), WALLET));
    add(with_login(job_of(5, 0xcb007109, START), WALLET));
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1);
}

/* --- pool-scan ------------------------------------------------------------------------------ */

static void end_of(struct evidence e)
{
    e.kind = EVIDENCE_FACTS;
    e.flags |= EVIDENCE_FLOW_END;
    e.text_len = 0;
    add(e);
}

static void test_two_thousand_pools(void **state)
{
    struct finding_holds holds;
    uint64_t superseded = 0;

    (void)state;
    for (uint32_t i = 0; i < 2000; i++) {
        struct evidence e = try_of(7, 0xcb000000 + i, START + i * NS_PER_SEC / 10);

        add(e);
        add(e);
        if (i % 2)
            end_of(e);
    }
    finding_holds(b.table, &holds);
    assert_true(holds.n_findings <= 1 + 16);
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SCAN], 1);
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_MINING], 8);
    assert_int_equal(n_events(FINDING_MINING, FINDING_CLOSED), 8);
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_UPDATE), 7); /* 16, 32, ... 1024 */
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 2000);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_flows, 2000);
    assert_int_equal(newest(FINDING_POOL_SCAN)->count, 2000);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_supersedes, 8);
    assert_true(newest(FINDING_POOL_SCAN)->scan);
    assert_true(is_about(newest(FINDING_POOL_SCAN)->severity, 4.0));
    for (size_t i = 0; i < b.n; i++)
        for (uint32_t s = 0; s < 8 && b.events[i].kind == FINDING_MINING && b.events[i].state == FINDING_NEW; s++)
            superseded += strtoull(b.events[i].id + 3, NULL, 16) == newest(FINDING_POOL_SCAN)->supersedes[s];
    assert_int_equal(superseded, 8);
}

/* Seven pools are a miner's bad luck; a target that gives work mines at once, with the login that came before. */
static void test_target_gives_work(void **state)
{
    struct evidence e;

    (void)state;
    for (uint32_t i = 0; i < 7; i++)
        add(try_of(7, 0xcb000000 + i, START));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 0);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 7);
    add(try_of(7, 0xcb000007, START));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 1);
    assert_int_equal(n_events(FINDING_MINING, FINDING_CLOSED), 8);
    add(try_of(7, 0xcb000008, START));
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 8);
    add(job_of(7, 0xcb000008, START)); /* one tried later */
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 9);
    assert_string_equal(newest(FINDING_MINING)->login, WALLET);
    assert_int_equal(newest(FINDING_MINING)->stage, STAGE_MINING);
    assert_int_equal(newest(FINDING_MINING)->count, 2);
    add(job_of(7, 0xcb000003, START)); /* one of those that are closed */
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 10);
    assert_string_equal(newest(FINDING_MINING)->login, WALLET);
    assert_int_equal(newest(FINDING_MINING)->revision, 1);
    e = job_of(7, 0xcb000009, START); /* work at once */
    add(e);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 11);
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 9);
}

/* Who gets work from all is no scanner; nor is a peer of p2pool; nor are eight machines. */
static void test_no_scan(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        struct evidence e = job_of(7, 0xcb000000 + i, START);

        add(e);
        e = try_of(8, 0xcb000000 + i, START);
        e.protocol = PROTOCOL_P2POOL;
        e.kind = EVIDENCE_SIDECHAIN;
        add(e);
        add(try_of(100 + i, 0xcb000000 + i, START));
        add(try_of(9, 0xcb000000 + i % 7, START));
    }
    assert_int_equal(finding_stats(b.table)->by_kind[FINDING_POOL_SCAN], 0);
}

/* --- web-mining, donations, names ----------------------------------------------------------- */

static void test_web_mining(void **state)
{
    struct evidence e = job_of(7, 0xcb007109, START);

    (void)state;
    e.protocol = PROTOCOL_WEB_CRYPTONOTE;
    e.protocols = 1u << PROTOCOL_WEB_CRYPTONOTE;
    add(with_login(e, "site-key"));
    add(lookup_of(7, row_of("webminer.example"), "webminer.example", START)); /* another finding */
    assert_int_equal(b.n, 2);
    assert_int_equal(b.events[0].kind, FINDING_WEB_MINING);
    assert_true(is_about(b.events[0].severity, 5.0));
    assert_int_equal(b.events[0].stage, STAGE_MINING);
    assert_int_equal(b.events[0].pool.port, 3333);
    assert_int_equal(b.events[1].kind, FINDING_WEB_MINING);
    assert_true(is_about(b.events[1].severity, 2.0));
    assert_string_not_equal(b.events[0].id, b.events[1].id);
}

static void test_donation(void **state)
{
    (void)state;
    add(with_login(job_of(7, 0xcb007101, START), WALLET));
    add(with_login(job_of(8, 0xcb007101, START), WALLET)); /* another machine */
    add(with_login(job_of(7, 0xcb007102, START), DONATION));
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 3);
    finding_close_all(b.table);
    for (size_t i = 0; i < b.n; i++)
        if (b.events[i].state == FINDING_CLOSED)
            assert_int_equal(b.events[i].donation, b.events[i].miner.addr.b[15] == 7 && strcmp(b.events[i].login, WALLET) == 0);
}

static void test_donation_name(void **state)
{
    (void)state;
    add(with_login(job_of(7, 0xcb007101, START), WALLET));
    add(lookup_of(7, row_of("pool.example"), "donate.pool.example", START));
    add(lookup_of(7, row_of("pool.example"), "x.xmrig.com", START));
    finding_close_all(b.table);
    assert_false(newest(FINDING_MINING)->donation);
    add(with_login(job_of(7, 0xcb007101, START), WALLET));
    add(lookup_of(7, row_of("pool.example"), "Donate.v2.XMRig.com", START));
    finding_close_all(b.table);
    assert_true(newest(FINDING_MINING)->donation);
}

/* How many lookups are left open when the connection says this name. */
static size_t lookups_left(const char *host, enum name_source source, uint32_t miner)
{
    struct evidence e = job_of(miner, 0xcb007101, START);

    again_with_conf();
    b.n = 0;
    add(lookup_of(7, row_of("pool.example"), "xmr.pool.example", START));
    assert_int_equal(newest(FINDING_POOL_LOOKUP)->state, FINDING_NEW);
    assert_true(evidence_add_text(&e, TEXT_HOST, view_str(host), false));
    e.host_source = (uint8_t)source;
    add(e);
    add(e);
    assert_int_equal(newest(FINDING_MINING)->n_supersedes, n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED));
    return 1 - n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(lookups_left("xmr.pool.example", NAME_SOCKS, 7), 0);
    assert_int_equal(newest(FINDING_MINING)->state, FINDING_NEW); /* which lists what it supersedes */
    assert_int_equal(newest(FINDING_MINING)->supersedes[0], strtoull(newest(FINDING_POOL_LOOKUP)->id + 3, NULL, 16));
    assert_int_equal(lookups_left("POOL.Example.", NAME_CONNECT, 7), 0);
    assert_int_equal(lookups_left("a.b.pool.example", NAME_HTTP_HOST, 7), 0);
    assert_int_equal(lookups_left("whirlpool.example", NAME_SUBSCRIBE, 7), 1);
    assert_int_equal(lookups_left("example", NAME_SUBSCRIBE, 7), 1);
    assert_int_equal(lookups_left("xmr.pool.example", NAME_RECONNECT, 7), 0);
    assert_int_equal(lookups_left("xmr.pool.example", NAME_SOCKS, 8), 1); /* another machine asked */
}

static void test_words(void **state)
{
    static struct finding f;
    char text[2048];

    (void)state;
    f.kind = FINDING_POOL_SERVICE;
    f.miner = endpoint_of(0x0a000005, 3333);
    f.n_members = 2;
    f.protocol = PROTOCOL_STRATUM_V1;
    wording_title(&f, NULL, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "10.0.0.5:3333 hands out mining work to 2 machines");
    f.kind = FINDING_POOL_SCAN;
    f.n_members = 2000;
    wording_title(&f, NULL, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "10.0.0.5 tried 2000 mining pools in search of work");
    f.kind = FINDING_CAMPAIGN;
    f.n_members = 3;
    memcpy(f.login.bytes, WALLET, strlen(WALLET));
    f.login.len = (uint16_t)strlen(WALLET);
    f.protocol = PROTOCOL_CRYPTONOTE;
    wording_title(&f, NULL, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "3 machines mine XMR for 48edfH…icoD");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_twenty_logins),
        CASE(test_proxy),
        CASE(test_no_service),
        CASE(test_one_wallet),
        CASE(test_which_logins),
        CASE(test_checksum),
        CASE(test_one_machine),
        CASE(test_forged_members),
        CASE(test_wallets_forgotten),
        CASE(test_two_thousand_pools),
        CASE(test_target_gives_work),
        CASE(test_no_scan),
        CASE(test_web_mining),
        CASE(test_donation),
        CASE(test_donation_name),
        CASE(test_names),
        CASE(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
