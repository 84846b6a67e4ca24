/*
 * syscall_filter.h - which system calls, with which arguments, a role may make (see seccomp(2)).
 */
#ifndef ROLE_SYSCALL_FILTER_H
#define ROLE_SYSCALL_FILTER_H

#include "role/sandbox.h"

/* 0 when the kernel can filter system calls, else -errno. */
int syscall_filter_possible(void);

/*
 * Lets the calling thread make from now on only the calls of its role; the kernel kills the process for
 * any other. The numbers in fds go into the filter. 0 or -errno, and then there is no filter.
 */
int syscall_filter_enter(enum jail_role role, const struct jail_fds *fds);

#endif
