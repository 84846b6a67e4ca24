/*
 * fuzz_dnslog.c - bytes as a file of DNS logs: cut into entries one by one and in batches, each entry to evidence and to an
 * event.
 *
 * Checked: both ways give the same entries, faults and end; lines never go back; entries are objects of JSON or are refused
 * as none; there are no more frames than the file has room for; what comes of an entry is right.
 */
#include "config.h"

#include "capture/log_file.h"
#include "detect/names_log.h"

#include "../small_feed.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BATCH 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* See fuzz_savefile.c. */
const char *__asan_default_options(void)
{
    return "clear_shadow_mmap_threshold=16777216:quarantine_size_mb=4";
}

/* What a file gave. */
struct reading {
    bool opened;
    enum savefile_result result;
    uint64_t n_frames, sum;
    char error[SAVEFILE_ERROR_MAX];
};

static struct names_log *names;
static struct hash_key key;
static uint64_t n_evidence, n_events;

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void on_evidence(void *arg, const struct evidence *e)
{
    (void)arg;
    check(evidence_check(e) && evidence_class((enum evidence_kind)e->kind) == CLASS_NAME && e->feed_row > 0);
    n_evidence++;
}

static void on_event(void *arg, const struct dns_event *e)
{
    static struct dns_event taken;

    (void)arg;
    check(dns_event_take(view_of(e, dns_event_size(e)), &taken));
    n_events++;
}

static void take_frame(const struct frame *f, struct reading *r)
{
    enum dns_log_fault fault = (enum dns_log_fault)f->wire_len;
    uint64_t fields[3] = {f->bytes.n, f->number, f->linktype};

    r->sum = r->sum * 31 + (hash_64(&key, f->bytes) ^ hash_64(&key, view_of(fields, sizeof(fields))));
    if (f->linktype == LOG_FAULT) {
        check(f->bytes.n == 0 && fault > DNS_LOG_CONTROL && fault < DNS_LOG_FAULT_N);
        return;
    }
    check(f->linktype == LOG_ENTRY && f->bytes.n >= 2 && f->bytes.n <= DNS_LOG_TEXT_MAX + 1);
    check(f->bytes.p[0] == '{' && f->bytes.p[f->bytes.n - 1] == '}');
    fault = names_log_take(names, f->bytes, 0, f->number);
    check(fault < DNS_LOG_FAULT_N && *dns_log_fault_text(fault) == (fault > DNS_LOG_CONTROL ? 'e' : '\0'));
}

static void read_all(int fd, size_t size, size_t batch, struct reading *r)
{
    struct frame frames[BATCH];
    struct savefile s;
    uint64_t line = 1;
    size_t n = 0;

    *r = (struct reading){0};
    check(lseek(fd, 0, SEEK_SET) == 0);
    r->opened = savefile_open(&s, fd, SAVEFILE_LOG);
    check(r->opened == (s.error[0] == '\0'));
    while (r->opened && (r->result = savefile_read(&s, frames, batch, &n)) == SAVEFILE_FRAME) {
        check(n >= 1 && n <= batch);
        for (size_t i = 0; i < n; i++) {
            check(frames[i].number >= line);
            line = frames[i].number;
            take_frame(&frames[i], r);
        }
        r->n_frames += n;
        check(r->n_frames <= size);
    }
    check(n == 0 && r->n_frames == s.n_frames);
    check(!r->opened || (r->result == SAVEFILE_BAD) == (s.error[0] != '\0'));
    memcpy(r->error, s.error, sizeof(r->error));
    savefile_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1; /* one file for all inputs */
    struct reading one, many;

    if (fd < 0) {
        fd = memfd_create("fuzz_dnslog", MFD_CLOEXEC);
        hash_key_fixed(&key, 1);
        names = malloc(sizeof(*names));
        check(names != NULL);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        return 0;
    names_log_init(names, small_feed(), &key, on_evidence, NULL);
    passive_init(&names->passive, on_event, NULL, 0);
    n_evidence = n_events = 0;
    read_all(fd, size, 1, &one);
    read_all(fd, size, BATCH, &many);
    check(one.opened == many.opened && one.result == many.result && one.n_frames == many.n_frames && one.sum == many.sum);
    check(strcmp(one.error, many.error) == 0);
    check(names->stats.entries == n_events && names->stats.evidence == n_evidence);
    return 0;
}
