/*
 * block.c - the block reader.
 */
#include "config.h"

#include "capture/block.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool block_init(struct block *b, int fd)
{
    *b = (struct block){.fd = fd};
    b->mem = malloc(BLOCK_SIZE);
    return b->mem != NULL;
}

void block_fini(struct block *b)
{
    free(b->mem);
    b->mem = NULL;
}

bool block_fill(struct block *b, size_t n)
{
    if (b->eof || b->error || n > BLOCK_RECORD_MAX)
        return false;
    if (b->at > 0) {
        memmove(b->mem, b->mem + b->at, b->end - b->at);
        b->end -= b->at;
        b->base += b->at;
        b->at = 0;
    }
    while (b->end < n) {
        ssize_t got = read(b->fd, b->mem + b->end, BLOCK_READ);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            b->error = errno;
        if (got == 0)
            b->eof = true;
        if (got <= 0)
            return false;
        b->end += (size_t)got;
    }
    return true;
}

bool block_skip(struct block *b, uint64_t n)
{
    for (;;) {
        size_t step = (size_t)(n < b->end - b->at ? n : b->end - b->at);

        block_advance(b, step);
        n -= step;
        if (n == 0)
            return true;
        if (!block_fill(b, 1))
            return false;
    }
}
