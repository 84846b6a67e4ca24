/*
 * test_binary.c - messages that are no lines, made by hand from their specifications: what they mean whole, cut at every byte and
 * split at every byte; and exchanges that only look alike.
 */
#include "config.h"

#include "base/keccak.h"
#include "message/stratum_v2.h"

#include "../binary_talk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BUFFER 4096

struct bytes {
    uint8_t b[BUFFER];
    size_t n;
};

static void put(struct bytes *o, const void *p, size_t n)
{
    assert_true(o->n + n <= sizeof(o->b));
    memcpy(o->b + o->n, p, n);
    o->n += n;
}

static void put_n(struct bytes *o, uint64_t v, size_t n) /* little endian */
{
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)(v >> (8 * i));

        put(o, &c, 1);
    }
}

static void put_text(struct bytes *o, const char *s)
{
    put_n(o, strlen(s), 1);
    put(o, s, strlen(s));
}

/* Bytes that look like chance, the same each time. */
static void put_random(struct bytes *o, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        put_n(o, *seed >> 40, 1);
    }
}

static struct view view(const struct bytes *o)
{
    return view_of(o->b, o->n);
}

/* ---- Stratum V2 in clear ---- */

static struct bytes sv2(uint16_t extension, uint8_t kind, const struct bytes *payload)
{
    struct bytes o = {.n = 0};

    put_n(&o, extension, 2);
    put_n(&o, kind, 1);
    put_n(&o, payload->n, 3);
    put(&o, payload->b, payload->n);
    return o;
}

static struct bytes setup(void)
{
    struct bytes p = {.n = 0};

    put_n(&p, 0, 1);
    put_n(&p, 2, 2);
    put_n(&p, 2, 2);
    put_n(&p, 1, 4);
    put_text(&p, "sv2.pool.example");
    put_n(&p, 34254, 2);
    put_text(&p, "Bitmain");
    put_text(&p, "S19j Pro");
    put_text(&p, "braiins-os");
    put_text(&p, "");
    return sv2(0, 0x00, &p);
}

static struct bytes setup_ok(void)
{
    struct bytes p = {.n = 0};

    put_n(&p, 2, 2);
    put_n(&p, 0, 4);
    return sv2(0, 0x01, &p);
}

static struct bytes open_channel(void)
{
    struct bytes p = {.n = 0};
    float rate = 1.5e14f;
    uint32_t raw;

    memcpy(&raw, &rate, sizeof(raw));
    put_n(&p, 1, 4);
    put_text(&p, "user.worker1");
    put_n(&p, raw, 4);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, UINT64_MAX, 8);
    return sv2(0, 0x10, &p);
}

static struct bytes opened(void)
{
    struct bytes p = {.n = 0};

    put_n(&p, 1, 4);
    put_n(&p, 7, 4);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, UINT64_MAX, 8);
    put_n(&p, 0xffffff, 8); /* 40 bits of zeros: difficulty 2^40 */
    put_text(&p, "12345678");
    put_n(&p, 1, 4);
    return sv2(0, 0x11, &p);
}

static struct bytes job(bool future)
{
    struct bytes p = {.n = 0};
    uint64_t seed = 1;

    put_n(&p, 7, 4);
    put_n(&p, 0x1f, 4);
    put_n(&p, !future, 1);
    if (!future)
        put_n(&p, 1764000000, 4);
    put_n(&p, 0x20000000, 4);
    put_random(&p, 32, &seed);
    return sv2(0x8000, 0x15, &p);
}

static struct bytes prev_hash(void)
{
    struct bytes p = {.n = 0};
    uint64_t seed = 2;

    put_n(&p, 7, 4);
    put_n(&p, 0x1f, 4);
    put_random(&p, 24, &seed);
    put_n(&p, 0, 8);
    put_n(&p, 1764000000, 4);
    put_n(&p, 0x17021a8e, 4);
    return sv2(0x8000, 0x20, &p);
}

static struct bytes submit(uint32_t sequence)
{
    struct bytes p = {.n = 0};

