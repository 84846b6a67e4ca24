/*
 * sealed.c - memory files and their seals.
 */
#include "config.h"

#include "role/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEAL_TRIES 100
#define SEAL_WAIT_MS 10

int sealed_new(const char *name, uint64_t n)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && ftruncate(fd, (off_t)n) != 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

void *sealed_room(int fd, uint64_t n)
{
    void *mem;

    if (ftruncate(fd, (off_t)n) != 0)
        return NULL;
    mem = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    return mem == MAP_FAILED ? NULL : mem;
}

/*
 * A process that has ended keeps its memory for as long as somebody reads about it in /proc, as monitors of all kinds do; and then the
 * image of the one that filled it has a mapping that can be written to.
 */
static bool seal(int fd)
{
    for (unsigned tries = 0; tries < SEAL_TRIES; tries++) {
        if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
            return true;
        if (errno != EBUSY)
            return false;
        (void)poll(NULL, 0, SEAL_WAIT_MS);
    }
    return false;
}

void *sealed_map(int fd, uint64_t n, const char **why)
{
    void *mem = MAP_FAILED;

    if (ftruncate(fd, (off_t)n) != 0)
        *why = "the image cannot be cut to its size";
    else if (!seal(fd))
        *why = "the image cannot be sealed";
    else if ((mem = mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0)) == MAP_FAILED)
        *why = "the image cannot be mapped";
    return mem == MAP_FAILED ? NULL : mem;
}
