/*
 * bench_memory.c - what the memory of answers costs: remembering one, asking whether a name led to a connection, finding it.
 *
 * usage: bench-memory            times, one `key value' a line
 *        bench-memory ANSWERS    remembers so many, once: for counting instructions
 *
 * A memory of the default size that is full and pushes out, 1,000 clients, 100,000 names, an answer of one address for each.
 * The yardstick is measured in the same run: reading the same answer, that is the walk over the message and the look-up of its name.
 */
#include "config.h"

#include "detect/names.h"
#include "flow/name_memory.h"

#include "../small_feed.h"

#include <stdio.h>
#include <time.h>

#define MAX_NAMES 131072 /* the default of limits.max_names */
#define CLIENTS 1000
#define NAMES 100000
#define ANSWERS (1U << 20)
#define MESSAGE_MAX 128

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* splitmix64, which gives a number for each number. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static struct addr addr_of(uint8_t first, uint64_t n)
{
    struct addr a;

    addr_set_v4(&a, (uint8_t[4]){first, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});
    return a;
}

/* The message that answers with one address for hostNUMBER.example.org. */
static struct view make_answer(uint8_t *to, uint64_t number)
{
    static const uint8_t head[12] = {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0};
    static const uint8_t rest[] = "\007example\003org\0\0\1\0\1"
                                  "\300\014\0\1\0\1\0\0\1\54\0\4";
    struct addr a = addr_of(203, number);
    size_t n = sizeof(head);
    int digits;

    memcpy(to, head, n);
    digits = snprintf((char *)to + n + 1, MESSAGE_MAX - n - 1, "host%llu", (unsigned long long)number);
    to[n] = (uint8_t)digits;
    n += 1 + (size_t)digits;
    memcpy(to + n, rest, sizeof(rest) - 1);
    n += sizeof(rest) - 1;
    memcpy(to + n, a.b + 12, 4);
    return view_of(to, n + 4);
}

struct bench {
    struct name_memory memory;
    struct names_message *said; /* NAMES of them */
    uint8_t (*bytes)[MESSAGE_MAX];
    struct view *message;
};

static void fail(const char *what)
{
    fprintf(stderr, "bench-memory: %s\n", what);
    exit(1);
}

static void prepare(struct bench *b, struct hash_key *key)
{
    struct names_counters c = {0};

    hash_key_fixed(key, 7);
    b->said = calloc(NAMES, sizeof(*b->said));
    b->bytes = calloc(NAMES, sizeof(*b->bytes));
    b->message = calloc(NAMES, sizeof(*b->message));
    if (!b->said || !b->bytes || !b->message || !name_memory_init(&b->memory, MAX_NAMES, key))
        fail("no memory");
    for (uint64_t i = 0; i < NAMES; i++) {
        b->message[i] = make_answer(b->bytes[i], i);
        if (!names_read(small_feed(), b->message[i], NAMES_ON_PORT, 0, &b->said[i], &c) || b->said[i].n_addrs != 1)
            fail("an answer is not read");
    }
}

static double read_all(struct bench *b)
{
    struct names_counters c = {0};
    struct names_message m;
    double begin = now_s();

    for (uint64_t i = 0; i < ANSWERS; i++)
        names_read(small_feed(), b->message[mix(i) % NAMES], NAMES_ON_PORT, 0, &m, &c);
    if (c.messages != ANSWERS)
        fail("an answer was not read");
    return (now_s() - begin) / ANSWERS * 1e9;
}

static double remember(struct bench *b, uint64_t n)
{
    static const struct name_place nowhere;
    double begin = now_s();

    for (uint64_t i = 0; i < n; i++) {
        const struct names_message *m = &b->said[mix(i) % NAMES];
        struct addr client = addr_of(10, mix(i * 3) % CLIENTS);

        name_memory_add(&b->memory, &nowhere, &client, m->addr, m->n_addrs, &m->asked, NULL, (ns_t)i * 1000000, m->ttl_s);
    }
    return (now_s() - begin) / (double)n * 1e9;
}

static double find_all(struct bench *b)
{
    static const struct name_place nowhere;
    struct name_found found;
    uint64_t n_found = 0;
    double begin = now_s();

    for (uint64_t i = 0; i < ANSWERS; i++) { /* of the newest, every second one by another client */
        uint64_t n = ANSWERS - 1 - i % (MAX_NAMES / 4);
        struct addr client = addr_of(10, mix((n - i % 2) * 3) % CLIENTS);

        n_found +=
            name_memory_find(&b->memory, &nowhere, &client, b->said[mix(n) % NAMES].addr, (ns_t)ANSWERS * 1000000, &found);
    }
    begin = now_s() - begin;
    if (n_found < ANSWERS * 4 / 10)
        fail("what was remembered is not found");
    return begin / ANSWERS * 1e9;
}

/* One listed answer makes the filter look. */
static double ask_filter(struct bench *b)
{
    static const struct name_place nowhere;
    struct addr client = addr_of(10, 1), pool = addr_of(198, 7);
    uint64_t n_may = 0;
    double begin;

    name_memory_add(&b->memory, &nowhere, &client, &pool, 1, &b->said[0].asked, &b->said[0].asked, 0, 86400);
    begin = now_s();
    for (uint64_t i = 0; i < ANSWERS; i++)
        n_may += name_memory_may_lead(&b->memory, b->said[i % NAMES].addr, 1);
    if (n_may > ANSWERS / 100)
        fail("the filter lets all through");
    return (now_s() - begin) / ANSWERS * 1e9;
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct hash_key key;

    prepare(&b, &key);
    if (argc > 1) {
        remember(&b, strtoull(argv[1], NULL, 10));
        return 0;
    }
    remember(&b, ANSWERS); /* it is full, and its memory has been touched */
    printf("read_ns %.1f\n", read_all(&b));
    printf("add_ns %.1f\n", remember(&b, ANSWERS));
    printf("find_ns %.1f\n", find_all(&b));
    printf("filter_ns %.2f\n", ask_filter(&b));
    printf("bytes %zu\n",
           (size_t)b.memory.n_units * NAME_PARTS * sizeof(uint64_t) + ((size_t)b.memory.mask + 1) * NAME_PARTS * 4);
    return 0;
}
