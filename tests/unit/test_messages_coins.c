/*
 * test_messages_coins.c - what single lines mean in the dialects of coins that have one of their own, and in the parts of the
 * older dialects that came with them; and lines that look alike and are none. Rows as in test_messages.c.
 */
#include "config.h"

#include "../message_rows.h"

#include "message/agent.h"

#define IRON "1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e8b1b2a2f3a5e4e6f7081920a"
#define ALPH "1DrDyTr9RpRsQnDnXo2YRiPzPW4ooHX5LLoqXrqfMrpQH"
#define KAS "kaspa:qzcd3ms0xq3vyfqzyzyzyzyzyzyzyzyzyzyzyzyzyzyzyzyzy9aqg5yl"
#define SMALL "00000000" HEX16 HEX16 HEX16 "01234567" /* a target */
#define HEX128 HEX64 HEX64
#define CYCLE \
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42"
#define CYCLE_HEX "['01','02','03','04','05','06','07','08','09','0a','0b','0c','0d','0e','0f','10','11','12','13','14']"
#define ALPH_JOB(id, height)                                                                                   \
    "{'jobId':'" id "','fromGroup':0,'toGroup':1,'headerBlob':'0007" HEX64 "','txsBlob':'01','height':" height \
    ",'targetBlob':'03ffffff'}"

