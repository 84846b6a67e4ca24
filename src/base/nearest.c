/*
 * nearest.c - edit distance of short words.
 */
#include "config.h"

#include "base/nearest.h"

#define LENGTH_MAX 32
#define DISTANCE_MAX 3 /* more, and the word is another one */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Levenshtein's distance, with one row of its table. */
static unsigned distance(struct view a, struct view b)
{
    unsigned row[LENGTH_MAX + 1];

    for (size_t k = 0; k <= b.n; k++)
        row[k] = (unsigned)k;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t k = 1; k <= b.n; k++) {
            unsigned best = diagonal + (lower(a.p[i - 1]) != lower(b.p[k - 1]));

            diagonal = row[k];
            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            row[k] = best;
        }
    }
    return row[b.n];
}

const char *nearest_word(struct view written, const char *const *words, size_t n_words)
{
    const char *best = NULL;
    unsigned best_distance = DISTANCE_MAX + 1;

    if (written.n > LENGTH_MAX)
        return NULL;
    for (size_t i = 0; i < n_words; i++) {
        struct view word = words[i] ? view_str(words[i]) : view_of(NULL, 0);
        unsigned d;

        if (!words[i] || word.n > LENGTH_MAX)
            continue;
        d = distance(written, word);
        if (d < best_distance) {
            best_distance = d;
            best = words[i];
        }
    }
    return best;
}
