/*
 * test_unpack.c - gzip, zstd and xz through unpack_run: whole, cut, damaged, joined, over the limits.
 *
 * The compressed bytes are made here by the compressing halves of the libraries.
 */
#include "config.h"

#include "capture/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define PLAIN 3000     /* bytes of the ordinary input */
#define MEM (4U << 20) /* bytes of every buffer here */
#define ALL (1ULL << 40)

static const enum codec_format formats[] = {CODEC_GZIP, CODEC_ZSTD, CODEC_XZ};

static uint8_t plain[PLAIN], packed[MEM], joined[MEM], got[MEM];
static struct unpack_progress progress;

static int set_up(void **state)
{
    uint32_t x = 1;

    (void)state;
    /* Half of it repeats, half does not, so that there are matches, literals and tables. */
    for (size_t i = 0; i < PLAIN; i++) {
        x = x * 1664525 + 1013904223;
        plain[i] = (i / 100) % 2 ? (uint8_t)(x >> 24) : (uint8_t)("stratum"[i % 7]);
    }
    return 0;
}

static size_t pack_gzip(const uint8_t *p, size_t n)
{
    z_stream z = {0};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = packed;
    z.avail_out = MEM;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return MEM - z.avail_out;
}

static size_t pack_zstd(const uint8_t *p, size_t n)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    size_t len;

    assert_non_null(c);
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1)));
    len = ZSTD_compress2(c, packed, MEM, p, n);
    assert_false(ZSTD_isError(len));
    ZSTD_freeCCtx(c);
    return len;
}

static size_t pack_xz(const uint8_t *p, size_t n)
{
    size_t len = 0;

    assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, p, n, packed, &len, MEM), LZMA_OK);
    return len;
}

/* Packs into `packed`; gives the length. */
static size_t pack(enum codec_format format, const uint8_t *p, size_t n)
{
    return format == CODEC_GZIP ? pack_gzip(p, n) : format == CODEC_ZSTD ? pack_zstd(p, n) : pack_xz(p, n);
}

/* Unpacks n bytes at p, the first n_head of them as head and the rest from a file, into `got`. */
static enum unpack_result run_split(enum codec_format format, const uint8_t *p, size_t n, size_t n_head, uint64_t max_bytes)
{
    struct unpack_limits limits = {.max_bytes = max_bytes, .max_ratio = 1000};
    int in = memfd_create("in", 0), out = memfd_create("out", 0);
    enum unpack_result result;

    assert_true(in >= 0 && out >= 0);
    assert_int_equal(write(in, p + n_head, n - n_head), n - n_head);
    assert_int_equal(lseek(in, 0, SEEK_SET), 0);
    progress = (struct unpack_progress){0};
    result = unpack_run(format, view_of(p, n_head), in, out, &limits, &progress);
    assert_int_equal(lseek(out, 0, SEEK_CUR), progress.n_out);
    assert_true(progress.n_out <= MEM);
    assert_int_equal(pread(out, got, MEM, 0), progress.n_out);
    close(in);
    close(out);
    return result;
}

static enum unpack_result run(enum codec_format format, const uint8_t *p, size_t n)
{
    return run_split(format, p, n, min_size(n, 6), ALL);
}

static void assert_got(const uint8_t *p, size_t n)
{
    assert_int_equal(progress.n_out, n);
    assert_memory_equal(got, p, n);
}

static void test_recognise(void **state)
{
    static const struct {
        const char *head;
        size_t n;
        enum codec_format due;
    } rows[] = {
        {"\x1f\x8b\x08\0", 4, CODEC_GZIP},       {"\x1f", 1, CODEC_NONE},
        {"\x28\xb5\x2f\xfd", 4, CODEC_ZSTD},     {"\x28\xb5\x2f", 3, CODEC_NONE},
        {"\x50\x2a\x4d\x18", 4, CODEC_ZSTD},     {"\x5f\x2a\x4d\x18", 4, CODEC_ZSTD},
        {"\x60\x2a\x4d\x18", 4, CODEC_NONE},     {"\xfd\x37zXZ\0", 6, CODEC_XZ},
        {"\xfd\x37zXZ", 5, CODEC_NONE},          {"\xfd\x37zXZ1", 6, CODEC_NONE},
        {"\xd4\xc3\xb2\xa1\2\0", 6, CODEC_NONE}, {"", 0, CODEC_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (codec_recognise(view_of(rows[i].head, rows[i].n)) != rows[i].due)
            fail_msg("row %zu", i);
}

static void test_whole(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN);

        assert_int_equal(codec_recognise(view_of(packed, n)), formats[f]);
        for (size_t head = 0; head <= n; head += n / 10) {
            assert_int_equal(run_split(formats[f], packed, n, head, ALL), UNPACK_DONE);
            assert_got(plain, PLAIN);
            assert_int_equal(progress.n_in, n);
        }
        n = pack(formats[f], plain, 0);
        assert_int_equal(run(formats[f], packed, n), UNPACK_DONE);
        assert_got(plain, 0);
    }
}

