/*
 * fold.h - one evidence record into one finding: texts, flows, sums. Used by finding.c only.
 */
#ifndef FINDING_FOLD_H
#define FINDING_FOLD_H

#include "finding/finding.h"
#include "finding/wording.h"

/* How the details that are kept with evidence are written. */
struct fold_words {
    bool redact; /* logins in them are masked */
    enum language language;
};

/*
 * Folds a record of the flow whose newest state is *fl; *fl is brought up to date and shown in the
 * finding's list. The sums move by the difference, so a record that comes twice changes nothing.
 */
void fold_record(struct finding *f, struct finding_flow *fl, const struct evidence *e, const struct hash_key *key,
                 const struct fold_words *words);

/* Adds what the row says of the pool's address (CLASS_ADDRESS), in the same way. */
void fold_address(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct fold_words *words);

/* Adds another program's opinion (CLASS_DPI) to the finding's evidence: all else of the record is left aside. */
void fold_opinion(struct finding *f, const struct evidence *e, const struct fold_words *words);

/* Folds a record of kind EVIDENCE_NODE, which is of no flow. */
void fold_node(struct finding *f, const struct evidence *e, const struct hash_key *key, const struct fold_words *words);

/* Folds a record of class `name`, which is of no flow: each one counts. row is what its name matched. */
void fold_lookup(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct hash_key *key,
                 const struct fold_words *words);

/* Folds a record of kind EVIDENCE_CONTACT, the only one of its flow. row as for fold_lookup. */
void fold_contact(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct hash_key *key,
                  const struct fold_words *words);

/* Shows the flow in the list of the finding; of a full list the first half and the newest stay. */
void fold_show(struct finding *f, const struct finding_flow *fl);

/* Adds evidence of another kind than the record's own, seen by it. */
void fold_note(struct finding *f, const struct evidence *e, enum evidence_kind kind, const struct fold_words *words);

/* The tunnel that the record came in. */
void fold_tunnel(struct finding *f, const struct evidence *e);

/* The miner, its tunnel, and the time that the finding covers. */
void fold_miner(struct finding *f, const struct evidence *e);

/* Makes room for one more in a list of n items whose room is the next power of two. NULL when memory is short. */
void *fold_grow(void *list, uint32_t n, size_t size);

/* True when the hash is in the list; notes it while there is room (FINDING_SEEN). */
bool fold_seen(uint64_t **seen, uint32_t *n_seen, uint64_t h);

/* The listed flow that the record is of, or NULL. */
struct finding_flow *fold_listed(const struct finding *f, const struct evidence *e);

/* Frees what the finding owns. */
void fold_fini(struct finding *f);

#endif
