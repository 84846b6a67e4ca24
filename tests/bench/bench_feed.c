/*
 * bench_feed.c - what the lists of names cost: compiling, loading, memory, looking names up.
 *
 * usage: bench-feed NAMES             times, one `key value' a line
 *        bench-feed NAMES LOOKUPS     looks up only, once: for counting instructions
 *
 * Names are made from a number: three labels, 24 bytes on average, as lists of domains have. One of 100 names that
 * are looked up is listed. Each time has a yardstick that is measured in the same run:
 *   compiling    finding the lines of the text and hashing each
 *   loading      copying the image
 *   looking up   hashing the name, whole (XXH3)
 */
#include "config.h"

#include "feed/feed.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define TEXT_PER_NAME 100
#define LOOKUPS (1U << 20)
#define LISTED 100 /* one of so many */

/* CPU time: what others do on the machine counts less. */
static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *map(size_t n)
{
    void *mem = mmap(NULL, n ? n : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED) {
        perror("bench-feed: mmap");
        exit(1);
    }
    return mem;
}

/* splitmix64, which gives a number for each number. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Writes the name with this number, up to 32 bytes. Numbers below 2^60 give different names. */
static size_t put_name(char *to, uint64_t number)
{
    static const char *const tops[] = {"com", "net", "org", "info", "example", "top", "de", "xyz"};
    uint64_t r = mix(number);
    size_t n = 0, n_first = 3 + (r >> 61), n_second = 5 + (r >> 58 & 7);
    const char *top = tops[number & 7];

    for (size_t i = 0; i < n_first; i++, r = mix(r))
        to[n++] = (char)('a' + r % 26);
    to[n++] = '.';
    for (; number > 7; number /= 26) /* makes it another than all others */
        to[n++] = (char)('a' + number % 26);
    for (size_t i = 0; i < n_second; i++, r = mix(r))
        to[n++] = (char)('a' + r % 26);
    to[n++] = '.';
    memcpy(to + n, top, strlen(top));
    return n + strlen(top);
}

/* Plain, or with all columns, of which that of the lines differs from row to row as in a list that was converted. */
static struct view make_list(uint64_t n_names, bool columns)
{
    char *text = map(n_names * TEXT_PER_NAME + 100);
    size_t n = 0;

    if (columns)
        n += (size_t)sprintf(text, "name,match,kind,confidence,coins,sources,licences,note,line\n");
    for (uint64_t i = 0; i < n_names; i++) {
        n += put_name(text + n, i);
        if (columns)
            n += (size_t)sprintf(text + n, ",suffix,pool,%u,XMR,maltrail,MIT,,%u", 80 + (unsigned)(i & 3), (unsigned)i + 1);
        text[n++] = '\n';
    }
    return view_of(text, n);
}

static uint64_t hash_lines(const struct hash_key *key, struct view text)
{
    uint64_t sum = 0;

    while (text.n > 0) {
        struct view line = view_head(text, view_find(text, '\n'));

        sum += hash_64(key, line);
        text = view_skip(text, line.n + 1);
    }
    return sum;
}

static struct name *make_names(uint64_t n_names)
{
    struct name *names = map(LOOKUPS * sizeof(*names));

    for (uint64_t i = 0; i < LOOKUPS; i++) {
        char text[64];
        uint64_t number = i % LISTED == 0 ? mix(i) % n_names : n_names + mix(i) % (UINT64_C(1) << 40);

        if (!name_parse(&names[i], view_of(text, put_name(text, number))))
            abort();
    }
    return names;
}

static uint64_t look_up(const struct feed *f, const struct name *names, uint64_t n)
{
    uint64_t n_found = 0;

    for (uint64_t i = 0; i < n; i++)
        n_found += feed_find(f, &names[i % LOOKUPS], 0) != 0;
    return n_found;
}

static uint64_t hash_names(const struct hash_key *key, const struct name *names)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < LOOKUPS; i++)
        sum += hash_64(key, name_view(&names[i]));
    return sum;
}

static void show(const char *key, double value)
{
    printf("%s %.9g\n", key, value);
}

static struct feed *build(const struct feed_source *source, uint64_t n_names)
{
    size_t size = feed_size(source, 1);
    struct feed_report report;
    struct feed *f = feed_build(map(size), size, source, 1, 1, &report);

    if (f && report.n_taken == n_names)
        return f;
    fprintf(stderr, "bench-feed: not all names were taken\n");
    exit(1);
}

/* An image as a file that was read before: mapped and checked; and copied, as a yardstick. */
static void load(const struct feed *f)
{
    int fd = memfd_create("image", 0);
    size_t n = feed_bytes(f);
    char *copy = map(n);
    void *mem;
    double t;

    for (size_t at = 0; at < n;) {
        ssize_t got = write(fd, (const char *)f + at, n - at);

        if (got <= 0) {
            perror("bench-feed: write");
            exit(1);
        }
        at += (size_t)got;
    }
    t = now_s();
    mem = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (mem == MAP_FAILED || !feed_check(mem, n)) {
        fprintf(stderr, "bench-feed: the image is refused\n");
        exit(1);
    }
    show("load_s", now_s() - t);
    t = now_s();
    memcpy(copy, mem, n);
    show("copy_s", now_s() - t);
    munmap(mem, n);
    munmap(copy, n);
    close(fd);
}

static int measure(uint64_t n_names)
{
    struct feed_source source = {"bench", make_list(n_names, false)}, table = {"bench", make_list(n_names, true)};
    struct hash_key key;
    struct name *names;
    volatile uint64_t sink;
    struct feed *f;
    double t;

    hash_key_fixed(&key, 1);
    t = now_s();
    sink = hash_lines(&key, source.text);
    show("lines_s", now_s() - t);
    t = now_s();
    f = build(&table, n_names);
    show("table_s", now_s() - t);
    munmap(f, feed_size(&table, 1));
    t = now_s();
    f = build(&source, n_names);
    show("build_s", now_s() - t);
    show("text_bytes", (double)source.text.n);
    show("image_bytes", (double)feed_bytes(f));
    show("beside_names", ((double)feed_bytes(f) - (double)(source.text.n - n_names)) / (double)n_names);
    load(f);
    names = make_names(n_names);
    t = now_s();
    if (look_up(f, names, LOOKUPS) < LOOKUPS / LISTED)
        return 1;
    show("lookup_ns", (now_s() - t) * 1e9 / LOOKUPS);
    t = now_s();
    sink = hash_names(&key, names);
    show("hash_ns", (now_s() - t) * 1e9 / LOOKUPS);
    (void)sink;
    return 0;
}

static int only_look_up(uint64_t n_names, uint64_t n_lookups)
{
    struct feed_source source = {"bench", make_list(n_names, false)};
    struct feed *f = build(&source, n_names);

    printf("found %llu\n", (unsigned long long)look_up(f, make_names(n_names), n_lookups));
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t n_names = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;

    if (n_names == 0 || argc > 3) {
        fprintf(stderr, "usage: bench-feed NAMES [LOOKUPS]\n");
        return 2;
    }
    return argc > 2 ? only_look_up(n_names, strtoull(argv[2], NULL, 10)) : measure(n_names);
}
