/*
 * file_read.c - read(2), again and again.
 */
#include "config.h"

#include "config/file_read.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

ssize_t file_read(int fd, void *mem, size_t n)
{
    uint8_t *to = mem;
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, &to[done], n - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}