    put_n(&p, 7, 4);
    put_n(&p, sequence, 4);
    put_n(&p, 0x1f, 4);
    put_n(&p, 0x12345678, 4);
    put_n(&p, 1764000003, 4);
    put_n(&p, 0x20000000, 4);
    return sv2(0x8000, 0x1a, &p);
}

static struct bytes shares_ok(uint32_t n)
{
    struct bytes p = {.n = 0};

    put_n(&p, 7, 4);
    put_n(&p, n, 4);
    put_n(&p, n, 4);
    put_n(&p, 1000, 8);
    return sv2(0x8000, 0x1c, &p);
}

static struct bytes shares_error(void)
{
    struct bytes p = {.n = 0};

    put_n(&p, 7, 4);
    put_n(&p, 9, 4);
    put_text(&p, "stale-share");
    return sv2(0x8000, 0x1d, &p);
}

static bool read_sv2(const struct bytes *o, size_t n, struct sv2_said *said, bool *fits)
{
    struct view v = view_head(view(o), n);
    struct piece pc;

    *fits = true;
    if (sv2_look(v, &pc) != PIECE_YES)
        return false;
    assert_int_equal(pc.total, o->n);
    return sv2_read(&pc, v, said, fits);
}

static void says_what_it_says(void **state)
{
    struct sv2_said said;
    struct bytes o = setup();
    bool fits;

    (void)state;
    assert_true(read_sv2(&o, o.n, &said, &fits));
    assert_int_equal(said.msg.say, SAY_SUBSCRIBE);
    assert_true(view_is(said.msg.agent.text, "Bitmain S19j Pro braiins-os"));
    assert_true(view_is(said.msg.host.text, "sv2.pool.example") && view_is(said.msg.port.text, "34254"));
    o = open_channel();
    assert_true(read_sv2(&o, o.n, &said, &fits));
    assert_int_equal(said.msg.say, SAY_LOGIN);
    assert_true(view_is(said.msg.login.text, "user.worker1"));
    assert_true(said.msg.claimed_hs > UINT64_C(149990000000000) && said.msg.claimed_hs < UINT64_C(150010000000000));
    o = opened();
    assert_true(read_sv2(&o, o.n, &said, &fits));
    assert_int_equal(said.msg.say, SAY_DIFFICULTY);
    assert_true(view_is(said.msg.target.text, "0000000000ffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
    o = shares_ok(12);
    assert_true(read_sv2(&o, o.n, &said, &fits));
    assert_true(said.msg.say == SAY_REPLY && said.msg.answers == SAY_SUBMIT && said.msg.n_answers == 12 && said.msg.accepted);
    o = shares_error();
    assert_true(read_sv2(&o, o.n, &said, &fits));
    assert_true(said.msg.answers == SAY_SUBMIT && !said.msg.accepted && view_is(said.msg.reason.text, "stale-share"));
}

/* What a cut message says is true of the whole one, or nothing; and a cut message never is called unfit. */
static void bears_cuts(void **state)
{
    const struct bytes all[] = {setup(),    setup_ok(),  open_channel(), opened(),     job(true),
                                job(false), prev_hash(), submit(1),      shares_ok(1), shares_error()};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct sv2_said whole, cut;
        bool fits;

        assert_true(read_sv2(&all[i], all[i].n, &whole, &fits));
        for (size_t n = 0; n < all[i].n; n++) {
            uint8_t *copy = malloc(n ? n : 1); /* so that a read beyond it is seen */
            struct bytes part = {.n = 0};
            struct piece pc;

            assert_non_null(copy);
            memcpy(copy, all[i].b, n);
            part = all[i];
            if (sv2_look(view_of(copy, n), &pc) == PIECE_YES && sv2_read(&pc, view_of(copy, n), &cut, &fits)) {
                assert_int_equal(cut.msg.say, whole.msg.say);
                assert_int_equal(cut.msg.from_pool, whole.msg.from_pool);
                assert_true(!cut.msg.login.complete || view_eq(cut.msg.login.text, whole.msg.login.text));
            }
            assert_true(sv2_look(view_head(view(&part), n), &pc) != PIECE_NO);
            free(copy);
        }
    }
}

static void refuses_other_frames(void **state)
{
    static const char *const others[] = {"\x00\x00\x00\x3f\xfe\x53MB", "\x16\x03\x01\x02\x00\x01", "SSH-2.0-OpenSSH",
                                         "\x00\x00\x1a\x19\x00\x00",   "\x00\x00\x18\x04\x00\x00", "\x01\x00\x00\x20\x00\x00"};
    static const uint8_t lengths[] = {8, 6, 15, 6, 6, 6};
    struct sv2_said said;
    struct bytes o;
    struct piece pc;
    bool fits;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_equal(sv2_look(view_of(others[i], lengths[i]), &pc), PIECE_NO);
    o = setup();
    o.b[6] = 3; /* no such protocol */
    assert_false(read_sv2(&o, o.n, &said, &fits) || fits);
    assert_false(sv2_may_start(view(&o)));
    o = setup();
    o.b[7] = 3; /* no such version */
    assert_false(read_sv2(&o, o.n, &said, &fits) || fits);
    o = open_channel();
    o.b[6 + 4 + 13 + 3] = 0x7f; /* a hash rate of 10^38 */
    assert_false(read_sv2(&o, o.n, &said, &fits) || fits);
}

/* ---- conversations ---- */

struct turn {
    int dir;
    struct bytes what;
};

static struct binary_talk *talk(const struct turn *turns, size_t n, size_t step, size_t from)
{
    struct binary_talk *t = talk_new();

    for (size_t i = from; i < n; i++)
        talk_say(t, turns[i].dir, view(&turns[i].what), step);
    talk_end(t);
    return t;
}

static void follows_sv2_however_split(void **state)
{
    const struct turn turns[] = {{TALK_CALLER, setup()},   {TALK_SERVER, setup_ok()},    {TALK_CALLER, open_channel()},
                                 {TALK_SERVER, opened()},  {TALK_SERVER, job(true)},     {TALK_SERVER, prev_hash()},
                                 {TALK_CALLER, submit(1)}, {TALK_CALLER, submit(2)},     {TALK_SERVER, shares_ok(2)},
                                 {TALK_CALLER, submit(3)}, {TALK_SERVER, shares_error()}};

    (void)state;
    for (size_t step = 1; step < 200; step++) {
        struct binary_talk *t = talk(turns, ARRAY_LEN(turns), step, 0);

        assert_true(t->d.proven);
        assert_int_equal(t->d.protocol, PROTOCOL_STRATUM_V2);
        assert_int_equal(t->d.miner, TALK_CALLER);
        assert_int_equal(t->d.n_submitted, 3);
        assert_int_equal(t->d.n_accepted, 2);
        assert_int_equal(t->d.n_rejected, 1);
        assert_int_equal(t->d.n_jobs, 1);
        assert_true(t->d.difficulty > 1.09e12 && t->d.difficulty < 1.1e12);
        talk_free(t);
    }
}

static void joins_sv2_in_the_middle(void **state)
{
    const struct turn turns[] = {{TALK_CALLER, submit(1)}, {TALK_SERVER, shares_ok(1)}, {TALK_CALLER, submit(2)}};
    struct binary_talk *t = talk_new();

    (void)state;
    t->f.flags = 0;
    t->f.bytes[0] = t->f.bytes[1] = 5000;
    for (size_t i = 0; i < ARRAY_LEN(turns); i++)
        talk_say(t, turns[i].dir, view(&turns[i].what), BUFFER);
    assert_true(t->d.proven && t->d.n_submitted == 2 && t->d.n_accepted == 1);
    talk_free(t);
}

/* ---- Stratum V2 behind encryption ---- */

struct frame_shape {
    int dir;
    uint16_t n;
};

#define C TALK_CALLER
#define S TALK_SERVER

static struct binary_talk *shapes(const struct frame_shape *all, size_t n, size_t step, uint64_t seed)
{
    struct binary_talk *t = talk_new();

    for (size_t i = 0; i < n; i++) {
        struct bytes o = {.n = 0};

        put_random(&o, all[i].n, &seed);
        talk_say(t, all[i].dir, view(&o), step);
    }
    talk_end(t);
    return t;
}

static const struct frame_shape standard[] = {{C, 64}, {S, 234}, {C, 97}, {S, 44}, {C, 91}, {S, 91}, {S, 83}, {S, 86},
                                              {C, 62}, {S, 58},  {C, 62}, {C, 62}, {S, 58}, {S, 87}, {C, 62}, {S, 58}};
static const struct frame_shape batched[] = {{C, 64},  {S, 170}, {C, 97},  {S, 44}, {C, 200}, {S, 900},
                                             {C, 710}, {S, 58},  {C, 710}, {S, 58}, {C, 710}, {S, 58}};

static void counts_encrypted_sv2(void **state)
{
    (void)state;
    for (size_t step = 1; step < 240; step++) {
        struct binary_talk *t = shapes(standard, ARRAY_LEN(standard), step, 7);

        assert_true(t->d.proven && t->d.protocol == PROTOCOL_STRATUM_V2 && t->d.miner == C);
        assert_int_equal(t->kinds[EVIDENCE_FRAMES], 1);
        assert_int_equal(t->first.kind, EVIDENCE_FRAMES);
        assert_int_equal(t->d.n_submitted, 4);
        assert_int_equal(t->d.n_accepted, 3);
        assert_true(t->newest.claimed_hs == 0 && t->newest.work <= 0);
        talk_free(t);
        t = shapes(batched, ARRAY_LEN(batched), step, 9);
        assert_true(t->d.proven);
        assert_int_equal(t->d.n_submitted, 30);
        talk_free(t);
    }
}

static void never_proves(const struct frame_shape *all, size_t n)
{
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct binary_talk *t = shapes(all, n, BUFFER, seed);

        assert_false(t->d.proven);
        assert_int_equal(t->n, 0);
        talk_free(t);
    }
}

