/*
 * process_text.c - reads lines and files of /proc.
 */
#include "config.h"

#include "enrich/process_text.h"

#include "base/parse.h"

#define WORD_DIGITS 8  /* an address is written by words of 32 bits */
#define FIELD_REMOTE 2 /* fields of a socket's line, from 0 */
#define FIELD_INODE 9
#define STAT_PARENT 1 /* fields behind the name, from 0: state, parent, ... */
#define STAT_START 19 /* the 22nd of the file */

/* Cuts the next word off v; empty when there is none. */
static struct view next_word(struct view *v)
{
    size_t at = 0, n = 0;

    while (at < v->n && (v->p[at] == ' ' || v->p[at] == '\t' || v->p[at] == '\n'))
        at++;
    *v = view_skip(*v, at);
    while (n < v->n && v->p[n] != ' ' && v->p[n] != '\t' && v->p[n] != '\n')
        n++;
    *v = view_skip(*v, n);
    return n ? view_of(v->p - n, n) : view_of(NULL, 0);
}

/* Words of an address are numbers of this machine whose bytes in memory are those of the address. */
static bool read_address(struct view text, struct addr *a)
{
    uint32_t words[4];
    uint64_t word;
    size_t n = text.n / WORD_DIGITS;

    if (text.n != WORD_DIGITS && text.n != 4 * WORD_DIGITS)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!parse_hex64(view_sub(text, i * WORD_DIGITS, WORD_DIGITS), &word))
            return false;
        words[i] = (uint32_t)word;
    }
    if (n == 1)
        addr_set_v4(a, (const uint8_t *)words);
    else
        memcpy(a->b, words, sizeof(words));
    return true;
}

static bool read_endpoint(struct view text, struct endpoint *e)
{
    size_t colon = view_find(text, ':');
    uint64_t port;

    if (!read_address(view_head(text, colon), &e->addr) || !parse_hex64(view_skip(text, colon + 1), &port) || port > UINT16_MAX)
        return false;
    e->port = (uint16_t)port;
    return true;
}

bool process_read_socket(struct view line, struct process_socket *s)
{
    struct view word = next_word(&line);

    memset(s, 0, sizeof(*s));
    if (word.n < 2 || word.p[word.n - 1] != ':') /* the number of the line */
        return false;
    if (!read_endpoint(next_word(&line), &s->local) || !read_endpoint(next_word(&line), &s->remote))
        return false;
    for (unsigned i = FIELD_REMOTE; i < FIELD_INODE; i++)
        word = next_word(&line);
    return parse_u64(word, &s->inode);
}

bool process_read_link(struct view link, const char *word, uint64_t *number)
{
    size_t n = strlen(word);

    if (!view_starts(link, word) || !view_starts(view_skip(link, n), ":[") || link.p[link.n - 1] != ']')
        return false;
    n += 2;
    return link.n > n && parse_u64(view_sub(link, n, link.n - n - 1), number);
}

bool process_read_stat(struct view text, struct process_stat *s)
{
    size_t open = view_find(text, '('), close = view_find_last(text, ')');
    struct view rest, word = {NULL, 0};
    uint64_t parent = 0;

    if (open >= close || close == text.n)
        return false;
    s->name = view_of(text.p + open + 1, close - open - 1);
    rest = view_skip(text, close + 1);
    for (unsigned i = 0; i <= STAT_START; i++) {
        word = next_word(&rest);
        if (i == STAT_PARENT && (!parse_u64(word, &parent) || parent > UINT32_MAX))
            return false;
    }
    s->parent = (uint32_t)parent;
    return parse_u64(word, &s->start_ticks);
}

bool process_read_uid(struct view status, uint32_t *uid)
{
    uint64_t n;

    while (status.n > 0) {
        size_t end = view_find(status, '\n');
        struct view line = view_head(status, end);

        status = view_skip(status, end + 1);
        if (!view_starts(line, "Uid:"))
            continue;
        line = view_skip(line, strlen("Uid:"));
        (void)next_word(&line); /* the real one */
        if (!parse_u64(next_word(&line), &n) || n > UINT32_MAX)
            return false;
        *uid = (uint32_t)n;
        return true;
    }
    return false;
}

bool process_read_pid(struct view name, uint32_t *pid)
{
    uint64_t n;

    if (!parse_u64(name, &n) || n == 0 || n > INT32_MAX)
        return false;
    *pid = (uint32_t)n;
    return true;
}
