/*
 * flat_pair.c - writes single pairs, in the form that each format has times and addresses in.
 */
#include "config.h"

#include "output/flat_pair.h"

#include "base/addr.h"
#include "base/rfc3339.h"
#include "output/json_owner.h"

#define MSG_MAX 1023  /* bytes of CEF's msg */
#define SAFE_MAX 8448 /* 2,048 bytes of a command line, each at most 4 when escaped, and the mark */
#define CUT_ROOM 20   /* bytes of the pair that says that others are missing */

static const struct flat_key keys[FLAT_N] = {
#define X(symbol, cef, label, leef) [FLAT_##symbol] = {cef, label, leef},
    FLAT_PAIRS(X)
#undef X
};

/* Drops what stands behind the first n bytes. */
static void rewind_to(struct out *o, size_t n)
{
    o->n = n;
    o->p[n] = '\0';
    o->full = false;
}

void flat_begin(struct flat *w)
{
    w->head = w->o->n;
    w->n_pairs = 0;
    w->room = 0;
    w->cut = false;
}

bool flat_again(struct flat *w)
{
    if (!w->cut)
        return false;
    if (w->room == 0) { /* all of it would have fitted without the pair that says that it did not */
        rewind_to(w->o, w->head);
        w->n_pairs = 0;
        w->room = CUT_ROOM;
        return true;
    }
    w->room = 0;
    flat_put(w, FLAT_CUT, view_str("true"));
    return false;
}

void flat_put(struct flat *w, enum flat_pair key, struct view safe)
{
    const struct flat_key *k = &keys[key];
    size_t before = w->o->n;

    if (!safe.n || (w->format == FLAT_CEF ? !k->cef : !k->leef))
        return;
    w->pair(w->o, w->n_pairs == 0, k, safe);
    if (w->o->full || w->o->n + w->room > w->max) {
        rewind_to(w->o, before);
        w->cut = true;
        return;
    }
    w->n_pairs++;
}

void flat_put_str(struct flat *w, enum flat_pair key, const char *safe)
{
    flat_put(w, key, view_str(safe));
}

void flat_put_wire(struct flat *w, enum flat_pair key, struct view raw, bool cut)
{
    char safe[SAFE_MAX];
    struct out s = out_of(safe, sizeof(safe));

    out_escape(&s, raw);
    if (cut)
        out_str(&s, "…");
    flat_put(w, key, out_view(&s));
}

void flat_put_text(struct flat *w, enum flat_pair key, const struct finding_text *t)
{
    flat_put_wire(w, key, view_of(t->bytes, t->len), t->cut);
}

/* A text of about.h, as long as the native format has it. */
void flat_put_about(struct flat *w, enum flat_pair key, struct view raw, size_t max)
{
    bool cut;
    struct view head = json_owner_head(raw, max, &cut);

    flat_put_wire(w, key, head, cut);
}

void flat_put_u64(struct flat *w, enum flat_pair key, uint64_t n)
{
    char text[24];
    struct out s = out_of(text, sizeof(text));

    out_u64(&s, n);
    flat_put(w, key, out_view(&s));
}

/* Never with an exponent, which not all readers take. */
void flat_put_real(struct flat *w, enum flat_pair key, double d)
{
    char text[352]; /* the greatest double has 309 digits */
    struct out s = out_of(text, sizeof(text));

    out_fmt(&s, "%.*f", d >= 1000 ? 0 : key == FLAT_SEVERITY ? 1 : 6, d);
    flat_put(w, key, out_view(&s));
}

void flat_put_addr(struct flat *w, enum flat_pair v4, enum flat_pair v6, const struct addr *a)
{
    char text[64];
    struct out s = out_of(text, sizeof(text));

    addr_print(a, &s);
    flat_put(w, addr_is_v4(a) ? v4 : v6, out_view(&s));
}

/* CEF has milliseconds since 1970. */
void flat_put_time(struct flat *w, enum flat_pair key, ns_t t)
{
    char text[40];
    struct out s = out_of(text, sizeof(text));

    if (w->format == FLAT_CEF)
        out_fmt(&s, "%lld", (long long)(t / (NS_PER_SEC / 1000)));
    else
        rfc3339_print(t, &s);
    flat_put(w, key, out_view(&s));
}

#define LEEF_MONTH_AT 5 /* in "2026-11-23T10:00:01.000123Z", and so on */
#define LEEF_DAY_AT 8
#define LEEF_CLOCK_AT 11
#define LEEF_CLOCK_N 12 /* "10:00:01.000" */

/* The time of the event. LEEF's own form, which QRadar knows: "Nov 23 2026 10:00:01.000 UTC", and how it is to be read. */
void flat_put_event_time(struct flat *w, ns_t t)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char iso[40], text[40];
    struct out i = out_of(iso, sizeof(iso)), s = out_of(text, sizeof(text));
    int month;

    if (w->format == FLAT_CEF) {
        flat_put_time(w, FLAT_TIME, t);
        return;
    }
    rfc3339_print(t, &i);
    month = (iso[LEEF_MONTH_AT] - '0') * 10 + iso[LEEF_MONTH_AT + 1] - '0';
    out_fmt(&s, "%.3s %.2s %.4s %.*s UTC", months + 3 * (month - 1), iso + LEEF_DAY_AT, iso, LEEF_CLOCK_N, iso + LEEF_CLOCK_AT);
    flat_put(w, FLAT_TIME, out_view(&s));
    flat_put_str(w, FLAT_TIME_FORMAT, "MMM dd yyyy HH:mm:ss.SSS z");
}

/* A sentence of wording, cut to what CEF's msg takes where it is that. */
void flat_put_sentence(struct flat *w, enum flat_pair key, const char *sentence)
{
    bool cut;
    struct view head = json_owner_head(view_str(sentence), key == FLAT_TITLE ? MSG_MAX - strlen("…") : FLAT_SENTENCE_MAX, &cut);
    char text[FLAT_SENTENCE_MAX + 4];
    struct out s = out_of(text, sizeof(text));

    out_bytes(&s, head);
    if (cut)
        out_str(&s, "…");
    flat_put(w, key, out_view(&s));
}
