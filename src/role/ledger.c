/*
 * ledger.c - writes the journal, and the snapshots it starts from. ledger_replay.c reads them.
 */
#include "config.h"

#include "role/ledger_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define RETRY_NS (10 * NS_PER_SEC) /* between attempts to write a snapshot after one failed */

struct ledger *ledger_new(const int fd[2], struct finding_table *t, uint64_t max_bytes)
{
    struct ledger *l = calloc(1, sizeof(*l));

    if (l) {
        l->fd[0] = fd[0];
        l->fd[1] = fd[1];
        l->table = t;
        l->max_bytes = max_bytes;
        l->lame = true; /* until ledger_restore */
    }
    return l;
}

void ledger_free(struct ledger *l)
{
    if (l)
        allow_free(l->allow);
    free(l);
}

/* All of it by one call, or nothing is there. A short write means that the next one would fail. */
static bool write_at(struct ledger *l, int fd, struct view v, uint64_t at)
{
    ssize_t n;

    do
        n = pwrite(fd, v.p, v.n, (off_t)at);
    while (n < 0 && errno == EINTR);
    if (n >= 0 && (size_t)n == v.n)
        return true;
    l->health.error = n < 0 ? errno : ENOSPC;
    l->health.n_failed++;
    if (ftruncate(fd, (off_t)at) != 0) /* what is left of it is no whole record: reading stops there */
        l->health.n_failed++;
    return false;
}

/* --- records -------------------------------------------------------------------------------- */

void ledger_put(struct out *o, uint64_t v, size_t n)
{
    uint8_t b[8];

    for (size_t i = n; i > 0; i--, v >>= 8)
        b[i - 1] = (uint8_t)v;
    out_bytes(o, view_of(b, n));
}

uint64_t ledger_sum(uint64_t generation, uint64_t at, struct view v)
{
    struct hash_key key;
    uint64_t all[3] = {generation, at, 0};

    hash_key_fixed(&key, LEDGER_MAGIC);
    all[2] = hash_64(&key, v);
    return hash_64(&key, view_of(all, sizeof(all)));
}

/* Starts a record: its head is filled in by append. */
static struct out begin(struct ledger *l, enum ledger_type type)
{
    struct out o = out_of(l->record, sizeof(l->record));

    ledger_put(&o, 0, 8);
    ledger_put(&o, 0, 4);
    ledger_put(&o, type, 1);
    return o;
}

/* Writes the record at *at, which moves on. */
static bool append_to(struct ledger *l, int fd, uint64_t generation, uint64_t *at, struct out *o)
{
    struct out head = out_of(l->record, LEDGER_HEAD); /* its NUL falls on the type, which is put back */
    uint8_t type = (uint8_t)l->record[LEDGER_HEAD - 1];
    size_t n = o->n;

    ledger_put(&head, ledger_sum(generation, *at, view_of(l->record + LEDGER_HEAD - 1, n - (LEDGER_HEAD - 1))), 8);
    ledger_put(&head, n, 4);
    l->record[LEDGER_HEAD - 1] = (char)type;
    if (!write_at(l, fd, view_of(l->record, n), *at))
        return false;
    *at += n;
    return true;
}

static uint64_t room(const struct ledger *l)
{
    return l->max_bytes > 2 * l->n_snapshot ? l->max_bytes : 2 * l->n_snapshot;
}

/* After a write that failed the file has a gap: nothing is added to it any more. */
static void append(struct ledger *l, struct out *o)
{
    if (!l->lame && l->size > 2 * room(l)) /* no snapshot could be written for long */
        l->lame = true;
    if (!l->lame && !append_to(l, l->fd[l->now], l->generation, &l->size, o))
        l->lame = true;
    l->health.n_unlogged += l->lame;
}

/* --- snapshots ------------------------------------------------------------------------------ */

struct saving {
    struct ledger *ledger;
    int fd;
    uint64_t at;
};

static bool on_piece(void *arg, struct view piece)
{
    struct saving *s = arg;

    if (!write_at(s->ledger, s->fd, piece, s->at))
        return false;
    s->at += piece.n;
    return true;
}

