/*
 * test_messages.c - what single lines mean: a table of messages of all dialects and of what only looks
 * alike, each read whole and cut at every length.
 */
#include "config.h"

#include "../message_rows.h"

static const struct row known[] = {
    /* --- Stratum v1 and its family */
    {"{\"id\": 0, \"method\": \"mining.subscribe\", \"params\": [\"bfgminer/5.2.0\"]}", NO, SAY_SUBSCRIBE, PROOF_FULL,
     .agent = "bfgminer/5.2.0"},
    {"{\"params\":[\"cgminer/4.9.0\",\"00b61738\"],\"method\":\"mining.subscribe\",\"id\":1}", NO, SAY_SUBSCRIBE, PROOF_FULL,
     .agent = "cgminer/4.9.0"},
    {"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}", NO, SAY_SUBSCRIBE, PROOF_FULL, .from_pool = false},
    {"  {\t\"id\" : 1 , \"method\" :\t\"mining.subscribe\" , \"params\" : [ ] }", NO, SAY_SUBSCRIBE, PROOF_FULL,
     .from_pool = false},
    {"{\"id\":1,\"method\":\"mining\\u002esubscribe\",\"params\":[\"a\"]}", NO, SAY_SUBSCRIBE, PROOF_FULL, .agent = "a"},
    {"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"MinerName/1.0.0\",\"EthereumStratum/1.0.0\"]}", NO, SAY_SUBSCRIBE,
     PROOF_FULL, .agent = "MinerName/1.0.0", .hint = E1},
    {"{\"id\": 1, \"method\": \"mining.authorize\", \"params\": [\"Bitcoin.w\", \"x\"]}", NO, SAY_LOGIN, PROOF_FULL,
     .login = "Bitcoin.w"},
    {"{\"params\":[\"a\",\"x\"],\"id\":2,\"method\":\"mining.authorize\"}", NO, SAY_LOGIN, PROOF_FULL, .login = "a"},
    {"{\"id\":3,\"method\":\"mining.authorize\",\"params\":{\"wallet\":\"w\",\"worker\":\"r\",\"agent\":\"m/1\"}}", NO,
     SAY_LOGIN, PROOF_FULL, .login = "w", .worker = "r", .agent = "m/1"},
    {"{\"params\":[\"a.1\",\"274a-1\",\"00000001\",\"5b5c8e2a\",\"b2957c02\"],\"id\":4,\"method\":\"mining.submit\"}", V1,
     SAY_SUBMIT, PROOF_FULL, .login = "a.1", .job = "274a-1"},
    {"{\"params\":[\"a.1\",\"27\",\"01\",\"5b5c8e2a\",\"b2957c02\",\"1fffe000\"],\"id\":4,\"method\":\"mining.submit\"}", V1,
     SAY_SUBMIT, PROOF_FULL, .login = "a.1", .job = "27"},
    {"{\"id\":244,\"method\":\"mining.submit\",\"params\":[\"username\",\"bf0488aa\",\"6a909d9bbc0f\"]}", NO, SAY_SUBMIT,
     PROOF_FULL, .login = "username", .job = "bf0488aa"},
    {"{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{\"version-rolling.mask\":\"1fffe000\"}]}",
     V1, SAY_ASK, PROOF_FULL, .from_pool = false},
    {"{\"id\":3,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}", NO, SAY_ASK, PROOF_FULL, .from_pool = false},
    {"{\"id\":3,\"method\":\"mining.suggest_difficulty\",\"params\":[1024]}", NO, SAY_ASK, PROOF_FULL, .from_pool = false},
    {"{\"id\":\"txlist1\",\"method\":\"mining.get_transactions\",\"params\":[\"1\"]}", NO, SAY_ASK, PROOF_FULL,
     .from_pool = false},
    {"{\"result\":[[[\"mining.notify\",\"1\"],[\"mining.set_difficulty\",\"2\"]],\"00b61738\",4],\"error\":null,\"id\":0}", NO,
     SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{\"id\":1,\"error\":null,\"result\":[[[\"mining.set_difficulty\",\"2\"],[\"mining.notify\",\"1\"]],\"\",8]}", NO,
     SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{\"id\":1,\"result\":[[\"mining.notify\",\"ae68\"],\"080c\",4],\"error\":null}", NO, SAY_SUBSCRIBED, PROOF_FULL,
     .from_pool = true},
    {"{\"id\":1,\"result\":[[\"mining.notify\",\"ae68\",\"EthereumStratum/1.0.0\"],\"080c\"],\"error\":null}", E1,
     SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{\"method\":\"mining.set_difficulty\",\"params\":[4096],\"id\":1}", NO, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true,
     .target = TARGET_DIFFICULTY},
    {"{ \"id\" : null , \"method\" : \"mining.set_difficulty\" , \"params\" : [ 0.5 ] }", NO, SAY_DIFFICULTY, PROOF_FULL,
     .from_pool = true, .target = TARGET_DIFFICULTY},
    {"{\"id\":null,\"method\":\"mining.set_extranonce\",\"params\":[\"08000002\",4]}", NO, SAY_NOTICE, PROOF_FULL,
     .from_pool = true},
    {"{\"id\":null,\"method\":\"mining.set_version_mask\",\"params\":[\"1fffe000\"]}", V1, SAY_NOTICE, PROOF_FULL,
     .from_pool = true},
    {"{\"id\":null,\"method\":\"client.show_message\",\"params\":[\"Authorised, welcome to mmpool Bitcoin!\"]}", NO, SAY_NOTICE,
     PROOF_NONE, .from_pool = true},
    {"{\"id\":null,\"method\":\"client.reconnect\",\"params\":[]}", NO, SAY_NOTICE, PROOF_NONE, .from_pool = true},
    {"{\"id\":9,\"method\":\"client.get_version\",\"params\":[]}", NO, SAY_NOTICE, PROOF_NONE, .from_pool = true},
    {"{\"method\":\"mining.notify\",\"params\":[\"274a-1\",\"" HEX64 "\",\"" COINBASE "\",\"0a6e6f6465\",[\"" HEX64
     "\"],\"20000000\",\"17272fbd\","
     "\"5b5c8e2a\",true],\"id\":null}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "274a-1", .height = 535018, .ntime_s = 0x5b5c8e2a},
    {"{\"params\":[\"j\",\"" HEX64 "\",\"" COINBASE "\",\"0a6e\",[],\"20000000\",\"17272fbd\",\"5b5c8e2a\",false],\"id\":null,"
     "\"method\":\"mining.notify\"}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "j", .height = 535018, .ntime_s = 0x5b5c8e2a},
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[[{\"jobId\":1}]]}", NO, SAY_JOB, PROOF_FULL, .from_pool = true},
    {"{\"id\":null,\"method\":\"mining.set_target\",\"params\":[\"0004" HEX16 HEX16 HEX16 "0123456789ab\"]}", NO,
     SAY_DIFFICULTY, PROOF_FULL, .from_pool = true, .target = TARGET_BE256},
    /* --- Equihash */
    {"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"EWBF 0.3.4b\",null,\"eu1-zcash.flypool.org\",\"3333\"]}", NO,
     SAY_SUBSCRIBE, PROOF_FULL, .agent = "EWBF 0.3.4b", .host = "eu1-zcash.flypool.org", .port = "3333",
     .host_source = NAME_SUBSCRIBE},
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"8c6f\",\"04000000\",\"" HEX64 "\",\"" HEX64 "\",\"" ZERO64
     "\",\"a9cc405a\","
     "\"09d8151c\",true]}",
     EQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "8c6f"},
    {"{\"params\":[\"8c6f\",\"04000000\",\"" HEX64 "\",\"" HEX64 "\",\"" ZERO64
     "\",\"a9cc405a\",\"09d8151c\",true,\"144_5\",\"BgoldPoW\"],"
     "\"method\":\"mining.notify\",\"id\":null}",
     EQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "8c6f", .algorithm = "144_5"},
    {"{\"id\":100,\"method\":\"mining.submit\",\"params\":[\"" ZEC ".rig4\",\"8c6f\",\"a9cc405a\",\"3e27" HEX16
     "00\",\"" SOLUTION "\"]}",
     EQ, SAY_SUBMIT, PROOF_FULL, .login = ZEC ".rig4", .job = "8c6f"},
    /* --- eth-proxy */
    {"{\"worker\": \"eth1.0\", \"jsonrpc\": \"2.0\", \"params\": [\"" ETH
     "/kvetak.worker1/ivesely@mailinator\", \"x\"], \"id\": 2, "
     "\"method\": \"eth_submitLogin\"}",
     EP, SAY_LOGIN, PROOF_FULL, .login = ETH "/kvetak.worker1/ivesely@mailinator", .worker = "eth1.0"},
    {"{\"id\":1,\"method\":\"eth_submitLogin\",\"params\":[\"" ETH "\",\"X\"],\"worker\":\"1080\"}", EP, SAY_LOGIN, PROOF_FULL,
     .login = ETH, .worker = "1080"},
    {"{\"worker\": \"\", \"jsonrpc\": \"2.0\", \"params\": [], \"id\": 3, \"method\": \"eth_getWork\"}", EP, SAY_ASK,
     PROOF_WEAK, .worker = ""},
    {"{\"id\":6,\"jsonrpc\":\"2.0\",\"method\":\"eth_submitHashrate\",\"params\":[\"0x1d08a61\", \"0x" HEX64 "\"]}", EP,
     SAY_HASHRATE, PROOF_FULL, .claimed_hs = 30444129},
    {"{\"id\":6,\"method\":\"eth_submitHashrate\",\"params\":[\"0x00000000000000000000000000000000000000000000000000000000000001f4\",\"0x" HEX64
     "\"]}",
     EP, SAY_HASHRATE, PROOF_FULL, .claimed_hs = 500},
    {"{\"id\":4,\"method\":\"eth_submitWork\",\"params\":[\"0x" HEX16 "\",\"0x" HEX64 "\",\"0x" HEX64 "\"]}", EP, SAY_SUBMIT,
     PROOF_FULL, .from_pool = false, .job = "0x" HEX64},
    {"{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x00000000" HEX16 HEX16 HEX16 "01234567\"]}",
     EP, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256},
    {"{\"id\":0,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x00000000" HEX16 HEX16 HEX16
     "01234567\",\"0x5bad55\"],\"jsonrpc\":\"2.0\"}",
     EP, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256, .height = 0x5bad55},
    /* --- CryptoNote */
    {"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"" XMR
     ".Zoey\",\"pass\":\"x\",\"agent\":\"XMRig/3.2.0 "
     "(Macintosh; Intel Mac OS X) libuv/1.31.0 clang/10.0.1\",\"algo\":[\"cn/1\",\"cn/2\",\"cn/r\"]}}",
     CN, SAY_LOGIN, PROOF_FULL, .login = XMR ".Zoey",
     .agent = "XMRig/3.2.0 (Macintosh; Intel Mac OS X) libuv/1.31.0 clang/10.0.1"},
    {"{\"method\": \"login\", \"params\": {\"agent\": \"xmr-stak/2.4\", \"pass\": \"\", \"rigid\": \"rig1\", \"login\": \"name\"}, \"id\": 1}",
     CN, SAY_LOGIN, PROOF_FULL, .login = "name", .agent = "xmr-stak/2.4", .worker = "rig1"},
    {"{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"name\",\"pass\":\"x\",\"algo\":[\"rx/0\"]}}", CN, SAY_LOGIN,
     PROOF_FULL, .login = "name", .algorithm = "rx/0"},
    {"{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"" HEX64 "\",\"pass\":\"x\",\"agent\":\"a\"}}", CN, SAY_LOGIN,
     PROOF_FULL, .login = HEX64, .agent = "a"},
    {"{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"name\",\"pass\":\"x\",\"agent\":\"chat/1\"}}", CN, SAY_LOGIN,
     PROOF_WEAK, .login = "name", .agent = "chat/1"},
    {"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"id\":\"22787\",\"job\":{\"algo\":\"cn/r\",\"blob\":\"" BLOB
     "\",\"height\":1974881,"
     "\"job_id\":\"JOvLBEoP1K\",\"target\":\"ffff0100\"},\"status\":\"OK\"}}",
     CN, SAY_REPLY, PROOF_FULL, .from_pool = true, .accepted = true, .has_job = true, .algorithm = "cn/r", .job = "JOvLBEoP1K",
     .height = 1974881, .target = TARGET_CRYPTONOTE},
    {"{\"id\":1,\"error\":null,\"result\":{\"status\":\"OK\",\"job\":{\"blob\":\"" BLOB
     "\",\"job_id\":\"J\",\"target\":\"ffff0100ffff0100\"},"
     "\"id\":\"2\"}}",
     CN, SAY_REPLY, PROOF_FULL, .from_pool = true, .accepted = true, .has_job = true, .job = "J", .target = TARGET_CRYPTONOTE},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{\"algo\":\"cn/r\",\"blob\":\"" BLOB
     "\",\"height\":1974882,\"job_id\":\"JOvLBEpZLi\","
     "\"target\":\"ffff0100\"}}",
     CN, SAY_JOB, PROOF_FULL, .from_pool = true, .algorithm = "cn/r", .job = "JOvLBEpZLi", .height = 1974882,
     .target = TARGET_CRYPTONOTE},
    {"{\"params\" : {\"target\":\"ffff0100\",\"job_id\":\"J\",\"blob\":\"" BLOB "\"}, \"method\" : \"job\"}", CN, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "J", .target = TARGET_CRYPTONOTE},
    {"{\"id\":2,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{\"id\":\"5073\",\"job_id\":\"JGdx8NWiJy\",\"nonce\":\"25050000\","
     "\"result\":\"" HEX64 "\"}}",
     CN, SAY_SUBMIT, PROOF_FULL, .from_pool = false, .job = "JGdx8NWiJy"},
    {"{\"method\":\"submit\",\"params\":{\"result\":\"" HEX64
     "\",\"nonce\":\"25050000\",\"job_id\":\"J\",\"id\":\"1\"},\"id\":2}",
     CN, SAY_SUBMIT, PROOF_FULL, .from_pool = false, .job = "J"},
    {"{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"keepalived\",\"params\":{\"id\":\"5073\"}}", CN, SAY_ASK, PROOF_FULL,
     .from_pool = false},
    {"{\"id\":5,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"KEEPALIVED\"}}", CN, SAY_REPLY, PROOF_FULL,
     .from_pool = true, .accepted = true},
    /* --- replies that have no dialect of their own */
    {"{\"id\":4,\"result\":true,\"error\":null}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":true}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{\"id\":3,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"OK\"}}", NO, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .accepted = true},
    {"{\"id\":4,\"result\":false}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
    {"{\"id\":4,\"result\":null,\"error\":null}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
    {"{\"id\":1,\"result\":null,\"error\":[29,\"Invalid username\",null]}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .reason = "Invalid username"},
    {"{\"id\":244,\"result\":false,\"error\":[-1,\"Job not found\",null]}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .reason = "Job not found"},
    {"{\"error\":[21,\"stale\"],\"id\":4}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .reason = "stale"},
    {"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"Low difficulty share\"}}", NO, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .reason = "Low difficulty share"},
    {"{\"id\":1,\"error\":{\"message\":\"Unauthenticated\",\"code\":-1},\"result\":null}", NO, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .reason = "Unauthenticated"},
    {"{\"id\":1,\"result\":null,\"error\":\"Invalid payment address\"}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .reason = "Invalid payment address"},
    {"{\"id\":1,\"result\":true,\"error\":\"but\"}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .reason = "but"},
    {"{\"id\":1,\"error\":{}}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
    {"{\"id\":1,\"error\":[]}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
    {"{\"id\":1,\"error\":true}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
};

/* Lines that must never be a full proof, whole or cut. */
static const char *const innocent[] = {
    "{\"jsonrpc\":\"2.0\",\"method\":\"server.version\",\"id\":0,\"params\":[\"electrum/4.5\",\"1.4\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"blockchain.headers.subscribe\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"mempool.get_fee_histogram\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{}}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"textDocument/hover\",\"params\":{\"textDocument\":{\"uri\":\"file:///a\"}}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"" ETH "\"},\"latest\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"net_version\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getWork\",\"params\":[]}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x" HEX64 "\"]}", /* any three hashes */
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0x" HEX64 "\"]}",
    "{\"id\":1,\"method\":\"getblocktemplate\",\"params\":[{\"rules\":[\"segwit\"]}]}",
    "{\"id\":1,\"method\":\"getmininginfo\",\"params\":[]}",
    "{\"id\":1,\"method\":\"getnetworkhashps\",\"params\":[120]}",
    "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"method\":\"get_info\"}",
    "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"method\":\"get_block_template\",\"params\":{\"wallet_address\":\"" XMR
    "\",\"reserve_size\":8}}",
    "{\"id\":1,\"method\":\"login\",\"params\":{\"user\":\"bob\",\"password\":\"x\"}}",
    "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"bob\",\"pass\":\"x\"}}",
    "{\"id\":1,\"method\":\"login\",\"params\":[\"bob\",\"x\"]}",
    "{\"method\":\"submit\",\"params\":{\"form\":\"a\",\"values\":[1,2]},\"id\":1}",
    "{\"method\":\"submit\",\"params\":{\"job_id\":1,\"nonce\":8895699060858340771,\"pow\":[1,2]},\"id\":\"0\"}",
    "{\"method\":\"submit\",\"params\":{\"job_id\":\"a\",\"nonce\":\"1234567\",\"result\":\"" HEX64 "\"},\"id\":1}",
    "{\"method\":\"job\",\"params\":{\"name\":\"build\",\"job_id\":7,\"target\":\"release\"},\"id\":1}",
    "{\"method\":\"job\",\"params\":{\"job_id\":\"7\",\"target\":\"ffff0100\",\"blob\":\"abcdef\"},\"id\":1}",
    "{\"method\":\"job\",\"params\":{\"job_id\":\"7\",\"target\":\"ffff0100\"},\"id\":1}",
    "{\"id\":\"a\",\"task\":\"tasks.add\",\"worker\":\"celery@host1\"}",
    "{\"worker\":\"celery@host1\",\"method\":\"ping\",\"params\":{}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"author_submitExtrinsic\",\"params\":[\"0x" HEX64 "\"]}",
    "{\"jsonrpc\":\"2.0\",\"id\":\"cli:getinfo#1\",\"method\":\"getinfo\",\"params\":[]}",
    "{\"text\":\"{\\\"id\\\":1,\\\"method\\\":\\\"mining.subscribe\\\",\\\"params\\\":[]}\",\"result\":1}",
    "{\"log\":{\"method\":\"mining.subscribe\",\"params\":[\"xmrig\"]},\"result\":{}}",
    "{\"level\":\"info\",\"msg\":\"mining.subscribe\"}",
    "{\"id\":1,\"result\":{\"status\":\"OK\"},\"error\":null}",
    "{\"id\":1,\"result\":{\"job\":{\"name\":\"build\"},\"status\":\"OK\"}}",
    "{\"id\":1,\"result\":[\"04d567b212\",\"04d567b212\"],\"error\":null}",
    "{\"method\":\"mining.unknown_to_all\",\"params\":[]}",
    "{\"method\":\"mining.\",\"params\":[]}",
    "{\"method\":[\"mining.subscribe\"],\"params\":[]}",
    "{\"method\":\"MINING.SUBSCRIBE\",\"params\":[]}",
    "{\"Method\":\"mining.subscribe\",\"params\":[]}",
    "[{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}]",
    "\"mining.subscribe\"",
    "mining.subscribe",
    "{\"challenge\":\"" HEX64 "\",\"difficulty\":20,\"nonce\":\"25050000\",\"result\":\"" HEX64 "\"}",
    "{\"id\":1,\"method\":\"eth_submitWork\",\"params\":[\"a\",\"b\",\"c\"]}",
    "{\"method\":\"keepalived\",\"params\":[]}",
    "{}",
    "",
    "{\"id\":1}",
    "GET / HTTP/1.1",
};

/* Malformed messages: whole they prove nothing; cut before the fault they may. */
static const char *const malformed[] = {
    "{\"method\":\"mining.authorize\",\"params\":[]}",
    "{\"method\":\"mining.subscribe\",\"params\":7}",
    "{\"method\":\"mining.subscribe\",\"params\":null}",
    "{\"id\":1,\"method\":\"mining.subscribe\" \"params\":[]}",
    "{\"id\":1,\"method\":\"eth_submitLogin\",\"params\":{\"a\":1}}",
    "{\"id\":1,\"method\":\"mining.submit\",\"params\":[\"a\",\"b\"]}",
    "{\"id\":1,\"method\":\"mining.notify\",\"params\":[]}",
    "{\"id\":1,\"method\":\"mining.notify\",\"params\":[}",
    "{\"id\":1,\"method\":\"mining.configure\",\"params\":\"x\"}",
    "{\"id\":1,\"method\":\"eth_submitLogin\",\"params\":[1]}",
    "{\"id\":1,\"method\":\"eth_submitHashrate\",\"params\":[1]}",
};

static void test_known(void **state)
{
    (void)state;
    check_rows(known, ARRAY_LEN(known));
}

static void test_last_key_first(void **state)
{
    static const struct {
        const char *a, *b, *c;
        const char *login;
        enum mining_protocol protocol;
    } rows[] = {
        {"\"id\":1", "\"method\":\"mining.authorize\"", "\"params\":[\"u\",\"x\"]", "u", NO},
        {"\"id\":1", "\"method\":\"login\"", "\"params\":{\"pass\":\"x\",\"login\":\"" XMR "\"}", XMR, CN},
        {"\"worker\":\"w\"", "\"method\":\"eth_submitLogin\"", "\"params\":[\"" ETH "\"]", ETH, EP},
        {"\"id\":\"1\"", "\"method\":\"mining.submit\"",
         "\"params\":[\"" ZEC "\",\"8c6f\",\"a9cc405a\",\"3e27\",\"" SOLUTION "\"]", ZEC, EQ},
    };
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t k = 0; k < 6; k++) {
            const char *parts[3] = {rows[i].a, rows[i].b, rows[i].c};
            struct mining_msg msg;
            struct jsonrpc m;
            char line[2048];

            snprintf(line, sizeof(line), "{%s,%s,%s}", parts[orders[k][0]], parts[orders[k][1]], parts[orders[k][2]]);
            assert_true(detectors_read(view_str(line), CARRIED_LINE, NULL, &m, &msg));
            assert_int_equal(msg.protocol, rows[i].protocol);
            assert_int_equal(msg.proof, PROOF_FULL);
            assert_true(view_is(msg.login.text, rows[i].login));
        }
    }
}

static void test_known_cut(void **state)
{
    (void)state;
    check_rows_cut(known, ARRAY_LEN(known));
}

static void test_innocent(void **state)
{
    (void)state;
    check_innocent(innocent, ARRAY_LEN(innocent), true);
    check_innocent(malformed, ARRAY_LEN(malformed), false);
}

static void test_first_fields_are_enough(void **state)
{
    /* A line that ends within the first fields still says what it can. */
    struct mining_msg msg;
    struct jsonrpc m;

    (void)state;
    assert_true(
        detectors_read(view_str("{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"48edfHu7V9Z84YzzM"),
                       CARRIED_LINE, NULL, &m, &msg));
    assert_int_equal(msg.proof, PROOF_FULL);
    assert_true(view_is(msg.login.text, "48edfHu7V9Z84YzzM"));
    assert_false(msg.login.complete);
    assert_true(detectors_read(view_str("{\"id\": 0, \"method\": \"mining.subscribe\", \"para"), CARRIED_LINE, NULL, &m, &msg));
    assert_int_equal(msg.proof, PROOF_FULL);
    assert_true(m.cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_last_key_first),          cmocka_unit_test(test_innocent),
        cmocka_unit_test(test_known_cut), cmocka_unit_test(test_first_fields_are_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
