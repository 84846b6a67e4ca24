/*
 * test_messages.c - what single lines mean: a table of messages of all dialects and of what only looks
 * alike, each read whole and cut at every length.
 */
#include "config.h"

#include "detect/detectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEX16 "0123456789abcdef"
#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define BLOB HEX64 HEX64 HEX16 "01234567" /* 152 digits: 76 bytes */
#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define ETH "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define ZEC "t1fAhZF5aUJdY7CikGULHmeYk7id8qmvbAd"
#define COINBASE \
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2303ea2908084269744d696e746572"
#define SOLUTION "fd4005" HEX64 HEX64 HEX64 HEX64

#define V1 PROTOCOL_STRATUM_V1
#define CN PROTOCOL_CRYPTONOTE
#define EP PROTOCOL_ETH_PROXY
#define EQ PROTOCOL_EQUIHASH
#define NO PROTOCOL_UNKNOWN

struct row {
    const char *line;
    enum mining_protocol protocol;
    enum mining_say say;
    enum mining_proof proof;
    bool from_pool;
    const char *login, *worker, *agent, *algorithm, *job, *reason; /* NULL = absent */
    uint64_t height, claimed_hs;
    enum target_kind target;
    bool accepted, has_job;
};

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
     PROOF_FULL, .agent = "MinerName/1.0.0"},
    {"{\"id\": 1, \"method\": \"mining.authorize\", \"params\": [\"Bitcoin.w\", \"x\"]}", NO, SAY_LOGIN, PROOF_FULL,
     .login = "Bitcoin.w"},
    {"{\"params\":[\"a\",\"x\"],\"id\":2,\"method\":\"mining.authorize\"}", NO, SAY_LOGIN, PROOF_FULL, .login = "a"},
    {"{\"id\":3,\"method\":\"mining.authorize\",\"params\":{\"wallet\":\"w\",\"worker\":\"r\",\"agent\":\"m/1\"}}", NO,
     SAY_LOGIN, PROOF_FULL, .login = "w", .worker = "r", .agent = "m/1"},
    {"{\"params\":[\"a.1\",\"274a-1\",\"00000001\",\"5b5c8e2a\",\"b2957c02\"],\"id\":4,\"method\":\"mining.submit\"}", V1,
     SAY_SUBMIT, PROOF_FULL, .login = "a.1"},
    {"{\"params\":[\"a.1\",\"27\",\"01\",\"5b5c8e2a\",\"b2957c02\",\"1fffe000\"],\"id\":4,\"method\":\"mining.submit\"}", V1,
     SAY_SUBMIT, PROOF_FULL, .login = "a.1"},
    {"{\"id\":244,\"method\":\"mining.submit\",\"params\":[\"username\",\"bf0488aa\",\"6a909d9bbc0f\"]}", NO, SAY_SUBMIT,
     PROOF_FULL, .login = "username"},
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
    {"{\"id\":1,\"result\":[[\"mining.notify\",\"ae68\",\"EthereumStratum/1.0.0\"],\"080c\"],\"error\":null}", NO,
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
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "274a-1", .height = 535018},
    {"{\"params\":[\"j\",\"" HEX64 "\",\"" COINBASE "\",\"0a6e\",[],\"20000000\",\"17272fbd\",\"5b5c8e2a\",false],\"id\":null,"
     "\"method\":\"mining.notify\"}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "j", .height = 535018},
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"bf0488aa\",\"" HEX64 "\",\"" HEX64 "\",true]}", NO, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "bf0488aa"},
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"bf\",\"" HEX64 "\",\"" HEX64 "\",\"" HEX64
     "\",true,100,\"1b00\"]}",
     NO, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "bf"}, /* KawPoW */
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[[{\"jobId\":1}]]}", NO, SAY_JOB, PROOF_FULL, .from_pool = true},
    {"{\"id\":null,\"method\":\"mining.set_target\",\"params\":[\"0004" HEX16 HEX16 HEX16 "0123456789ab\"]}", NO,
     SAY_DIFFICULTY, PROOF_FULL, .from_pool = true, .target = TARGET_BE256},
    /* --- Equihash */
    {"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"EWBF 0.3.4b\",null,\"eu1-zcash.flypool.org\",\"3333\"]}", NO,
     SAY_SUBSCRIBE, PROOF_FULL, .agent = "EWBF 0.3.4b"},
    {"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"8c6f\",\"04000000\",\"" HEX64 "\",\"" HEX64 "\",\"" ZERO64
     "\",\"a9cc405a\","
     "\"09d8151c\",true]}",
     EQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "8c6f"},
    {"{\"params\":[\"8c6f\",\"04000000\",\"" HEX64 "\",\"" HEX64 "\",\"" ZERO64
     "\",\"a9cc405a\",\"09d8151c\",true,\"144_5\",\"BgoldPoW\"],"
     "\"method\":\"mining.notify\",\"id\":null}",
     EQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "8c6f"},
    {"{\"id\":100,\"method\":\"mining.submit\",\"params\":[\"" ZEC ".rig4\",\"8c6f\",\"a9cc405a\",\"3e27" HEX16
     "00\",\"" SOLUTION "\"]}",
     EQ, SAY_SUBMIT, PROOF_FULL, .login = ZEC ".rig4"},
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
     PROOF_FULL, .from_pool = false},
    {"{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x00000000" HEX16 HEX16 HEX16 "01234567\"]}",
     EP, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256},
    {"{\"id\":0,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x00000000" HEX16 HEX16 HEX16
     "01234567\",\"0x5bad55\"],\"jsonrpc\":\"2.0\"}",
     EP, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256},
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
     CN, SAY_SUBMIT, PROOF_FULL, .from_pool = false},
    {"{\"method\":\"submit\",\"params\":{\"result\":\"" HEX64
     "\",\"nonce\":\"25050000\",\"job_id\":\"J\",\"id\":\"1\"},\"id\":2}",
     CN, SAY_SUBMIT, PROOF_FULL, .from_pool = false},
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
    "{\"id\":\"Stratum\",\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"" XMR
    "\",\"pass\":\"x\",\"agent\":\"XMRig\"}}",
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