/* More than the buffers hold. */
static void test_large(void **state)
{
    static uint8_t large[3U << 20];

    (void)state;
    for (size_t i = 0; i < sizeof(large); i++)
        large[i] = (uint8_t)(plain[i % PLAIN] + i / PLAIN);
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], large, sizeof(large));

        assert_int_equal(run(formats[f], packed, n), UNPACK_DONE);
        assert_got(large, sizeof(large));
    }
}

/* Every prefix is cut, and gives a prefix. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN);

        for (size_t i = 0; i < n; i++) {
            enum unpack_result result = run(formats[f], packed, i);

            if (result != UNPACK_CUT)
                fail_msg("%s cut at %zu: %d", codec_name(formats[f]), i, result);
            assert_true(progress.n_out <= PLAIN && progress.n_in <= i);
            assert_memory_equal(got, plain, progress.n_out);
        }
    }
}

/* A flipped bit is noticed, or lies in a field that means nothing for the bytes (the time in gzip's header). */
static void test_flipped(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN), noticed = 0;

        for (size_t i = 0; i < 8 * n; i++) {
            packed[i / 8] ^= (uint8_t)(1 << i % 8);
            if (run(formats[f], packed, n) == UNPACK_DONE)
                assert_got(plain, PLAIN);
            else
                noticed++;
            packed[i / 8] ^= (uint8_t)(1 << i % 8);
        }
        assert_true(noticed > 8 * n * 9 / 10);
    }
}

static void test_joined(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN), m;

        memcpy(joined, packed, n);
        m = pack(formats[f], plain, 100);
        memcpy(joined + n, packed, m);
        m += n;
        assert_int_equal(run(formats[f], joined, m), UNPACK_DONE);
        assert_int_equal(progress.n_out, PLAIN + 100);
        assert_memory_equal(got, plain, PLAIN);
        assert_memory_equal(got + PLAIN, plain, 100);
        memset(joined + m, 0, 512); /* padding */
        assert_int_equal(run(formats[f], joined, m + 512), UNPACK_DONE);
        assert_int_equal(progress.n_in, m + 512);
        assert_int_equal(progress.n_out, PLAIN + 100);
        assert_int_equal(run(formats[f], joined, m - 1), UNPACK_CUT);
        memcpy(joined + m + 512, packed, 20); /* nothing may follow padding */
        assert_int_equal(run(formats[f], joined, m + 532), UNPACK_TRAILING);
    }
}

static void test_trailing(void **state)
{
    static const char *const tails[] = {"garbage", "\x1f garbage that begins like gzip", "\xfd\x37zxz and so on",
                                        "\x28 garbage that begins like zstd", "\x27\xb5\x2f\xfd as zstd 0.7"};

    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN);

        for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
            memcpy(packed + n, tails[i], strlen(tails[i]));
            assert_int_equal(run(formats[f], packed, n + strlen(tails[i])), UNPACK_TRAILING);
            assert_got(plain, PLAIN);
            assert_in_range(progress.n_in, n, n + strlen(tails[i]));
        }
    }
}

/* No member at all. */
static void test_none(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        assert_int_equal(run(formats[f], plain, PLAIN), UNPACK_CORRUPT);
        assert_int_equal(run(formats[f], (const uint8_t *)"\0\0\0\0\0\0\0", 7), UNPACK_CORRUPT);
        assert_int_equal(progress.n_out, 0);
    }
}

/* pzstd puts skippable frames before its frames, the seekable format one behind them. */
static void test_zstd_skippable(void **state)
{
    static const uint8_t skip[] = {0x5e, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 'i', 'n', 'd', 'e', 'x'};
    size_t n = pack(CODEC_ZSTD, plain, PLAIN);

    (void)state;
    memcpy(joined, skip, sizeof(skip));
    memcpy(joined + sizeof(skip), packed, n);
    memcpy(joined + sizeof(skip) + n, skip, sizeof(skip));
    assert_int_equal(codec_recognise(view_of(joined, 8)), CODEC_ZSTD);
    assert_int_equal(run(CODEC_ZSTD, joined, n + 2 * sizeof(skip)), UNPACK_DONE);
    assert_got(plain, PLAIN);
    assert_int_equal(run(CODEC_ZSTD, joined, n + 2 * sizeof(skip) - 1), UNPACK_CUT);
}

