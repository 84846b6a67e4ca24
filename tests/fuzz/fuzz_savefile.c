/*
 * fuzz_savefile.c - bytes as a capture file, read to its end twice: frame by frame, and in batches.
 *
 * Checked: both ways give the same frames, the same end and the same fault; frames of a batch keep their
 * bytes until the next call; there are no more frames than the file has room for; times, lengths and
 * numbers are within their bounds.
 */
#include "config.h"

#include "base/hash.h"
#include "capture/savefile.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BATCH 64
#define RECORD_MIN 16 /* bytes of the shortest record of all formats: pcap's header, or pcapng's simple packet block */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/*
 * A file's block is 1 MiB, allocated for each reading. By default the sanitizer maps its shadow anew each
 * time and keeps 256 MiB of freed blocks, which makes the target three times slower.
 */
const char *__asan_default_options(void)
{
    return "clear_shadow_mmap_threshold=16777216:quarantine_size_mb=4";
}

/* What a file gave. */
struct reading {
    bool opened;
    enum savefile_result result;
    uint64_t n_frames, dropped, error_offset;
    uint64_t sum; /* over all fields and bytes of all frames */
    char error[SAVEFILE_ERROR_MAX];
};

static void check(bool fact)
{
    if (!fact)
        abort();
}

static uint64_t sum_of(const struct frame *f)
{
    uint64_t fields[5] = {f->bytes.n, f->wire_len, f->linktype, (uint64_t)f->time_ns, f->number};
    struct hash_key key;

    hash_key_fixed(&key, 1);
    return hash_64(&key, f->bytes) ^ hash_64(&key, view_of(fields, sizeof(fields)));
}

static void read_all(int fd, size_t size, size_t batch, struct reading *r)
{
    struct frame frames[BATCH];
    struct savefile s;
    size_t n = 0;

    *r = (struct reading){0};
    check(lseek(fd, 0, SEEK_SET) == 0);
    r->opened = savefile_open(&s, fd, SAVEFILE_CAPTURE);
    check(r->opened == (s.error[0] == '\0'));
    while (r->opened && (r->result = savefile_read(&s, frames, batch, &n)) == SAVEFILE_FRAME) {
        check(n >= 1 && n <= batch);
        check(s.error[0] == '\0');
        for (size_t i = 0; i < n; i++) {
            const struct frame *f = &frames[i];

            check(f->number == ++r->n_frames);
            check(f->wire_len >= f->bytes.n && f->bytes.n <= SAVEFILE_CAPLEN_MAX);
            check(f->time_ns <= NS_TIME_MAX && f->time_ns >= -NS_TIME_MAX);
            r->sum = r->sum * 31 + sum_of(f);
        }
        check(r->n_frames <= size / RECORD_MIN);
    }
    check(n == 0);
    check(!r->opened || (r->result == SAVEFILE_BAD) == (s.error[0] != '\0'));
    check(r->n_frames == s.n_frames);
    check(s.error_offset <= size);
    r->dropped = s.dropped;
    r->error_offset = s.error_offset;
    memcpy(r->error, s.error, sizeof(r->error));
    savefile_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1; /* one file for all inputs */
    struct reading one, many;

    if (fd < 0)
        fd = memfd_create("fuzz_savefile", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        return 0;
    read_all(fd, size, 1, &one);
    read_all(fd, size, BATCH, &many);
    check(one.opened == many.opened && one.result == many.result && one.n_frames == many.n_frames && one.sum == many.sum);
    check(one.dropped == many.dropped && one.error_offset == many.error_offset && strcmp(one.error, many.error) == 0);
    return 0;
}
