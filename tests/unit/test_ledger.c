/*
 * test_ledger.c - a table and its journal: the same inputs make the same table, whatever happened to the files.
 *
 * Tables are compared as what finding_save gives, and by their events.
 */
#include "config.h"

#include "base/hash.h"
#include "finding/allow.h"
#include "role/ledger.h"

#include "../evidence_of.h"
#include "../small_feed.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define START EVIDENCE_OF_START
#define INPUTS 72
#define SAVED_MAX (1 << 20)
#define HEAD 32 /* bytes of a file's head */

struct saved {
    uint8_t *p;
    size_t n;
};

/* One life of the report process. */
struct life {
    struct finding_table *table;
    struct ledger *ledger;
    struct ledger_restored restored;
    char events[65536]; /* "id state revision", one a line */
    size_t n_events;
    uint32_t n_asked; /* whose a miner is */
};

static struct conf conf;
static int fd[2];
static char first_id[20]; /* that was said: the same in each life */

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct life *life = arg;
    int n = snprintf(&life->events[life->n_events], sizeof(life->events) - life->n_events, "%s %s %u %llu\n", f->id,
                     finding_state_name(state), f->revision, (unsigned long long)f->count);

    assert_true(n > 0 && life->n_events + (size_t)n < sizeof(life->events));
    life->n_events += (size_t)n;
    if (!first_id[0])
        memcpy(first_id, f->id, sizeof(first_id));
}

/* The owners change, and at times nobody knows them. */
static uint64_t scope_of(void *arg, const struct evidence *e)
{
    struct life *life = arg;

    life->n_asked++;
    return e->seq / 24 % 3;
}

static void begin(struct life *life)
{
    struct hash_key key;

    memset(life, 0, sizeof(*life));
    assert_true(hash_seed(&key)); /* of each life another */
    life->table = finding_table_new(&conf, &key, small_feed(), on_finding, life);
    assert_non_null(life->table);
    finding_live(life->table);
    finding_scopes(life->table, scope_of, life);
    life->ledger = ledger_new(fd, life->table, conf.state.max_bytes);
    assert_non_null(life->ledger);
}

static void restore(struct life *life)
{
    begin(life);
    assert_true(ledger_restore(life->ledger, &life->restored));
    assert_int_equal(life->n_asked, 0); /* the answers of then are in the files */
}

static void end(struct life *life)
{
    ledger_free(life->ledger);
    finding_table_free(life->table);
}

static bool on_piece(void *arg, struct view piece)
{
    struct saved *s = arg;

    assert_true(s->n + piece.n <= SAVED_MAX);
    memcpy(s->p + s->n, piece.p, piece.n);
    s->n += piece.n;
    return true;
}

static struct saved save(const struct finding_table *t)
{
    struct saved s = {malloc(SAVED_MAX), 0};

    assert_non_null(s.p);
    assert_true(finding_save(t, on_piece, &s));
    return s;
}

static void assert_table(const struct finding_table *t, const struct saved *expected)
{
    struct saved s = save(t);

    assert_int_equal(s.n, expected->n);
    assert_memory_equal(s.p, expected->p, s.n);
    free(s.p);
}

/* The i-th input of a run: records of several miners, lookups, ticks, losses. */
static void input(struct ledger *l, uint32_t i)
{
    ns_t now = START + i * 400 * INT64_C(1000000);
    struct finding_suppressed since;
    struct evidence e;

    switch (i % 8) {
    case 2: ledger_tick(l, now); return;
    case 3: /* a machine that tries pools, as many as make a scan */
        e = evidence_of(77, EVIDENCE_LOGIN, now);
        e.pool = endpoint_of(0xcb000000 + i, 3333);
        break;
    case 4:
        if (i % 16 == 4)
            ledger_lost(l, i, i / 16);
        else
            ledger_touch(l, first_id);
        return;
    case 5: e = lookup_of(i % 3, small_feed_row(i % 2 ? 1 : 5), i % 3 ? "a.pool.example" : "b.pool.example", now); break;
    case 6: e = fake_of(100 + i, now); break;
    case 7:
        if (i % 16 == 7) {
            ledger_suppressed(l, &since);
            return;
        }
        e = evidence_of(i % 5, EVIDENCE_FACTS, START);
        e.flags = EVIDENCE_FLOW_END;
        break;
    default:
        e = evidence_of(i % 5, i % 3 ? EVIDENCE_LOGIN : EVIDENCE_ACCEPTED, START);
        e.stage = i % 3 ? STAGE_HANDSHAKE : STAGE_PAID;
        e.n_messages = i;
        evidence_add_text(&e, TEXT_LOGIN, view_str(i % 2 ? "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" : "other"), false);
        if (i % 3 == 2) { /* of a service inside, which serves the wallet's miners */
            e.pool = endpoint_of(0x0a000005, 3333);
            e.stage = STAGE_MINING;
            e.n_jobs = 1;
        }
    }
    e.worker = i % 2;
    e.seq = i + 1;
    assert_true(ledger_take(l, &e));
}