/* --- whole lines ---------------------------------------------------------------------------- */

static void check_text(const struct row *r, const char *what, const struct json_val *v, const char *text)
{
    if (!text && v->type != JSON_STRING)
        return; /* texts are strings only */
    if (!text || !view_is(v->text, text))
        fail_msg("%s is \"%.*s\": %s", what, (int)v->text.n, v->text.n ? (const char *)v->text.p : "", r->line);
}

#define CHECK(field)                                                \
    do {                                                            \
        if (msg.field != r->field)                                  \
            fail_msg(#field " is %d: %s", (int)msg.field, r->line); \
    } while (0)

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const struct row *r = &known[i];
        struct mining_msg msg;
        struct jsonrpc m;

        if (!detectors_read(view_str(r->line), CARRIED_LINE, NULL, &m, &msg))
            fail_msg("not read: %s", r->line);
        CHECK(protocol);
        CHECK(say);
        CHECK(proof);
        CHECK(from_pool);
        CHECK(height);
        CHECK(claimed_hs);
        CHECK(accepted);
        CHECK(has_job);
        if (msg.target_kind != r->target)
            fail_msg("target kind is %d: %s", (int)msg.target_kind, r->line);
        check_text(r, "login", &msg.login, r->login);
        check_text(r, "worker", &msg.worker, r->worker);
        check_text(r, "agent", &msg.agent, r->agent);
        check_text(r, "algorithm", &msg.algorithm, r->algorithm);
        check_text(r, "job", &msg.job, r->job);
        check_text(r, "reason", &msg.reason, r->reason);
        assert_int_equal(m.cut, false);
    }
}