static void calls_no_other_exchange_mining(void **state)
{
    static const struct frame_shape few[] = {{C, 64},  {S, 234}, {C, 97}, {S, 44}, {C, 91},
                                             {S, 260}, {C, 62},  {S, 58}, {C, 62}, {S, 58}};
    static const struct frame_shape then_unlike[] = {{C, 64},  {S, 234},  {C, 97},  {S, 44}, {C, 91}, {S, 260},
                                                     {C, 120}, {S, 1400}, {C, 333}, {S, 58}, {C, 47}, {S, 58},
                                                     {C, 801}, {S, 58},   {C, 99},  {S, 58}};
    static const struct frame_shape no_answers[] = {{C, 64}, {S, 234}, {C, 97}, {S, 44}, {C, 91}, {S, 260}, {C, 62},
                                                    {S, 75}, {C, 62},  {S, 75}, {C, 62}, {S, 75}, {C, 62},  {S, 75}};
    static const struct frame_shape other_act2[] = {{C, 64}, {S, 233}, {C, 97}, {S, 44}, {C, 91}, {S, 260}, {C, 62},
                                                    {S, 58}, {C, 62},  {S, 58}, {C, 62}, {S, 58}, {C, 62},  {S, 58}};
    static const struct frame_shape other_setup[] = {{C, 64}, {S, 234}, {C, 97}, {S, 45}, {C, 91}, {S, 260}, {C, 62},
                                                     {S, 58}, {C, 62},  {S, 58}, {C, 62}, {S, 58}, {C, 62},  {S, 58}};
    /* Bitcoin's second transport: keys of 64 bytes, garbage, then version, verack, pings. */
    static const struct frame_shape bip324[] = {{C, 64}, {S, 64}, {C, 20 + 154}, {S, 20 + 154}, {C, 34}, {S, 34},
                                                {C, 42}, {S, 42}, {C, 42},       {S, 42},       {C, 42}, {S, 42}};
    static const struct frame_shape one_side[] = {{C, 64}, {C, 97}, {C, 91}, {C, 62}, {C, 62}, {C, 62}, {C, 62}, {C, 62}};
    static const struct frame_shape middle[] = {{C, 62}, {S, 58}, {C, 62}, {S, 58}, {C, 62}, {S, 58}, {C, 62}, {S, 58}};

    (void)state;
    never_proves(few, ARRAY_LEN(few));
    never_proves(then_unlike, ARRAY_LEN(then_unlike));
    never_proves(no_answers, ARRAY_LEN(no_answers));
    never_proves(other_act2, ARRAY_LEN(other_act2));
    never_proves(other_setup, ARRAY_LEN(other_setup));
    never_proves(bip324, ARRAY_LEN(bip324));
    never_proves(one_side, ARRAY_LEN(one_side));
    never_proves(middle, ARRAY_LEN(middle));
}

