/*
 * test_savefile.c - capture files built byte by byte: classic pcap, pcapng, and what libpcap reads.
 *
 * A file is written into memory (memfd_create), or into a pipe.
 */
#include "config.h"

#include "capture/savefile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BATCH 64

/* --- building -------------------------------------------------------------------------------------- */

/* A growing file. Its end may be cut off and written anew. */
struct bytes {
    uint8_t *p;
    size_t n, cap;
    bool big_endian;
};

static void put(struct bytes *f, const void *p, size_t n)
{
    if (f->n + n > f->cap) {
        f->cap = 2 * (f->n + n);
        f->p = realloc(f->p, f->cap);
        assert_non_null(f->p);
    }
    if (n)
        memcpy(f->p + f->n, p, n);
    f->n += n;
}

static void put_int(struct bytes *f, uint64_t v, size_t n)
{
    uint8_t b[8];

    for (size_t i = 0; i < n; i++)
        b[f->big_endian ? n - 1 - i : i] = (uint8_t)(v >> 8 * i);
    put(f, b, n);
}

static void put16(struct bytes *f, uint16_t v)
{
    put_int(f, v, 2);
}

static void put32(struct bytes *f, uint32_t v)
{
    put_int(f, v, 4);
}

static void put_fill(struct bytes *f, uint8_t byte, size_t n)
{
    while (n-- > 0)
        put(f, &byte, 1);
}

static void put_pcap_header(struct bytes *f, uint32_t magic, uint32_t linktype)
{
    put32(f, magic);
    put16(f, 2);
    put16(f, 4);
    put32(f, 0);
    put32(f, 0);
    put32(f, 262144);
    put32(f, linktype);
}

static void put_record(struct bytes *f, uint32_t sec, uint32_t fraction, uint32_t caplen, uint32_t len)
{
    put32(f, sec);
    put32(f, fraction);
    put32(f, caplen);
    put32(f, len);
}

/* Starts a pcapng block; gives where it starts. */
static size_t begin(struct bytes *f, uint32_t type)
{
    size_t at = f->n;

    put32(f, type);
    put32(f, 0);
    return at;
}

/* Ends the block that starts at `at`: pads it and writes both lengths. */
static void end(struct bytes *f, size_t at)
{
    struct bytes head = {.big_endian = f->big_endian};

    put_fill(f, 0, (4 - f->n % 4) % 4);
    put32(f, (uint32_t)(f->n - at + 4));
    put32(&head, (uint32_t)(f->n - at));
    memcpy(f->p + at + 4, head.p, 4);
    free(head.p);
}

static void put_section(struct bytes *f)
{
    size_t at = begin(f, 0x0a0d0d0a);

    put32(f, 0x1a2b3c4d);
    put16(f, 1);
    put16(f, 0);
    put_int(f, UINT64_MAX, 8);
    end(f, at);
}

static void put_option(struct bytes *f, uint16_t code, const void *value, uint16_t n)
{
    put16(f, code);
    put16(f, n);
    put(f, value, n);
    put_fill(f, 0, (4 - n % 4) % 4);
}

/* tsresol: 6 leaves the option out. */
static void put_interface(struct bytes *f, uint16_t linktype, uint32_t snaplen, uint8_t tsresol, int64_t offset_s)
{
    size_t at = begin(f, 1);

    put16(f, linktype);
    put16(f, 0);
    put32(f, snaplen);
    put_option(f, 2, "eth0", 4);
    if (tsresol != 6)
        put_option(f, 9, &tsresol, 1);
    if (offset_s) {
        struct bytes v = {.big_endian = f->big_endian};

        put_int(&v, (uint64_t)offset_s, 8);
        put_option(f, 14, v.p, 8);
        free(v.p);
    }
    put_option(f, 0, "", 0);
    end(f, at);
}

static void put_packet(struct bytes *f, uint32_t interface, uint64_t t, const char *data, uint32_t len)
{
    size_t at = begin(f, 6);

    put32(f, interface);
    put32(f, (uint32_t)(t >> 32));
    put32(f, (uint32_t)t);
    put32(f, (uint32_t)strlen(data));
    put32(f, len);
    put(f, data, strlen(data));
    end(f, at);
}