static int setup(void **state)
{
    (void)state;
    conf_defaults(&conf);
    conf.limits.max_findings = 16;
    conf.limits.max_dialogues = 8;
    conf.output.burst = 3;
    conf.output.max_rate = 2;
    fd[0] = memfd_create("a", 0);
    fd[1] = memfd_create("b", 0);
    assert_true(fd[0] >= 0 && fd[1] >= 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close(fd[0]);
    close(fd[1]);
    return 0;
}

static struct saved read_file(int from)
{
    struct saved s = {malloc(SAVED_MAX), 0};
    ssize_t n;

    assert_non_null(s.p);
    n = pread(from, s.p, SAVED_MAX, 0);
    assert_true(n >= 0);
    s.n = (size_t)n;
    return s;
}

static void write_file(int to, const struct saved *s, size_t n)
{
    assert_int_equal(ftruncate(to, 0), 0);
    assert_int_equal(pwrite(to, s->p, n, 0), (ssize_t)n);
}

/* --- */

/* Ended and restored after every input: the tables are one, and so are the events but for those of the last input, said twice. */
static void test_restore_after_each_input(void **state)
{
    struct life whole, part;
    uint32_t repeated = 0;

    (void)state;
    for (uint32_t n = 0; n <= INPUTS; n++) {
        struct saved expected;
        size_t before;

        assert_int_equal(ftruncate(fd[0], 0) | ftruncate(fd[1], 0), 0);
        restore(&whole);
        for (uint32_t i = 0; i < n; i++)
            input(whole.ledger, i);
        before = whole.n_events;
        expected = save(whole.table);
        restore(&part);
        assert_true(part.restored.found && !part.restored.older);
        assert_int_equal(part.restored.n_inputs, n);
        assert_int_equal(part.restored.n_torn, 0);
        assert_table(part.table, &expected);
        assert_true(part.n_events <= before);
        assert_memory_equal(part.events, &whole.events[before - part.n_events], part.n_events);
        repeated += part.n_events > 0;
        for (uint32_t i = n; i < INPUTS; i++) /* both go on alike */
            input(part.ledger, i);
        end(&whole);
        end(&part);
        free(expected.p);
    }
    assert_true(repeated > 5);
}

static void test_lives_in_a_row(void **state)
{
    struct life whole, part;
    struct saved expected;
    char all[65536];
    size_t n = 0;

    (void)state;
    restore(&whole);
    for (uint32_t i = 0; i < INPUTS; i++)
        input(whole.ledger, i);
    expected = save(whole.table);
    assert_int_equal(ftruncate(fd[0], 0) | ftruncate(fd[1], 0), 0);
    for (uint32_t i = 0; i < INPUTS; i++) {
        size_t again;

        restore(&part);
        again = part.n_events;
        input(part.ledger, i);
        memcpy(&all[n], &part.events[again], part.n_events - again); /* without what is said again */
        n += part.n_events - again;
        if (i % 7 == 6)
            assert_true(ledger_snapshot(part.ledger));
        end(&part);
    }
    restore(&part);
    /* The key of texts that were counted is that of the first life. */
    assert_int_equal(n, whole.n_events);
    assert_memory_equal(all, whole.events, n);
    end(&part);
    end(&whole);
    free(expected.p);
}

/* States of the table after each input, and the ends of the records. */
struct course {
    struct saved file, table[INPUTS + 1];
    uint64_t ends[INPUTS + 1];
};

static void record_course(struct course *c)
{
    struct ledger_health health;
    struct life life;

    restore(&life);
    for (uint32_t i = 0; i <= INPUTS; i++) {
        c->table[i] = save(life.table);
        ledger_health(life.ledger, &health);
        c->ends[i] = health.n_bytes;
        if (i < INPUTS)
            input(life.ledger, i);
    }
    assert_int_equal(health.n_snapshots, 1);
    c->file = read_file(fd[1]);
    assert_int_equal(c->file.n, c->ends[INPUTS]);
    end(&life);
}

static void free_course(struct course *c)
{
    for (uint32_t i = 0; i <= INPUTS; i++)
        free(c->table[i].p);
    free(c->file.p);
}

static void check_prefix(const struct course *c, uint32_t n_inputs, uint64_t n_torn)
{
    struct life life;
    struct ledger_health health;

    restore(&life);
    assert_true(life.restored.found);
    assert_int_equal(life.restored.n_inputs, n_inputs);
    assert_int_equal(life.restored.n_torn, n_torn);
    assert_table(life.table, &c->table[n_inputs]);
    ledger_health(life.ledger, &health);
    assert_int_equal(health.n_bytes, c->ends[n_inputs]); /* the tail is cut off */
    end(&life);
}

static void test_torn_at_every_length(void **state)
{
    static struct course c;
    uint32_t k = 0;

    (void)state;
    record_course(&c);
    for (uint64_t n = c.ends[0]; n <= c.file.n; n++) {
        while (k < INPUTS && c.ends[k + 1] <= n)
            k++;
        write_file(fd[1], &c.file, n);
        check_prefix(&c, k, n - c.ends[k]);
    }
    assert_int_equal(k, INPUTS);
    free_course(&c);
}

static void test_a_flipped_byte_anywhere(void **state)
{
    static struct course c;
    uint32_t k = 0;

    (void)state;
    record_course(&c);
    for (uint64_t at = c.ends[0]; at < c.file.n; at++) {
        while (c.ends[k + 1] <= at)
            k++;
        c.file.p[at] ^= (uint8_t)(1u << at % 8);
        write_file(fd[1], &c.file, c.file.n);
        check_prefix(&c, k, c.file.n - c.ends[k]);
        c.file.p[at] ^= (uint8_t)(1u << at % 8);
    }
    free_course(&c);
}

/* In the head or the snapshot: then there is nothing, or what the other file has. */
static void test_a_damaged_snapshot(void **state)
{
    static struct course c;
    struct ledger_health health;
    struct finding_holds holds;
    struct life life;

    (void)state;
    record_course(&c);
    for (uint64_t at = 0; at < c.ends[0]; at += at < HEAD ? 1 : 13) {
        c.file.p[at] ^= 0x10;
        assert_int_equal(ftruncate(fd[0], 0), 0);
        write_file(fd[1], &c.file, c.file.n);
        restore(&life);
        assert_false(life.restored.found);
        finding_holds(life.table, &holds);
        assert_int_equal(holds.n_findings, 0);
        input(life.ledger, 0); /* and it goes on */
        end(&life);
        restore(&life);
        assert_true(life.restored.found);
        assert_int_equal(life.restored.n_inputs, 1);
        ledger_health(life.ledger, &health);
        assert_true(health.ok);
        end(&life);
        c.file.p[at] ^= 0x10;
    }
    free_course(&c);
}

static void test_the_older_file(void **state)
{
    struct life life;
    struct saved before, file;

    (void)state;
    restore(&life);
    for (uint32_t i = 0; i < 20; i++)
        input(life.ledger, i);
    before = save(life.table);
    assert_true(ledger_snapshot(life.ledger)); /* into fd[0] */
    for (uint32_t i = 20; i < 30; i++)
        input(life.ledger, i);
    end(&life);
    file = read_file(fd[0]);
    file.p[HEAD + 50] ^= 1;
    write_file(fd[0], &file, file.n);
    restore(&life);
    assert_true(life.restored.found && life.restored.older);
    assert_int_equal(life.restored.generation, 1);
    assert_table(life.table, &before);
    end(&life);
    restore(&life); /* the damaged file was written anew */
    assert_true(life.restored.found && !life.restored.older);
    assert_int_equal(life.restored.generation, 3);
    assert_table(life.table, &before);
    end(&life);
    free(before.p);
    free(file.p);
}

/* Killed while the other file is being written: it has no head. */
static void test_half_a_snapshot(void **state)
{
    struct life life;
    struct saved table, file, other;

    (void)state;
    restore(&life);
    for (uint32_t i = 0; i < 30; i++)
        input(life.ledger, i);
    table = save(life.table);
    file = read_file(fd[1]);
    assert_true(ledger_snapshot(life.ledger));
    end(&life);
    other = read_file(fd[0]);
    for (size_t n = 0; n < other.n; n += 97) {
        memset(other.p, 0, n < HEAD ? n : HEAD);
        write_file(fd[0], &other, n);
        write_file(fd[1], &file, file.n);
        restore(&life);
        assert_int_equal(life.restored.generation, 1);
        assert_table(life.table, &table);
        end(&life);
    }
    free(table.p);
    free(file.p);
    free(other.p);
}

static void test_compaction(void **state)
{
    struct ledger_health health;
    struct life life;
    struct saved table;

    (void)state;
    conf.state.max_bytes = 20000;
    restore(&life);
    for (uint32_t i = 0; i < 2000; i++) {
        input(life.ledger, i);
        ledger_health(life.ledger, &health);
        assert_true(health.n_bytes < 65536);
    }
    assert_true(health.n_snapshots > 5);
    assert_int_equal(health.generation, health.n_snapshots);
    table = save(life.table);
    end(&life);
    restore(&life);
    assert_int_equal(life.restored.generation, health.generation);
    assert_table(life.table, &table);
    for (uint32_t i = 1990; i < 2000; i++) /* the workers' numbers were kept, too */
        if (i % 8 == 1) {
            struct evidence e = evidence_of(1, EVIDENCE_LOGIN, START);

            e.worker = i % 2;
            e.seq = i + 1;
            assert_false(ledger_take(life.ledger, &e));
        }
    assert_table(life.table, &table);
    end(&life);
    free(table.p);
}

static void test_repeated_records(void **state)
{
    struct evidence e = evidence_of(1, EVIDENCE_LOGIN, START);
    struct ledger_health health;
    struct saved table;
    struct life life;

    (void)state;
    restore(&life);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        e.seq = seq;
        assert_true(ledger_take(life.ledger, &e));
    }
    table = save(life.table);
    for (int lives = 0; lives < 2; lives++) {
        for (uint64_t seq = 1; seq <= 3; seq++) {
            e.seq = seq;
            assert_false(ledger_take(life.ledger, &e));
        }
        ledger_health(life.ledger, &health);
        assert_int_equal(health.n_repeated, 3);
        assert_table(life.table, &table);
        end(&life);
        restore(&life);
    }
    e.worker = 2; /* another worker's */
    e.seq = 1;
    assert_true(ledger_take(life.ledger, &e));
    ledger_boot(life.ledger); /* numbers begin anew */
    e.worker = 0;
    assert_true(ledger_take(life.ledger, &e));
    end(&life);
    restore(&life);
    assert_false(ledger_take(life.ledger, &e));
    e.worker = 2;
    assert_true(ledger_take(life.ledger, &e));
    end(&life);
    free(table.p);
}

