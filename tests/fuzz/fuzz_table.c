/*
 * fuzz_table.c - the input as a saved table of findings.
 *
 * The first byte says how: bit 0, the checksum is made to fit, so that what lies behind it is reached; bit 1, the
 * input is changes (two bytes offset, one byte to flip) to a table that was saved. Invariants: what was loaded is saved,
 * loaded and saved again as the same bytes, is used without fault, and prints as JSON; what was not leaves an empty table.
 */
#include "config.h"

#include "base/out.h"
#include "finding/codec.h"
#include "output/json.h"

#include "../evidence_of.h"
#include "../json_check.h"
#include "../small_feed.h"

#include <stdlib.h>

#define SAVED_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* By default 256 MiB of freed memory are kept back, so that nearly every allocation is a page fault: three times slower. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

struct bytes {
    uint8_t p[SAVED_MAX];
    size_t n;
};

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool on_piece(void *arg, struct view piece)
{
    struct bytes *b = arg;

    check(b->n + piece.n <= SAVED_MAX);
    memcpy(b->p + b->n, piece.p, piece.n);
    b->n += piece.n;
    return true;
}

static char said[20]; /* id of the newest event */

/* Records say it here by what is of no other use to those that are no lookups. */
static uint64_t on_scope(void *arg, const struct evidence *e)
{
    (void)arg;
    return e->digest % 3;
}

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    static char line[OUTPUT_TEXT_MAX];
    struct output_context ctx = {.n_files = 0};
    struct out o = out_of(line, sizeof(line));

    (void)arg;
    check(f->severity >= 1 && f->severity <= 10 && f->confidence <= 100);
    memcpy(said, f->id, sizeof(said));
    if (state != FINDING_CLOSED) /* the last event has all that the others had */
        return;
    json_finding(&o, state, f, NULL, &ctx);
    check(!o.full && json_is_line(o.p, o.n));
}

static struct finding_table *new_table(uint64_t key_number)
{
    struct conf conf;
    struct hash_key key;
    struct finding_table *t;

    conf_defaults(&conf);
    conf.limits.max_findings = 14;
    conf.limits.max_dialogues = 12;
    conf.output.burst = 2;
    conf.output.max_rate = 1;
    hash_key_fixed(&key, key_number);
    t = finding_table_new(&conf, &key, small_feed(), on_finding, NULL);
    check(t != NULL);
    finding_live(t);
    finding_scopes(t, on_scope, NULL);
    return t;
}

/* Connections to and from the machine: a scan of pools, a service inside and a wallet of many. */
static void use_fleet(struct finding_table *t)
{
    static const char wallet[] =
        "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD";

    for (uint32_t i = 0; i < 12; i++) {
        struct evidence e = evidence_of(7, EVIDENCE_LOGIN, EVIDENCE_OF_START);

        e.pool = endpoint_of(0xcb000000 + i, 3333);
        finding_add(t, &e);
        e = evidence_of(0x0a000010 + i, EVIDENCE_JOB, EVIDENCE_OF_START);
        e.direction = DIRECTION_TO_MINER;
        e.pool = endpoint_of(0x0a000005, 3333);
        e.stage = STAGE_MINING;
        e.n_jobs = 1;
        e.digest = i;
        evidence_add_text(&e, TEXT_LOGIN, view_str(wallet), false);
        finding_add(t, &e);
    }
}

/* Some records of all sorts, then time. */
static void use(struct finding_table *t)
{
    static const char *const logins[] = {"one", "two.rig", "three"};

    for (uint32_t i = 0; i < 24; i++) {
        struct evidence e = evidence_of(i % 4, i % 3 ? EVIDENCE_LOGIN : EVIDENCE_FACTS, EVIDENCE_OF_START);

        if (i % 5 == 0)
            e = fake_of(100 + i, EVIDENCE_OF_START);
        else if (i % 4 == 0)
            e = lookup_of(i, small_feed_row(1 + i % 6), "a.pool.example", EVIDENCE_OF_START + i);
        else
            evidence_add_text(&e, TEXT_LOGIN, view_str(logins[i % 3]), false);
        e.digest = i % 7;
        finding_add(t, &e);
        finding_tick(t, EVIDENCE_OF_START + i * NS_PER_SEC / 4);
        finding_lost(t, i, i / 8);
        if (i % 4 == 3)
            finding_touch(t, said);
    }
    use_fleet(t);
}

/* The sum over the blocks of what lies before it, as codec_save_end makes it. */
static void repair_sum(struct bytes *b)
{
    static struct bytes to;
    struct codec c;

    to.n = 0;
    check(codec_save(&c, on_piece, &to));
    codec_bytes(&c, b->p, b->n - 8);
    check(codec_save_end(&c) && to.n == b->n);
    memcpy(b->p, to.p, to.n);
}

static void change(struct bytes *b, struct view changes)
{
    struct buf in = buf_of(changes);

    while (buf_left(&in) >= 3) {
        size_t at = buf_be16(&in) % b->n;

        b->p[at] ^= buf_u8(&in);
    }
}

/* What was saved makes a table that saves as the same bytes. */
static void check_again(const struct bytes *saved)
{
    struct finding_table *t = new_table(3);
    static struct bytes again;

    again.n = 0;
    check(finding_load(t, view_of(saved->p, saved->n)) && finding_save(t, on_piece, &again));
    check(again.n == saved->n && memcmp(again.p, saved->p, saved->n) == 0);
    finding_table_free(t);
}

static void load(const struct bytes *b)
{
    struct finding_table *t = new_table(2);
    struct finding_holds holds;
    static struct bytes again;
    uint8_t *exact = malloc(b->n + 1); /* a sanitizer sees a read behind it */

    check(exact != NULL);
    memcpy(exact, b->p, b->n);
    if (finding_load(t, view_of(exact, b->n))) {
        again.n = 0;
        check(finding_save(t, on_piece, &again));
        check_again(&again);
        use(t);
        finding_tick(t, INT64_MAX / 4);
        finding_close_all(t);
    } else {
        finding_holds(t, &holds);
        check(holds.n_findings == 0 && holds.n_flows == 0 && holds.n_waiting == 0);
    }
    finding_table_free(t);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bytes b, good;

    if (size == 0 || size > SAVED_MAX / 2)
        return 0;
    if (good.n == 0) {
        struct finding_table *t = new_table(1);

        use(t);
        check(finding_save(t, on_piece, &good));
        finding_table_free(t);
    }
    b.n = size - 1;
    memcpy(b.p, data + 1, b.n);
    if (data[0] & 2) {
        b.n = good.n;
        memcpy(b.p, good.p, good.n);
        change(&b, view_of(data + 1, size - 1));
    }
    if (data[0] & 1 && b.n >= 8)
        repair_sum(&b);
    load(&b);
    return 0;
}
