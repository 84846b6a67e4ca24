/*
 * list_lines.c - lines of a list, and the words on them.
 */
#include "config.h"

#include "list/list_work.h"

#include "base/addr_parse.h"
#include "base/parse.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

struct view list_trim(struct view v)
{
    while (v.n > 0 && is_blank(v.p[0]))
        v = view_skip(v, 1);
    while (v.n > 0 && is_blank(v.p[v.n - 1]))
        v.n--;
    return v;
}

struct view list_cut_comment(struct view line, uint8_t c)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == c && (i == 0 || is_blank(line.p[i - 1])))
            return list_trim(view_head(line, i));
    return line;
}

struct view list_word(struct view *rest)
{
    struct view word;
    size_t n = 0;

    *rest = list_trim(*rest);
    while (n < rest->n && !is_blank(rest->p[n]))
        n++;
    word = view_head(*rest, n);
    *rest = list_trim(view_skip(*rest, n));
    return word;
}

struct view list_field(struct view *rest, uint8_t c)
{
    struct view field = view_head(*rest, view_find(*rest, c));

    *rest = view_skip(*rest, field.n + 1);
    return field;
}

bool list_raw_line(struct list_work *w, struct view *line)
{
    while (buf_left(&w->in) > 0 && !list_is_refused(w)) {
        *line = buf_take(&w->in, view_find(buf_rest(&w->in), '\n'));
        buf_skip(&w->in, buf_left(&w->in) > 0 ? 1 : 0);
        w->line++;
        if (line->n > LIST_LINE_MAX)
            list_refuse(w, w->line, "the line has %zu bytes, at most %d are read", line->n, LIST_LINE_MAX);
        else if (view_find(*line, '\0') < line->n)
            list_refuse(w, w->line, "found a NUL byte in column %zu: expected text", view_find(*line, '\0') + 1);
        else
            return true;
    }
    return false;
}

bool list_line(struct list_work *w, struct view *line)
{
    while (list_raw_line(w, line)) {
        *line = list_trim(*line);
        if (line->n > 0)
            return true;
    }
    return false;
}

uint32_t list_line_at(struct list_work *w, const uint8_t *p)
{
    struct view rest = view_skip(w->text, (size_t)(w->at - w->text.p));
    size_t at;

    if (!p || !view_holds(rest, view_of(p, 0), &at))
        return w->at_line;
    w->at = p; /* no byte is counted twice, on the longest line neither */
    rest = view_head(rest, at);
    while (view_find(rest, '\n') < rest.n) {
        rest = view_skip(rest, view_find(rest, '\n') + 1);
        w->at_line++;
    }
    return w->at_line;
}

bool list_address(struct view text, struct addr *a)
{
    if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = view_of(text.p + 1, text.n - 2);
    return text.n > 0 && text.n < 64 && addr_parse(text, a);
}

bool list_host_port(struct view text, struct view *host, uint16_t *port)
{
    size_t colon = view_find_last(text, ':');
    struct addr a;
    uint64_t n;

    *host = text;
    *port = 0;
    if (colon == text.n || list_address(text, &a)) /* an IPv6 address alone has colons too */
        return true;
    if (!parse_u64(view_skip(text, colon + 1), &n) || n == 0 || n > UINT16_MAX)
        return false;
    *host = view_head(text, colon);
    *port = (uint16_t)n;
    return true;
}

struct word {
    const char *word;
    int means;
};

static int means(const struct word *words, size_t n, struct view word)
{
    for (size_t i = 0; i < n; i++)
        if (view_is_word(word, words[i].word))
            return words[i].means;
    return -1;
}

int list_kind_of(struct view word)
{
    static const struct word words[] = {
        {"pool", FEED_POOL},
        {"mining-pool", FEED_POOL},
        {"miningpool", FEED_POOL},
        {"proxy", FEED_PROXY},
        {"mining-proxy", FEED_PROXY},
        {"nicehash", FEED_NICEHASH},
        {"marketplace", FEED_NICEHASH},
        {"dead", FEED_DEAD},
        {"dead-or-historic", FEED_DEAD},
        {"webminer", FEED_WEBMINER},
        {"web-miner", FEED_WEBMINER},
        {"browser-miner", FEED_WEBMINER},
        {"malware", FEED_MALWARE},
        {"node", FEED_NODE},
        {"coin-node", FEED_NODE},
        {"allow", FEED_ALLOW},
        {"never", FEED_NEVER},
    };

    return means(words, ARRAY_LEN(words), word);
}

int list_match_of(struct view word)
{
    static const struct word words[] = {
        {"suffix", FEED_SUFFIX}, {"domain", FEED_SUFFIX}, {"exact", FEED_EXACT},
        {"host", FEED_EXACT},    {"below", FEED_BELOW},   {"wildcard", FEED_BELOW},
    };

    return means(words, ARRAY_LEN(words), word);
}
