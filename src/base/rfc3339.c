/*
 * rfc3339.c - UTC times as text, by the proleptic Gregorian calendar; no time zone data, no clock.
 */
#include "config.h"

#include "base/rfc3339.h"

#include "base/out.h"
#include "base/parse.h"

#define SEC_PER_DAY 86400

struct civil {
    int year, month, day, hour, minute, second;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;

    return q * b > a ? q - 1 : q;
}

/*
 * Day count to date by 400-year eras that start on 1 March, so that the leap day is an era's last.
 * int64_t nanoseconds reach from 1677 to 2262, so the year of a time always has four digits.
 */
static struct civil civil_of(int64_t sec)
{
    int64_t days = floor_div(sec, SEC_PER_DAY);
    int64_t in_day = sec - days * SEC_PER_DAY;
    int64_t shifted = days + 719468; /* days from 0000-03-01 to 1970-01-01 */
    int64_t era = floor_div(shifted, 146097);
    int64_t doe = shifted - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct civil c;

    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    c.hour = (int)(in_day / 3600);
    c.minute = (int)(in_day / 60 % 60);
    c.second = (int)(in_day % 60);
    return c;
}

/* Puts n, which has at most as many digits as there is room for, before `end`. */
static void put_digits(char *end, int n_digits, int n)
{
    for (int i = 1; i <= n_digits; i++, n /= 10)
        end[-i] = (char)('0' + n % 10);
}

/* By hand: a finding has a dozen times, and printf takes ten times as long. */
void rfc3339_print(ns_t t, struct out *o)
{
    int64_t sec = floor_div(t, NS_PER_SEC);
    int64_t ns = t % NS_PER_SEC; /* not t - sec * NS_PER_SEC: of the earliest times that would be too much */
    struct civil c = civil_of(sec);
    char text[] = "YYYY-MM-DDThh:mm:ss.uuuuuuZ";

    put_digits(text + 4, 4, c.year);
    put_digits(text + 7, 2, c.month);
    put_digits(text + 10, 2, c.day);
    put_digits(text + 13, 2, c.hour);
    put_digits(text + 16, 2, c.minute);
    put_digits(text + 19, 2, c.second);
    put_digits(text + 26, 6, (int)((ns < 0 ? ns + NS_PER_SEC : ns) / NS_PER_US));
    out_str(o, text);
}

void rfc3339_print_short(ns_t t, struct out *o)
{
    struct civil c = civil_of(floor_div(t, NS_PER_SEC));

    out_fmt(o, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void rfc3339_print_span(ns_t span, struct out *o)
{
    long long s = span > 0 ? (long long)(span / NS_PER_SEC) : 0;

    if (span < NS_PER_SEC)
        out_fmt(o, "%d ms", span > 0 ? (int)(span / 1000000) : 0);
    else if (s < 60)
        out_fmt(o, "%lld s", s);
    else if (s < 3600)
        out_fmt(o, "%lld min %lld s", s / 60, s % 60);
    else if (s < SEC_PER_DAY)
        out_fmt(o, "%lld h %lld min", s / 3600, s / 60 % 60);
    else
        out_fmt(o, "%lld d %lld h", s / SEC_PER_DAY, s / 3600 % 24);
}

void rfc3339_print_day(int64_t days, struct out *o)
{
    struct civil c = civil_of(days * SEC_PER_DAY);

    out_fmt(o, "%04d-%02d-%02d", c.year, c.month, c.day);
}

int64_t rfc3339_day(ns_t t)
{
    return floor_div(floor_div(t, NS_PER_SEC), SEC_PER_DAY);
}

/* --- reading ------------------------------------------------------------------------------------ */

/* Exactly n digits. */
static int read_digits(struct buf *b, size_t n)
{
    uint64_t v = 0;

    if (!parse_u64(buf_take(b, n), &v))
        buf_fail(b);
    return (int)v;
}

static void expect(struct buf *b, uint8_t c)
{
    if (buf_u8(b) != c)
        buf_fail(b);
}

/* The digits behind a point, or behind the seconds' second digit, as nanoseconds; of more than nine the first. */
static int64_t read_fraction(struct buf *b)
{
    int64_t ns = 0, unit = NS_PER_SEC / 10;

    while (buf_peek(b, 0) >= '0' && buf_peek(b, 0) <= '9') {
        ns += unit * (buf_u8(b) - '0');
        unit /= 10;
    }
    return ns;
}

/* Z, nothing, or +HH:MM and the like: seconds to subtract. */
static int64_t read_offset(struct buf *b)
{
    uint8_t sign = buf_left(b) ? buf_u8(b) : 'Z';
    int64_t offset;

    if (sign == 'Z' || sign == 'z')
        return 0;
    if (sign != '+' && sign != '-')
        buf_fail(b);
    offset = read_digits(b, 2) * 3600;
    if (buf_peek(b, 0) == ':')
        buf_skip(b, 1);
    if (buf_left(b) > 0)
        offset += read_digits(b, 2) * 60;
    return sign == '-' ? -offset : offset;
}

/* Days from 1970-01-01, the inverse of civil_of. */
static int64_t days_of(const struct civil *c)
{
    int64_t year = c->year - (c->month <= 2), era = floor_div(year, 400), yoe = year - era * 400;
    int64_t doy = (153 * (c->month + (c->month > 2 ? -3 : 9)) + 2) / 5 + c->day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* A leap second is told as the one before it. */
static bool is_civil(struct civil *c)
{
    c->second -= c->second == 60;
    return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= days_in_month(c->year, c->month) && c->hour < 24 &&
           c->minute < 60 && c->second < 60;
}

bool rfc3339_date(unsigned year, unsigned month, unsigned day, int64_t *days)
{
    struct civil c = {.year = (int)year, .month = (int)month, .day = (int)day};

    if (year > 9999 || month > 12 || day > 31 || !is_civil(&c))
        return false;
    *days = days_of(&c);
    return true;
}

bool rfc3339_parse_day(struct view text, int64_t *days)
{
    struct buf b = buf_of(text);
    int year = read_digits(&b, 4), month, day;

    expect(&b, '-');
    month = read_digits(&b, 2);
    expect(&b, '-');
    day = read_digits(&b, 2);
    return buf_ok(&b) && buf_left(&b) == 0 && rfc3339_date((unsigned)year, (unsigned)month, (unsigned)day, days);
}

bool rfc3339_parse(struct view text, ns_t *t)
{
    struct buf b = buf_of(text);
    struct civil c = {0};
    int64_t fraction, s;
    __int128 ns;
    uint8_t between;

    c.year = read_digits(&b, 4);
    expect(&b, '-');
    c.month = read_digits(&b, 2);
    expect(&b, '-');
    c.day = read_digits(&b, 2);
    between = buf_u8(&b);
    c.hour = read_digits(&b, 2);
    expect(&b, ':');
    c.minute = read_digits(&b, 2);
    expect(&b, ':');
    c.second = read_digits(&b, 2);
    if (buf_peek(&b, 0) == '.' || buf_peek(&b, 0) == ',')
        buf_skip(&b, 1);
    fraction = read_fraction(&b);
    s = -read_offset(&b);
    if (!buf_ok(&b) || buf_left(&b) > 0 || (between != 'T' && between != 't' && between != ' ') || !is_civil(&c))
        return false;
    s += days_of(&c) * SEC_PER_DAY + c.hour * 3600 + c.minute * 60 + c.second;
    ns = (__int128)s * NS_PER_SEC + fraction;
    *t = (ns_t)ns;
    return ns <= NS_TIME_MAX && ns >= -NS_TIME_MAX;
}