/* The same lengths, but in text. */
static void calls_no_text_mining(void **state)
{
    struct binary_talk *t = talk_new();
    struct bytes o = {.n = 0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(standard); i++) {
        o.n = standard[i].n;
        memset(o.b, 'a', o.n);
        o.b[0] = 0xc3; /* not the first byte of text */
        talk_say(t, standard[i].dir, view(&o), BUFFER);
    }
    talk_end(t);
    assert_false(t->d.proven);
    talk_free(t);
}

/* ---- p2pool ---- */

static struct bytes challenge(uint64_t seed)
{
    struct bytes o = {.n = 0};

    put_n(&o, 0, 1);
    put_random(&o, 16, &seed);
    return o;
}

static struct bytes solution(uint64_t high, bool more)
{
    struct bytes o = {.n = 0};
    uint64_t seed = 5;

    put_n(&o, 1, 1);
    put_random(&o, 24, &seed);
    put_n(&o, high, 8);
    put_random(&o, 8, &seed);
    if (more) {
        put_n(&o, 2, 1);
        put_n(&o, 37889, 4);
        put_n(&o, 3, 1);
        put_random(&o, 32, &seed);
    }
    return o;
}

static struct bytes block(void)
{
    struct bytes o = {.n = 0};
    uint64_t seed = 6;

