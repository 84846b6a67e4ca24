/*
 * flat.h - a finding and an event as pairs of a key and a text on one line, the most important first, for formats that are
 * such lines: CEF and LEEF.
 *
 * Which pairs there are, and their names in both formats, is decided here; how a pair is written is the format's. Texts of the wire
 * pass out_escape, so that a pair has no control byte: no newline, and no tab.
 */
#ifndef OUTPUT_FLAT_H
#define OUTPUT_FLAT_H

#include "base/out.h"
#include "output/output.h"

enum flat_format { FLAT_CEF, FLAT_LEEF };

/* Names of one key; NULL in a format that does not have it. */
struct flat_key {
    const char *cef;
    const char *label; /* of CEF's keys that have no meaning of their own: what it means here; or NULL */
    const char *leef;
};

/* Writes one pair; first says that it is the first of its line. text is valid UTF-8 without control bytes. */
typedef void flat_pair_fn(struct out *o, bool first, const struct flat_key *key, struct view text);

/* A line being written. */
struct flat {
    struct out *o; /* has the head of the line already; borrowed */
    enum flat_format format;
    flat_pair_fn *pair;
    size_t max; /* bytes that o->n may reach at most: at least 512 more than the head takes, less than o has room for */
    /* The rest is flat_pair.c's. */
    size_t head, room; /* bytes: of the head, and of those up to max that pairs must leave free */
    uint32_t n_pairs;  /* written */
    bool cut;          /* one was left out */
};

/*
 * Write the pairs of one record. One that would make the line longer than max is left out, and the line ends with a pair
 * that says so. max counts no newline.
 */
void flat_finding(struct flat *w, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx);
void flat_sensor(struct flat *w, const struct sensor_event *e, const struct output_context *ctx);
void flat_stats(struct flat *w, const struct sensor_event *e, const struct output_context *ctx);

/* The time that an event of a finding has: `detected' of a new one, else the newest of that and `last_seen'. */
ns_t flat_event_time(enum finding_state state, const struct finding *f);

/* From 0 to 10: 10 for critical, 8 for high, 5 for medium, 3 for low, 0 for anything else and NULL. */
unsigned flat_severity(const char *severity_label);

#endif
