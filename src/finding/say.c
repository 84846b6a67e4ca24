/*
 * say.c - fills the words of a message in, and sets the blanks of Japanese texts.
 *
 * The messages are the program's own: a fault in one is found by tests/unit/test_wording.c, and what it leaves here is a word left out.
 */
#include "config.h"

#include "finding/say.h"

#include "base/width.h"

/* Stands for a blank of a Japanese message until say_finish; texts from outside cannot hold it, because they are escaped. */
#define GLUE '\x01'

#define FOREIGN_MAX 256 /* bytes of a text about the parties: longer are only an image's name, a path, and lies */

static const struct about nothing;

struct saying say_of(const struct finding *f, const struct about *about, enum language language, struct out *o)
{
    return (struct saying){.f = f, .about = about ? about : &nothing, .language = language, .o = o, .row = &f->row};
}

static void put_literal(const struct saying *s, struct view text)
{
    if (s->language != LANGUAGE_JA) {
        out_bytes(s->o, text);
        return;
    }
    while (text.n) {
        size_t n = view_find(text, ' ');

        out_bytes(s->o, view_head(text, n));
        if (n < text.n)
            out_char(s->o, GLUE);
        text = view_skip(text, n + 1);
    }
}

const struct say_word *say_word_find(struct view name)
{
    for (size_t i = 0; i < say_n_words; i++)
        if (view_is(name, say_words[i].name))
            return &say_words[i];
    for (size_t i = 0; i < say_n_owner_words; i++)
        if (view_is(name, say_owner_words[i].name))
            return &say_owner_words[i];
    return NULL;
}

void say_foreign(const struct saying *s, struct view text)
{
    struct view shown = view_head(text, FOREIGN_MAX);

    while (shown.n && shown.n < text.n && (text.p[shown.n] & 0xc0) == 0x80) /* never half a character */
        shown.n--;
    out_escape(s->o, shown);
    if (shown.n < text.n)
        out_str(s->o, "…");
}

/* Where the value of a word lies. */
static const void *value_of(const struct saying *s, const struct say_word *w)
{
    return (w->kind == SAY_VIEW ? (const char *)s->about : (const char *)s->f) + w->at;
}

void say_text(const struct saying *s, const struct finding_text *t)
{
    out_escape(s->o, view_of(t->bytes, t->len));
    if (t->cut)
        out_str(s->o, "…");
}

static uint64_t number_of(const struct saying *s, const struct say_word *w)
{
    const void *value = value_of(s, w);

    switch (w->kind) {
    case SAY_U32: return *(const uint32_t *)value;
    case SAY_U64: return *(const uint64_t *)value;
    default: return w->number(s);
    }
}

static void put_value(const struct saying *s, const struct say_word *w)
{
    const void *value = value_of(s, w);

    switch (w->kind) {
    case SAY_TEXT: say_text(s, value); break;
    case SAY_PART:
        if (((const struct finding_text *)value)->len)
            say(s, w->part);
        break;
    case SAY_ENDPOINT: endpoint_print(value, s->o); break;
    case SAY_VIEW: say_foreign(s, *(const struct view *)value); break;
    case SAY_CALL: w->call(s); break;
    default: out_u64(s->o, number_of(s, w)); break;
    }
}

/* "word", or "number|one|many". */
static void put_word(const struct saying *s, struct view text)
{
    size_t n = view_find(text, '|');
    const struct say_word *w = say_word_find(view_head(text, n));
    struct view forms = view_skip(text, n + 1);
    size_t one = view_find(forms, '|');

    if (!w)
        return;
    if (n == text.n)
        put_value(s, w);
    else
        put_literal(s, number_of(s, w) == 1 ? view_head(forms, one) : view_skip(forms, one + 1));
}

void say(const struct saying *s, enum message id)
{
    struct view text = view_str(message_text(id, s->language));

    while (text.n) {
        size_t open = view_find(text, '{'), end;

        put_literal(s, view_head(text, open));
        text = view_skip(text, open + 1);
        end = view_find(text, '}');
        if (text.n)
            put_word(s, view_head(text, end));
        text = view_skip(text, end + 1);
    }
}

void say_sentence(const struct saying *s, enum message id)
{
    if (s->o->n && s->language != LANGUAGE_JA)
        out_char(s->o, ' ');
    say(s, id);
}

void say_span(const struct saying *s, ns_t span)
{
    struct saying t = *s;
    uint64_t sec = span > 0 ? (uint64_t)(span / NS_PER_SEC) : 0;

    if (sec == 0) {
        t.a = span > 0 ? (uint64_t)(span / (1000 * NS_PER_US)) : 0;
        say(&t, MESSAGE_SPAN_MS);
    } else if (sec < 60) {
        t.a = sec;
        say(&t, MESSAGE_SPAN_S);
    } else if (sec < 3600) {
        t.a = sec / 60;
        t.b = sec % 60;
        say(&t, MESSAGE_SPAN_MIN);
    } else if (sec < 86400) {
        t.a = sec / 3600;
        t.b = sec / 60 % 60;
        say(&t, MESSAGE_SPAN_H);
    } else {
        t.a = sec / 86400;
        t.b = sec / 3600 % 24;
        say(&t, MESSAGE_SPAN_D);
    }
}

/* Punctuation of Japanese, which brings its own space: of the blocks U+3000 and U+FF00. */
static bool is_mark(uint32_t cp)
{
    return (cp >= 0x3001 && cp <= 0x301f) || (cp >= 0xff01 && cp <= 0xff0f) || (cp >= 0xff1a && cp <= 0xff20);
}

/* True when a blank is set between the two; 0 stands for the begin or end of the text. */
static bool has_blank(uint32_t before, uint32_t after)
{
    if (before == 0 || after == 0 || is_mark(before) || is_mark(after))
        return false;
    return width_of_char(before) == 1 || width_of_char(after) == 1;
}

void say_finish(const struct saying *s)
{
    struct out *o = s->o;
    struct view rest = out_view(o);
    size_t n = 0, len;
    uint32_t before = 0;
    bool glue = false;

    if (s->language != LANGUAGE_JA)
        return;
    for (; rest.n; rest = view_skip(rest, len)) {
        uint32_t cp = utf8_decode(rest, &len);

        if (cp == GLUE) {
            glue = true;
            continue;
        }
        if (glue && has_blank(before, cp))
            o->p[n++] = ' '; /* where a mark stood at least */
        memmove(o->p + n, rest.p, len);
        n += len;
        before = cp;
        glue = false;
    }
    o->n = n;
    o->p[n] = '\0';
}
