/*
 * nearest.c - Levenshtein's distance, one row of its table at a time.
 */
#include "config.h"

#include "base/nearest.h"

unsigned nearest_distance(struct view a, struct view b)
{
    unsigned row[33];

    if (a.n >= ARRAY_LEN(row) || b.n >= ARRAY_LEN(row))
        return NEAREST_FAR;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned best = diagonal + (byte_lower(a.p[i - 1]) != byte_lower(b.p[j - 1]));

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

bool nearest_is_near(struct view a, struct view b)
{
    unsigned d = nearest_distance(a, b);

    return d <= NEAREST_MOST && 2 * d <= max_size(a.n, b.n);
}

const char *nearest_word(struct view written, const char *const *words, size_t n_words)
{
    const char *best = NULL;
    unsigned best_distance = NEAREST_MOST + 1;

    for (size_t i = 0; i < n_words; i++) {
        unsigned d = words[i] ? nearest_distance(written, view_str(words[i])) : NEAREST_FAR;

        if (d < best_distance) {
            best_distance = d;
            best = words[i];
        }
    }
    return best;
}
