/*
 * sandbox.h - the jail of a process that handles hostile bytes.
 */
#ifndef ROLE_SANDBOX_H
#define ROLE_SANDBOX_H

#include <stdbool.h>

/*
 * False in a build with AddressSanitizer, whose run time maps terabytes and calls what it likes: then
 * there is no system call filter and no cap on memory, but all the rest.
 */
extern const bool sandbox_is_whole;

/*
 * Shuts the calling process in, for good. It reads from in_fd, which becomes descriptor 0, and writes to
 * out_fd, which becomes 1; all other descriptors are closed (with AddressSanitizer, 2 stays for its reports). After
 * this the process can read 0, write 1, get memory that is not executable, up to memory_max bytes on
 * top of what it has, and exit. The kernel kills it for any other system call.
 *
 * False with errno when a part could not be made. What the kernel does not know (Landlock before Linux
 * 5.13) is left out: the filter alone refuses as much.
 */
bool sandbox_enter(int in_fd, int out_fd, unsigned long long memory_max);

#endif
