/*
 * privileges.h - giving up what is no longer needed: the user root, and capabilities.
 */
#ifndef ROLE_PRIVILEGES_H
#define ROLE_PRIVILEGES_H

#include "config/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether packets can be captured: says how to give CAP_NET_RAW when the process has it not. */
bool privileges_can_capture(void);

/* The user that privileges_drop would become; false when the process is not root, or, with a message, there is none. */
bool privileges_user(const struct conf *conf, uid_t *uid, gid_t *gid);

/*
 * Called when all files are open and before the first byte of a capture is looked at: as root becomes
 * process.user with no groups, for good. Then, root or not, gives up all capabilities but, with
 * keep_net_raw, CAP_NET_RAW, which must be there; always sets no_new_privs. False, with a message, when that
 * fails.
 */
bool privileges_drop(const struct conf *conf, bool keep_net_raw);

/*
 * Whether this process may look at the open files of others: that takes CAP_SYS_PTRACE, and CAP_DAC_READ_SEARCH or
 * CAP_DAC_OVERRIDE. False with what is missing in why.
 */
bool privileges_can_look(char *why, size_t n_why);

/* As privileges_drop, but leaves what privileges_can_look asks for, and does not set no_new_privs, which the jail does. */
bool privileges_drop_to_look(const struct conf *conf);

/* Leaves the process these two capabilities, permitted and effective, and no other. 0 or -errno. */
int capabilities_keep_to_look(void);

/*
 * Leaves the process CAP_NET_RAW, permitted and effective, or no capability at all; what could be had again
 * goes too (inheritable, ambient and, where the process may, the bounding set). Reads /proc. 0 or -errno.
 */
int capabilities_keep(bool net_raw);

/* Lets the process have as many files open as the system allows: captures, sockets and handles stay open from the start. */
void privileges_raise_file_limit(void);

#endif
