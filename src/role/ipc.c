/*
 * ipc.c - sending and receiving, with all checks of a message's form.
 */
#include "config.h"

#include "role/ipc.h"

#include "base/out.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define BUFFER (8 << 20) /* bytes: some ten thousand records, a second of a storm */

bool ipc_pair(int fd[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0;
}

int ipc_grow(int fd)
{
    int want = BUFFER, got = 0;
    socklen_t n = sizeof(got);

    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want)) != 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want)) != 0)
        log_debug("socket buffer: %s", strerror(errno)); /* the default is used, and more waits in the worker */
    return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &n) == 0 ? got : 0;
}

/* Puts a descriptor beside the message. */
static void attach(struct msghdr *msg, void *control, size_t n, int fd)
{
    struct cmsghdr *c;

    memset(control, 0, n);
    msg->msg_control = control;
    msg->msg_controllen = n;
    c = CMSG_FIRSTHDR(msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

int ipc_send(int fd, enum ipc_type type, struct view body, int fd_to_pass, bool wait)
{
    struct ipc_head head = {IPC_VERSION, (uint16_t)type, (uint32_t)body.n};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    /* sendmsg takes no const, and changes nothing. */
    struct iovec iov[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)body.p, body.n}};
    struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

    if (body.n > IPC_BODY_MAX)
        return -EMSGSIZE;
    if (fd_to_pass >= 0)
        attach(&msg, control.space, sizeof(control.space), fd_to_pass);
    for (;;) {
        if (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            return 0;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN || !wait)
            return -errno;
        if (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1) < 0 && errno != EINTR)
            return -errno;
    }
}

int ipc_forward(int fd, const struct ipc_message *m)
{
    ssize_t n;

    if (m->head.len > IPC_BODY_MAX)
        return -EMSGSIZE;
    do
        n = send(fd, m, sizeof(m->head) + m->head.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

/* Takes the first descriptor that came; there is room for no other. */
static int detach(struct msghdr *msg)
{
    struct cmsghdr *c = msg->msg_controllen ? CMSG_FIRSTHDR(msg) : NULL;
    int fd;

    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fd)))
        return -1;
    memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    return fd;
}

static bool is_message(const struct ipc_message *m, size_t n, const struct msghdr *msg)
{
    return n >= sizeof(m->head) && !(msg->msg_flags & MSG_TRUNC) && m->head.version == IPC_VERSION && m->head.type > 0 &&
           m->head.type < IPC_TYPE_N && m->head.len == n - sizeof(m->head);
}

enum ipc_result ipc_receive(int fd, struct ipc_message *m, int *passed, bool peek)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {m, sizeof(*m)};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t n;

    if (passed) {
        *passed = -1;
        msg.msg_control = control.space;
        msg.msg_controllen = sizeof(control.space);
    }
    do
        n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | (peek ? MSG_PEEK : 0));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? IPC_NONE : IPC_EOF;
    if (n == 0)
        return IPC_EOF;
    if (passed)
        *passed = detach(&msg);
    if (is_message(m, (size_t)n, &msg))
        return IPC_GOT;
    if (passed && *passed >= 0) {
        close(*passed);
        *passed = -1;
    }
    if (peek)
        (void)recv(fd, m, sizeof(*m), MSG_DONTWAIT); /* what was seen goes away */
    return IPC_BAD;
}

const void *ipc_body(const struct ipc_message *m, size_t n)
{
    return m->head.len == n ? m->body : NULL;
}

static int log_fd = -1;

static void send_line(enum log_level level, const char *text)
{
    struct ipc_log line = {.level = level};
    struct out o = out_of(line.text, sizeof(line.text));

    out_str(&o, text);
    /* A parent that is gone or does not read loses words, nothing else. */
    (void)ipc_send(log_fd, IPC_LOG, view_of(&line, sizeof(line)), -1, false);
}

void ipc_log_to(int control_fd)
{
    log_fd = control_fd;
    log_set_writer(send_line);
}

void ipc_log_print(const struct ipc_message *m)
{
    const struct ipc_log *line = ipc_body(m, sizeof(*line));
    int n;

    if (!line)
        return;
    n = (int)strnlen(line->text, sizeof(line->text));
    switch (line->level) {
    case LOG_LEVEL_ERR: log_err("%.*s", n, line->text); break;
    case LOG_LEVEL_WARN: log_warn("%.*s", n, line->text); break;
    case LOG_LEVEL_INFO: log_info("%.*s", n, line->text); break;
    default: log_debug("%.*s", n, line->text);
    }
}
