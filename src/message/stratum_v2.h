/*
 * stratum_v2.h - Stratum V2 in clear, as it may be spoken inside a network.
 *
 * Sources: Stratum V2 specification, 03-Protocol-Overview (framing, SetupConnection), 05-Mining-Protocol (fields),
 * 08-Message-Types (numbers). All integers are little endian. A frame is extension (16 bits, the highest says that the
 * message belongs to a channel), kind (8 bits), length (24 bits) and payload. Where drafts of the specification differ, in the
 * channel bit of NewMiningJob and in the end of OpenExtendedMiningChannel.Success, both forms are taken.
 *
 * What is behind encryption: stratum_v2_noise.h.
 */
#ifndef MESSAGE_STRATUM_V2_H
#define MESSAGE_STRATUM_V2_H

#include "message/piece.h"
#include "message/mining.h"

#define SV2_HEAD 6 /* bytes of a frame before its payload */

/* A message; texts that are no bytes of the frame stand in the buffers. */
struct sv2_said {
    struct mining_msg msg;
    char agent[3 * 255 + 3]; /* "vendor hardware firmware" */
    char target[65];         /* 64 hex digits, big endian */
    char job[9];
    char port[6];
};

/* What the bytes begin with. Lengths are checked by the kind of the message. */
enum piece_look sv2_look(struct view data, struct piece *pc);

/*
 * Reads the message that `data` begins with, of which `pc` says what it is; data may be cut. False when the fields do not fit,
 * or when the message says nothing of mining: *fits tells the two apart. What it proves: PROOF_FULL for messages whose fields
 * could be checked.
 */
bool sv2_read(const struct piece *pc, struct view data, struct sv2_said *out, bool *fits);

/*
 * True when a payload can be the start of a conversation, or of its middle: SetupConnection as far as it goes, or a frame
 * whose kind has one length only and that is followed by nothing or by another frame.
 */
bool sv2_may_start(struct view payload);

#endif
