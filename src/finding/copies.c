/*
 * copies.c - lookups that were mirrored twice. Both ends of a connection may be mirrored, and a message then comes
 * once for each; it is counted with the network in which it came first.
 */
#include "config.h"

#include "finding/table.h"

#define COPIES_SPAN (2 * NS_PER_SEC) /* between copies: queues of mirrors and workers take far less */

bool copies_take(struct copies *c, const struct evidence *e)
{
    struct copy *set = c->set[e->digest % COPIES_SETS];
    size_t at = 0;
    bool known;

    while (at < COPIES_WAYS - 1 && set[at].digest != e->digest)
        at++;
    known = set[at].digest == e->digest && set[at].time_ns - e->time_ns <= COPIES_SPAN &&
            e->time_ns - set[at].time_ns <= COPIES_SPAN;
    if (known)
        return true; /* the first one's time stays: a client that asks on with one number is heard every 2 s */
    memmove(&set[1], &set[0], at * sizeof(*set));
    set[0] = (struct copy){e->digest, e->time_ns};
    return false;
}
