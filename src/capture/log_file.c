/*
 * log_file.c - from blocks to entries; after a fault to the next line.
 */
#include "config.h"

#include "capture/log_file.h"

#include "capture/log_scan.h"

#include <stdlib.h>

#define PREFIX_MAX 1024 /* bytes before the object on a line: a time, and the name of a log stream, which has at most 512 */

struct log_file {
    uint64_t line; /* of the byte at the block's cursor */
    bool at_start; /* that byte is the first of its line */
    bool flush;    /* its line begins with a brace: as then all entries do, a line that does is no part of another one */
    bool in_array; /* the file is an array, or this part of it */
    bool in_list;  /* in a list of events */
    bool skipping; /* to the end of the line */
    bool broken;   /* the newest object was, and what stands until the next may be the rest of it */
    bool has_gap;  /* after a fault the rest of a line was not looked at: whether a list ended there is not known */
    struct dns_log_scratch scratch;
};

enum found {
    FOUND_FRAME,
    FOUND_NOTHING, /* yet: the cursor moved */
    FOUND_AGAIN,   /* more bytes are needed, and may not be read now */
    FOUND_END,
    FOUND_BAD
};

/* Moves on by n bytes, which are in the block. */
static void advance(struct savefile *s, size_t n)
{
    struct log_file *l = s->log;
    struct view v = block_view(&s->block, n);

    if (n == 0)
        return;
    l->at_start = v.p[n - 1] == '\n';
    for (size_t at; (at = view_find(v, '\n')) < v.n; v = view_skip(v, at + 1)) {
        l->line++;
        l->flush = false;
    }
    block_advance(&s->block, n);
}

static size_t readable(const struct savefile *s)
{
    return s->block.end - s->block.at;
}

/* Why there is nothing more. */
static enum found no_more(struct savefile *s, const char *what)
{
    return savefile_cut(s, what) == SAVEFILE_END ? FOUND_END : FOUND_BAD;
}

