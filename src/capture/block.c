/*
 * block.c - the block reader.
 */
#include "config.h"

#include "capture/block.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SPARE 4096 /* bytes beyond the size of a small file */

/* What a file of this size needs: reading thousands of small ones should not cost a megabyte each. */
static size_t wanted(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size >= (off_t)(BLOCK_SIZE - BLOCK_SPARE))
        return BLOCK_SIZE;
    return (size_t)st.st_size + BLOCK_SPARE;
}

bool block_init(struct block *b, int fd)
{
    *b = (struct block){.fd = fd, .cap = wanted(fd)};
    b->mem = malloc(b->cap);
    return b->mem != NULL;
}

void block_fini(struct block *b)
{
    free(b->mem);
    b->mem = NULL;
}

/* Makes the memory as large as it may be: the file has grown since it was opened. */
static bool grow(struct block *b)
{
    uint8_t *grown = b->cap < BLOCK_SIZE ? realloc(b->mem, BLOCK_SIZE) : NULL;

    if (!grown) {
        b->error = ENOMEM;
        return false;
    }
    b->mem = grown;
    b->cap = BLOCK_SIZE;
    return true;
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
        ssize_t got;

        if (b->end == b->cap && !grow(b))
            return false;
        got = read(b->fd, b->mem + b->end, min_size(BLOCK_READ, b->cap - b->end));
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
