/*
 * stratum_v2_noise.h - Stratum V2 behind its encryption, told by lengths.
 *
 * Sources: Stratum V2 specification, 04-Protocol-Security (Noise NX with EllSwift keys: act 1 has 64 bytes, act 2 has 234, or
 * 170 in the form before EllSwift) and 05-Mining-Protocol (payloads). An encrypted message is 38 bytes longer than its payload.
 *
 * All that is counted are the bytes of turns: how many one side sends until the other side speaks. So it does not matter how
 * they fall into segments, and whether all of them were captured. Nothing is decrypted, and no figure but the number of
 * messages follows.
 *
 * False positives: a protocol with random bytes, an exchange of 64, 234, 55 to 1329, 44 and 79 or more bytes, then client
 * turns that are multiples of one length of 62 to 95, and server turns of 58. BIP 324 begins with 64 bytes too when
 * nobody adds garbage, but its answer has a version message of another length, and its messages have many lengths.
 */
#ifndef MESSAGE_STRATUM_V2_NOISE_H
#define MESSAGE_STRATUM_V2_NOISE_H

#include "base/buf.h"

#define SV2_ACT1 64 /* bytes, client to server, and nothing more before the answer */
#define SV2_ACT2 234
#define SV2_ACT2_LEGACY 170

struct sv2_noise {
    uint8_t step; /* of the automaton: which turn is awaited */
    uint8_t n_odd;
    bool by_client; /* whose turn it is */
    bool dead, proven;
    uint32_t n_turn;         /* bytes of this turn */
    uint32_t n_bytes, n_set; /* bytes looked at, and how many of them have their highest bit set: half, when encrypted */
    uint32_t divisor;        /* greatest that all turns with shares have in common */
    uint32_t n_turns;        /* how many of them there were */
    uint32_t n_shared;       /* their bytes */
    uint32_t n_shares;       /* messages that have the length of a share */
    uint32_t n_answers;      /* messages that have the length of an acknowledgement, which may be for several shares */
};

/* Begins after act 1, whose 64 bytes were seen. */
void sv2_noise_init(struct sv2_noise *s);

/* Takes n bytes that one side sent, of which `data` was captured. */
void sv2_noise_take(struct sv2_noise *s, bool from_client, struct view data, uint32_t n);

/* No more bytes will come. */
void sv2_noise_end(struct sv2_noise *s);

#endif
