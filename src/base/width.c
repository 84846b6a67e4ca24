/*
 * width.c - widths of characters, by ranges.
 *
 * Source of the ranges: EastAsianWidth.txt of Unicode 15. Blocks that are W but for unassigned code points are one range. Pictures
 * are taken as W from U+1F300 on, which is right for nearly all of them.
 */
#include "config.h"

#include "base/width.h"

#include "base/out.h"

static const struct range {
    uint32_t first, last;
    unsigned width;
} ranges[] = {
    {0x0300, 0x036f, 0},   /* combining marks */
    {0x1100, 0x115f, 2},   /* Hangul initials */
    {0x20d0, 0x20ff, 0},   /* combining marks for symbols */
    {0x2e80, 0x303e, 2},   /* radicals, CJK punctuation */
    {0x3041, 0x3096, 2},   /* Hiragana */
    {0x3099, 0x309a, 0},   /* combining voiced sound marks */
    {0x309b, 0x33ff, 2},   /* Hiragana, Katakana, Bopomofo, Hangul letters, squared forms */
    {0x3400, 0x4dbf, 2},   /* CJK extension A */
    {0x4e00, 0xa4c6, 2},   /* CJK, Yi */
    {0xa960, 0xa97c, 2},   /* Hangul initials */
    {0xac00, 0xd7a3, 2},   /* Hangul */
    {0xf900, 0xfaff, 2},   /* CJK compatibility */
    {0xfe10, 0xfe19, 2},   /* vertical forms */
    {0xfe20, 0xfe2f, 0},   /* combining half marks */
    {0xfe30, 0xfe6b, 2},   /* CJK compatibility forms */
    {0xff01, 0xff60, 2},   /* full-width forms */
    {0xffe0, 0xffe6, 2},   /* full-width signs */
    {0x1f300, 0x1f64f, 2}, /* pictures */
    {0x1f900, 0x1f9ff, 2}, /* pictures */
    {0x20000, 0x3fffd, 2}, /* CJK extensions B to H */
};

unsigned width_of_char(uint32_t cp)
{
    for (size_t i = 0; i < ARRAY_LEN(ranges) && cp >= ranges[i].first; i++)
        if (cp <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

size_t width_of(struct view text)
{
    size_t width = 0, len;

    for (; text.n; text = view_skip(text, len)) {
        uint32_t cp = utf8_decode(text, &len);

        width += width_of_char(cp);
    }
    return width;
}