static void put_packet_old(struct bytes *f, uint16_t interface, uint64_t t, const char *data, uint32_t len)
{
    size_t at = begin(f, 2);

    put16(f, interface);
    put16(f, 7); /* drops */
    put32(f, (uint32_t)(t >> 32));
    put32(f, (uint32_t)t);
    put32(f, (uint32_t)strlen(data));
    put32(f, len);
    put(f, data, strlen(data));
    end(f, at);
}

static void put_packet_simple(struct bytes *f, const char *data, uint32_t len)
{
    size_t at = begin(f, 3);

    put32(f, len);
    put(f, data, strlen(data));
    end(f, at);
}

static void put_statistics(struct bytes *f, uint32_t interface, uint64_t dropped)
{
    struct bytes v = {.big_endian = f->big_endian};
    size_t at = begin(f, 5);

    put32(f, interface);
    put_int(f, 0, 8);
    put_int(&v, dropped, 8);
    put_option(f, 4, v.p, 8); /* received: another number, not of interest */
    put_option(f, 5, v.p, 8);
    put_option(f, 0, "", 0);
    end(f, at);
    free(v.p);
}

/* --- reading --------------------------------------------------------------------------------------- */

static struct savefile s;
static struct frame frames[BATCH];
static size_t n_batch;
static int fd = -1;

static int memory_file(const void *p, size_t n)
{
    int made = memfd_create("capture", MFD_CLOEXEC);

    assert_true(made >= 0);
    assert_int_equal(write(made, p, n), n);
    assert_int_equal(lseek(made, 0, SEEK_SET), 0);
    return made;
}

static bool open_bytes(const struct bytes *f, size_t n)
{
    fd = memory_file(f->p, n);
    return savefile_open(&s, fd, SAVEFILE_CAPTURE);
}

static void close_all(struct bytes *f)
{
    savefile_close(&s);
    close(fd);
    fd = -1;
    if (f) {
        free(f->p);
        *f = (struct bytes){0};
    }
}

static enum savefile_result read_batch(size_t cap)
{
    return savefile_read(&s, frames, cap, &n_batch);
}

/* The next frame, alone. */
static const struct frame *next_frame(void)
{
    assert_int_equal(read_batch(1), SAVEFILE_FRAME);
    assert_int_equal(n_batch, 1);
    return &frames[0];
}

static void assert_frame(const char *data, uint32_t wire_len, ns_t t, uint32_t linktype)
{
    const struct frame *f = next_frame();

    assert_int_equal(f->bytes.n, strlen(data));
    assert_memory_equal(f->bytes.p, data, f->bytes.n);
    assert_int_equal(f->wire_len, wire_len);
    assert_true(f->time_ns == t);
    assert_int_equal(f->linktype, linktype);
    assert_int_equal(f->number, s.n_frames);
}

static void assert_end(void)
{
    for (int i = 0; i < 2; i++) { /* and it stays at its end */
        assert_int_equal(read_batch(BATCH), SAVEFILE_END);
        assert_int_equal(n_batch, 0);
        assert_string_equal(s.error, "");
    }
}

static void assert_bad(const char *text, uint64_t offset)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_batch(BATCH), SAVEFILE_BAD);
        assert_int_equal(n_batch, 0);
        assert_string_equal(s.error, text);
        assert_int_equal(s.error_offset, offset);
    }
}

/* --- classic pcap ---------------------------------------------------------------------------------- */

static void test_pcap(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct bytes f = {.big_endian = kind & 1};
        bool nano = kind & 2;

        put_pcap_header(&f, nano ? 0xa1b23c4d : 0xa1b2c3d4, 113);
        put_record(&f, 1700000000, 123456, 5, 60);
        put(&f, "hello", 5);
        put_record(&f, UINT32_MAX, nano ? 999999999 : 999999, 0, 0);
        put_record(&f, 0, 0, 3, 2); /* a length on the wire below the captured one */
        put(&f, "abc", 3);
        assert_true(open_bytes(&f, f.n));
        assert_string_equal(s.format, "pcap");
        assert_frame("hello", 60, 1700000000 * NS_PER_SEC + 123456 * (nano ? 1 : 1000), 113);
        assert_frame("", 0, UINT32_MAX * NS_PER_SEC + (nano ? 999999999 : 999999000), 113);
        assert_frame("abc", 3, 0, 113);
        assert_end();
        assert_int_equal(s.n_frames, 3);
        close_all(&f);
    }
}

