/*
 * codec.h - one walk over a structure that writes it as bytes, or reads it from them.
 *
 * The same function names each field once, for both ways: what is written is what is read. Numbers are big endian.
 * Reading never trusts: a value out of its range, or the end of the bytes, sets `bad', and all that is read then is 0.
 */
#ifndef FINDING_CODEC_H
#define FINDING_CODEC_H

#include "finding/finding.h"

#define CODEC_BLOCK 65536 /* bytes that are handed out, and summed up, at once */

struct codec {
    bool load;
    bool bad;
    struct buf in;        /* load */
    finding_write_fn *fn; /* save */
    void *arg;            /* save */
    uint8_t *block;       /* save: CODEC_BLOCK bytes, owned */
    size_t n;             /* save: bytes in it */
    uint64_t sum;         /* over the blocks that were handed out */
};

/* Starts saving. False when memory is short. */
bool codec_save(struct codec *c, finding_write_fn *fn, void *arg);

/* Hands out the rest and the checksum; frees. False when anything failed. */
bool codec_save_end(struct codec *c);

/* Starts loading. False when the checksum at the end is not that of the bytes before it. Borrows saved. */
bool codec_load(struct codec *c, struct view saved);

/* True when all was read and nothing was bad. */
bool codec_load_end(const struct codec *c);

void codec_u64(struct codec *c, uint64_t *v);
void codec_u32(struct codec *c, uint32_t *v);
void codec_u16(struct codec *c, uint16_t *v);
void codec_bytes(struct codec *c, void *p, size_t n);

/* A number from 0 to max. */
uint32_t codec_upto(struct codec *c, uint32_t v, uint32_t max);
void codec_u8(struct codec *c, uint8_t *v, uint8_t max);
void codec_bool(struct codec *c, bool *v);

/* A time within NS_TIME_MAX. */
void codec_time(struct codec *c, ns_t *v);

/* A number that is finite and not negative. */
void codec_double(struct codec *c, double *v);

void codec_addr(struct codec *c, struct addr *a);
void codec_endpoint(struct codec *c, struct endpoint *e);
void codec_text(struct codec *c, struct finding_text *t);
void codec_row(struct codec *c, struct finding_row *row);

#endif