    put_n(&o, 4, 1);
    put_n(&o, 700, 4);
    put_random(&o, 700, &seed);
    put_n(&o, 6, 1);
    return o;
}

#define WORK_DONE (UINT64_MAX / 20000)
#define NO_WORK (UINT64_MAX / 2)

static void follows_p2pool_however_split(void **state)
{
    const struct turn turns[] = {
        {S, challenge(1)}, {C, challenge(2)}, {S, solution(NO_WORK, true)}, {C, solution(WORK_DONE, true)},
        {S, block()},      {C, block()}};

    (void)state;
    for (size_t step = 1; step < 120; step++) {
        struct binary_talk *t = talk(turns, ARRAY_LEN(turns), step, 0);

        assert_true(t->d.proven && t->d.protocol == PROTOCOL_P2POOL && t->d.stage == STAGE_MINING);
        assert_int_equal(t->d.miner, TALK_CALLER);
        assert_int_equal(t->kinds[EVIDENCE_SIDECHAIN], 1);
        assert_int_equal(t->d.n_messages, 12);
        talk_free(t);
    }
}

/* Peers that want no work of each other, told by what follows the handshake. */
static void follows_p2pool_without_work(void **state)
{
    const struct turn turns[] = {
        {C, challenge(1)}, {S, challenge(2)}, {C, solution(NO_WORK, true)}, {S, solution(NO_WORK, false)}, {S, block()}};

    (void)state;
    for (size_t step = 1; step < 120; step++) {
        struct binary_talk *t = talk(turns, ARRAY_LEN(turns), step, 0);

        assert_true(t->d.proven && t->d.protocol == PROTOCOL_P2POOL && t->d.stage == STAGE_MINING);
        assert_int_equal(t->d.miner, TALK_CALLER);
        talk_free(t);
    }
}

static void not_proven(const struct turn *turns, size_t n)
{
    for (size_t step = 1; step < 100; step++) {
        struct binary_talk *t = talk(turns, n, step, 0);

        assert_false(t->d.proven);
        assert_int_equal(t->n, 0);
        talk_free(t);
    }
}

