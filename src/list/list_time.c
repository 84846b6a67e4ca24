/*
 * list_time.c - times in lists, as far as lists write them; all in UTC.
 */
#include "config.h"

#include "list/list_work.h"

#include "base/parse.h"
#include "base/rfc3339.h"

#define DAY_S 86400
#define YEAR_MIN 1990 /* numbers that would be earlier or later are no times */
#define YEAR_MAX 2199

/* n digits at the cursor. */
static bool take_digits(struct buf *b, size_t n, unsigned *value)
{
    uint64_t u;

    if (!buf_has(b, n) || !parse_u64(buf_take(b, n), &u))
        return false;
    *value = (unsigned)u;
    return true;
}

/* The start of a day; false when there is none. */
static bool take_day(unsigned year, unsigned month, unsigned day, int64_t *seconds)
{
    int64_t days;

    if (year < YEAR_MIN || year > YEAR_MAX || !rfc3339_date(year, month, day, &days))
        return false;
    *seconds = days * DAY_S;
    return true;
}

/* 1 Mar 2026, and longer names of months; Sun Mar 1 12:00:00 UTC 2026 by its day. */
static bool take_english(struct view text, int64_t *seconds)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    struct view rest = text, day = list_word(&rest), month = list_word(&rest), year = list_word(&rest);
    uint64_t d, y;

    if (rest.n > 0 && !parse_u64(day, &d)) {
        day = year;
        while (rest.n > 0)
            year = list_word(&rest);
    }
    if (month.n < 3 || !parse_u64(day, &d) || !parse_u64(view_head(year, 4), &y) || d > 31)
        return false;
    for (unsigned m = 0; m < 12; m++) {
        const char *name = months + (size_t)m * 3;

        if (byte_lower(month.p[0]) == (uint8_t)name[0] && byte_lower(month.p[1]) == (uint8_t)name[1] &&
            byte_lower(month.p[2]) == (uint8_t)name[2])
            return take_day((unsigned)y, m + 1, (unsigned)d, seconds);
    }
    return false;
}

/* Numbers alone: seconds, milliseconds, 20260301, 2026030105 (the serial number of a zone). */
static bool take_number(struct view text, int64_t *seconds, bool *is_day)
{
    struct buf b = buf_of(text);
    unsigned year, month, day;
    uint64_t n;

    if (!parse_u64(text, &n))
        return false;
    if ((text.n == 8 || text.n == 10) && take_digits(&b, 4, &year) && take_digits(&b, 2, &month) && take_digits(&b, 2, &day) &&
        take_day(year, month, day, seconds))
        return true;
    *is_day = false;
    *seconds = (int64_t)(text.n == 13 ? n / 1000 : n);
    return (text.n >= 9 && text.n <= 10) || text.n == 13;
}

/*
 * Reads a time: 2026-03-01, RFC 3339, 20260301, 1 Mar 2026, or seconds since 1970 (milliseconds when there are 13 digits).
 * Seconds since 1970; false when it is none.
 */
static bool read_time(struct view text, int64_t *seconds, bool *is_day)
{
    struct buf b;
    unsigned year, month, day;
    ns_t t;

    text = list_trim(text);
    *is_day = true;
    if (take_number(text, seconds, is_day) || take_english(text, seconds))
        return true;
    b = buf_of(text);
    if (!take_digits(&b, 4, &year) || buf_u8(&b) != '-' || !take_digits(&b, 2, &month) || buf_u8(&b) != '-' ||
        !take_digits(&b, 2, &day) || !take_day(year, month, day, seconds))
        return false;
    *is_day = !rfc3339_parse(text, &t);
    if (!*is_day)
        *seconds = t / NS_PER_SEC;
    return true;
}

void list_newest(struct list_work *w, struct view text)
{
    int64_t seconds;
    bool is_day;

    if (!read_time(text, &seconds, &is_day) || (w->has_newest && seconds <= w->newest_s))
        return;
    w->newest_s = seconds;
    w->newest_is_day = is_day;
    w->has_newest = true;
}

void list_newest_comment(struct list_work *w, struct view comment)
{
    static const char *const words[] = {"modified", "updated", "date", "generated", "version", "newest", "last"};
    struct view head = view_head(comment, view_find(comment, ':'));
    struct view value = view_skip(comment, head.n + 1);

    while (head.n > 0) {
        struct view word = list_word(&head);

        while (word.n > 0 && (word.p[0] == '#' || word.p[0] == '!' || word.p[0] == ';'))
            word = view_skip(word, 1);
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (view_is_word(word, words[i])) {
                list_newest(w, value);
                return;
            }
        }
    }
}

void list_newest_end(struct list_work *w)
{
    struct out o = out_of(w->report->newest, sizeof(w->report->newest));
    int64_t clock = w->newest_s % DAY_S;

    if (!w->has_newest || w->newest_s < 0)
        return;
    rfc3339_print_day(w->newest_s / DAY_S, &o);
    if (!w->newest_is_day)
        out_fmt(&o, "T%02d:%02d:%02dZ", (int)(clock / 3600), (int)(clock / 60 % 60), (int)(clock % 60));
}

uint32_t list_expires(struct view text)
{
    int64_t seconds;
    bool is_day;

    if (text.n == 0 || !read_time(text, &seconds, &is_day) || seconds <= 0)
        return 0;
    return (uint32_t)((seconds + DAY_S - 1) / DAY_S);
}
