/*
 * sealed.h - an image in memory that a jailed process fills, and that nobody can change from then on.
 *
 * It is a memory file. How large the image will be is known to that process only: it gets a mapping as large as there may be, of
 * which pages that stay untouched cost nothing, and what is behind the image is cut off before the file is sealed.
 */
#ifndef ROLE_SEALED_H
#define ROLE_SEALED_H

#include <stdint.h>

/* A memory file of n bytes, zeros; name is for who looks into /proc. -1 with errno. Gives. */
int sealed_new(const char *name, uint64_t n);

/*
 * Makes the file n bytes large and maps it, to be written to by this process and those that it forks. NULL with errno. Gives, for
 * munmap.
 */
void *sealed_room(int fd, uint64_t n);

/*
 * Makes the file n bytes large, seals it, and maps it to be read. No mapping that can be written to may be left of it.
 * NULL with the reason in *why. Gives, for munmap.
 */
void *sealed_map(int fd, uint64_t n, const char **why);

#endif
