/*
 * rfc3339.c - UTC times as text, by the proleptic Gregorian calendar; no time zone data, no clock.
 */
#include "config.h"

#include "base/rfc3339.h"

#include "base/out.h"

#define SEC_PER_DAY 86400

struct civil {
    int year, month, day, hour, minute, second, us;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;

    return q * b > a ? q - 1 : q;
}

/*
 * Day count to date by 400-year eras that start on 1 March, so that the leap day is an era's last.
 * int64_t nanoseconds reach from 1677 to 2262, so the year always has four digits.
 */
static struct civil civil_of(ns_t t)
{
    int64_t sec = floor_div(t, NS_PER_SEC);
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
    c.us = (int)((t % NS_PER_SEC + (t % NS_PER_SEC < 0 ? NS_PER_SEC : 0)) / NS_PER_US);
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
    struct civil c = civil_of(t);
    char text[] = "YYYY-MM-DDThh:mm:ss.uuuuuuZ";

    put_digits(text + 4, 4, c.year);
    put_digits(text + 7, 2, c.month);
    put_digits(text + 10, 2, c.day);
    put_digits(text + 13, 2, c.hour);
    put_digits(text + 16, 2, c.minute);
    put_digits(text + 19, 2, c.second);
    put_digits(text + 26, 6, c.us);
    out_str(o, text);
}

void rfc3339_print_short(ns_t t, struct out *o)
{
    struct civil c = civil_of(t);

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

int64_t rfc3339_day(ns_t t)
{
    return floor_div(floor_div(t, NS_PER_SEC), SEC_PER_DAY);
}