/* Puts white space wherever JSON allows it; what a line means must not change. */
static size_t spaced(const char *line, const char *space, char *out)
{
    size_t n = 0, len = strlen(space);
    bool in_string = false;

    for (const char *p = line; *p; p++) {
        bool structural = !in_string && strchr("{}[]:,", *p) != NULL;

        if (structural) {
            memcpy(out + n, space, len);
            n += len;
        }
        out[n++] = *p;
        if (in_string && *p == '\\')
            out[n++] = *++p;
        else if (*p == '"')
            in_string = !in_string;
        if (structural) {
            memcpy(out + n, space, len);
            n += len;
        }
    }
    return n;
}

static void test_white_space(void **state)
{
    static const char *const spaces[] = {"", " ", "\t", "  \t ", "\r", "\n"};
    static char line[65536];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        for (size_t k = 0; k < ARRAY_LEN(spaces); k++) {
            const struct row *r = &known[i];
            size_t n = spaced(r->line, spaces[k], line);
            struct mining_msg msg;
            struct jsonrpc m;

            if (!detectors_read(view_of(line, n), CARRIED_LINE, NULL, &m, &msg))
                fail_msg("not read: %.*s", (int)n, line);
            CHECK(protocol);
            CHECK(say);
            CHECK(proof);
            check_text(r, "login", &msg.login, r->login);
            check_text(r, "job", &msg.job, r->job);
        }
    }
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

static void check_proves_nothing(const char *line)
{
    struct mining_msg msg;
    struct jsonrpc m;

    if (detectors_read(view_str(line), CARRIED_LINE, NULL, &m, &msg) && msg.proof == PROOF_FULL)
        fail_msg("a proof: %s", line);
}

static void test_innocent(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(innocent); i++)
        check_proves_nothing(innocent[i]);
    for (size_t i = 0; i < ARRAY_LEN(malformed); i++)
        check_proves_nothing(malformed[i]);
}

/* --- cut lines ------------------------------------------------------------------------------ */

/* Reads the first n bytes in memory of just that size, so that a sanitizer sees every byte read too far. */
static enum mining_proof read_cut(const char *line, size_t n, enum mining_protocol *protocol)
{
    uint8_t *copy = malloc(n ? n : 1);
    struct mining_msg msg = {0};
    struct jsonrpc m;
    bool ok;

    assert_non_null(copy);
    memcpy(copy, line, n);
    ok = detectors_read(view_of(copy, n), CARRIED_LINE, NULL, &m, &msg);
    free(copy);
    *protocol = ok ? msg.protocol : PROTOCOL_UNKNOWN;
    return ok ? msg.proof : PROOF_NONE;
}

/* Tells all lines that fail before it fails. */
static void test_known_cut(void **state)
{
    unsigned n_bad = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const char *line = known[i].line;
        enum mining_proof before = PROOF_NONE;

        for (size_t n = 0; n <= strlen(line); n++) {
            enum mining_protocol protocol;
            enum mining_proof proof = read_cut(line, n, &protocol);

            if (proof < before) {
                print_error("proof falls from %d to %d at byte %zu: %s\n", (int)before, (int)proof, n, line);
                n_bad++;
            }
            if (proof == PROOF_FULL && protocol != PROTOCOL_UNKNOWN && protocol != known[i].protocol) {
                print_error("certain of %s at byte %zu: %s\n", mining_protocol_name(protocol), n, line);
                n_bad++;
            }
            before = proof;
        }
    }
    assert_int_equal(n_bad, 0);
}

static void test_innocent_cut(void **state)
{
    unsigned n_bad = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(innocent); i++) {
        for (size_t n = 0; n <= strlen(innocent[i]); n++) {
            enum mining_protocol protocol;

            if (read_cut(innocent[i], n, &protocol) == PROOF_FULL) {
                print_error("a proof at byte %zu: %s\n", n, innocent[i]);
                n_bad++;
            }
        }
    }
    assert_int_equal(n_bad, 0);
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
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_white_space),
        cmocka_unit_test(test_last_key_first),
        cmocka_unit_test(test_innocent),
        cmocka_unit_test(test_known_cut),
        cmocka_unit_test(test_innocent_cut),
        cmocka_unit_test(test_first_fields_are_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