/* What is known of the workers follows the snapshot as records, the one silent longest first. */
static bool write_workers(struct ledger *l, struct saving *s)
{
    for (uint32_t i = 0; i < l->n_workers; i++) {
        struct out o = begin(l, LEDGER_SEEN);

        ledger_put(&o, l->workers[i].number, 4);
        ledger_put(&o, l->workers[i].seq, 8);
        if (!append_to(l, s->fd, l->generation + 1, &s->at, &o))
            return false;
    }
    return true;
}

static bool write_head(struct ledger *l, int fd, uint64_t n_snapshot)
{
    char bytes[LEDGER_START + 1];
    struct out o = out_of(bytes, sizeof(bytes));

    ledger_put(&o, LEDGER_MAGIC, 8);
    ledger_put(&o, l->generation + 1, 8);
    ledger_put(&o, n_snapshot, 8);
    ledger_put(&o, ledger_sum(l->generation + 1, 0, out_view(&o)), 8);
    return write_at(l, fd, out_view(&o), 0);
}

/*
 * The file becomes valid by its head, which is written last, when all else is on the disk. Until then it has
 * none, and the other file counts.
 */
static bool write_snapshot(struct ledger *l)
{
    struct saving s = {l, l->fd[!l->now], LEDGER_START};
    uint64_t n_snapshot;

    if (ftruncate(s.fd, 0) != 0 || !finding_save(l->table, on_piece, &s))
        return false;
    n_snapshot = s.at - LEDGER_START;
    if (!write_workers(l, &s) || fdatasync(s.fd) != 0 || !write_head(l, s.fd, n_snapshot))
        return false;
    l->now = !l->now;
    l->generation++;
    l->size = s.at;
    l->n_snapshot = n_snapshot;
    return true;
}

bool ledger_snapshot(struct ledger *l)
{
    int fd = l->fd[!l->now];

    errno = 0;
    if (write_snapshot(l)) {
        l->lame = false;
        l->health.n_snapshots++;
        return true;
    }
    l->health.error = errno ? errno : l->health.error;
    l->health.n_failed++;
    l->retry_ns = l->now_ns + RETRY_NS;
    if (ftruncate(fd, 0) != 0) /* the disk may be full of it */
        l->health.n_failed++;
    return false;
}

static void snapshot_if_due(struct ledger *l)
{
    if ((l->lame || l->size > room(l)) && (l->retry_ns == 0 || l->now_ns >= l->retry_ns))
        l->retry_ns = ledger_snapshot(l) ? 0 : l->retry_ns;
}

/* --- inputs --------------------------------------------------------------------------------- */

/* Notes the record's number. False when it, or a later one, was noted before. */
bool ledger_note(struct ledger *l, uint32_t worker, uint64_t seq)
{
    struct ledger_worker w = {worker, seq};
    uint32_t i = 0;

    while (i < l->n_workers && l->workers[i].number != worker)
        i++;
    if (i < l->n_workers && seq <= l->workers[i].seq)
        return false;
    if (i == LEDGER_WORKERS)
        i = 0; /* silent longest */
    else if (i == l->n_workers)
        l->n_workers++;
    memmove(&l->workers[i], &l->workers[i + 1], (l->n_workers - 1 - i) * sizeof(w));
    l->workers[l->n_workers - 1] = w;
    return true;
}

static void put_row(struct out *o, const struct finding_row *row)
{
    ledger_put(o, row->kind, 1);
    ledger_put(o, row->confidence, 1);
    ledger_put(o, row->line, 4);
    ledger_put(o, row->name_len, 1);
    ledger_put(o, row->coins_len, 1);
    ledger_put(o, row->list_len, 1);
    out_bytes(o, view_of(row->name, row->name_len));
    out_bytes(o, view_of(row->coins, row->coins_len));
    out_bytes(o, view_of(row->list, row->list_len));
}