/* The window of a frame is a byte in its header: 2^27 is taken, 2^28 is not. */
static void test_zstd_window(void **state)
{
    uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 3 << 3 | 1, 0, 0, 'a', 'b', 'c'};

    (void)state;
    assert_int_equal(run(CODEC_ZSTD, frame, sizeof(frame)), UNPACK_DONE);
    assert_got((const uint8_t *)"abc", 3);
    frame[5] = 18 << 3;
    assert_int_equal(run(CODEC_ZSTD, frame, sizeof(frame)), UNPACK_WINDOW);
    assert_int_equal(progress.n_out, 0);
}

static void test_zstd_dictionary(void **state)
{
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 1, 0, 77, 1, 0, 0};

    (void)state;
    assert_int_equal(run(CODEC_ZSTD, frame, sizeof(frame)), UNPACK_UNFIT);
}

/* The dictionary size of xz is a byte of the block header, which has a sum of its own. */
static void test_xz_memory(void **state)
{
    size_t n = pack(CODEC_XZ, plain, PLAIN), len = 4 * ((size_t)packed[12] + 1), at = 14;
    uint32_t sum;

    (void)state;
    while (at < 12 + len && !(packed[at] == 0x21 && packed[at + 1] == 1)) /* LZMA2, with one byte of properties */
        at++;
    assert_true(at < 12 + len);
    for (uint8_t size = 30; size <= 40; size += 10) {
        packed[at + 2] = size; /* 128 MiB, 4 GiB */
        sum = lzma_crc32(packed + 12, len - 4, 0);
        for (size_t i = 0; i < 4; i++)
            packed[12 + len - 4 + i] = (uint8_t)(sum >> 8 * i);
        assert_int_equal(run(CODEC_XZ, packed, n), size == 30 ? UNPACK_DONE : UNPACK_WINDOW);
    }
}

static void test_byte_limit(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], plain, PLAIN);

        assert_int_equal(run_split(formats[f], packed, n, n, PLAIN), UNPACK_DONE);
        assert_got(plain, PLAIN);
        assert_int_equal(run_split(formats[f], packed, n, n, PLAIN - 1), UNPACK_BYTES);
        assert_got(plain, PLAIN - 1);
        assert_int_equal(run_split(formats[f], packed, n, n, 0), UNPACK_BYTES);
    }
}

/* A bomb stops soon after the ratio begins to count; below it nothing is refused. */
static void test_ratio(void **state)
{
    size_t size = UNPACK_RATIO_FROM + (8U << 20);
    uint8_t *zeros = calloc(1, size);
    int null = open("/dev/null", O_WRONLY);

    (void)state;
    assert_non_null(zeros);
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        size_t n = pack(formats[f], zeros, size);
        struct unpack_limits limits = {.max_bytes = ALL, .max_ratio = 100};

        assert_true(size / n > 900);
        assert_int_equal(unpack_run(formats[f], view_of(packed, n), -1, null, &limits, &progress), UNPACK_RATIO);
        assert_in_range(progress.n_out, UNPACK_RATIO_FROM, UNPACK_RATIO_FROM + (1U << 20));
        limits.max_ratio = UINT32_MAX;
        assert_int_equal(unpack_run(formats[f], view_of(packed, n), -1, null, &limits, &progress), UNPACK_DONE);
        assert_int_equal(progress.n_out, size);
        n = pack(formats[f], zeros, UNPACK_RATIO_FROM);
        limits.max_ratio = 1;
        assert_int_equal(unpack_run(formats[f], view_of(packed, n), -1, null, &limits, &progress), UNPACK_DONE);
    }
    close(null);
    free(zeros);
}

static void test_io_faults(void **state)
{
    struct unpack_limits limits = {.max_bytes = ALL, .max_ratio = 1000};
    int directory = open("/", O_RDONLY | O_DIRECTORY), null = open("/dev/null", O_WRONLY),
        read_only = open("/dev/null", O_RDONLY);
    size_t n = pack(CODEC_GZIP, plain, PLAIN);

    (void)state;
    assert_int_equal(unpack_run(CODEC_GZIP, view_of(packed, 10), directory, null, &limits, &progress), UNPACK_READ);
    assert_int_equal(progress.error, EISDIR);
    assert_int_equal(unpack_run(CODEC_GZIP, view_of(packed, n), -1, read_only, &limits, &progress), UNPACK_WRITE);
    close(directory);
    close(null);
    close(read_only);
}