/* More workers than are remembered: the newest are. */
static void test_many_workers(void **state)
{
    struct evidence e = evidence_of(1, EVIDENCE_LOGIN, START);
    struct life life;

    (void)state;
    restore(&life);
    e.seq = 5;
    for (e.worker = 0; e.worker < 3 * LEDGER_WORKERS; e.worker++)
        assert_true(ledger_take(life.ledger, &e));
    assert_true(ledger_snapshot(life.ledger));
    end(&life);
    restore(&life);
    for (e.worker = 2 * LEDGER_WORKERS; e.worker < 3 * LEDGER_WORKERS; e.worker++)
        assert_false(ledger_take(life.ledger, &e));
    e.worker = 0;
    assert_true(ledger_take(life.ledger, &e));
    end(&life);
}

static void test_malformed_is_not_written(void **state)
{
    struct evidence e = lookup_of(1, 99, "a.pool.example", START);
    struct ledger_health before, after;
    struct life life;

    (void)state;
    restore(&life);
    ledger_health(life.ledger, &before);
    assert_true(ledger_take(life.ledger, &e)); /* of no row */
    e.version++;
    assert_true(ledger_take(life.ledger, &e));
    ledger_health(life.ledger, &after);
    assert_int_equal(before.n_bytes, after.n_bytes);
    assert_int_equal(finding_stats(life.table)->malformed, 2);
    end(&life);
}

