/*
 * ledger_replay.c - the table from its files.
 */
#include "config.h"

#include "role/ledger_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW 65536 /* bytes that are read at once */

struct file {
    int fd;
    uint64_t size;
    uint64_t generation; /* 0 = not valid */
    uint64_t n_snapshot;
};

/* A walk over the records of a file. */
struct reader {
    const struct file *file;
    uint64_t at; /* of the next record */
    uint64_t window_at;
    size_t n_window;
    uint8_t window[WINDOW];
};

static uint64_t get(struct buf *b, size_t n)
{
    uint64_t v = 0;

    for (; n > 0; n--)
        v = v << 8 | buf_u8(b);
    return v;
}

/* Reads up to n bytes; fewer at the end of the file. */
static size_t read_at(int fd, void *p, size_t n, uint64_t at)
{
    uint8_t *to = p;
    size_t done = 0;

    while (done < n) {
        ssize_t got = pread(fd, &to[done], n - done, (off_t)(at + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

static void look_at(struct file *f, int fd)
{
    uint8_t head[LEDGER_START];
    struct buf b = buf_of(view_of(head, sizeof(head)));
    uint64_t generation;
    struct stat st;

    *f = (struct file){.fd = fd};
    if (fstat(fd, &st) != 0 || st.st_size < LEDGER_START || read_at(fd, head, sizeof(head), 0) != sizeof(head))
        return;
    f->size = (uint64_t)st.st_size;
    if (get(&b, 8) != LEDGER_MAGIC)
        return;
    generation = get(&b, 8);
    f->n_snapshot = get(&b, 8);
    if (get(&b, 8) != ledger_sum(generation, 0, view_of(head, LEDGER_START - 8)) || f->n_snapshot > f->size - LEDGER_START)
        return;
    f->generation = generation;
}

static bool load_snapshot(struct ledger *l, const struct file *f)
{
    uint8_t *bytes;
    bool ok;

    if (f->generation == 0 || f->n_snapshot > SIZE_MAX)
        return false;
    bytes = malloc((size_t)f->n_snapshot + 1);
    ok = bytes && read_at(f->fd, bytes, (size_t)f->n_snapshot, LEDGER_START) == f->n_snapshot &&
         finding_load(l->table, view_of(bytes, (size_t)f->n_snapshot));
    free(bytes);
    return ok;
}

/* The next record's type and content; an empty view when there is no whole one. It lasts until the next call. */
static struct view next_record(struct reader *r)
{
    struct view v, none = {NULL, 0};
    struct buf b;
    uint64_t sum, n;

    if (r->at < r->window_at || r->at + LEDGER_RECORD_MAX > r->window_at + r->n_window) {
        r->window_at = r->at;
        r->n_window = read_at(r->file->fd, r->window, sizeof(r->window), r->at);
    }
    v = view_skip(view_of(r->window, r->n_window), (size_t)(r->at - r->window_at));
    b = buf_of(v);
    sum = get(&b, 8);
    n = get(&b, 4);
    if (!buf_ok(&b) || n < LEDGER_HEAD || n > LEDGER_RECORD_MAX || n > v.n)
        return none;
    v = view_skip(view_head(v, (size_t)n), LEDGER_HEAD - 1);
    if (sum != ledger_sum(r->file->generation, r->at, v))
        return none;
    r->at += n;
    return v;
}

static bool get_text(struct buf *b, char *to, uint8_t n)
{
    struct view v = buf_take(b, n);

    if (v.n != n)
        return false;
    if (n)
        memcpy(to, v.p, n);
    return true;
}

static bool get_row(struct buf *b, struct finding_row *row)
{
    *row = (struct finding_row){.kind = (enum feed_kind)buf_u8(b), .confidence = buf_u8(b), .line = buf_be32(b)};
    row->name_len = buf_u8(b);
    row->coins_len = buf_u8(b);
    row->list_len = buf_u8(b);
    return row->kind < FEED_KIND_N && row->confidence <= 100 && get_text(b, row->name, row->name_len) &&
           get_text(b, row->coins, row->coins_len) && get_text(b, row->list, row->list_len);
}

static bool take_evidence(struct ledger *l, struct buf *b)
{
    struct finding_row row;
    uint64_t scope = get(b, LEDGER_SCOPE);
    struct evidence e;
    struct view v;

    memset(&e, 0, sizeof(e));
    if (!get_row(b, &row))
        return false;
    v = buf_rest(b);
    if (v.n < offsetof(struct evidence, text) || v.n > sizeof(e))
        return false;
    memcpy(&e, v.p, v.n);
    if (v.n != offsetof(struct evidence, text) + e.text_len || !evidence_check(&e) || !ledger_note(l, e.worker, e.seq))
        return false;
    finding_add_row(l->table, &e, &row, scope);
    return true;
}

/* The first row begins another list: the one before may not have been written to its end. */
static bool take_allow_row(struct ledger *l, struct buf *b)
{
    uint32_t number = buf_be32(b), line = buf_be32(b);
    struct view list = buf_take(b, buf_u8(b));

    if (number == 1) {
        allow_free(l->allow);
        l->allow = allow_new();
    }
    return buf_ok(b) && l->allow && number == allow_n_rows(l->allow) + 1 &&
           allow_add_printed(l->allow, list, line, buf_rest(b));
}

static bool take_allow(struct ledger *l, struct buf *b)
{
    ns_t now = (ns_t)get(b, 8);
    uint32_t n = buf_be32(b);
    struct allow *list = l->allow;

    l->allow = NULL;
    if (n == 0) {
        allow_free(list);
        list = NULL;
    }
    if (!buf_ok(b) || now > NS_TIME_MAX || now < -NS_TIME_MAX || n != allow_n_rows(list)) {
        allow_free(list);
        return false;
    }
    finding_allow(l->table, list, now);
    return true;
}

static bool take_touch(struct ledger *l, struct buf *b)
{
    struct view v = buf_rest(b);
    char id[LEDGER_ID + 1] = "";

    if (v.n != LEDGER_ID)
        return false;
    memcpy(id, v.p, LEDGER_ID);
    finding_touch(l->table, id);
    return true;
}

/* Does an input again. False when it is none: its sum is right, but no version of ours wrote it. */
static bool apply(struct ledger *l, struct view record)
{
    struct buf b = buf_of(record);
    uint64_t first, second;
    struct finding_suppressed since;

    switch (buf_u8(&b)) {
    case LEDGER_EVIDENCE: return take_evidence(l, &b);
    case LEDGER_TICK:
        first = get(&b, 8);
        if (!buf_ok(&b) || (ns_t)first > NS_TIME_MAX || (ns_t)first < -NS_TIME_MAX)
            return false;
        l->now_ns = (ns_t)first;
        finding_tick(l->table, l->now_ns);
        return true;
    case LEDGER_LOST:
        first = get(&b, 8);
        second = get(&b, 8);
        if (buf_ok(&b))
            finding_lost(l->table, first, second);
        return buf_ok(&b);
    case LEDGER_BOOT:
        l->n_workers = 0;
        finding_boot(l->table);
        return true;
    case LEDGER_SUPPRESSED: finding_take_suppressed(l->table, &since); return true;
    case LEDGER_ALLOW_ROW: return take_allow_row(l, &b);
    case LEDGER_ALLOW: return take_allow(l, &b);
    case LEDGER_TOUCH: return take_touch(l, &b);
    case LEDGER_SEEN:
        first = get(&b, 4);
        second = get(&b, 8);
        return buf_ok(&b) && ledger_note(l, (uint32_t)first, second);
    default: return false;
    }
}

/*
 * Does all inputs of the file again, in silence but for the last one, so each waits until the next is there. Gives the
 * end of the last one.
 */
static uint64_t replay(struct ledger *l, const struct file *f, uint64_t *n_inputs)
{
    struct reader *r = calloc(1, sizeof(*r));
    uint64_t end = LEDGER_START + f->n_snapshot;
    uint8_t held[LEDGER_RECORD_MAX];
    size_t n_held = 0;
    bool last = !r;

    if (r)
        *r = (struct reader){.file = f, .at = end};
    while (!last) {
        struct view v = next_record(r);

        last = v.n == 0;
        finding_quiet(l->table, !last);
        if (n_held && !apply(l, view_of(held, n_held)))
            break;
        if (n_held) {
            end += n_held + LEDGER_HEAD - 1;
            ++*n_inputs;
        }
        n_held = v.n;
        if (v.n)
            memcpy(held, v.p, v.n);
    }
    finding_quiet(l->table, false);
    free(r);
    return end;
}

/* Goes on in the file, behind its last whole record. */
static bool resume(struct ledger *l, const struct file *f, uint64_t end)
{
    l->now = f->fd == l->fd[1];
    l->generation = f->generation;
    l->n_snapshot = f->n_snapshot;
    l->size = end;
    if (f->size > end && ftruncate(f->fd, (off_t)end) != 0) {
        l->health.error = errno;
        l->health.n_failed++;
        return false;
    }
    l->lame = false;
    return true;
}

bool ledger_restore(struct ledger *l, struct ledger_restored *restored)
{
    struct file files[2];
    int newest;

    *restored = (struct ledger_restored){.found = false};
    look_at(&files[0], l->fd[0]);
    look_at(&files[1], l->fd[1]);
    newest = files[1].generation > files[0].generation;
    for (int i = 0; i < 2 && !restored->found; i++) {
        const struct file *f = &files[i ? !newest : newest];
        uint64_t end;

        if (!load_snapshot(l, f))
            continue;
        *restored = (struct ledger_restored){.found = true, .older = i > 0, .generation = f->generation};
        end = replay(l, f, &restored->n_inputs);
        restored->n_torn = f->size - end;
        if (resume(l, f, end) && !restored->older)
            return true;
    }
    /* A generation above all that is there, so that a damaged file never counts again. */
    if (files[newest].generation > l->generation)
        l->generation = files[newest].generation;
    if (!restored->found)
        l->now = newest;
    l->lame = true;
    return ledger_snapshot(l);
}