static void test_pcap_linktype_bits(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_pcap_header(&f, 0xa1b2c3d4, 0x28000001); /* a check sequence of 4 bytes follows each frame */
    put_record(&f, 0, 0, 1, 1);
    put(&f, "x", 1);
    assert_true(open_bytes(&f, f.n));
    assert_frame("x", 1, 0, 1);
    close_all(&f);
}

/* Cut at every byte: the frames before the cut, then an end between records and a fault elsewhere. */
static void test_pcap_cut(void **state)
{
    struct bytes f = {.n = 0};
    size_t starts[4];

    (void)state;
    put_pcap_header(&f, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < 3; i++) {
        starts[i] = f.n;
        put_record(&f, i, 0, 10 * i, 10 * i);
        put_fill(&f, 'x', (size_t)10 * i);
    }
    starts[3] = f.n;
    for (size_t n = 0; n <= f.n; n++) {
        size_t whole = 0;

        if (n < 24) {
            assert_false(open_bytes(&f, n));
            assert_string_equal(s.error, n == 0 ? "the file is empty" : "the file is cut in the middle of a file header");
            assert_false(s.not_a_capture);
            close_all(NULL);
            continue;
        }
        while (whole < 3 && starts[whole + 1] <= n)
            whole++;
        assert_true(open_bytes(&f, n));
        if (whole) {
            assert_int_equal(read_batch(BATCH), SAVEFILE_FRAME);
            assert_int_equal(n_batch, whole);
            assert_string_equal(s.error, "");
        }
        if (n == starts[whole])
            assert_end();
        else if (n < starts[whole] + 16)
            assert_bad("the file is cut in the middle of a record header", starts[whole]);
        else
            assert_bad("the file is cut in the middle of a record", starts[whole]);
        assert_int_equal(s.n_frames, whole);
        close_all(NULL);
    }
    free(f.p);
}

static void test_pcap_corrupt(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_pcap_header(&f, 0xa1b2c3d4, 1);
    put_record(&f, 0, 0, 1, 1);
    put(&f, "x", 1);
    put_record(&f, 0, 0, 262145, 262145);
    put_fill(&f, 0, 300000);
    assert_true(open_bytes(&f, f.n));
    assert_frame("x", 1, 0, 1);
    assert_bad("corrupt record: captured length 262145 is over 262144", 24 + 17);
    close_all(&f);
    put_pcap_header(&f, 0xa1b2c3d4, 1);
    put_record(&f, 0, 0, UINT32_MAX, UINT32_MAX);
    assert_true(open_bytes(&f, f.n));
    assert_bad("corrupt record: captured length 4294967295 is over 262144", 24);
    close_all(&f);
}

