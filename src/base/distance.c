/*
 * distance.c - Levenshtein's distance, one row at a time.
 */
#include "config.h"

#include "base/distance.h"

unsigned distance_of(struct view a, struct view b)
{
    unsigned row[33];

    if (a.n >= ARRAY_LEN(row) || b.n >= ARRAY_LEN(row))
        return DISTANCE_FAR;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned best = diagonal + (a.p[i - 1] != b.p[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.n];
}

bool distance_is_near(struct view a, struct view b)
{
    unsigned d = distance_of(a, b);

    return d <= DISTANCE_NEAR && 2 * d <= max_size(a.n, b.n);
}
