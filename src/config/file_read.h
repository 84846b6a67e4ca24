/*
 * file_read.h - the bytes of a file that was opened, into memory.
 */
#ifndef CONFIG_FILE_READ_H
#define CONFIG_FILE_READ_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads up to n bytes from where fd stands; fewer only at its end, so that one byte more than is allowed tells a file that is too
 * long. Goes on after a signal. The number, or -1 with errno.
 */
ssize_t file_read(int fd, void *mem, size_t n);

#endif
