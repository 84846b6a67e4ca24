/*
 * base.h - what every file may rely on: the time type, array length, attributes.
 *
 * Nothing here reads a clock, allocates or does I/O.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stddef.h>
#include <stdint.h>

/* A point in time or a span, in nanoseconds; points are since 1970-01-01T00:00:00Z. */
typedef int64_t ns_t;

/*
 * Times of packets are kept within this distance of 1970 (146 years), so that the difference of any two
 * of them, and a timeout on top, is never out of range. Readers of files clamp what they find.
 */
#define NS_TIME_MAX (INT64_MAX / 2)

#define NS_PER_SEC INT64_C(1000000000)
#define NS_PER_US INT64_C(1000)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define ATTR_PRINTF(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))
#define ATTR_NOINLINE __attribute__((noinline))
#define ATTR_ALWAYS_INLINE inline __attribute__((always_inline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* What stands behind a noun of which there are n. */
static inline const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

#endif
