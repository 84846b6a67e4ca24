/*
 * fuzz_ledger.c - the input as the records of a journal, with sums that fit.
 *
 * Each record is a byte of type, two bytes of length, and its content, into which with bit 7 of the type a good record of
 * evidence is put first, that the content then changes (two bytes offset, one byte to flip). Invariants: what is
 * restored is used without fault; restored once more it is the same table; a byte that is added makes a torn tail.
 */
#include "config.h"

#include "role/ledger_file.h"

#include "../evidence_of.h"
#include "../small_feed.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAVED_MAX (1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    (void)arg;
    check(state < FINDING_STATE_N && f->severity >= 1 && f->severity <= 10);
}

static struct finding_table *new_table(void)
{
    struct conf conf;
    struct hash_key key;
    struct finding_table *t;

    conf_defaults(&conf);
    conf.limits.max_findings = 4;
    conf.limits.max_dialogues = 4;
    conf.output.burst = 2;
    hash_key_fixed(&key, 1);
    t = finding_table_new(&conf, &key, small_feed(), on_finding, NULL);
    check(t != NULL);
    finding_live(t);
    return t;
}

/* Writes one record at *at, as append does. */
static void put_record(int fd, uint64_t *at, uint8_t type, struct view content)
{
    static char mem[LEDGER_RECORD_MAX + 1];
    struct out o = out_of(mem, sizeof(mem));
    uint8_t typed[LEDGER_RECORD_MAX];
    size_t n = min_size(content.n, LEDGER_RECORD_MAX - LEDGER_HEAD);

    typed[0] = type;
    if (n)
        memcpy(&typed[1], content.p, n);
    ledger_put(&o, ledger_sum(1, *at, view_of(typed, n + 1)), 8);
    ledger_put(&o, LEDGER_HEAD + n, 4);
    out_bytes(&o, view_of(typed, n + 1));
    check(pwrite(fd, o.p, o.n, (off_t)*at) == (ssize_t)o.n);
    *at += o.n;
}

static void put_changed(int fd, uint64_t *at, uint8_t type, struct view changes)
{
    struct evidence e = type % 2 ? lookup_of(type % 5, small_feed_row(1), "a.pool.example", EVIDENCE_OF_START)
                                 : evidence_of(type % 5, EVIDENCE_LOGIN, EVIDENCE_OF_START);
    struct buf b = buf_of(changes);
    uint8_t bytes[LEDGER_RECORD_MAX];
    struct out o = out_of((char *)bytes, sizeof(bytes));
    size_t n;

    e.seq = *at;
    ledger_put(&o, type % 3, LEDGER_SCOPE);
    ledger_put(&o, type % 2 ? FEED_POOL : 0, 1);
    ledger_put(&o, 50, 1);
    ledger_put(&o, 1, 4);
    ledger_put(&o, 12, 1);
    ledger_put(&o, 0, 2);
    out_str(&o, "pool.example");
    out_bytes(&o, view_of(&e, offsetof(struct evidence, text) + e.text_len));
    n = o.n;
    while (buf_left(&b) >= 3) {
        size_t place = buf_be16(&b) % n;

        bytes[place] ^= buf_u8(&b);
    }
    put_record(fd, at, LEDGER_EVIDENCE, view_of(bytes, n));
}

static uint64_t restore(const int fd[2], struct bytes *saved)
{
    struct finding_table *t = new_table();
    struct ledger *l = ledger_new(fd, t, 1 << 20);
    struct ledger_restored restored;

    check(l && ledger_restore(l, &restored) && restored.found && !restored.older);
    saved->n = 0;
    check(finding_save(t, on_piece, saved));
    ledger_tick(l, INT64_MAX / 4);
    finding_close_all(t);
    ledger_free(l);
    finding_table_free(t);
    return restored.n_torn;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bytes first, second;
    const int fd[2] = {memfd_create("a", 0), memfd_create("b", 0)};
    struct buf in = buf_of(view_of(data, size));
    struct finding_table *t = new_table();
    struct ledger *l = ledger_new(fd, t, 1 << 20);
    struct ledger_restored restored;
    struct ledger_health health;
    uint64_t at, end;

    check(l && fd[0] >= 0 && fd[1] >= 0 && ledger_restore(l, &restored) && !restored.found);
    ledger_health(l, &health);
    at = end = health.n_bytes;
    while (buf_left(&in) >= 3) {
        uint8_t type = buf_u8(&in);
        struct view content = view_head(buf_rest(&in), buf_be16(&in) % LEDGER_RECORD_MAX);

        content = buf_take(&in, min_size(content.n, buf_left(&in)));
        if (type & 0x80)
            put_changed(fd[1], &at, type & 0x7f, content);
        else
            put_record(fd[1], &at, type, content);
    }
    check(restore(fd, &first) <= at - end);
    check(pwrite(fd[1], "x", 1, lseek(fd[1], 0, SEEK_END)) == 1);
    ledger_free(l);
    finding_table_free(t);
    restore(fd, &second); /* one more tick is in it */
    close(fd[0]);
    close(fd[1]);
    return 0;
}
