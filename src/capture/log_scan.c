/*
 * log_scan.c - the automaton: strings, literals, and what may follow what.
 */
#include "config.h"

#include "capture/log_scan.h"

enum { WANT_VALUE, WANT_VALUE_OR_END, WANT_KEY, WANT_KEY_OR_END, WANT_COLON, WANT_COMMA_OR_END };

void log_scan_begin(struct log_scan *s, bool flush)
{
    *s = (struct log_scan){.want = WANT_VALUE, .flush = flush};
}

void log_scan_tail(struct log_scan *s)
{
    *s = (struct log_scan){.kinds = 1, .depth = 1, .want = WANT_COMMA_OR_END};
}

static bool wants_value(const struct log_scan *s)
{
    return s->want == WANT_VALUE || s->want == WANT_VALUE_OR_END;
}

/* The string ends before text.p[s->at]. */
static void end_string(struct log_scan *s, struct view text)
{
    struct view key = view_of(text.p + s->key_at, s->at - s->key_at);

    s->in_string = false;
    s->want = s->is_key ? WANT_COLON : WANT_COMMA_OR_END;
    if (s->is_key && s->depth == 1)
        s->is_list_key = view_is(key, "logEvents") || view_is(key, "events");
}

/* Goes on in a string, over its end if that is there. False at a byte that no string holds. */
static bool go_string(struct log_scan *s, struct view text)
{
    for (; s->at < text.n; s->at++) {
        uint8_t c = text.p[s->at];

        if (c < ' ')
            return false;
        if (s->escape) {
            s->escape = false;
        } else if (c == '\\') {
            s->escape = true;
        } else if (c == '"') {
            end_string(s, text);
            s->at++;
            return true;
        }
    }
    return true;
}

static bool begin_string(struct log_scan *s)
{
    s->is_key = s->want == WANT_KEY || s->want == WANT_KEY_OR_END;
    if (!s->is_key && !wants_value(s))
        return false;
    s->in_string = true;
    s->key_at = s->at + 1;
    return true;
}

static enum log_step open(struct log_scan *s, bool is_object)
{
    if (!wants_value(s))
        return LOG_STEP_BROKEN;
    if (s->depth == JSON_DEPTH_MAX)
        return LOG_STEP_DEEP;
    if (!is_object && s->depth == 1 && s->is_list_key)
        return LOG_STEP_LIST;
    s->kinds = s->kinds << 1 | is_object;
    s->depth++;
    s->want = is_object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return LOG_STEP_MORE;
}

static enum log_step close(struct log_scan *s, bool is_object)
{
    uint8_t empty = is_object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;

    if (s->depth == 0 || (s->kinds & 1) != is_object || (s->want != empty && s->want != WANT_COMMA_OR_END))
        return LOG_STEP_BROKEN;
    s->kinds >>= 1;
    s->depth--;
    s->want = WANT_COMMA_OR_END;
    return s->depth == 0 ? LOG_STEP_DONE : LOG_STEP_MORE;
}

static bool is_literal_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || (byte_lower(c) >= 'a' && byte_lower(c) <= 'z') || c == '-' || c == '+' || c == '.';
}

/* Which literals there are is for the reader of values to say. */
static enum log_step go_literal(struct log_scan *s, uint8_t c)
{
    if (!is_literal_byte(c) || (!s->in_literal && !wants_value(s)))
        return LOG_STEP_BROKEN;
    s->in_literal = true;
    s->want = WANT_COMMA_OR_END;
    return LOG_STEP_MORE;
}

/* A byte outside of strings. */
static enum log_step go_byte(struct log_scan *s, uint8_t c)
{
    switch (c) {
    case '{': return open(s, true);
    case '[': return open(s, false);
    case '}': return close(s, true);
    case ']': return close(s, false);
    case '"': return begin_string(s) ? LOG_STEP_MORE : LOG_STEP_BROKEN;
    case ':':
        if (s->want != WANT_COLON)
            return LOG_STEP_BROKEN;
        s->want = WANT_VALUE;
        return LOG_STEP_MORE;
    case ',':
        if (s->want != WANT_COMMA_OR_END)
            return LOG_STEP_BROKEN;
        s->want = s->kinds & 1 ? WANT_KEY : WANT_VALUE;
        return LOG_STEP_MORE;
    default: return go_literal(s, c);
    }
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum log_step log_scan_go(struct log_scan *s, struct view text)
{
    while (s->at < text.n) {
        uint8_t c = text.p[s->at];
        enum log_step step = LOG_STEP_MORE;

        if (s->in_string) {
            if (!go_string(s, text))
                return LOG_STEP_BROKEN;
            continue;
        }
        if (c == '{' && s->flush && s->at > 0 && text.p[s->at - 1] == '\n') /* the line before was cut */
            return LOG_STEP_BROKEN;
        if (!is_blank(c))
            step = go_byte(s, c);
        s->in_literal = s->in_literal && is_literal_byte(c);
        if (step == LOG_STEP_BROKEN || step == LOG_STEP_DEEP)
            return step;
        s->at++;
        if (step != LOG_STEP_MORE)
            return step;
    }
    return LOG_STEP_MORE;
}
