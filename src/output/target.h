/*
 * target.h - where an output goes: what stands behind FORMAT: in -o, and opening it.
 *
 * Opening is for the process that may open; the jailed one gets the descriptor, and parses the target again for the
 * address that it sends to.
 */
#ifndef OUTPUT_TARGET_H
#define OUTPUT_TARGET_H

#include "base/buf.h"

#include <sys/socket.h>
#include <sys/types.h>

enum target_type {
    TARGET_STDOUT,
    TARGET_FILE,        /* or a pipe or device with a name */
    TARGET_SYSTEM_LOG,  /* the socket of the system's own log, which wants another form than RFC 5424 */
    TARGET_UNIX_SYSLOG, /* any other datagram socket of this machine */
    TARGET_UDP_SYSLOG
};

struct target {
    enum target_type type;
    const char *path;             /* as given; NULL for standard output; borrowed */
    struct sockaddr_storage addr; /* of the last three */
    socklen_t n_addr;
};

/*
 * Reads what stands behind the format; path NULL is the default. False with why, a sentence without the option, when it is
 * no target. Keeps path.
 */
bool target_parse(struct target *t, const char *format, const char *path, char *why, size_t n_why);

/*
 * Opens it. In file mode: standard output is descriptor 1, a file is created anew with mode 0640 whatever the umask, or
 * overwritten with its mode as it is, a socket blocks. Live: nothing blocks, a file is appended to, and standard
 * output gets a descriptor of its own. -1 with errno set when it cannot be.
 */
int target_open(const struct target *t, bool live);

/* One write() or sendto() of v to fd, repeated only when a signal came: bytes written, or -1 with errno set. */
ssize_t target_write(const struct target *t, int fd, struct view v);

/* True for those that take a record as one message, or not at all. */
bool target_is_socket(const struct target *t);

/* Its name for messages. */
const char *target_name(const struct target *t);

#endif
