/*
 * messages.h - the table of message_texts.h: each text that a person reads, in each language.
 */
#ifndef FINDING_MESSAGES_H
#define FINDING_MESSAGES_H

#include "evidence/evidence.h"
#include "finding/wording.h"

enum message {
#define MESSAGE(name, en, ja) MESSAGE_##name,
#define DETAIL(kind, en, ja) MESSAGE_DETAIL_##kind,
#define FALSIFIED(kind, en, ja) MESSAGE_FALSIFIED_##kind,
#include "finding/message_texts.h"
    MESSAGE_N
};

/* The text as it stands in the table, with its words in braces. */
const char *message_text(enum message id, enum language language);

/* What evidence of this kind saw; what else could have caused it. */
enum message message_detail(enum evidence_kind kind);
enum message message_falsified(enum evidence_kind kind);

#endif