/* The largest record, one that crosses the end of each read, and many small ones around them. */
static void test_large_records(void **state)
{
    static const uint32_t sizes[] = {262144, 1, 262144, 262144, 0, 262128, 262127, 1500, 262144};
    struct bytes f = {.n = 0};

    (void)state;
    put_pcap_header(&f, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < ARRAY_LEN(sizes); i++) {
        put_record(&f, i, 0, sizes[i], sizes[i]);
        put_fill(&f, (uint8_t)('a' + i), sizes[i]);
    }
    assert_true(open_bytes(&f, f.n));
    for (uint32_t i = 0; i < ARRAY_LEN(sizes); i++) {
        const struct frame *frame = next_frame();

        assert_int_equal(frame->bytes.n, sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            if (frame->bytes.p[at] != 'a' + i)
                fail_msg("record %u, byte %zu", i, at);
    }
    assert_end();
    close_all(&f);
}

/* Every byte of a record says which it is: i * 7 + position. */
static void put_numbered(struct bytes *f, uint32_t i, uint32_t n)
{
    for (uint32_t at = 0; at < n; at++) {
        uint8_t byte = (uint8_t)(i * 7 + at);

        put(f, &byte, 1);
    }
}

static void assert_numbered(const struct frame *frame, uint32_t n)
{
    uint32_t i = (uint32_t)frame->number - 1;

    assert_int_equal(frame->bytes.n, n);
    for (uint32_t at = 0; at < n; at++)
        if (frame->bytes.p[at] != (uint8_t)(i * 7 + at))
            fail_msg("frame %u, byte %u", i, at);
}

/* Batches across many refills: all frames of one call are intact after it, none is lost or given twice. */
static void test_batches_across_refills(void **state)
{
    enum { N = 3000 };

    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct bytes f = {.n = 0};
        uint64_t due = 1;

        if (ng) {
            put_section(&f);
            put_interface(&f, 1, 0, 6, 0);
        } else {
            put_pcap_header(&f, 0xa1b2c3d4, 1);
        }
        for (uint32_t i = 0; i < N; i++) {
            uint32_t n = i * 37 % 1500;

            if (ng) {
                size_t at = begin(&f, 6);

                put_int(&f, 0, 8);
                put32(&f, i);
                put32(&f, n);
                put32(&f, n);
                put_numbered(&f, i, n);
                end(&f, at);
                if (i % 100 == 50) { /* blocks that are stepped over */
                    at = begin(&f, 0xbad);
                    put_fill(&f, 0xee, 3000);
                    end(&f, at);
                }
            } else {
                put_record(&f, i, 0, n, n);
                put_numbered(&f, i, n);
            }
        }
        assert_true(f.n > 8 * BLOCK_READ);
        assert_true(open_bytes(&f, f.n));
        while (read_batch(due % 5 == 0 ? 7 : BATCH) == SAVEFILE_FRAME) {
            assert_in_range(n_batch, 1, BATCH);
            for (size_t i = 0; i < n_batch; i++) {
                assert_int_equal(frames[i].number, due++);
                assert_numbered(&frames[i], (uint32_t)(frames[i].number - 1) * 37 % 1500);
            }
        }
        assert_int_equal(due, N + 1);
        assert_end();
        close_all(&f);
    }
}

/* --- pcapng ---------------------------------------------------------------------------------------- */

static void test_pcapng(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct bytes f = {.big_endian = big};

        put_section(&f);
        put_interface(&f, 1, 0, 6, 0);
        put_interface(&f, 113, 4, 9, 0);
        put_packet(&f, 0, UINT64_C(1700000000123456), "hello", 60);
        put_packet(&f, 1, UINT64_C(1700000000123456789), "abc", 3);
        put_packet_old(&f, 1, UINT64_C(1700000001000000001), "old", 9);
        put_packet_simple(&f, "simple!", 7); /* the first interface has no limit */
        put_packet(&f, 0, 5, "", 0);
        assert_true(open_bytes(&f, f.n));
        assert_string_equal(s.format, "pcapng");
        assert_frame("hello", 60, INT64_C(1700000000123456000), 1);
        assert_frame("abc", 3, INT64_C(1700000000123456789), 113);
        assert_frame("old", 9, INT64_C(1700000001000000001), 113);
        assert_frame("simple!", 7, INT64_C(1700000001000000001), 1); /* the time of the packet before */
        assert_frame("", 0, 5000, 1);
        assert_end();
        close_all(&f);
    }
}

/* A new section may have the other byte order, and has no interfaces yet. */
static void test_pcapng_sections(void **state)
{
    struct bytes f = {.n = 0};
    size_t at;

    (void)state;
    for (int i = 0; i < 4; i++) {
        f.big_endian = i & 1;
        put_section(&f);
        put_interface(&f, (uint16_t)(100 + i), 0, i == 2 ? 9 : 6, 0);
        put_packet(&f, 0, 1000, "x", 1);
        put_packet(&f, 0, 1000, "y", 1);
    }
    put_section(&f);
    at = f.n;
    put_packet(&f, 0, 1, "z", 1);
    assert_true(open_bytes(&f, f.n));
    for (uint32_t i = 0; i < 4; i++) {
        assert_frame("x", 1, i == 2 ? 1000 : 1000000, 100 + i);
        assert_frame("y", 1, i == 2 ? 1000 : 1000000, 100 + i);
    }
    assert_bad("corrupt packet block: interface 0 was not described", at);
    close_all(&f);
}

