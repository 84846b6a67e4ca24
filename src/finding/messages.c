/*
 * messages.c - the table of messages, and that it is complete.
 */
#include "config.h"

#include "finding/messages.h"

/* A text that is empty in one language does not compile. One that is missing leaves the macro an argument short. */
#define MESSAGE(name, en, ja) _Static_assert(sizeof(en) > 1 && sizeof(ja) > 1, #name " has a text in each language");
#define DETAIL MESSAGE
#define FALSIFIED MESSAGE
#include "finding/message_texts.h"

static const char *const texts[MESSAGE_N][LANGUAGE_N] = {
#define MESSAGE(name, en, ja) {en, ja},
#define DETAIL MESSAGE
#define FALSIFIED MESSAGE
#include "finding/message_texts.h"
};

/* By kind, so that one that has two does not compile; one that has none is counted. */
static const enum message details[] = {
#define DETAIL(kind, en, ja) [EVIDENCE_##kind] = MESSAGE_DETAIL_##kind,
#include "finding/message_texts.h"
};

static const enum message falsifieds[] = {
#define FALSIFIED(kind, en, ja) [EVIDENCE_##kind] = MESSAGE_FALSIFIED_##kind,
#include "finding/message_texts.h"
};

#define DETAIL(kind, en, ja) +1
_Static_assert(0
#include "finding/message_texts.h"
                   == (int)EVIDENCE_N,
               "each kind of evidence says what it saw");

#define FALSIFIED(kind, en, ja) +1
_Static_assert(0
#include "finding/message_texts.h"
                   == (int)EVIDENCE_N,
               "each kind of evidence says what else it may be");

const char *message_text(enum message id, enum language language)
{
    return texts[id][language];
}

enum message message_detail(enum evidence_kind kind)
{
    return details[kind];
}

enum message message_falsified(enum evidence_kind kind)
{
    return falsifieds[kind];
}