bool ledger_take(struct ledger *l, const struct evidence *e)
{
    struct finding_row row;
    uint64_t scope;
    struct out o;

    if (!evidence_check(e) || !finding_row_for(l->table, e, &row)) {
        finding_add(l->table, e); /* counts it */
        return true;
    }
    if (!ledger_note(l, e->worker, e->seq)) {
        l->health.n_repeated++;
        return false;
    }
    scope = finding_scope_for(l->table, e);
    o = begin(l, LEDGER_EVIDENCE);
    ledger_put(&o, scope, LEDGER_SCOPE);
    put_row(&o, &row);
    out_bytes(&o, view_of(e, offsetof(struct evidence, text) + e->text_len));
    append(l, &o);
    finding_add_row(l->table, e, &row, scope);
    snapshot_if_due(l);
    return true;
}

void ledger_tick(struct ledger *l, ns_t now_ns)
{
    struct out o = begin(l, LEDGER_TICK);

    l->now_ns = now_ns;
    if (l->retry_ns > now_ns + RETRY_NS) /* the clock was set back */
        l->retry_ns = now_ns;
    ledger_put(&o, (uint64_t)now_ns, 8);
    append(l, &o);
    finding_tick(l->table, now_ns);
    snapshot_if_due(l);
}

void ledger_lost(struct ledger *l, uint64_t n_dropped, uint64_t n_restarts)
{
    struct out o = begin(l, LEDGER_LOST);

    ledger_put(&o, n_dropped, 8);
    ledger_put(&o, n_restarts, 8);
    append(l, &o);
    finding_lost(l->table, n_dropped, n_restarts);
}

/* Not in the journal: records have their rows with them. */
void ledger_feed(struct ledger *l, const struct feed *feed)
{
    finding_feed(l->table, feed);
}

/* With its rows, as the configuration may be another one when this is done again. */
bool ledger_allow(struct ledger *l, const struct allow *list, ns_t now_ns)
{
    struct allow *copy = list ? allow_copy(list) : NULL;
    struct out o;

    if (list && !copy)
        return false;
    if (allow_eq(copy, finding_allowed(l->table))) {
        allow_free(copy);
        return true;
    }
    for (uint32_t i = 1; i <= allow_n_rows(copy); i++) {
        const struct allow_row *row = allow_row_at(copy, i);

        o = begin(l, LEDGER_ALLOW_ROW);
        ledger_put(&o, i, 4);
        ledger_put(&o, row->line, 4);
        ledger_put(&o, row->n_list, 1);
        out_bytes(&o, view_of(row->list, row->n_list));
        allow_row_print(row, &o);
        append(l, &o);
    }
    o = begin(l, LEDGER_ALLOW);
    ledger_put(&o, (uint64_t)now_ns, 8);
    ledger_put(&o, allow_n_rows(copy), 4);
    append(l, &o);
    finding_allow(l->table, copy, now_ns);
    snapshot_if_due(l);
    return true;
}

bool ledger_touch(struct ledger *l, const char *id)
{
    struct view v = view_str(id);
    struct out o;
    bool ok;

    if (v.n != LEDGER_ID)
        return false;
    o = begin(l, LEDGER_TOUCH);
    out_bytes(&o, v);
    append(l, &o);
    ok = finding_touch(l->table, id);
    snapshot_if_due(l);
    return ok;
}

void ledger_suppressed(struct ledger *l, struct finding_suppressed *since)
{
    struct out o = begin(l, LEDGER_SUPPRESSED);

    append(l, &o);
    finding_take_suppressed(l->table, since);
}

void ledger_boot(struct ledger *l)
{
    struct out o = begin(l, LEDGER_BOOT);

    append(l, &o);
    l->n_workers = 0;
    finding_boot(l->table);
}

bool ledger_sync(struct ledger *l)
{
    if (fdatasync(l->fd[l->now]) == 0)
        return true;
    l->health.error = errno;
    l->health.n_failed++;
    return false;
}

void ledger_health(const struct ledger *l, struct ledger_health *health)
{
    *health = l->health;
    health->ok = !l->lame;
    health->n_bytes = l->size;
    health->generation = l->generation;
}
