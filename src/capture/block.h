/*
 * block.h - reading a file in large blocks, parsed where they lie.
 *
 * read() of 256 KiB into one buffer that stays in the cache; records are views into it. A refill moves
 * what is left to the front, so all views handed out before it die.
 */
#ifndef CAPTURE_BLOCK_H
#define CAPTURE_BLOCK_H

#include "base/buf.h"

#define BLOCK_READ 262144       /* bytes of one read(): larger ones leave the second-level cache */
#define BLOCK_RECORD_MAX 786432 /* longest record that block_need can give */
#define BLOCK_SIZE (BLOCK_RECORD_MAX + BLOCK_READ)

struct block {
    int fd;         /* borrowed */
    uint8_t *mem;   /* owned */
    size_t cap;     /* its bytes: BLOCK_SIZE, or less for a small file */
    size_t at, end; /* unread bytes are mem[at..end) */
    uint64_t base;  /* offset in the file of mem[0] */
    int error;      /* errno of a failed read, or 0 */
    bool eof;
};

/* Starts reading fd. False when memory is short. */
bool block_init(struct block *b, int fd);
void block_fini(struct block *b);

/* Makes at least n bytes readable by reading more; false at the end of the file or an error. n <= BLOCK_RECORD_MAX. */
bool block_fill(struct block *b, size_t n);

/* True when n bytes are readable without reading more. */
static inline bool block_has(const struct block *b, size_t n)
{
    return b->end - b->at >= n;
}

/* True when n bytes are readable, reading more if they are not. */
static inline bool block_need(struct block *b, size_t n)
{
    return LIKELY(block_has(b, n)) || block_fill(b, n);
}

/* A view of the next n bytes, which must be readable. */
static inline struct view block_view(const struct block *b, size_t n)
{
    return (struct view){b->mem + b->at, n};
}

static inline void block_advance(struct block *b, size_t n)
{
    b->at += n;
}

/* The offset in the file of the next byte. */
static inline uint64_t block_offset(const struct block *b)
{
    return b->base + b->at;
}

/* Steps over n bytes, however many. False when the file ends first. */
bool block_skip(struct block *b, uint64_t n);

#endif