/* Said once, and then it is in the file; what is no id at all is not. */
static void test_touch(void **state)
{
    struct evidence e = evidence_of(1, EVIDENCE_LOGIN, START);
    struct ledger_health health;
    struct saved table;
    struct life life;
    char id[20];
    uint64_t n;

    (void)state;
    restore(&life);
    e.seq = 48; /* its scope is 2 */
    assert_true(ledger_take(life.ledger, &e));
    assert_int_equal(life.n_asked, 1);
    memcpy(id, life.events, sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    assert_true(ledger_touch(life.ledger, id));
    assert_non_null(strstr(life.events, " update 2 "));
    ledger_health(life.ledger, &health);
    n = health.n_bytes;
    assert_false(ledger_touch(life.ledger, "cm-0123456789abcdef"));
    ledger_health(life.ledger, &health);
    assert_true(health.n_bytes > n); /* nobody looks before it is written */
    n = health.n_bytes;
    assert_false(ledger_touch(life.ledger, ""));
    assert_false(ledger_touch(life.ledger, "cm-0123456789abcdef0"));
    ledger_health(life.ledger, &health);
    assert_int_equal(health.n_bytes, n);
    table = save(life.table);
    end(&life);
    restore(&life);
    assert_int_equal(life.restored.n_inputs, 3);
    assert_int_equal(life.restored.n_torn, 0);
    assert_table(life.table, &table);
    end(&life);
    free(table.p);
}

/* A row outlives the feed it came from. */
static void test_lookups_without_a_feed(void **state)
{
    struct evidence e = lookup_of(1, small_feed_row(1), "a.pool.example", START);
    struct saved table;
    struct life life;

    (void)state;
    restore(&life);
    assert_true(ledger_take(life.ledger, &e));
    ledger_feed(life.ledger, NULL);
    e.seq = 1;
    assert_true(ledger_take(life.ledger, &e));
    assert_int_equal(finding_stats(life.table)->malformed, 1);
    table = save(life.table);
    end(&life);
    begin(&life);
    finding_feed(life.table, NULL);
    assert_true(ledger_restore(life.ledger, &life.restored));
    assert_table(life.table, &table);
    end(&life);
    free(table.p);
}

static void limit_files(rlim_t n)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = n;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_disk_full(void **state)
{
    struct ledger_health health;
    struct life life, other;
    struct saved table, on_disk;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    restore(&life);
    for (uint32_t i = 0; i < 20; i++)
        input(life.ledger, i);
    on_disk = save(life.table);
    ledger_health(life.ledger, &health);
    limit_files(health.n_bytes + 10); /* the next record fits in part, and no snapshot does */
    for (uint32_t i = 20; i < 60; i++)
        input(life.ledger, i);
    ledger_health(life.ledger, &health);
    limit_files(RLIM_INFINITY);
    assert_false(health.ok);
    assert_true(health.error == EFBIG || health.error == ENOSPC); /* a short write is taken for the latter */
    assert_true(health.n_failed >= 2 && health.n_unlogged == 40);
    restore(&other); /* what is there is whole */
    assert_int_equal(other.restored.n_torn, 0);
    assert_table(other.table, &on_disk);
    end(&other);
    for (uint32_t i = 0; i < 20; i++) /* there is room again: within 10 s all is there */
        ledger_tick(life.ledger, START + 60 * NS_PER_SEC + i * NS_PER_SEC);
    ledger_health(life.ledger, &health);
    assert_true(health.ok);
    table = save(life.table);
    end(&life);
    restore(&other);
    assert_table(other.table, &table);
    end(&other);
    free(table.p);
    free(on_disk.p);
}

/* Files that cannot be written at all. */
static void test_no_files(void **state)
{
    struct ledger_health health;
    struct life life;

    (void)state;
    close(fd[0]);
    close(fd[1]);
    begin(&life);
    assert_false(ledger_restore(life.ledger, &life.restored));
    assert_false(life.restored.found);
    for (uint32_t i = 0; i < INPUTS; i++)
        input(life.ledger, i);
    ledger_health(life.ledger, &health);
    assert_false(health.ok);
    assert_false(ledger_sync(life.ledger));
    assert_true(health.n_unlogged >= INPUTS - 2);
    assert_true(life.n_events > 0); /* findings are said all the same */
    end(&life);
    fd[0] = memfd_create("a", 0);
    fd[1] = memfd_create("b", 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- site lists ------------------------------------------------------------------------------- */

static struct allow *site_list(const char *rows)
{
    struct allow *a = allow_new();
    char text[1024];

    snprintf(text, sizeof(text), "client,wallet,reason,expires\n%s", rows);
    assert_true(allow_read(a, "site.csv", view_str(text), NULL, NULL));
    return a;
}

/* The i-th input with site lists that change now and then; most of the time one that is in force already is given again. */
static void input_with_lists(struct ledger *l, uint32_t i)
{
    static const char *const lists[] = {"0.0.0.3,,\"x, y\",\n0.0.0.4,,z,2100-01-01\n", "", "0.0.0.0/0,other,x,\n",
                                        "0.0.0.0/24,,all,\n"};
    struct allow *list = site_list(lists[i / 5 % ARRAY_LEN(lists)]);

    input(l, i);
    assert_true(ledger_allow(l, list, START + i * NS_PER_SEC));
    allow_free(list);
}

/* Whatever list the configuration has when it is done again: what was decided then is decided again. */
static void test_site_lists(void **state)
{
    struct ledger_health health;
    struct life whole, part;
    bool is_silent = false;

    (void)state;
    for (uint32_t n = 1; n <= INPUTS; n++) {
        struct saved expected;

        assert_int_equal(ftruncate(fd[0], 0) | ftruncate(fd[1], 0), 0);
        restore(&whole);
        for (uint32_t i = 0; i < n; i++)
            input_with_lists(whole.ledger, i);
        expected = save(whole.table);
        restore(&part);
        assert_table(part.table, &expected);
        assert_true(allow_eq(finding_allowed(part.table), finding_allowed(whole.table)));
        free(expected.p);
        ledger_health(part.ledger, &health);
        assert_int_equal(health.n_unlogged, 0);
        is_silent |= finding_stats(part.table)->allowed > 0 && finding_stats(part.table)->allowed_closed > 0;
        end(&whole);
        end(&part);
    }
    assert_true(is_silent);
}

/* The process died while it wrote the rows: the list before stays, until all of them are written once more. */
static void test_half_a_site_list(void **state)
{
    struct allow *list = site_list("0.0.0.3,,x,\n0.0.0.4,,y,\n0.0.0.5,,z,\n"), *before = site_list("0.0.0.9,,b,\n");
    struct ledger_health health;
    struct saved file;
    struct life life;
    uint64_t from, to;

    (void)state;
    restore(&life);
    assert_true(ledger_allow(life.ledger, before, START));
    ledger_health(life.ledger, &health);
    from = health.n_bytes;
    assert_true(ledger_allow(life.ledger, list, START));
    ledger_health(life.ledger, &health);
    to = health.n_bytes;
    file = read_file(fd[1]);
    end(&life);
    for (uint64_t n = from; n < to; n++) {
        write_file(fd[1], &file, n);
        restore(&life);
        assert_true(allow_eq(finding_allowed(life.table), before));
        assert_true(ledger_allow(life.ledger, list, START));
        end(&life);
        restore(&life);
        assert_true(allow_eq(finding_allowed(life.table), list));
        end(&life);
    }
    free(file.p);
    allow_free(list);
    allow_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_restore_after_each_input),
        CASE(test_lives_in_a_row),
        CASE(test_torn_at_every_length),
        CASE(test_a_flipped_byte_anywhere),
        CASE(test_a_damaged_snapshot),
        CASE(test_the_older_file),
        CASE(test_half_a_snapshot),
        CASE(test_compaction),
        CASE(test_repeated_records),
        CASE(test_many_workers),
        CASE(test_malformed_is_not_written),
        CASE(test_touch),
        CASE(test_lookups_without_a_feed),
        CASE(test_disk_full),
        CASE(test_no_files),
        CASE(test_site_lists),
        CASE(test_half_a_site_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
