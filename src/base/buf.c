/*
 * buf.c - searching in views. The cursor itself is inline in buf.h.
 */
#include "config.h"

#include "base/buf.h"

size_t view_find(struct view v, uint8_t c)
{
    const uint8_t *at = v.n ? memchr(v.p, c, v.n) : NULL;

    return at ? (size_t)(at - v.p) : v.n;
}

size_t view_find_last(struct view v, uint8_t c)
{
    const uint8_t *at = v.n ? memrchr(v.p, c, v.n) : NULL;

    return at ? (size_t)(at - v.p) : v.n;
}

bool view_is_word(struct view v, const char *word)
{
    if (v.n != strlen(word))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (byte_lower(v.p[i]) != (uint8_t)word[i])
            return false;
    return true;
}
