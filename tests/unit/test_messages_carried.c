/*
 * test_messages_carried.c - what messages mean that come in HTTP and in WebSocket, whole and cut at every length, and what
 * only looks alike.
 */
#include "config.h"

#include "../message_rows.h"

#include "message/chia.h"
#include "message/getwork.h"

#define DATA256 HEX64 HEX64 HEX64 HEX64
#define BLOCK160 HEX64 HEX64 "0123456789abcdef0123456789abcdef"
#define NIM "NQ98 PKF6 2XG2 G25Y EKDL DXRH TPV7 RNML CX1S"
#define BASE64 "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg=="
#define ETH_WORK \
    "{'id':1,'result':['0x" HEX64 "','0x" HEX64 "','0x0000000112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba']}"

#define GW PROTOCOL_GETWORK
#define GB PROTOCOL_GETBLOCKTEMPLATE
#define DR PROTOCOL_DAEMON_RPC
#define WC PROTOCOL_WEB_CRYPTONOTE
#define NQ PROTOCOL_NIMIQ
#define CH PROTOCOL_CHIA

static const struct http_facts asks = {.asked = HTTP_ASKED_OTHER};
static const struct http_facts answers = {.reply = true, .asked = HTTP_ASKED_OTHER};
static const struct http_facts miner = {.asked = HTTP_ASKED_OTHER, .mining_headers = true};
static const struct http_facts named = {.asked = HTTP_ASKED_OTHER, .agent = {(const uint8_t *)"cgminer 3.7.2", 13}};
static const struct http_facts login_in_uri = {.asked = HTTP_ASKED_OTHER, .login_in_uri = true};
static const struct http_facts xmrig = {.asked = HTTP_ASKED_OTHER, .hash_difficulty = true};
static const struct http_facts pool = {.reply = true, .mining_headers = true};
static const struct http_facts partial = {.asked = HTTP_ASKED_PARTIAL};
static const struct http_facts partial_reply = {.reply = true, .asked = HTTP_ASKED_PARTIAL};
static const struct http_facts farmer = {.asked = HTTP_ASKED_FARMER};
static const struct http_facts farmer_reply = {.reply = true, .asked = HTTP_ASKED_FARMER};

struct carried {
    const struct http_facts *http; /* NULL: in a WebSocket */
    struct row row;
};