static void test_pcapng_times(void **state)
{
    static const struct {
        uint8_t tsresol;
        int64_t offset_s;
        uint64_t units;
        ns_t due;
    } rows[] = {
        {0, 0, 1700000000, INT64_C(1700000000000000000)},
        {3, 0, 1700000000123, INT64_C(1700000000123000000)},
        {6, 0, 1, 1000},
        {9, 0, 1, 1},
        {12, 0, 1999, 1},
        {19, 0, UINT64_MAX, 1844674407},
        {127, 0, UINT64_MAX, 0},
        {0x80, 0, 5, 5 * NS_PER_SEC},
        {0x80 | 1, 0, 5, 2500000000},
        {0x80 | 10, 0, 1536, 1500000000},
        {0x80 | 32, 0, UINT64_C(0x180000000), 1500000000},
        {0x80 | 63, 0, UINT64_C(1) << 63, NS_PER_SEC},
        {0x80 | 64, 0, UINT64_MAX, 0},
        {0xff, 0, UINT64_MAX, 0},
        {6, 1700000000, 7, INT64_C(1700000000000007000)},
        {9, -1, 1, -999999999},
        {0, 0, UINT64_MAX, NS_TIME_MAX},
        {6, 0, UINT64_MAX, NS_TIME_MAX},
        {6, INT64_MAX, 0, NS_TIME_MAX},
        {6, INT64_MIN, 0, -NS_TIME_MAX},
        {0, INT64_MAX, UINT64_MAX, NS_TIME_MAX},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (int big = 0; big < 2; big++) {
            struct bytes f = {.big_endian = big};

            put_section(&f);
            put_interface(&f, 1, 0, rows[i].tsresol, rows[i].offset_s);
            put_packet(&f, 0, rows[i].units, "x", 1);
            assert_true(open_bytes(&f, f.n));
            if (next_frame()->time_ns != rows[i].due)
                fail_msg("row %zu: %lld", i, (long long)frames[0].time_ns);
            close_all(&f);
        }
    }
}

static void test_pcapng_simple_snaplen(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_section(&f);
    put_interface(&f, 1, 4, 6, 0);
    put_packet_simple(&f, "abcd", 60);
    put_packet_simple(&f, "ab", 2);
    assert_true(open_bytes(&f, f.n));
    assert_frame("abcd", 60, 0, 1);
    assert_frame("ab", 2, 0, 1);
    assert_end();
    close_all(&f);
}

static void test_pcapng_unknown_blocks(void **state)
{
    static const uint32_t types[] = {0, 4, 7, 9, 10, 0xbad, 0x40000bad, UINT32_MAX};
    struct bytes f = {.n = 0};

    (void)state;
    put_section(&f);
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        size_t at = begin(&f, types[i]);

        put_fill(&f, 0xee, i * 200000); /* up to far more than a packet block may have */
        end(&f, at);
        put_interface(&f, 1, 0, 6, 0);
        put_packet(&f, (uint32_t)i, i, "x", 1);
    }
    assert_true(open_bytes(&f, f.n));
    for (int64_t i = 0; i < (int64_t)ARRAY_LEN(types); i++)
        assert_frame("x", 1, i * 1000, 1);
    assert_end();
    close_all(&f);
}

static void test_pcapng_drops(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_section(&f);
    put_interface(&f, 1, 0, 6, 0);
    put_interface(&f, 1, 0, 6, 0);
    put_statistics(&f, 0, 10);
    put_statistics(&f, 1, 5);
    put_statistics(&f, 0, 12);   /* a newer total, not 12 more */
    put_statistics(&f, 2, 1000); /* not described */
    put_section(&f);
    put_interface(&f, 1, 0, 6, 0);
    put_statistics(&f, 0, 100);
    assert_true(open_bytes(&f, f.n));
    assert_end();
    assert_int_equal(s.dropped, 117);
    close_all(&f);
}

static void test_pcapng_interfaces(void **state)
{
    struct bytes f = {.n = 0};
    size_t last;

    (void)state;
    put_section(&f);
    for (int i = 0; i < 4096; i++)
        put_interface(&f, (uint16_t)i, 0, 6, 0);
    put_packet(&f, 4095, 0, "x", 1);
    last = f.n;
    put_interface(&f, 1, 0, 6, 0);
    put_packet(&f, 4096, 0, "x", 1);
    assert_true(open_bytes(&f, f.n));
    assert_frame("x", 1, 0, 4095);
    assert_bad("more than 4096 interfaces", last);
    close_all(&f);
}

