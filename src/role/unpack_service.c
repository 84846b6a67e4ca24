/*
 * unpack_service.c - both sides: the worker's requests, and the parent that forks for them.
 */
#include "config.h"

#include "role/unpack_service.h"

#include "base/out.h"
#include "capture/block.h"
#include "role/unpacker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct unpack_service {
    struct unpack_ops ops;                          /* parent: those of unpacker.h */
    struct unpack_progress *progress[UNPACK_SLOTS]; /* each on a page of its own, shared by all three */
    uint8_t *head;                                  /* BLOCK_SIZE bytes, shared by worker and parent */
    bool hidden;                                    /* parent: the processes that unpack do not get the head's mapping */
    struct unpacking running[UNPACK_SLOTS];         /* parent */
    int control;                                    /* worker */
    bool used[UNPACK_SLOTS];                        /* worker */
};

static void *share(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

struct unpack_service *unpack_service_new(const struct unpack_limits *limits, enum conf_sandbox sandbox)
{
    struct unpack_service *s = calloc(1, sizeof(*s));
    bool ok;

    if (!s)
        return NULL;
    s->ops = unpacker_ops(limits, sandbox);
    s->head = share(BLOCK_SIZE);
    ok = s->head;
    for (size_t i = 0; ok && i < UNPACK_SLOTS; i++) {
        s->progress[i] = share(sizeof(**s->progress));
        ok = s->progress[i];
    }
    if (ok)
        return s;
    unpack_service_free(s);
    return NULL;
}

/* --- the parent's side ----------------------------------------------------------------------- */

static void start(struct unpack_service *s, const struct ipc_unpack *ask, struct ipc_unpack *answer)
{
    struct unpacking *u = &s->running[ask->slot];
    struct unpack_fault fault;
    uint8_t *head = malloc(ask->n_head + 1);

    answer->error = ENOMEM;
    if (!head)
        return;
    if (!s->hidden) /* the worker has it since it was forked */
        s->hidden = madvise(s->head, BLOCK_SIZE, MADV_DONTFORK) == 0;
    memcpy(head, s->head, ask->n_head);
    *s->progress[ask->slot] = (struct unpack_progress){0};
    answer->error = 0;
    errno = 0;
    if (!unpacker_begin(&s->ops, s->progress[ask->slot], u, (enum codec_format)ask->format, view_of(head, ask->n_head), ask->fd,
                        &fault))
        answer->error = errno ? errno : EIO;
    free(head);
}

bool unpack_service_serve(struct unpack_service *s, int control, const struct ipc_message *m)
{
    const struct ipc_unpack *ask = ipc_body(m, sizeof(*ask));
    struct ipc_unpack answer;
    bool is_start = m->head.type == IPC_UNPACK;
    int give;

    if (!ask || ask->slot >= UNPACK_SLOTS || (s->running[ask->slot].pid != 0) == is_start)
        return false;
    answer = *ask;
    if (is_start && (ask->n_head > BLOCK_SIZE || ask->fd < 0 || ask->format == CODEC_NONE || ask->format > CODEC_XZ))
        return false;
    if (is_start) {
        start(s, ask, &answer);
    } else {
        answer.status = unpacker_wait(&s->running[ask->slot], ask->stop);
        s->running[ask->slot] = (struct unpacking){.fd = -1};
    }
    give = is_start && answer.error == 0 ? s->running[ask->slot].fd : -1;
    (void)ipc_send(control, (enum ipc_type)m->head.type, view_of(&answer, sizeof(answer)), give,
                   true); /* or it is gone, which is noticed elsewhere */
    if (give >= 0) {
        close(give);
        s->running[ask->slot].fd = -1;
    }
    return true;
}

/* --- the worker's side ----------------------------------------------------------------------- */

/* There is one worker in a process, and struct unpack_ops has no room for who asks. */
static struct unpack_service *mine;

/* Asks, and waits for the answer; nothing else comes to the worker of files meanwhile but a wish to stop, which can wait. */
static bool ask_parent(enum ipc_type type, const struct ipc_unpack *ask, struct ipc_unpack *answer, int *passed)
{
    static struct ipc_message m;
    const struct ipc_unpack *body;
    int ignored;

    if (ipc_send(mine->control, type, view_of(ask, sizeof(*ask)), -1, true) != 0)
        return false;
    for (;;) {
        enum ipc_result got = ipc_receive(mine->control, &m, passed ? passed : &ignored, false);

        if (got == IPC_EOF)
            return false;
        if (got == IPC_NONE && poll(&(struct pollfd){.fd = mine->control, .events = POLLIN}, 1, -1) < 0 && errno != EINTR)
            return false;
        body = got == IPC_GOT && m.head.type == type ? ipc_body(&m, sizeof(*body)) : NULL;
        if (body) {
            *answer = *body;
            return true;
        }
    }
}

static void say(struct unpack_fault *fault, const char *why)
{
    struct out o = out_of(fault->text, sizeof(fault->text));

    out_fmt(&o, "unpacking could not be started: %s", why);
    fault->has_offset = false;
}

static bool ask_start(const struct unpack_ops *ops, struct unpacking *u, enum codec_format format, struct view head, int fd,
                      struct unpack_fault *fault)
{
    struct ipc_unpack ask = {.fd = fd, .format = (uint32_t)format, .n_head = (uint32_t)head.n}, answer;
    int passed = -1;

    *u = (struct unpacking){.fd = -1};
    while (ask.slot < UNPACK_SLOTS && mine->used[ask.slot])
        ask.slot++;
    if (ask.slot == UNPACK_SLOTS || head.n > BLOCK_SIZE) {
        say(fault, "there are too many compressed pipes");
        return false;
    }
    if (head.n > 0)
        memcpy(mine->head, head.p, head.n);
    if (!ask_parent(IPC_UNPACK, &ask, &answer, &passed)) {
        say(fault, "the process that starts it is gone");
        return false;
    }
    if (answer.error != 0 || passed < 0) {
        say(fault, strerror(answer.error));
        return false;
    }
    mine->used[ask.slot] = true;
    *u = (struct unpacking){.fd = passed,
                            .pid = (int)ask.slot + 1, /* there is one; which, only the parent knows */
                            .format = format,
                            .limits = ops->limits,
                            .progress = mine->progress[ask.slot]};
    return true;
}

static bool ask_end(struct unpacking *u, bool at_end, struct unpack_fault *fault)
{
    struct ipc_unpack ask = {.slot = (uint32_t)u->pid - 1, .stop = !at_end}, answer = {.status = 1};
    bool ok;

    close(u->fd);
    (void)ask_parent(IPC_UNPACK_END, &ask, &answer, NULL); /* without an answer it counts as failed */
    mine->used[ask.slot] = false;
    ok = unpacker_judge(answer.status, u, at_end, fault);
    *u = (struct unpacking){.fd = -1};
    return ok;
}

struct unpack_ops unpack_service_ops(struct unpack_service *s, int control)
{
    s->control = control;
    mine = s;
    return (struct unpack_ops){.limits = s->ops.limits, .start = ask_start, .end = ask_end};
}

void unpack_service_free(struct unpack_service *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < UNPACK_SLOTS; i++) {
        if (s->running[i].pid)
            (void)unpacker_wait(&s->running[i], true); /* nobody asks how it ended */
        if (s->progress[i])
            munmap(s->progress[i], sizeof(**s->progress));
    }
    if (s->head)
        munmap(s->head, BLOCK_SIZE);
    free(s);
}