static void calls_nothing_less_p2pool(void **state)
{
    struct bytes zeros = {.n = 17}, both = {.n = 58};
    const struct turn only_challenges[] = {{C, challenge(1)}, {S, challenge(2)}};
    const struct turn no_work[] = {
        {C, challenge(1)}, {S, challenge(2)}, {C, solution(NO_WORK, false)}, {S, solution(NO_WORK, false)}};
    const struct turn one_side[] = {{C, challenge(1)}, {C, solution(WORK_DONE, true)}};
    const struct turn middle[] = {{C, solution(WORK_DONE, true)}, {S, solution(NO_WORK, true)}, {S, block()}};

    (void)state;
    both.b[17] = 1;
    {
        const struct turn nothing[] = {{C, zeros}, {S, zeros}, {C, zeros}};
        const struct turn more[] = {{C, both}, {S, both}};

        not_proven(nothing, ARRAY_LEN(nothing));
        not_proven(more, ARRAY_LEN(more));
    }
    not_proven(only_challenges, ARRAY_LEN(only_challenges));
    not_proven(no_work, ARRAY_LEN(no_work));
    not_proven(one_side, ARRAY_LEN(one_side));
    not_proven(middle, ARRAY_LEN(middle));
}

/* ---- nodes ---- */

static struct bytes bitcoin(const char *magic, const char *command, const struct bytes *payload)
{
    struct bytes o = {.n = 0};
    char padded[12] = {0};

    memcpy(padded, command, strlen(command));
    put(&o, magic, 4);
    put(&o, padded, sizeof(padded));
    put_n(&o, payload->n, 4);
    put_n(&o, 0x11223344, 4);
    put(&o, payload->b, payload->n);
    return o;
}

static struct bytes version(const char *magic, const char *agent)
{
    struct bytes p = {.n = 0};

    put_n(&p, 70016, 4);
    p.n = 80;
    put_text(&p, agent);
    put_n(&p, 800000, 4);
    return bitcoin(magic, "version", &p);
}

static void names_nodes_however_split(void **state)
{
    static const struct {
        const char *magic, *coin;
    } rows[] = {{"\xf9\xbe\xb4\xd9", "BTC"}, {"\x0b\x11\x09\x07", "BTC"}, {"\xc0\xc0\xc0\xc0", "DOGE"}, {"RAVN", "RVN"}};
    const struct bytes none = {.n = 0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct turn turns[] = {{C, version(rows[i].magic, "/Satoshi:27.0.0/")},
                                     {S, version(rows[i].magic, "/Other:1/")},
                                     {C, bitcoin(rows[i].magic, "verack", &none)}};

        for (size_t step = 1; step < 130; step++) {
            struct binary_talk *t = talk(turns, ARRAY_LEN(turns), step, 0);

            assert_false(t->d.proven);
            assert_int_equal(t->n, 1);
            assert_int_equal(t->newest.kind, EVIDENCE_NODE);
            assert_int_equal(t->newest.miner.port, 40000);
            assert_true(view_is(evidence_text(&t->newest, TEXT_COIN), rows[i].coin));
            assert_true(view_is(evidence_text(&t->newest, TEXT_AGENT), "/Satoshi:27.0.0/"));
            talk_free(t);
        }
    }
}

static struct bytes levin(uint32_t command, const struct bytes *body)
{
    static const uint8_t signature[8] = {1, 0x21, 1, 1, 1, 1, 1, 1};
    struct bytes o = {.n = 0};

    put(&o, signature, sizeof(signature));
    put_n(&o, body->n, 8);
    put_n(&o, 1, 1);
    put_n(&o, command, 4);
    put_n(&o, 0, 4);
    put_n(&o, 1, 4);
    put_n(&o, 1, 4);
    put(&o, body->b, body->n);
    return o;
}

static void names_monero(void **state)
{
    static const char storage[] = "\x01\x11\x01\x01\x01\x01\x02\x01\x01\x08\x09node_data\x0c\x04\x0anetwork_id\x0a\x40"
                                  "\x12\x30\xf1\x71\x61\x04\x41\x61\x17\x31\x00\x82\x16\xa1\xa1\x10";
    struct bytes body = {.n = 0}, other;

    (void)state;
    put(&body, storage, sizeof(storage) - 1);
    other = body;
    other.b[other.n - 3] ^= 1;
    for (size_t step = 1; step < 120; step++) {
        const struct turn xmr[] = {{C, levin(1001, &body)}}, kin[] = {{C, levin(1001, &other)}};
        struct binary_talk *t = talk(xmr, 1, step, 0);

        assert_int_equal(t->n, 1);
        assert_true(view_is(evidence_text(&t->newest, TEXT_COIN), "XMR"));
        talk_free(t);
        t = talk(kin, 1, step, 0);
        assert_int_equal(t->n, 1);
        assert_null(evidence_text(&t->newest, TEXT_COIN).p);
        talk_free(t);
    }
}