/* Faults, each at the second packet: the first is read, then the fault is told with its place. */
static void test_pcapng_corrupt(void **state)
{
    static const struct {
        size_t at; /* in the block */
        uint32_t value;
        const char *text;
    } rows[] = {
        {4, 0, "corrupt block: length 0"},
        {4, 8, "corrupt block: length 8"},
        {4, 35, "corrupt block: length 35"},
        {4, 32, "corrupt block: its two lengths differ"},
        {4, 786436, "corrupt block: length 786436 is over 786432"},
        {4, 786432, "the file is cut in the middle of a block"},
        {36, 44, "corrupt block: its two lengths differ"},
        {8, 1, "corrupt packet block: interface 1 was not described"},
        {8, UINT32_MAX, "corrupt packet block: interface 4294967295 was not described"},
        {20, 9, "corrupt packet block: captured length 9 is more than the block holds"},
        {20, 262144, "corrupt packet block: captured length 262144 is more than the block holds"},
        {20, 262145, "corrupt packet block: captured length 262145 is over 262144"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t cap = 1; cap <= BATCH; cap += BATCH - 1) { /* alone, and in a batch with the frame before it */
            struct bytes f = {.n = 0}, v = {.n = 0};
            size_t at;

            put_section(&f);
            put_interface(&f, 1, 0, 6, 0);
            put_packet(&f, 0, 0, "good", 4);
            at = f.n;
            put_packet(&f, 0, 0, "badblock", 8);
            put32(&v, rows[i].value);
            memcpy(f.p + at + rows[i].at, v.p, 4);
            assert_true(open_bytes(&f, f.n));
            assert_int_equal(read_batch(cap), SAVEFILE_FRAME);
            assert_int_equal(n_batch, 1);
            assert_memory_equal(frames[0].bytes.p, "good", 4);
            assert_string_equal(s.error, "");
            assert_bad(rows[i].text, at);
            free(v.p);
            close_all(&f);
        }
    }
}

