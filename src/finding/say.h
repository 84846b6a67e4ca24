/*
 * say.h - a message of message_texts.h, with its words filled in, for a finding and what is known of its parties.
 *
 * say_words.c and say_owner.c have the words. A word may itself say a message: from a sentence to its parts, never back, so that
 * they go no deeper than four.
 */
#ifndef FINDING_SAY_H
#define FINDING_SAY_H

#include "base/out.h"
#include "finding/about.h"
#include "finding/messages.h"

/* What a message is said of. All is borrowed. */
struct saying {
    const struct finding *f;
    const struct about *about; /* never NULL */
    enum language language;
    struct out *o;
    const struct finding_row *row;           /* that of f, or the one that lists an address */
    uint64_t a, b;                           /* numbers of a span of time */
    const struct about_container *container; /* the one that is spoken of */
    const struct about_candidate *candidate;
};

/* What a word of messages is. */
enum say_kind {
    SAY_TEXT, /* struct finding_text of the finding */
    SAY_PART, /* a message, said when such a text is not empty */
    SAY_U32,  /* numbers of the finding */
    SAY_U64,
    SAY_ENDPOINT, /* struct endpoint of the finding */
    SAY_VIEW,     /* struct view of what is known of the parties, as it came from outside */
    SAY_NUMBER,   /* a function tells a number */
    SAY_CALL      /* a function writes it */
};

struct say_word {
    const char *name;
    enum say_kind kind;
    size_t at;         /* offset in struct finding or struct about */
    enum message part; /* of SAY_PART */
    uint64_t (*number)(const struct saying *s);
    void (*call)(const struct saying *s);
};

/* Begins a text of f in o; about may be NULL. */
struct saying say_of(const struct finding *f, const struct about *about, enum language language, struct out *o);

/* Writes a message; one that is a sentence with the blank that the language has between two of them. */
void say(const struct saying *s, enum message id);
void say_sentence(const struct saying *s, enum message id);

/* Ends the text: settles its blanks. To be called once, when all is said. */
void say_finish(const struct saying *s);

/* Writes a span of time, "10 min 41 s". Negative spans count as 0. */
void say_span(const struct saying *s, ns_t span);

/* The words: of the finding, and of the parties. */
extern const struct say_word say_words[], say_owner_words[];
extern const size_t say_n_words, say_n_owner_words;

/* Text from the wire, with a mark when it was longer there. */
void say_text(const struct saying *s, const struct finding_text *t);

/* Text from outside, bounded: identifiers are shorter. */
void say_foreign(const struct saying *s, struct view text);

/* The word of this name, or NULL. */
const struct say_word *say_word_find(struct view name);

/* Sentences about whose machine the miner is, and where the pool stands; nothing when it is not known. */
void say_about(const struct saying *s);

#endif