static void calls_nothing_else_a_node(void **state)
{
    const struct bytes none = {.n = 0};
    struct bytes bad = version("\xf9\xbe\xb4\xd9", "/a/"), tls = {.n = 0}, ssh = {.n = 0};

    (void)state;
    bad.b[19] = 0xff; /* of 4 GB */
    put(&tls, "\x16\x03\x01\x00\x05hello", 10);
    put(&ssh, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    {
        const struct turn turns[][1] = {{{C, bad}},
                                        {{C, tls}},
                                        {{C, ssh}},
                                        {{C, bitcoin("\xf9\xbe\xb4\xd9", "gossip", &none)}},
                                        {{C, bitcoin("\xf9\xbe\xb4\xda", "version", &none)}},
                                        {{C, levin(77, &none)}}};

        for (size_t i = 0; i < ARRAY_LEN(turns); i++)
            not_proven(turns[i], 1);
    }
}

/* A datagram made by hand: hash, signature, kind, a list. */
static void checks_the_hash_of_discovery(void **state)
{
    struct bytes o = {.n = KECCAK_BYTES};
    uint64_t seed = 4;

    (void)state;
    put_random(&o, 64, &seed);
    put_n(&o, 1, 1);
    put_n(&o, 1, 1);
    put_n(&o, 0xc104, 2);
    o.b[DISCV4_MIN] = 0xc1;
    keccak_256(view_skip(view(&o), KECCAK_BYTES), o.b);
    assert_true(node_is_discv4(view(&o)));
    for (size_t i = 0; i < o.n; i++) {
        o.b[i] ^= 1;
        assert_false(node_is_discv4(view(&o)) && i != DISCV4_SIGN);
        o.b[i] ^= 1;
        assert_false(node_is_discv4(view_head(view(&o), i)));
    }
}

static bool electrum(const char *line, struct node_said *said)
{
    struct jsonrpc m;

    return jsonrpc_read(view_str(line), CARRIED_LINE, NULL, &m) && node_read_electrum(&m, said);
}

static void knows_electrum(void **state)
{
    struct node_said said;

    (void)state;
    assert_true(electrum("{\"method\":\"server.version\",\"id\":0,\"params\":[\"electrum/4.5\",\"1.4\"]}", &said));
    assert_true(view_is(said.agent, "electrum/4.5"));
    assert_true(electrum("{\"method\":\"server.version\",\"id\":0,\"params\":[\"electrum/4.5\",[\"1.4\",\"1.4.2\"]]}", &said));
    assert_true(electrum("{\"method\":\"blockchain.headers.subscribe\",\"id\":1,\"params\":[]}", &said));
    assert_false(electrum("{\"method\":\"server.version\",\"id\":0,\"params\":[]}", &said));
    assert_false(electrum("{\"method\":\"server.version\",\"id\":0,\"params\":{\"a\":1}}", &said));
    assert_false(electrum("{\"method\":\"blockchain.other\",\"id\":0}", &said));
    assert_false(electrum("{\"method\":\"server.versio", &said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_says),
        cmocka_unit_test(bears_cuts),
        cmocka_unit_test(refuses_other_frames),
        cmocka_unit_test(follows_sv2_however_split),
        cmocka_unit_test(joins_sv2_in_the_middle),
        cmocka_unit_test(counts_encrypted_sv2),
        cmocka_unit_test(calls_no_other_exchange_mining),
        cmocka_unit_test(calls_no_text_mining),
        cmocka_unit_test(follows_p2pool_however_split),
        cmocka_unit_test(follows_p2pool_without_work),
        cmocka_unit_test(calls_nothing_less_p2pool),
        cmocka_unit_test(names_nodes_however_split),
        cmocka_unit_test(names_monero),
        cmocka_unit_test(calls_nothing_else_a_node),
        cmocka_unit_test(checks_the_hash_of_discovery),
        cmocka_unit_test(knows_electrum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