/* What a slow pipe has brought goes out before more comes. */
static void test_slow_input(void **state)
{
    struct unpack_limits limits = {.max_bytes = ALL, .max_ratio = 1000};
    int in[2], out[2], status;
    z_stream z = {.next_in = plain, .avail_in = 50, .next_out = packed, .avail_out = MEM};
    pid_t child;

    (void)state;
    assert_true(pipe(in) == 0 && pipe(out) == 0);
    child = fork();
    if (child == 0) {
        close(in[1]);
        _exit((int)unpack_run(CODEC_GZIP, view_of(NULL, 0), in[0], out[1], &limits, &progress));
    }
    close(in[0]);
    close(out[1]);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
    assert_int_equal(write(in[1], packed, MEM - z.avail_out), MEM - z.avail_out);
    assert_int_equal(read(out[0], got, MEM), 50); /* waits for ever when it is held back */
    assert_memory_equal(got, plain, 50);
    close(in[1]);
    assert_int_equal(read(out[0], got, MEM), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), UNPACK_CUT);
    deflateEnd(&z);
    close(out[0]);
}

static void test_words(void **state)
{
    static const struct {
        enum unpack_result result;
        enum codec_format format;
        const char *due;
        bool has_offset;
    } rows[] = {
        {UNPACK_CUT, CODEC_GZIP, "the gzip data is cut", true},
        {UNPACK_CORRUPT, CODEC_XZ, "the xz data is corrupt", true},
        {UNPACK_TRAILING, CODEC_ZSTD, "the zstd data is followed by bytes that do not belong to it", true},
        {UNPACK_UNFIT, CODEC_ZSTD, "pipe it: zstdcat FILE | countermine -r -", false},
        {UNPACK_WINDOW, CODEC_ZSTD,
         "over the limit of 128 MiB (zstd --long=28 or more); unpack it first, or pipe it: zstd -dc --long=31", false},
        {UNPACK_WINDOW, CODEC_XZ, "over the limit of 256 MiB; unpack it first, or pipe it: xzcat FILE", false},
        {UNPACK_MEMORY, CODEC_GZIP, "not enough memory", false},
        {UNPACK_BYTES, CODEC_GZIP, "more than 5000 bytes; if that is meant, raise captures.max_unpacked_bytes", false},
        {UNPACK_RATIO, CODEC_GZIP,
         "more than 77 times its size, as a decompression bomb does; if it is none, raise captures.max_ratio", false},
        {UNPACK_READ, CODEC_GZIP, "read failed: Input/output error", false},
        {UNPACK_JAIL, CODEC_GZIP, "could not be made: Input/output error; unpack it first, or pipe it: zcat FILE", false},
        {UNPACK_WRITE, CODEC_GZIP, "the process that unpacks it failed", false},
        {(enum unpack_result)200, CODEC_GZIP, "the process that unpacks it failed", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct unpacking u = {.format = rows[i].format, .limits = {.max_bytes = 5000, .max_ratio = 77}, .progress = &progress};
        struct unpack_fault fault = {.has_offset = !rows[i].has_offset};

        progress = (struct unpack_progress){.n_in = 42, .error = EIO};
        unpack_describe(rows[i].result, &u, &fault);
        if (!strstr(fault.text, rows[i].due))
            fail_msg("row %zu: %s", i, fault.text);
        assert_int_equal(fault.has_offset, rows[i].has_offset);
        assert_true(!fault.has_offset || fault.offset == 42);
        assert_true(strlen(fault.text) < sizeof(fault.text) - 1); /* not cut short */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recognise),       cmocka_unit_test(test_whole),
        cmocka_unit_test(test_large),           cmocka_unit_test(test_cut),
        cmocka_unit_test(test_flipped),         cmocka_unit_test(test_joined),
        cmocka_unit_test(test_trailing),        cmocka_unit_test(test_none),
        cmocka_unit_test(test_zstd_skippable),  cmocka_unit_test(test_zstd_window),
        cmocka_unit_test(test_zstd_dictionary), cmocka_unit_test(test_xz_memory),
        cmocka_unit_test(test_byte_limit),      cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_io_faults),       cmocka_unit_test(test_slow_input),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