static const struct row rows_ethereum[] = {
    /* --- EthereumStratum/1.0.0 */
    {"{'id':1,'method':'mining.subscribe','params':['MinerName/1.0.0','EthereumStratum/1.0.0']}", NO, SAY_SUBSCRIBE, PROOF_FULL,
     .agent = "MinerName/1.0.0", .hint = E1},
    {"{'id':1,'result':[['mining.notify','ae6812eb4cd7735a302a8a9dd95cf71f','EthereumStratum/1.0.0'],'080c'],'error':null}", E1,
     SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{'id':null,'method':'mining.set_difficulty','params':[0.5]}", NO, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true,
     .target = TARGET_DIFFICULTY, .target_text = "0.5"},
    {"{'id':null,'method':'mining.notify','params':['bf0488aa','" HEX64 "','" HEX64 "',true]}", E1, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "bf0488aa"},
    {"{'id':244,'method':'mining.submit','params':['username','bf0488aa','6a909d9bbc0f']}", NO, SAY_SUBMIT, PROOF_FULL,
     .login = "username", .job = "bf0488aa"},
    /* --- EthereumStratum/2.0.0 */
    {"{'id':0,'method':'mining.hello','params':{'agent':'ethminer-0.17','host':'eu.etc.pool.example','port':'4d2','proto':"
     "'EthereumStratum/2.0.0'}}",
     E2, SAY_SUBSCRIBE, PROOF_FULL, .agent = "ethminer-0.17", .host = "eu.etc.pool.example", .host_source = NAME_SUBSCRIBE},
    {"{'id':0,'result':{'proto':'EthereumStratum/2.0.0','encoding':'plain','resume':'0','timeout':'b4','maxerrors':'5','node':"
     "'Geth/v1.8.18'}}",
     E2, SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{'id':1,'method':'mining.subscribe','params':'s-12345'}", NO, SAY_SUBSCRIBE, PROOF_FULL, .hint = E2},
    {"{'id':1,'method':'mining.subscribe'}", NO, SAY_SUBSCRIBE, PROOF_FULL, .hint = E2},
    {"{'id':1,'result':'s-12345'}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'method':'mining.set','params':{'epoch':'dc','target':'0112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba',"
     "'algo':'ethash','extranonce':'af4c'}}",
     E2, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true, .algorithm = "ethash", .target = TARGET_HEX,
     .target_text = "0112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba"},
    {"{'method':'mining.set','params':{'extranonce':'af4c'}}", E2, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true},
    {"{'method':'mining.notify','params':['bf0488aa','6526d5','" HEX64 "','0']}", E2, SAY_JOB, PROOF_FULL, .from_pool = true,
     .job = "bf0488aa", .height = 0x6526d5},
    {"{'method':'mining.notify','params':['bf0488aa','6526d5','" HEX64 "']}", E2, SAY_JOB, PROOF_FULL, .from_pool = true,
     .job = "bf0488aa", .height = 0x6526d5},
    {"{'id':31,'method':'mining.submit','params':['bf0488aa','68765fccd712','w-123']}", E2, SAY_SUBMIT, PROOF_FULL,
     .from_pool = false, .job = "bf0488aa"},
    {"{'id':16,'method':'mining.hashrate','params':['500000','w-123']}", E2, SAY_HASHRATE, PROOF_FULL, .claimed_hs = 0x500000},
    {"{'id':50,'method':'mining.noop'}", E2, SAY_ASK, PROOF_FULL, .from_pool = false},
    {"{'method':'mining.bye'}", E2, SAY_NOTICE, PROOF_NONE, .from_pool = true},
    {"{'method':'mining.reconnect','params':{'host':'other.pool.example','port':'d80','resume':'1'}}", E2, SAY_NOTICE,
     PROOF_NONE, .from_pool = true, .host = "other.pool.example", .host_source = NAME_RECONNECT},
    {"{'id':31}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'id':31,'jsonrpc':'2.0'}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'id':31,'error':{'code':406,'message':'Bad nonce'}}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .reason = "Bad nonce"},
    /* --- eth-proxy */
    {"{'id':0,'jsonrpc':'2.0','result':['0x" HEX64 "','0x" HEX64 "','0x" SMALL "','0x5bad55']}", EP, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "0x" HEX64, .target = TARGET_BE256, .height = 0x5bad55},
    {"{'id':3,'jsonrpc':'2.0','method':'eth_mining','params':[]}", EP, SAY_ASK, PROOF_NONE, .from_pool = false},
    {"{'id':4,'jsonrpc':'2.0','result':false}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true},
    /* --- KawPoW */
    {"{'id':1,'method':'mining.subscribe','params':['GMiner/2.09',null,'rvnt.pool.example','4505']}", NO, SAY_SUBSCRIBE,
     PROOF_FULL, .agent = "GMiner/2.09", .host = "rvnt.pool.example", .port = "4505", .host_source = NAME_SUBSCRIBE},
    {"{'id':null,'method':'mining.notify','params':['bf','" HEX64 "','" HEX64 "','" SMALL "',true,1234567,'1b00f1a2']}", KW,
     SAY_JOB, PROOF_FULL, .from_pool = true, .job = "bf", .height = 1234567, .target = TARGET_BE256, .target_text = SMALL},
    {"{'id':null,'method':'mining.notify','params':['bf','" HEX64 "','" HEX64 "','" SMALL "',false,1234567]}", KW, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "bf", .height = 1234567, .target = TARGET_BE256},
    {"{'id':4,'method':'mining.submit','params':['RXXX.rig','bf','0x" HEX16 "','0x" HEX64 "','0x" HEX64 "']}", KW, SAY_SUBMIT,
     PROOF_FULL, .login = "RXXX.rig", .job = "bf"},
    /* --- Equihash forks */
    {"{'id':null,'method':'mining.notify','params':['8c6f','00000020','" HEX64 "','" HEX64 "','" ZERO64
     "','a9cc405a','09d8151c',true,'144_5','BgoldPoW']}",
     EQ, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "8c6f", .algorithm = "144_5"},
};

static const struct row rows_coins[] = {
    /* --- Ergo */
    {"{'id':1,'result':[[['mining.set_difficulty','0.000031'],['mining.notify','000400001f164ca2']],'d7eb83fe',4],'error':null}",
     NO, SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{'id':null,'method':'mining.notify','params':['1a',1450200,'" HEX64
     "','','',2,'115792089237316195423570985008687907852837564279074904382605163141518161494','',true]}",
     ER, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "1a", .height = 1450200, .coin = "ERG", .target = TARGET_ERGO,
     .target_text = "115792089237316195423570985008687907852837564279074904382605163141518161494"},
    {"{'id':null,'method':'mining.notify','params':['1a','" HEX64 "',1450200,true]}", ER, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "1a", .height = 1450200, .coin = "ERG"},
    {"{'id':4,'method':'mining.submit','params':['9fHLNnLjkgPmTzdmZHzYQ4kt1eqUCWyVFBLkPXQW2Z2PDmjJ8wP.r','1a','00000007','',"
     "'d7eb83fe00000007']}",
     ER, SAY_SUBMIT, PROOF_FULL, .login = "9fHLNnLjkgPmTzdmZHzYQ4kt1eqUCWyVFBLkPXQW2Z2PDmjJ8wP.r", .coin = "ERG", .job = "1a"},
    /* --- Kaspa */
    {"{'id':1,'result':[true,'EthereumStratum/1.0.0'],'error':null}", KS, SAY_SUBSCRIBED, PROOF_FULL, .from_pool = true},
    {"{'id':null,'method':'set_extranonce','params':['0029',6]}", KS, SAY_NOTICE, PROOF_FULL, .from_pool = true},
    {"{'id':null,'method':'mining.set_extranonce','params':['0001']}", NO, SAY_NOTICE, PROOF_FULL, .from_pool = true},
    {"{'id':2,'method':'mining.authorize','params':['" KAS ".w',''],'jsonrpc':'2.0'}", NO, SAY_LOGIN, PROOF_FULL,
     .login = KAS ".w", .hint = KS},
    {"{'id':null,'method':'mining.notify','params':['7',[11748640210483425263,2,3,18446744073709551615],1668530000000]}", KS,
     SAY_JOB, PROOF_FULL, .from_pool = true, .job = "7"},
    {"{'id':null,'method':'mining.notify','params':['7','" HEX64 HEX16 "']}", KS, SAY_JOB, PROOF_FULL, .from_pool = true,
     .job = "7"},
    {"{'id':9,'method':'mining.submit','params':['" KAS ".w','7','0x0029"
     "1a2b3c4d5e6f']}",
     NO, SAY_SUBMIT, PROOF_FULL, .login = KAS ".w", .hint = KS, .job = "7"},
    /* --- Alephium */
    {"{'id':null,'method':'mining.set_difficulty','params':[1]}", NO, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true,
     .target = TARGET_DIFFICULTY},
    {"{'id':1,'result':'result'}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'id':null,'method':'mining.notify','params':[" ALPH_JOB("00024845", "2410003") "," ALPH_JOB("00024846", "2410007") "]}",
     AL, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "00024845", .height = 2410007, .coin = "ALPH", .target = TARGET_HEX,
     .target_text = "03ffffff"},
    {"{'id':null,'method':'mining.notify','params':[[" ALPH_JOB("00024845", "2410003") "]]}", AL, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "00024845", .height = 2410003, .coin = "ALPH", .target = TARGET_HEX},
    {"{'id':4,'method':'mining.submit','params':{'jobId':'00024845','fromGroup':0,'toGroup':1,'nonce':'" HEX16
     "','worker':'" ALPH ".rig'}}",
     AL, SAY_SUBMIT, PROOF_FULL, .login = ALPH ".rig", .coin = "ALPH", .job = "00024845"},
    {"{'id':4,'method':'mining.submit','params':{'jobId':'00024845','fromGroup':0,'toGroup':1,'nonce':'" HEX16
     "','worker':'rig'}}",
     AL, SAY_SUBMIT, PROOF_FULL, .worker = "rig", .coin = "ALPH", .job = "00024845"},
    {"{'id':4,'method':'mining.submit_result','result':true,'error':null}", AL, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .accepted = true},
    {"{'id':4,'method':'mining.submit_result','result':false,'error':[23,'Low difficulty share',null]}", AL, SAY_REPLY,
     PROOF_NONE, .from_pool = true, .reason = "Low difficulty share"},
    {"{'id':8,'method':'alph_submitHashrate','params':['0x1dcd6500','0x" HEX64 "']}", AL, SAY_HASHRATE, PROOF_FULL,
     .claimed_hs = 500000000, .coin = "ALPH"},
    /* --- Iron Fish */
    {"{'id':0,'method':'mining.subscribe','body':{'version':3,'agent':'lolMiner/1.85beta','publicAddress':'" IRON
     ".rig9','extend':['mining.submitted']}}",
     IF, SAY_LOGIN, PROOF_FULL, .login = IRON ".rig9", .agent = "lolMiner/1.85beta", .coin = "IRON"},
    {"{'id':0,'method':'mining.subscribe','body':{'version':1,'name':'rig9','publicAddress':'" IRON "'}}", IF, SAY_LOGIN,
     PROOF_FULL, .login = IRON, .worker = "rig9", .coin = "IRON"},
    {"{'id':0,'method':'mining.subscribed','body':{'clientId':0,'xn':'64da'}}", IF, SAY_SUBSCRIBED, PROOF_FULL,
     .from_pool = true, .coin = "IRON"},
    {"{'id':1,'method':'mining.set_target','body':{'target':'" SMALL "'}}", IF, SAY_DIFFICULTY, PROOF_FULL, .from_pool = true,
     .coin = "IRON", .target = TARGET_BE256, .target_text = SMALL},
    {"{'id':2,'method':'mining.notify','body':{'miningRequestId':17,'header':'" HEX128 "'}}", IF, SAY_JOB, PROOF_FULL,
     .from_pool = true, .coin = "IRON", .job = "17"},
    {"{'id':1,'method':'mining.submit','body':{'miningRequestId':17,'randomness':'64da"
     "0123456789ab'}}",
     IF, SAY_SUBMIT, PROOF_FULL, .coin = "IRON", .job = "17"},
    {"{'id':3,'method':'mining.submitted','body':{'id':1,'result':true}}", IF, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .coin = "IRON", .accepted = true, .answers = SAY_SUBMIT},
    {"{'id':3,'method':'mining.submitted','body':{'id':1,'result':false,'message':'stale'}}", IF, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .coin = "IRON", .answers = SAY_SUBMIT, .reason = "stale"},
    {"{'id':4,'method':'mining.wait_for_work'}", IF, SAY_NOTICE, PROOF_FULL, .from_pool = true, .coin = "IRON"},
    {"{'id':5,'method':'mining.disconnect','body':{'reason':'banned','bannedUntil':1}}", IF, SAY_NOTICE, PROOF_FULL,
     .from_pool = true, .coin = "IRON", .reason = "banned"},
    /* --- Grin */
    {"{'method':'login','id':'Stratum','params':{'agent':'bminer (v12.1.0-5083c32)','login':'t1J7QL43zzQbnJ.kaprias','pass':"
     "'123'},'jsonrpc':'2.0'}",
     GR, SAY_LOGIN, PROOF_FULL, .login = "t1J7QL43zzQbnJ.kaprias", .agent = "bminer (v12.1.0-5083c32)"},
    {"{'id':'Stratum','jsonrpc':'2.0','method':'login','params':{'login':'" XMR "','pass':'x','agent':'XMRig'}}", GR, SAY_LOGIN,
     PROOF_FULL, .login = XMR, .agent = "XMRig"},
    {"{'id':'0','jsonrpc':'2.0','method':'login','params':{'login':'name','pass':'x','agent':'grin-miner'}}", NO, SAY_LOGIN,
     PROOF_FULL, .login = "name", .agent = "grin-miner", .hint = GR},
    {"{'id':'0','jsonrpc':'2.0','method':'login','params':{'login':'name','pass':'x','agent':'chat'}}", NO, SAY_LOGIN,
     PROOF_WEAK, .login = "name", .agent = "chat", .hint = GR},
    {"{'id':'Stratum','jsonrpc':'2.0','result':'ok','error':null,'method':'login'}", NO, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .accepted = true},
    {"{'method':'getjobtemplate','id':'Stratum','params':null,'jsonrpc':'2.0'}", GR, SAY_ASK, PROOF_FULL, .from_pool = false},
    {"{'id':'Stratum','jsonrpc':'2.0','method':'getjobtemplate','result':{'difficulty':4,'height':16375,'job_id':5,'pre_pow':"
     "'0001" HEX128 "'},'error':null}",
     GR, SAY_REPLY, PROOF_FULL, .from_pool = true, .accepted = true, .has_job = true, .height = 16375, .job = "5",
     .target = TARGET_GRIN, .target_text = "4"},
    {"{'id':'Stratum','jsonrpc':'2.0','method':'job','params':{'difficulty':4,'height':16375,'job_id':5,'pre_pow':'0001" HEX128
     "'}}",
     GR, SAY_JOB, PROOF_FULL, .from_pool = true, .height = 16375, .job = "5", .target = TARGET_GRIN},
    {"{'id':'0','jsonrpc':'2.0','method':'submit','params':{'height':16419,'job_id':0,'nonce':8895699060858340771,'pow':[" CYCLE
     "],'edge_bits':32}}",
     GR, SAY_SUBMIT, PROOF_FULL, .from_pool = false, .job = "0"},
    {"{'id':'0','jsonrpc':'2.0','method':'submit','result':'blockfound - 23025af9032de812','error':null}", NO, SAY_REPLY,
     PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'id':'0','jsonrpc':'2.0','method':'submit','result':null,'error':{'code':-32501,'message':'Share rejected due to low "
     "difficulty'}}",
     NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .reason = "Share rejected due to low difficulty"},
    {"{'id':7,'jsonrpc':'2.0','method':'submit','error':null,'result':'ok'}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true,
     .accepted = true},
    {"{'id':'0','method':'keepalive','params':null,'jsonrpc':'2.0'}", GR, SAY_ASK, PROOF_NONE, .from_pool = false},
    {"{'id':'0','method':'status','params':null,'jsonrpc':'2.0'}", GR, SAY_ASK, PROOF_NONE, .from_pool = false},
    {"{'id':'0','method':'status','jsonrpc':'2.0','result':{'accepted':5,'rejected':1,'stale':0}}", GR, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .accepted = true},
    /* --- Beam */
    {"{'jsonrpc':'2.0','id':'login','method':'login','api_key':'" HEX64 "ab.rig'}", BM, SAY_LOGIN, PROOF_FULL,
     .login = HEX64 "ab.rig", .coin = "BEAM"},
    {"{'api_key':'" HEX64 "ab','id':'login','jsonrpc':'2.0','method':'login'}", BM, SAY_LOGIN, PROOF_FULL, .login = HEX64 "ab",
     .coin = "BEAM"},
    {"{'difficulty':150994944,'height':3120401,'id':'212','input':'" HEX64 "','jsonrpc':'2.0','method':'job'}", BM, SAY_JOB,
     PROOF_FULL, .from_pool = true, .coin = "BEAM", .job = "212", .height = 3120401, .target = TARGET_BEAM,
     .target_text = "150994944"},
    {"{'id':'212','jsonrpc':'2.0','method':'solution','nonce':'" HEX16 "','output':'" HEX128 HEX64 HEX16 "'}", BM, SAY_SUBMIT,
     PROOF_FULL, .coin = "BEAM", .job = "212"},
    {"{'code':0,'description':'Login successful','forkheight':321321,'id':'login','jsonrpc':'2.0','method':'result','nonceprefix':"
     "'ab4e3a'}",
     BM, SAY_REPLY, PROOF_NONE, .from_pool = true, .coin = "BEAM", .accepted = true, .answers = SAY_LOGIN},
    {"{'code':1,'description':'accepted','id':'212','jsonrpc':'2.0','method':'result'}", BM, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .coin = "BEAM", .accepted = true, .answers = SAY_SUBMIT},
    {"{'code':2,'description':'rejected','id':'212','jsonrpc':'2.0','method':'result'}", BM, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .coin = "BEAM", .answers = SAY_SUBMIT, .reason = "rejected"},
    {"{'code':-32003,'description':'Login failed','id':'login','jsonrpc':'2.0','method':'result'}", BM, SAY_REPLY, PROOF_NONE,
     .from_pool = true, .coin = "BEAM", .answers = SAY_LOGIN, .reason = "Login failed"},
    {"{'id':'212','jsonrpc':'2.0','method':'cancel'}", BM, SAY_NOTICE, PROOF_NONE, .from_pool = true, .coin = "BEAM"},
};

static const struct row rows_variants[] = {
    {"{'id':null,'method':'mining.notify','params':['a1','" HEX64 "',16021728,'" HEX64 "',true]}", V1, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "a1", .height = 16021728, .coin = "CKB"},
    {"{'id':0,'method':'mining.notify','params':['0000000086cef644','130302785','0x" HEX64 "','0x3fffff" HEX16
     "'],'xn':'ab12'}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "0000000086cef644", .height = 130302785, .coin = "CFX",
     .target = TARGET_HEX, .target_text = "3fffff" HEX16},
    {"{'id':0,'method':'mining.notify','params':['00','12302785','0x" HEX64 "','0x" SMALL "']}", V1, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "00", .height = 12302785, .coin = "CFX", .target = TARGET_HEX},
    {"{'id':4,'method':'mining.submit','params':['cfx:aak2.r','0000000086cef644','0x" HEX16 "','0x" HEX64 "']}", V1, SAY_SUBMIT,
     PROOF_FULL, .login = "cfx:aak2.r", .coin = "CFX", .job = "0000000086cef644"},
    {"{'id':null,'method':'mining.notify','params':['a1','" HEX128 HEX128 HEX128 HEX128 HEX16 HEX16 "',true]}", V1, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "a1", .coin = "KDA"},
    {"{'id':2,'method':'mining.authorize','params':['xel:ys4peuzztwl67rzhsdu0yxfzwcfmgt85uu53hycpeeary7n8qvysqmxznt0','rig','x']}",
     V1, SAY_LOGIN, PROOF_FULL, .login = "xel:ys4peuzztwl67rzhsdu0yxfzwcfmgt85uu53hycpeeary7n8qvysqmxznt0", .worker = "rig",
     .coin = "XEL"},
    {"{'id':2,'method':'mining.authorize','params':['xel:ys4peuzztwl67rzhsdu0yxfzwcfmgt85uu53hycpeeary7n8qvysqmxznt0','x']}",
     V1, SAY_LOGIN, PROOF_FULL, .login = "xel:ys4peuzztwl67rzhsdu0yxfzwcfmgt85uu53hycpeeary7n8qvysqmxznt0", .coin = "XEL"},
    {"{'id':null,'method':'mining.notify','params':['a1','0000018c0b8e6d1f','" HEX64 "','xel/v2',true]}", V1, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "a1", .algorithm = "xel/v2", .coin = "XEL"},
    {"{'id':null,'method':'mining.notify','params':['76df','" HEX64 "','" HEX128 HEX64 HEX16
     "','',[],'0a000000','1a12334a','5703381b',true]}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "76df", .coin = "DCR", .ntime_s = 0x5703381b},
    {"{'id':null,'method':'mining.notify','params':['1','" HEX64 "','" HEX128 "','" HEX128 "',['" HEX64 "'],'" HEX64 "','" HEX64
     "','" ZERO64 "','00000000','1a02f5c1','5e3a1b2c',true]}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "1", .coin = "HNS", .ntime_s = 0x5e3a1b2c},
    {"{'id':1,'method':'mining.subscribe','params':['aeminer/1',null,'ae.pool.example',9999]}", NO, SAY_SUBSCRIBE, PROOF_FULL,
     .agent = "aeminer/1", .host = "ae.pool.example", .port = "9999", .host_source = NAME_SUBSCRIBE},
    {"{'id':null,'method':'mining.notify','params':['0123456789abcdef',5,'" HEX64 "',true]}", V1, SAY_JOB, PROOF_FULL,
     .from_pool = true, .job = "0123456789abcdef", .coin = "AE"},
    {"{'id':4,'method':'mining.submit','params':['ak_2a.r','0123456789abcdef','0123456789'," CYCLE_HEX "]}", V1, SAY_SUBMIT,
     PROOF_FULL, .login = "ak_2a.r", .coin = "AE", .job = "0123456789abcdef"},
    /* --- Bytom */
    {"{'id':1,'jsonrpc':'2.0','method':'login','params':['bm1q5p9d4gelfm4cc3zq3slj7vh2njx23ma2cf866j','x','bmminer/2.0']}", CN,
     SAY_LOGIN, PROOF_FULL, .login = "bm1q5p9d4gelfm4cc3zq3slj7vh2njx23ma2cf866j", .agent = "bmminer/2.0", .coin = "BTM"},
    {"{'id':1,'jsonrpc':'2.0','method':'login','params':['antminer','001','agent']}", CN, SAY_LOGIN, PROOF_WEAK,
     .login = "antminer", .agent = "agent", .coin = "BTM"},
    {"{'id':2,'jsonrpc':'2.0','method':'getwork'}", CN, SAY_ASK, PROOF_WEAK, .coin = "BTM"},
    {"{'id':2,'jsonrpc':'2.0','result':['1','1','e5bda','" HEX64 "','5aa39c6e','" HEX64 "','" HEX64
     "','8000000000000000','20000000007fffff','" HEX64 "','bdba0400']}",
     CN, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "1", .height = 0xe5bda, .coin = "BTM", .target = TARGET_CRYPTONOTE,
     .target_text = "bdba0400"},
    {"{'jsonrpc':'2.0','method':'job','params':['1','1','e5bda','" HEX64 "','5aa39c6e','" HEX64 "','" HEX64
     "','8000000000000000','20000000007fffff','" HEX64 "','bdba0400']}",
     CN, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "1", .height = 0xe5bda, .coin = "BTM", .target = TARGET_CRYPTONOTE},
    {"{'id':3,'jsonrpc':'2.0','method':'submit','params':['1','8000000000000000','" HEX64 "']}", CN, SAY_SUBMIT, PROOF_FULL,
     .coin = "BTM", .job = "1"},
};

/* What older dialects say beside the ordinary. */
static const struct row rows_more[] = {
    {"{'id':1,'method':'mining.configure','params':[['version-rolling','info'],{'version-rolling.mask':'1fffe000',"
     "'info.connection-url':'stratum+tcp://btc.pool.example:3333/#xnsub'}]}",
     V1, SAY_ASK, PROOF_FULL, .host = "btc.pool.example", .port = "3333", .host_source = NAME_SUBSCRIBE},
    {"{'id':1,'method':'mining.configure','params':[['info'],{'info.connection-url':'stratum+tcp:\\/\\/btc.pool.example:3333'}]}",
     V1, SAY_ASK, PROOF_FULL, .host = "btc.pool.example", .port = "3333", .host_source = NAME_SUBSCRIBE},
    {"{'id':1,'method':'mining.subscribe','params':['cgminer/4.10',null,'stratum+tcp://btc.pool.example:3333']}", NO,
     SAY_SUBSCRIBE, PROOF_FULL, .agent = "cgminer/4.10", .host = "btc.pool.example", .port = "3333",
     .host_source = NAME_SUBSCRIBE},
    {"{'id':1,'method':'mining.subscribe','params':['NiceHash/1.0.0','1668530000000','" HEX64 "']}", NO, SAY_SUBSCRIBE,
     PROOF_FULL, .agent = "NiceHash/1.0.0"},
    {"{'id':null,'method':'client.reconnect','params':['b.pool.example',3334,5]}", NO, SAY_NOTICE, PROOF_NONE,
     .from_pool = true, .host = "b.pool.example", .port = "3334", .host_source = NAME_RECONNECT},
    {"{'id':null,'method':'client.reconnect','params':['2001:db8::5','3334']}", NO, SAY_NOTICE, PROOF_NONE, .from_pool = true,
     .host = "2001:db8::5", .port = "3334", .host_source = NAME_RECONNECT},
    {"{'id':null,'method':'client.reconnect','params':[]}", NO, SAY_NOTICE, PROOF_NONE, .from_pool = true},
    {"{'id':9,'result':'cgminer/4.10.0','error':null}", NO, SAY_NOTHING, PROOF_NONE, .agent = "cgminer/4.10.0"},
    {"{'id':9,'result':'pong','error':null}", NO, SAY_REPLY, PROOF_NONE, .from_pool = true, .accepted = true},
    {"{'id':9,'method':'mining.ping'}", NO, SAY_NOTICE, PROOF_NONE, .from_pool = true},
    {"{'id':null,'method':'mining.notify','params':['j','" HEX64 "','" COINBASE "','0a6e6f6465',[],'20000000','17272fbd',"
     "'5b5c8e2a',false]}",
     V1, SAY_JOB, PROOF_FULL, .from_pool = true, .job = "j", .height = 535018, .ntime_s = 0x5b5c8e2a,
     .coinbase2 = "0a6e6f6465"},
    /* --- CryptoNote */
    {"{'id':1,'method':'login','params':{'login':'name','pass':{'x':1},'agent':'MinerGate/1'}}", CN, SAY_LOGIN, PROOF_FULL,
     .login = "name", .agent = "MinerGate/1"},
    {"{'id':1,'method':'login','params':{'login':'name','pass':'x','mode':'self-select'}}", CN, SAY_LOGIN, PROOF_FULL,
     .login = "name"},
    {"{'id':1,'method':'login','params':{'login':'name','pass':'x','algo':['rx/0'],'algo-perf':{'cn/r':12,'rx/0':1234.5}}}", CN,
     SAY_LOGIN, PROOF_FULL, .login = "name", .algorithm = "rx/0", .claimed_hs = 1234},
    {"{'id':1,'method':'login','params':{'login':'name','pass':'x','agent':'Foo-1/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/12.2.0'}}",
     CN, SAY_LOGIN, PROOF_FULL, .login = "name", .agent = "Foo-1/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/12.2.0"},
    {"{'id':1,'jsonrpc':'2.0','error':null,'result':{'id':'2a','algo':'kawpow','extra_nonce':'ab12','status':'OK'}}", CN,
     SAY_REPLY, PROOF_FULL, .from_pool = true, .accepted = true, .algorithm = "kawpow", .answers = SAY_LOGIN},
    {"{'id':3,'method':'getjob','params':{'id':'2a'}}", CN, SAY_ASK, PROOF_WEAK, .from_pool = false},
    {"{'id':3,'result':{'blob':'" BLOB "','job_id':'J','target':'ffff0100','id':'2a'}}", CN, SAY_REPLY, PROOF_FULL,
     .from_pool = true, .accepted = true, .has_job = true, .job = "J", .target = TARGET_CRYPTONOTE},
    {"{'method':'job','params':{'job_id':'J','target':'ffff0100','pool_wallet':'" XMR "','extra_nonce':'ab12cd34'}}", CN,
     SAY_JOB, PROOF_FULL, .from_pool = true, .job = "J", .target = TARGET_CRYPTONOTE},
    {"{'id':3,'method':'block_template','params':{'id':'2a','job_id':'J','blob':'" BLOB
     "','height':3100000,'difficulty':300000000000,'prev_hash':'" HEX64 "'}}",
     CN, SAY_ASK, PROOF_FULL, .height = 3100000},
    {"{'method':'job','params':{'algo':'rx/yada','blob':'" BLOB "','job_id':'J','target':'0001ffff00000000'}}", CN, SAY_JOB,
     PROOF_FULL, .from_pool = true, .job = "J", .algorithm = "rx/yada", .target = TARGET_CRYPTONOTE_BE},
    {"{'id':2,'method':'submit','params':{'id':'5073','job_id':'J','nonce':'25050000','result':'" HEX64 "','algo':'rx/0'}}", CN,
     SAY_SUBMIT, PROOF_FULL, .algorithm = "rx/0", .job = "J"},
};

/* Look like one of the dialects; must never be a full proof, whole or cut. */
static const char *const innocent[] = {
    "{'id':1,'method':'set_extranonce','params':['on']}",
    "{'id':1,'method':'job','params':{'pre_pow':'0001','job_id':5}}",
    "{'id':'7','method':'login','params':{'login':'bob','pass':'x','agent':'chat/1'}}",
    "{'id':'7','method':'login','api_key':'0123456789'}",
    "{'id':'7','method':'getjobtemplate','params':null}",
    "{'id':'7','method':'keepalive','params':null}",
    "{'id':'7','method':'status','result':{'accepted':5}}",
    "{'id':'7','method':'submit','result':'ok'}",
    "{'id':'7','method':'submit','params':{'pow':['a','b']}}",
    "{'id':'7','method':'submit','params':{'pow':[1,2,3]}}",
    "{'code':1,'description':'accepted','id':'7','method':'result'}",
    "{'code':200,'method':'result'}",
    "{'id':'7','method':'job','input':'build','difficulty':3}",
    "{'difficulty':3,'id':'7','input':'0123','method':'job'}",
    "{'id':'7','method':'solution','nonce':'1','output':'text'}",
    "{'challenge':'" HEX64 "','difficulty':20,'nonce':'" HEX16 "','output':'" HEX64 "'}",
    "{'height':7,'hash':'" HEX64 "'}",
    "{'body':{'publicAddress':'x'},'method':'subscribe'}",
    "{'body':'text','method':'mail.send','id':1}",
    "{'id':1,'method':'login','params':['bob','x','browser']}",
    "{'id':1,'method':'submit','params':['form','a','b']}",
    "{'id':1,'method':'getwork'}",
    "{'id':1,'method':'getjob','params':{'name':'nightly'}}",
    "{'id':1,'method':'block_template','params':{'blob':'ab'}}",
    "{'id':1,'result':['a','b','c']}",
    "{'id':1,'result':[null,'64290b']}",
    "{'id':1,'result':[null,'ab12cd',5],'error':null}",
    "{'id':1,'result':['" HEX16 "','" HEX64 "',32,'" HEX64 "'],'error':null}",
    "{'id':1,'result':[true,'yes']}",
    "{'id':1,'result':'ok'}",
    "{'id':1,'result':{'proto':'h2'}}",
    "{'id':1,'result':{'algo':'sha256','extra_nonce':'ab12'}}",
    "{'id':1,'result':{'algo':'kawpow'}}",
    "{'id':1,'result':{'blob':'abcd','job_id':'J','target':'ffff0100'}}",
    "{'id':1}",
    "{'id':1,'name':'x'}",
    "{'id':1,'method':'eth_mining','params':[]}",
    "{'id':1,'method':'eth_hashrate','params':[]}",
    "{'id':'a','method':'cancel'}",
};

/* Malformed: whole they prove nothing. */
static const char *const malformed[] = {
    "{'id':1,'method':'mining.hello','params':['a']}",      "{'id':1,'method':'mining.hashrate','params':{'a':1}}",
    "{'id':1,'method':'mining.set','params':[1]}",          "{'id':1,'method':'set_extranonce','params':[]}",
    "{'id':1,'method':'mining.submitted','body':{'id':1}}", "{'id':1,'method':'mining.subscribed','body':7}",
    "{'id':1,'method':'mining.submit','body':{'a':7}}",     "{'id':1,'method':'mining.subscribe','params':''}",
    "{'id':1,'method':'alph_submitHashrate','params':7}",
};

static void test_dialects(void **state)
{
    (void)state;
    check_rows(rows_ethereum, ARRAY_LEN(rows_ethereum));
    check_rows(rows_coins, ARRAY_LEN(rows_coins));
    check_rows(rows_variants, ARRAY_LEN(rows_variants));
    check_rows(rows_more, ARRAY_LEN(rows_more));
}

static void test_cut(void **state)
{
    (void)state;
    check_rows_cut(rows_ethereum, ARRAY_LEN(rows_ethereum));
    check_rows_cut(rows_coins, ARRAY_LEN(rows_coins));
    check_rows_cut(rows_variants, ARRAY_LEN(rows_variants));
    check_rows_cut(rows_more, ARRAY_LEN(rows_more));
}

static void test_innocent(void **state)
{
    (void)state;
    check_innocent(innocent, ARRAY_LEN(innocent), true);
    check_innocent(malformed, ARRAY_LEN(malformed), false);
}

static void test_agents(void **state)
{
    static const char *const miners[] = {
        "XMRig/6.12.1 (Linux x86_64) libuv/1.41.0 gcc/5.4.0",
        "xmrig-proxy/6.4.0",
        "XMRigCC/3.1",
        "xmr-stak-cpu/1.3.0-1.5.0",
        "xmr-stak/2.10.8",
        "foo-stak-rx/1.0",
        "xmr/1.0",
        "xmr-node-proxy/0.1",
        "cast_xmr/1.8",
        "SRBMiner-MULTI/2.4.1",
        "SRBMiner Cryptonight AMD GPU miner/1.6",
        "cgminer/3.7.2",
        "cgminer 3.7.2",
        "bfgminer/5.2.0",
        "cpuminer/2.5.1",
        "cpuminer-multi/1.3",
        "cpuminer-opt/3.20",
        "ccminer/2.3.1",
        "EWBF 0.3.4b",
        "equihashminer",
        "PhoenixMiner/4.7c",
        "NBMiner/38.1",
        "GMiner/2.09",
        "lolMiner/1.85beta",
        "lolMiner 1.76",
        "Rigel/1.19.3-nicehash",
        "teamredminer/0.10.9",
        "bminer (v12.1.0-5083c32)",
        "grin-miner",
        "ethminer-0.17",
        "ethminer 0.18.0+commit.1",
        "IceRiverMiner-v1.1",
        "BzMiner-v11.1.0",
        "ckbminer-v1.0.0",
        "ergminer-v1.0.0",
        "NiceHash/1.0.0",
        "poclbm/20120920",
        "T-Rex/0.26.8",
        "trex/0.24.4",
        "nanominer/3.7",
        "WildRig/0.36",
        "OneZeroMiner/1.2",
        "TT-Miner/2023",
        "miniZ/2.4d",
        "Claymore 15",
        "Claymore's",
        "cnrig/0.1",
        "xlarig/5",
        "MinerGate/1",
        "bosminer",
        "Antminer S19/Tue",
        "whatsminer/v1.1",
        "bitaxe/BM1366",
        "esp-miner/2",
        "NerdMiner/1.6",
        "kworker/6.21.0 (Windows NT 10.0; Win64; x64) libuv/1.44.2 msvc/2019",
        "syslogd/6.0.0 (Macintosh; macOS; arm64) libuv/1.44.2 clang/14.0.0",
    };
    static const char *const others[] = {
        "",
        "x",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
        "curl/8.1.0",
        "Go-http-client/1.1",
        "python-requests/2.31",
        "node-fetch/1.0",
        "libuv/1.44.2",
        "data-miner/1.0",
        "DataMiner",
        "ewbfoo",
        "ccminers",
        "trex/1.88",
        "Rigel 2.0",
        "Foo/1.0 (Linux) libuv/1.0",
        "Foo/1.0 (Linux) libuv/x gcc/1",
        "Foo (Linux) libuv/1.0 gcc/1",
        "xmrfoo",
        "ethminers/1",
        "geth/v1.10",
        "gminer",
        "text-miner/1",
        "proxy/1.0",
        "electrum/4.5",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(miners); i++) {
        struct json_val cut = {.text = view_str(miners[i]), .type = JSON_STRING};

        if (!agent_is_miner(view_str(miners[i])))
            fail_msg("no miner: %s", miners[i]);
        for (; cut.text.n > 0; cut.text.n--) /* what is known of the beginning is true of the whole */
            if (agent_names_miner(&cut))
                assert_true(agent_is_miner(view_str(miners[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct json_val cut = {.text = view_str(others[i]), .type = JSON_STRING};

        if (agent_is_miner(view_str(others[i])))
            fail_msg("a miner: %s", others[i]);
        for (; cut.text.n > 0; cut.text.n--)
            if (agent_names_miner(&cut))
                fail_msg("a miner after %zu bytes: %s", cut.text.n, others[i]);
    }
}

static void test_first_keys(void **state)
{
    static const char *const yes[] = {"{\"body\":{",
                                      "{\"api_key\":",
                                      "{ \"code\":0",
                                      "{\"description\"",
                                      "{\"difficulty\":1",
                                      "{\"forkheight\"",
                                      "{\"height\":",
                                      "{\"input\":\"",
                                      "{\"nonce\":\"",
                                      "{\"nonceprefix\"",
                                      "{\"output\":",
                                      "{\"id\":1",
                                      "{",
                                      "{\"",
                                      "{\"n",
                                      "{\"nonce",
                                      "{\"e"};
    static const char *const no[] = {
        "{\"name\"", "{\"nonces\":", "{\"inputs\"", "{\"time\":", "{\"z", "{\"codes\":", "{\"@timestamp\""};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        if (!jsonrpc_may_start(view_str(yes[i])))
            fail_msg("not let in: %s", yes[i]);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (jsonrpc_may_start(view_str(no[i])))
            fail_msg("let in: %s", no[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects), cmocka_unit_test(test_cut),        cmocka_unit_test(test_innocent),
        cmocka_unit_test(test_agents),   cmocka_unit_test(test_first_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