static void test_pcapng_short_blocks(void **state)
{
    static const struct {
        uint32_t type;
        size_t n; /* bytes in it */
        const char *text;
    } rows[] = {
        {6, 16, "corrupt packet block: too short"},
        {2, 16, "corrupt packet block: too short"},
        {3, 0, "corrupt packet block: no interface was described"},
        {1, 4, "corrupt interface description: too short"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = {.n = 0};
        size_t at;

        put_section(&f);
        put_interface(&f, 1, 0, 6, 0);
        at = begin(&f, rows[i].type);
        put_fill(&f, 0, rows[i].n);
        end(&f, at);
        assert_true(open_bytes(&f, f.n));
        assert_bad(rows[i].text, at);
        close_all(&f);
    }
}

static void test_pcapng_bad_magic(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_section(&f);
    f.p[8] ^= 1;
    assert_true(open_bytes(&f, f.n));
    assert_bad("corrupt section header: bad byte-order magic", 0);
    close_all(&f);
}

/* Cut at every byte, in every kind of block: the frames before it, then an end or a fault with the block's offset. */
static void test_pcapng_cut(void **state)
{
    struct bytes f = {.n = 0};
    size_t starts[16], n_blocks = 0;
    uint32_t n_packets[16] = {0}; /* before the block */
    size_t at;

    (void)state;
#define BLOCK(packets, call)                                   \
    starts[n_blocks] = f.n;                                    \
    n_packets[n_blocks + 1] = n_packets[n_blocks] + (packets); \
    n_blocks++;                                                \
    call
    BLOCK(0, put_section(&f));
    BLOCK(0, put_interface(&f, 1, 0, 9, 5));
    BLOCK(1, put_packet(&f, 0, 1, "hello", 5));
    BLOCK(0, at = begin(&f, 0xbad));
    put_fill(&f, 0xee, 100);
    end(&f, at);
    BLOCK(1, put_packet_simple(&f, "simple", 6));
    BLOCK(0, put_statistics(&f, 0, 7));
    BLOCK(1, put_packet_old(&f, 0, 1, "old", 3));
    f.big_endian = true;
    BLOCK(0, put_section(&f));
    BLOCK(0, put_interface(&f, 1, 0, 9, 5));
    BLOCK(1, put_packet(&f, 0, 1, "world", 5));
#undef BLOCK
    starts[n_blocks] = f.n;
    for (size_t n = 0; n <= f.n; n++) {
        size_t whole = 0, got = 0;
        enum savefile_result result;

        if (n < 12) {
            assert_false(open_bytes(&f, n));
            assert_string_equal(s.error, n == 0  ? "the file is empty"
                                         : n < 4 ? "the file is cut in the middle of a file header"
                                                 : "the file is cut in the middle of a section header");
            close_all(NULL);
            continue;
        }
        while (whole < n_blocks && starts[whole + 1] <= n)
            whole++;
        assert_true(open_bytes(&f, n));
        while ((result = read_batch(BATCH)) == SAVEFILE_FRAME) {
            assert_string_equal(s.error, "");
            got += n_batch;
        }
        assert_int_equal(got, n_packets[whole]);
        if (n == starts[whole]) {
            assert_int_equal(result, SAVEFILE_END);
            assert_string_equal(s.error, "");
        } else {
            assert_int_equal(result, SAVEFILE_BAD);
            assert_string_equal(s.error, n < starts[whole] + 12 ? "the file is cut in the middle of a block header"
                                                                : "the file is cut in the middle of a block");
            assert_int_equal(s.error_offset, starts[whole]);
        }
        close_all(NULL);
    }
    free(f.p);
}

/*
 * A section header in the other byte order whose length, read in the order of the section before it, is
 * small: it must not be stepped over while frames of the same call wait to be used.
 */
static void test_pcapng_long_section_header(void **state)
{
    struct bytes f = {.big_endian = true};
    size_t at;

    (void)state;
    put_section(&f);
    put_interface(&f, 1, 0, 6, 0);
    put_packet(&f, 0, 1, "stays", 5);
    f.big_endian = false;
    at = f.n;
    put_section(&f);
    memcpy(f.p + at + 4, "\0\0\x10\0", 4); /* 1 MiB, or 4,096 in the other order */
    put_fill(&f, 0xee, 1 << 20);
    f.n = at + (1 << 20);
    put_interface(&f, 1, 0, 6, 0);
    put_packet(&f, 0, 2, "after", 5);
    assert_true(open_bytes(&f, f.n));
    assert_int_equal(read_batch(BATCH), SAVEFILE_FRAME);
    assert_int_equal(n_batch, 1);
    assert_memory_equal(frames[0].bytes.p, "stays", 5);
    assert_frame("after", 5, 2000, 1);
    assert_end();
    close_all(&f);
}

/* --- pipes, other formats -------------------------------------------------------------------------- */

/* A child writes the file into a pipe in pieces of `piece` bytes. */
static pid_t write_to_pipe(const struct bytes *f, size_t piece)
{
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < f->n; at += piece)
            if (write(ends[1], f->p + at, min_size(piece, f->n - at)) < 0)
                break;
        _exit(0);
    }
    close(ends[1]);
    fd = ends[0];
    return child;
}

static void test_pipe(void **state)
{
    static const size_t pieces[] = {1, 7, 4096, 1 << 20};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        for (int ng = 0; ng < 2; ng++) {
            struct bytes f = {.n = 0};
            uint64_t n = 0;
            pid_t child;

            if (ng) {
                put_section(&f);
                put_interface(&f, 1, 0, 6, 0);
                for (uint32_t j = 0; j < 100; j++)
                    put_packet(&f, 0, j, "from a pipe", 60);
            } else {
                put_pcap_header(&f, 0xa1b2c3d4, 1);
                for (uint32_t j = 0; j < 100; j++) {
                    put_record(&f, j, 0, 11, 60);
                    put(&f, "from a pipe", 11);
                }
            }
            child = write_to_pipe(&f, pieces[i]);
            assert_true(savefile_open(&s, fd, SAVEFILE_CAPTURE));
            while (read_batch(BATCH) == SAVEFILE_FRAME) {
                for (size_t j = 0; j < n_batch; j++) {
                    assert_int_equal(frames[j].number, ++n);
                    assert_int_equal(frames[j].bytes.n, 11);
                    assert_memory_equal(frames[j].bytes.p, "from a pipe", 11);
                }
            }
            assert_int_equal(n, 100);
            assert_end();
            close_all(&f);
            assert_int_equal(waitpid(child, NULL, 0), child);
        }
    }
}