static bool is_between(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

/* Steps over what stands between entries. */
static void skip_between(struct savefile *s)
{
    struct view v = block_view(&s->block, readable(s));
    size_t n = 0;

    while (n < v.n && is_between(v.p[n]))
        n++;
    advance(s, n);
}

/* To the end of the line, as far as it is in the block. */
static void skip_line(struct savefile *s)
{
    size_t n = readable(s), end = view_find(block_view(&s->block, n), '\n');

    s->log->skipping = end == n;
    s->log->has_gap = true;
    advance(s, min_size(end + 1, n));
}

static enum found give_fault(struct savefile *s, struct frame *frame, uint64_t line, enum dns_log_fault fault)
{
    s->n_frames++;
    frame->bytes = (struct view){NULL, 0};
    frame->linktype = LOG_FAULT;
    frame->wire_len = (uint32_t)fault;
    frame->number = line;
    frame->time_ns = NS_TIME_MAX;
    return FOUND_FRAME;
}

/* True when what stands here may be what is left of an object over several lines that was broken: it is indented, or closes. */
static bool is_rest(const struct savefile *s)
{
    uint8_t c = block_view(&s->block, 1).p[0];

    return s->log->broken && (!s->log->at_start || c == '}' || c == ']' || c == '"');
}

/* What is no object: the rest of its line is not looked at. */
static enum found give_junk(struct savefile *s, struct frame *frame)
{
    uint64_t line = s->log->line;
    bool told = is_rest(s);

    skip_line(s);
    return told ? FOUND_NOTHING : give_fault(s, frame, line, DNS_LOG_NO_JSON);
}

/*
 * The object at the cursor cannot be read from byte `at` on: goes on with the line of that byte, or, when the object began
 * on it, with the next.
 */
static enum found give_broken(struct savefile *s, struct frame *frame, size_t at, enum dns_log_fault fault)
{
    struct view v = block_view(&s->block, min_size(at + 1, readable(s)));
    size_t newline = view_find_last(v, '\n');
    uint64_t line = s->log->line;

    s->log->broken = true;
    if (newline < v.n) {
        advance(s, newline + 1);
    } else {
        advance(s, v.n);
        skip_line(s);
    }
    return give_fault(s, frame, line, fault);
}

/* The time of the first entry. False for CloudWatch's test of a subscription, before it: it has none, and says nothing. */
static bool read_time(struct savefile *s, struct view text, ns_t *t)
{
    struct dns_log_entry e;
    enum dns_log_fault fault = dns_log_read(text, &s->log->scratch, &e);

    *t = fault == DNS_LOG_OK ? e.time_ns : NS_TIME_MAX;
    return fault != DNS_LOG_CONTROL;
}

static enum found give_entry(struct savefile *s, struct frame *frame, size_t n)
{
    frame->bytes = block_view(&s->block, n);
    frame->linktype = LOG_ENTRY;
    frame->wire_len = (uint32_t)n;
    frame->number = s->log->line;
    frame->time_ns = 0;
    s->log->broken = false;
    if (s->n_frames == 0 && !read_time(s, frame->bytes, &frame->time_ns)) {
        advance(s, n);
        return FOUND_NOTHING;
    }
    s->n_frames++;
    advance(s, n);
    return FOUND_FRAME;
}

/* Scans on until the object ends; reads more of the file for it when may_fill. */
static enum log_step scan(struct savefile *s, struct log_scan *scan, bool may_fill)
{
    enum log_step step;

    while ((step = log_scan_go(scan, block_view(&s->block, readable(s)))) == LOG_STEP_MORE) {
        if (scan->at > DNS_LOG_TEXT_MAX || !may_fill || !block_need(&s->block, scan->at + 1))
            break;
    }
    return step;
}

/* The object that the cursor stands at, or what is left of one behind its list of events. */
static enum found take_object(struct savefile *s, struct frame *frame, struct log_scan *sc, bool is_tail, bool may_fill)
{
    switch (scan(s, sc, may_fill)) {
    case LOG_STEP_MORE:
        if (sc->at > DNS_LOG_TEXT_MAX)
            return give_broken(s, frame, sc->at, DNS_LOG_TOO_LONG);
        return may_fill ? no_more(s, "log entry") : FOUND_AGAIN;
    case LOG_STEP_BROKEN: return give_broken(s, frame, sc->at, DNS_LOG_BROKEN);
    case LOG_STEP_DEEP: return give_broken(s, frame, sc->at, DNS_LOG_TOO_DEEP);
    case LOG_STEP_LIST:
        s->log->in_list = true;
        advance(s, sc->at);
        return FOUND_NOTHING;
    case LOG_STEP_DONE: break;
    }
    if (!is_tail)
        return give_entry(s, frame, sc->at);
    s->log->in_list = false;
    advance(s, sc->at);
    return FOUND_NOTHING;
}

/* A closing bracket: of a list of events, of the array, or left over from an object that was broken. */
static enum found take_bracket(struct savefile *s, struct frame *frame, bool may_fill)
{
    struct log_file *l = s->log;
    struct log_scan sc;

    if (l->in_list) {
        log_scan_tail(&sc);
        sc.at = 1;
        return take_object(s, frame, &sc, true, may_fill);
    }
    if (!l->in_array)
        return give_junk(s, frame);
    l->in_array = false;
    advance(s, 1);
    return FOUND_NOTHING;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "2026-11-23T" at the start of a line, as CloudWatch's exports have it. */
static bool begins_with_day(struct view v)
{
    static const char form[] = "0000-00-00";

    for (size_t i = 0; i < strlen(form); i++)
        if (i >= v.n || (form[i] == '0' ? !is_digit(v.p[i]) : v.p[i] != (uint8_t)form[i]))
            return false;
    return true;
}

/* Words before the object on its line. */
static enum found take_words(struct savefile *s, struct frame *frame, bool may_fill)
{
    struct view v;
    size_t brace, newline;

    for (;;) {
        v = view_head(block_view(&s->block, readable(s)), PREFIX_MAX);
        brace = view_find(v, '{');
        newline = view_find(v, '\n');
        if (brace < v.n || newline < v.n || v.n == PREFIX_MAX)
            break;
        if (!may_fill)
            return FOUND_AGAIN;
        if (!block_need(&s->block, v.n + 1)) {
            if (s->block.error)
                return no_more(s, "log entry");
            break;
        }
    }
    if (!begins_with_day(v) || brace >= newline)
        return give_junk(s, frame);
    advance(s, brace);
    return FOUND_NOTHING;
}

static enum found next(struct savefile *s, struct frame *frame, bool may_fill)
{
    struct log_file *l = s->log;
    struct log_scan sc;

    if (!block_has(&s->block, 1) && !may_fill)
        return FOUND_AGAIN;
    if (!block_need(&s->block, 1)) {
        if (s->block.error || l->has_gap || !(l->in_array || l->in_list))
            return no_more(s, "log entry");
        savefile_bad(s, block_offset(&s->block), "the file is cut in the middle of a list");
        return FOUND_BAD;
    }
    if (l->skipping)
        skip_line(s);
    else
        skip_between(s);
    if (!block_has(&s->block, 1))
        return FOUND_NOTHING;
    switch (block_view(&s->block, 1).p[0]) {
    case '{':
        if (l->broken && l->at_start) /* a new line; the list was in the one that was cut */
            l->in_list = false;
        l->flush = l->flush || l->at_start;
        log_scan_begin(&sc, l->flush);
        return take_object(s, frame, &sc, false, may_fill);
    case '[':
        if (l->in_array || l->in_list)
            return give_junk(s, frame);
        l->in_array = true;
        advance(s, 1);
        return FOUND_NOTHING;
    case ']': return take_bracket(s, frame, may_fill);
    default: return take_words(s, frame, may_fill);
    }
}

/* The first may read more of the file; the others only what is in the block, as a refill would move it. */
static enum savefile_result read_entries(struct savefile *s, struct frame *frames, size_t cap, size_t *n)
{
    while (*n < cap) {
        switch (next(s, &frames[*n], *n == 0)) {
        case FOUND_FRAME: (*n)++; break;
        case FOUND_NOTHING: break;
        case FOUND_AGAIN: return SAVEFILE_FRAME;
        case FOUND_END: return *n ? SAVEFILE_FRAME : SAVEFILE_END;
        case FOUND_BAD: return SAVEFILE_BAD;
        }
    }
    return SAVEFILE_FRAME;
}

#define BOM "\xef\xbb\xbf"

bool log_file_begins(struct view head)
{
    if (view_starts(head, BOM))
        head = view_skip(head, strlen(BOM));
    while (head.n && (head.p[0] == ' ' || head.p[0] == '\t' || head.p[0] == '\r' || head.p[0] == '\n'))
        head = view_skip(head, 1);
    return head.n > 0 && (head.p[0] == '{' || head.p[0] == '[' || (head.n >= 5 && is_digit(head.p[0]) && head.p[4] == '-'));
}

bool log_file_open(struct savefile *s)
{
    s->log = calloc(1, sizeof(*s->log));
    if (!s->log) {
        savefile_bad(s, 0, "not enough memory");
        return false;
    }
    s->log->line = 1;
    s->log->at_start = true;
    if (view_starts(block_view(&s->block, readable(s)), BOM))
        block_advance(&s->block, strlen(BOM));
    s->format = "DNS log";
    s->read = read_entries;
    return true;
}

void log_file_close(struct savefile *s)
{
    free(s->log);
    s->log = NULL;
}