static const struct carried rows[] = {
    /* --- getwork */
    {&asks, {"{'method':'getwork','params':[],'id':0}", GW, SAY_ASK, PROOF_FULL, .from_pool = false}},
    {&asks, {"{'method':'getwork','params':['" DATA256 "'],'id':1}", GW, SAY_SUBMIT, PROOF_FULL, .from_pool = false}},
    {&answers,
     {"{'result':{'midstate':'" HEX64 "','data':'" DATA256 "','target':'" HEX64 "'},'error':null,'id':0}", GW, SAY_JOB,
      PROOF_FULL, .from_pool = true, .job = DATA256, .target = TARGET_LE256, .ntime_s = 0x3a5e4e6f}},
    {&answers, {"{'result':true,'error':null,'id':1}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true}},
    {&asks, {"{'method':'getwork','id':0}", GW, SAY_ASK, PROOF_FULL, .from_pool = false}},
    /* --- getblocktemplate */
    {&asks,
     {"{'id':0,'method':'getblocktemplate','params':[{'capabilities':['coinbasetxn']}]}", GB, SAY_ASK, PROOF_NONE,
      .from_pool = false}},
    {&miner,
     {"{'id':0,'method':'getblocktemplate','params':[{'capabilities':['coinbasetxn']}]}", GB, SAY_ASK, PROOF_FULL,
      .from_pool = false}},
    {&named, {"{'id':0,'method':'getblocktemplate','params':[]}", GB, SAY_ASK, PROOF_FULL, .from_pool = false}},
    {&asks,
     {"{'id':1,'method':'submitblock','params':['00000020" BLOCK160 "']}", GB, SAY_SUBMIT, PROOF_FULL, .from_pool = false}},
    {&answers,
     {"{'result':{'previousblockhash':'" HEX64 "','target':'" HEX64
      "','curtime':1772366399,'bits':'17021a8e','height':938501},'id':0}",
      GB, SAY_JOB, PROOF_NONE, .from_pool = true, .job = HEX64, .target = TARGET_BE256, .height = 938501,
      .ntime_s = 1772366399}},
    {&pool,
     {"{'result':{'previousblockhash':'" HEX64 "','bits':'17021a8e','height':938501},'id':0}", GB, SAY_JOB, PROOF_FULL,
      .from_pool = true, .job = HEX64, .height = 938501}},
    {&answers, {"{'result':null,'error':null,'id':1}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true}},
    {&answers,
     {"{'result':'high-hash','error':null,'id':1}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .reason = "high-hash"}},
    {&answers,
     {"{'result':null,'error':{'code':-7,'message':'no'},'id':1}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
      .reason = "no"}},
    /* --- XMRig at a daemon */
    {&asks,
     {"{'id':1,'method':'getblocktemplate','params':{'wallet_address':'" XMR "','extra_nonce':'0123'}}", DR, SAY_ASK,
      PROOF_FULL, .login = XMR}},
    {&answers,
     {"{'id':1,'result':{'blocktemplate_blob':'" BLOCK160 "','difficulty':512000,'height':3618000,'prev_hash':'" HEX64
      "','status':'OK'}}",
      DR, SAY_JOB, PROOF_FULL, .from_pool = true, .job = HEX64, .height = 3618000, .target = TARGET_DIFFICULTY}},
    {&asks,
     {"{'id':2,'method':'submitblock','params':['1010aab090cd06" BLOCK160 "']}", DR, SAY_SUBMIT, PROOF_FULL,
      .from_pool = false}},
    {&xmrig,
     {"{'id':2,'method':'submitblock','params':['00000020" BLOCK160 "']}", DR, SAY_SUBMIT, PROOF_FULL, .from_pool = false}},
    {&answers, {"{'id':2,'result':{'status':'OK'}}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true}},
    /* --- eth_getWork */
    {&asks,
     {"{'id':2,'jsonrpc':'2.0','method':'eth_submitLogin','params':['" ETH ".h','x']}", GW, SAY_LOGIN, PROOF_FULL,
      .from_pool = false, .login = ETH ".h"}},
    {&asks, {"{'id':1,'method':'eth_getWork','params':[]}", GW, SAY_ASK, PROOF_WEAK, .from_pool = false}},
    {&login_in_uri, {"{'id':1,'method':'eth_getWork','params':[]}", GW, SAY_ASK, PROOF_FULL, .from_pool = false}},
    {&answers, {ETH_WORK, GW, SAY_JOB, PROOF_NONE, .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256}},
    {&asks,
     {"{'id':4,'method':'eth_submitWork','params':['0x07a05fa4133e5126','0x" HEX64 "','0x" HEX64 "']}", GW, SAY_SUBMIT,
      PROOF_FULL, .from_pool = false, .job = "0x" HEX64}},
    {&asks,
     {"{'id':6,'method':'eth_submitHashrate','params':['0x1d08a61','0x" HEX64 "']}", GW, SAY_HASHRATE, PROOF_FULL,
      .claimed_hs = 0x1d08a61}},
    /* --- Chia */
    {&partial,
     {"{'payload':{'launcher_id':'0x" HEX64 "','proof_of_space':{'challenge':'0x00','plot_public_key':'0x01'}},"
      "'aggregate_signature':'0x02'}",
      CH, SAY_SUBMIT, PROOF_FULL, .login = "0x" HEX64, .coin = "XCH"}},
    {&farmer,
     {"{'payload':{'launcher_id':'0x" HEX64
      "','authentication_token':5907000,'authentication_public_key':'0x01'},'signature':'0'}",
      CH, SAY_LOGIN, PROOF_FULL, .login = "0x" HEX64, .coin = "XCH"}},
    {&partial_reply,
     {"{'new_difficulty':10}", CH, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true, .coin = "XCH",
      .answers = SAY_SUBMIT, .target = TARGET_DIFFICULTY}},
    {&partial_reply,
     {"{'error_code':2,'error_message':'Too late'}", CH, SAY_REPLY, PROOF_NONE, .from_pool = true, .reason = "Too late",
      .coin = "XCH", .answers = SAY_SUBMIT}},
    {&farmer_reply,
     {"{'welcome_message':'Welcome'}", CH, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true, .coin = "XCH",
      .answers = SAY_LOGIN}},
    /* --- miners in web pages */
    {NULL,
     {"{'type':'auth','params':{'site_key':'VQo3eXaMpLekEy00','type':'anonymous','user':null,'goal':0}}", WC, SAY_LOGIN,
      PROOF_FULL, .login = "VQo3eXaMpLekEy00"}},
    {NULL,
     {"{'type':'auth','params':{'userID':'VQo3eXaMpLekEy00','user':'blog'}}", WC, SAY_LOGIN, PROOF_WEAK,
      .login = "VQo3eXaMpLekEy00", .worker = "blog"}},
    {NULL,
     {"{'type':'job','params':{'blob':'" BLOB "','algo':'cn/r','height':1797516,'job_id':'yV44','target':'285c8f02'}}", WC,
      SAY_JOB, PROOF_FULL, .from_pool = true, .job = "yV44", .algorithm = "cn/r", .height = 1797516,
      .target = TARGET_CRYPTONOTE}},
    {NULL,
     {"{'type':'submit','params':{'job_id':'yV44','nonce':'5ef9910b','result':'" HEX64 "'}}", WC, SAY_SUBMIT, PROOF_FULL,
      .job = "yV44"}},
    {NULL,
     {"{'type':'hash_accepted','params':{'hashes':1}}", WC, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true,
      .answers = SAY_SUBMIT}},
    {NULL,
     {"{'type':'error','params':{'error':'invalid_site_key'}}", WC, SAY_REPLY, PROOF_NONE, .from_pool = true,
      .reason = "invalid_site_key", .answers = SAY_LOGIN}},
    /* --- CryptoNote and others in WebSocket */
    {NULL, {"{'id':1,'method':'login','params':{'login':'" XMR "','pass':'x'}}", CN, SAY_LOGIN, PROOF_FULL, .login = XMR}},
    /* --- Nimiq */
    {NULL,
     {"{'message':'register','mode':'smart','address':'" NIM "','deviceId':3221104502,'deviceData':{'deviceName':'attic'},"
      "'genesisHash':'" BASE64 "'}",
      NQ, SAY_LOGIN, PROOF_FULL, .login = NIM, .worker = "attic", .coin = "NIM"}},
    {NULL,
     {"{'message':'settings','address':'" NIM "','extraData':'" BASE64 "','target':1e70,'targetCompact':520093632,'nonce':7}",
      NQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = BASE64, .coin = "NIM"}},
    {NULL,
     {"{'message':'share','blockHeader':'" BASE64 BASE64 "','minerAddrProof':'" BASE64 "'}", NQ, SAY_SUBMIT, PROOF_FULL,
      .coin = "NIM"}},
    {NULL, {"{'message':'share','block':'" BASE64 BASE64 BASE64 "'}", NQ, SAY_SUBMIT, PROOF_FULL, .coin = "NIM"}},
    {NULL,
     {"{'message':'error','reason':'invalid share: invalid pow'}", NQ, SAY_REPLY, PROOF_NONE, .from_pool = true,
      .reason = "invalid share: invalid pow", .answers = SAY_SUBMIT}},
};

/* In HTTP when http is given, otherwise in a WebSocket. */
static const struct carried innocent[] = {
    {&asks, {.line = "{'id':0,'method':'getblocktemplate','params':[{'rules':['segwit']}]}"}},
    {&asks, {.line = "{'id':0,'method':'getblocktemplate','params':{'wallet_address':'short'}}"}},
    {&asks, {.line = "{'id':0,'method':'getwork','params':['please']}"}},
    {&asks, {.line = "{'id':0,'method':'getmininginfo','params':[]}"}},
    {&asks, {.line = "{'id':0,'method':'submitblock','params':['00']}"}},
    {&asks, {.line = "{'id':1,'method':'eth_getWork','params':[]}"}},
    {&asks, {.line = "{'id':1,'method':'getwork','kind':'orders'}"}},
    {&answers, {.line = ETH_WORK}},
    {&answers, {.line = "{'result':{'data':'" HEX64 "','target':'low'},'id':0}"}},
    {&asks, {.line = "{'id':1,'method':'mining.submit','params':['a','b','c','d','e']}"}},
    {&asks, {.line = "{'id':1,'method':'login','params':{'login':'" XMR "','pass':'x','agent':'XMRig/6.21.0'}}"}},
    {&answers, {.line = "{'method':'job','params':{'blob':'" BLOB "','job_id':'1','target':'b88d0600'}}"}},
    {&asks, {.line = "{'payload':{'launcher_id':'0x" HEX64 "','proof_of_space':{'plot_public_key':'0x01'}}}"}},
    {&partial, {.line = "{'payload':{'launcher_id':'moon','proof_of_space':{'plot_public_key':'0x01'}}}"}},
    {NULL, {.line = "{'type':'auth','params':{'token':'abcdefgh','user':'me'}}"}},
    {NULL, {.line = "{'type':'auth'}"}},
    {NULL, {.line = "{'type':'job','params':{'job_id':'1','target':'production'}}"}},
    {NULL, {.line = "{'type':'submit','params':{'job_id':'1','nonce':'5ef9910b','result':'ok'}}"}},
    {NULL, {.line = "{'type':'error','params':{'error':'no'}}"}},
    {NULL, {.line = "{'message':'register','address':'me@mail.example','deviceId':7}"}},
    {NULL, {.line = "{'message':'share','block':'of flats'}"}},
    {NULL, {.line = "{'message':'settings','theme':'dark'}"}},
    {NULL, {.line = "{'id':1,'method':'eth_getWork','params':[]}"}},
    {NULL, {.line = ETH_WORK}},
};

static enum carriage carriage_of(const struct carried *c)
{
    return c->http ? CARRIED_HTTP : CARRIED_WEBSOCKET;
}

static void test_rows(void **state)
{
    static char plain[ROW_LINE_MAX], line[ROW_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mining_msg msg;
        struct jsonrpc m;

        quoted(rows[i].row.line, plain);
        if (!detectors_read(view_str(plain), carriage_of(&rows[i]), rows[i].http, &m, &msg))
            fail_msg("not read: %s", plain);
        check_row(&rows[i].row, &msg);
        if (!detectors_read(view_of(line, turned(plain, line)), carriage_of(&rows[i]), rows[i].http, &m, &msg))
            fail_msg("not read: %s", line);
        check_row(&rows[i].row, &msg);
    }
}

/* What less proves, more does not take back. */
static void test_cut(void **state)
{
    static char plain[ROW_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum mining_proof before = PROOF_NONE;
        struct mining_msg whole;
        struct jsonrpc m;

        quoted(rows[i].row.line, plain);
        assert_true(detectors_read(view_str(plain), carriage_of(&rows[i]), rows[i].http, &m, &whole));
        for (size_t n = 0; n <= strlen(plain); n++) {
            uint8_t *copy = malloc(n ? n : 1);
            struct mining_msg msg = {0};
            const char *what;

            assert_non_null(copy);
            memcpy(copy, plain, n);
            if (!detectors_read(view_of(copy, n), carriage_of(&rows[i]), rows[i].http, &m, &msg))
                msg = (struct mining_msg){0};
            what = contradiction(&msg, &whole);
            if (msg.proof < before || what)
                fail_msg("%s at byte %zu: %s", what ? what : "proof", n, plain);
            before = msg.proof;
            free(copy);
        }
    }
}

static void test_innocent(void **state)
{
    static char plain[ROW_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(innocent); i++) {
        quoted(innocent[i].row.line, plain);
        for (size_t n = 0; n <= strlen(plain); n++) {
            struct mining_msg msg;
            struct jsonrpc m;

            if (detectors_read(view_of(plain, n), carriage_of(&innocent[i]), innocent[i].http, &m, &msg) &&
                msg.proof == PROOF_FULL)
                fail_msg("a proof at byte %zu: %s", n, plain);
        }
    }
}

/* Messages of WebSocket are none in lines. */
static void test_carriage(void **state)
{
    static char plain[ROW_LINE_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mining_msg msg;
        struct jsonrpc m;

        quoted(rows[i].row.line, plain);
        if ((rows[i].row.protocol == WC || rows[i].row.protocol == NQ || rows[i].row.protocol == CH) &&
            detectors_read(view_str(plain), CARRIED_LINE, NULL, &m, &msg))
            fail_msg("read: %s", plain);
    }
}

static void test_heads(void **state)
{
    const struct http_facts stratum = {.reply = true, .mining_headers = true, .stratum = true};
    const struct http_facts long_poll = {.get = true, .mining_headers = true};
    const struct http_facts status = {.get = true,
                                      .asked = HTTP_ASKED_FARMER,
                                      .target = view_str("/farmer?launcher_id=" HEX64 "&authentication_token=5&signature=ab")};
    const struct http_facts other = {.get = true, .asked = HTTP_ASKED_FARMER, .target = view_str("/farmer?launcher_id=" HEX64)};
    struct mining_msg msg;

    (void)state;
    assert_true(getwork_read_head(&stratum, &msg));
    assert_true(msg.say == SAY_NOTICE && msg.from_pool && msg.proof == PROOF_FULL);
    assert_false(getwork_read_head(&pool, &msg)); /* X-Long-Polling alone */
    assert_true(getwork_read_head(&long_poll, &msg));
    assert_true(msg.say == SAY_ASK && msg.protocol == GW);
    assert_true(getwork_read_head(&miner, &msg));
    assert_int_equal(msg.protocol, PROTOCOL_UNKNOWN);
    assert_false(getwork_read_head(&asks, &msg));
    assert_true(chia_read_head(&status, &msg));
    assert_true(view_is(msg.login.text, HEX64));
    assert_false(chia_read_head(&other, &msg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),     cmocka_unit_test(test_cut),   cmocka_unit_test(test_innocent),
        cmocka_unit_test(test_carriage), cmocka_unit_test(test_heads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