/* "Modified" pcap (magic a1b2cd34): 8 more bytes in each record header. libpcap knows it. */
static void put_modified(struct bytes *f, uint32_t n)
{
    put_pcap_header(f, 0xa1b2cd34, 1);
    for (uint32_t i = 0; i < n; i++) {
        put_record(f, 1700000000 + i, 5, 8, 60);
        put_int(f, 0, 8);
        put(f, "modified", 8);
    }
}

static void test_libpcap_fallback(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct bytes f = {.big_endian = big};

        put_modified(&f, 3);
        assert_true(open_bytes(&f, f.n));
        assert_string_equal(s.format, "other");
        for (int64_t i = 0; i < 3; i++)
            assert_frame("modified", 60, (1700000000 + i) * NS_PER_SEC + 5000, 1);
        assert_end();
        close_all(&f);
    }
}

static void test_libpcap_cut(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    put_modified(&f, 2);
    for (size_t n = 4; n <= f.n; n++) {
        enum savefile_result result;
        size_t got = 0, due = n < 24 + 32 ? 0 : n < f.n ? 1 : 2;

        if (n < 24) {
            assert_false(open_bytes(&f, n));
            assert_string_not_equal(s.error, "");
            close_all(NULL);
            continue;
        }
        assert_true(open_bytes(&f, n));
        while ((result = read_batch(BATCH)) == SAVEFILE_FRAME)
            got += n_batch;
        assert_int_equal(got, due);
        assert_int_equal(result, n == 24 || n == 24 + 32 || n == f.n ? SAVEFILE_END : SAVEFILE_BAD);
        if (result == SAVEFILE_BAD)
            assert_string_not_equal(s.error, "");
        close_all(NULL);
    }
    free(f.p);
}

static void test_no_captures(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text; /* start of the error */
        bool not_a_capture;
    } rows[] = {
        {"\x1f\x8b\x08\0\0\0\0\0", 8, "gzip-compressed", false},
        {"\x28\xb5\x2f\xfd", 4, "zstd-compressed", false},
        {"\xfd"
         "7zXZ\0",
         6, "xz-compressed", false},
        {"BZh91AY", 7, "bzip2-compressed", false},
        {"\x04\x22\x4d\x18", 4, "lz4-compressed", false},
        {"PK\x03\x04", 4, "a zip archive", false},
        {"#!/bin/sh\necho this is a script, not a capture\n", 47, "not a capture file (", true},
        {"snoop\0\0\0\0\0\0\2\0\0\0\4\0\0\0\0\0\0\0\0", 24, "not a capture file (", true},
        {"abcd", 4, "not a capture file (", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = {.n = 0};

        put(&f, rows[i].bytes, rows[i].n);
        assert_false(open_bytes(&f, f.n));
        if (strncmp(s.error, rows[i].text, strlen(rows[i].text)) != 0)
            fail_msg("row %zu: %s", i, s.error);
        assert_int_equal(s.not_a_capture, rows[i].not_a_capture);
        close_all(&f);
    }
}

static void test_read_error(void **state)
{
    (void)state;
    fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_false(savefile_open(&s, fd, SAVEFILE_CAPTURE));
    assert_string_equal(s.error, "read failed: Is a directory");
    close_all(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcap),
        cmocka_unit_test(test_pcap_linktype_bits),
        cmocka_unit_test(test_pcap_cut),
        cmocka_unit_test(test_pcap_corrupt),
        cmocka_unit_test(test_large_records),
        cmocka_unit_test(test_batches_across_refills),
        cmocka_unit_test(test_pcapng),
        cmocka_unit_test(test_pcapng_sections),
        cmocka_unit_test(test_pcapng_times),
        cmocka_unit_test(test_pcapng_simple_snaplen),
        cmocka_unit_test(test_pcapng_unknown_blocks),
        cmocka_unit_test(test_pcapng_drops),
        cmocka_unit_test(test_pcapng_interfaces),
        cmocka_unit_test(test_pcapng_corrupt),
        cmocka_unit_test(test_pcapng_short_blocks),
        cmocka_unit_test(test_pcapng_bad_magic),
        cmocka_unit_test(test_pcapng_cut),
        cmocka_unit_test(test_pcapng_long_section_header),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_libpcap_fallback),
        cmocka_unit_test(test_libpcap_cut),
        cmocka_unit_test(test_no_captures),
        cmocka_unit_test(test_read_error),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
