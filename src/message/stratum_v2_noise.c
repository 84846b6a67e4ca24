/*
 * stratum_v2_noise.c - the automaton over turns. Lengths: see stratum_v2_noise.h.
 */
#include "config.h"

#include "message/stratum_v2_noise.h"

enum step { STEP_ACT2, STEP_SETUP, STEP_SETUP_OK, STEP_OPEN, STEP_OPENED, STEP_WORK };

#define SETUP_MIN 55             /* 38 + 16 and at least one byte of five texts */
#define SETUP_MAX (54 + 5 * 255) /* bytes */
#define SETUP_OK 44
#define OPEN_MIN 79    /* a standard channel with no name */
#define OPENED_MIN 81  /* the answer: 83 and up for a standard channel, 81 and up for an extended one */
#define TURN_MAX 16384 /* a longer turn counts as this */
#define SHARE_MIN 62   /* SubmitSharesStandard; 63 to 95 for SubmitSharesExtended */
#define SHARE_MAX 95
#define TURN_SHARES_MAX 64 /* shares in a row without an answer: pools that answer in batches do so every 10 or so */
#define UPDATE_CHANNEL 78
#define SERVER_MIN 43 /* the shortest message of a server that has opened a channel */
#define ANSWER 58
#define TURN_ANSWERS_MAX 16
#define TURNS_PROOF 3 /* with shares: one turn of 800 bytes alone is a multiple of some length more often than not */
#define ODD_MAX 8
#define BYTES_PROOF 512 /* at least so many: the share of set bits is within a fifth of a half with 9 in 10^5 exceptions */

void sv2_noise_init(struct sv2_noise *s)
{
    *s = (struct sv2_noise){.step = STEP_ACT2, .by_client = true};
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b) { /* logarithmic: Euclid */
        uint32_t r = a % b;

        a = b;
        b = r;
    }
    return a;
}

/* The length of a share that divides n, or 0. */
static uint32_t share_in(uint32_t n)
{
    for (uint32_t len = SHARE_MIN; n && len <= SHARE_MAX; len++)
        if (n % len == 0)
            return len;
    return 0;
}

static void note_odd(struct sv2_noise *s)
{
    if (s->proven)
        return;
    s->dead |= ++s->n_odd > ODD_MAX;
    s->divisor = s->n_shared = s->n_shares = s->n_turns = s->n_answers = 0;
}

static bool looks_random(const struct sv2_noise *s)
{
    return s->n_bytes >= BYTES_PROOF && s->n_set > s->n_bytes / 5 * 2 && s->n_set < s->n_bytes / 5 * 3;
}

static void end_client_turn(struct sv2_noise *s)
{
    uint32_t n = s->n_turn, divisor = gcd(s->divisor, n), share = share_in(divisor);

    if (n == UPDATE_CHANNEL && share != n && s->divisor)
        return; /* the miner reports another hash rate */
    if (!share || n / share > TURN_SHARES_MAX) {
        bool alone = share_in(n) && n / share_in(n) <= TURN_SHARES_MAX;

        note_odd(s);
        if (s->proven || !alone)
            return;
        divisor = n;
        share = share_in(n);
    }
    s->divisor = divisor;
    s->n_shared += n;
    s->n_turns++;
    s->n_shares = s->n_shared / share;
}

/* Answers in a server's turn: some of them alone, or one with new work. */
static uint32_t answers_in(uint32_t n)
{
    /* SetTarget, future job, SetNewPrevHash, job; and those that go together. */
    static const uint8_t with[] = {74, 83, 86, 87, 74 + 83, 74 + 87, 83 + 86, 86 + 87};

    if (n % ANSWER == 0)
        return n / ANSWER <= TURN_ANSWERS_MAX ? n / ANSWER : 0;
    for (size_t i = 0; i < sizeof(with); i++)
        if (n == ANSWER + (uint32_t)with[i])
            return 1;
    return 0;
}

static void end_server_turn(struct sv2_noise *s)
{
    uint32_t n = answers_in(s->n_turn);

    if (s->n_turn < SERVER_MIN)
        note_odd(s);
    else if (s->n_shares)
        s->n_answers += n;
    if (s->n_turns >= TURNS_PROOF && s->n_answers > 0 && looks_random(s) && !s->dead)
        s->proven = true;
}

static void expect(struct sv2_noise *s, bool fits)
{
    s->dead |= !fits;
    s->step++;
}

/* Judges the turn that is over. */
static void end_turn(struct sv2_noise *s)
{
    uint32_t n = s->n_turn;

    switch (s->step) {
    case STEP_ACT2: expect(s, n == SV2_ACT2 || n == SV2_ACT2_LEGACY); break;
    case STEP_SETUP: expect(s, n >= SETUP_MIN && n <= SETUP_MAX); break;
    case STEP_SETUP_OK: expect(s, n == SETUP_OK); break;
    case STEP_OPEN: expect(s, n >= OPEN_MIN && n < TURN_MAX); break;
    case STEP_OPENED: expect(s, n >= OPENED_MIN && n < TURN_MAX); break;
    default:
        if (s->by_client)
            end_client_turn(s);
        else
            end_server_turn(s);
        break;
    }
}

static void next_turn(struct sv2_noise *s, bool by_client)
{
    if (s->n_turn)
        end_turn(s);
    s->by_client = by_client;
    s->n_turn = 0;
}

void sv2_noise_take(struct sv2_noise *s, bool from_client, struct view data, uint32_t n)
{
    if (s->dead || n == 0)
        return;
    if (from_client != s->by_client)
        next_turn(s, from_client);
    if (s->step == STEP_ACT2 && from_client) /* more than 64 bytes before the answer */
        s->dead = true;
    s->n_turn = n <= TURN_MAX - s->n_turn ? s->n_turn + n : TURN_MAX;
    if (s->step == STEP_ACT2 && s->n_turn > SV2_ACT2)
        s->dead = true;
    for (size_t i = 0; !s->proven && i < data.n && s->n_bytes < UINT16_MAX; i++, s->n_bytes++)
        s->n_set += data.p[i] >> 7;
}

void sv2_noise_end(struct sv2_noise *s)
{
    if (!s->dead)
        next_turn(s, !s->by_client);
}
