/*
 * fuzz_carrier.c - both directions of one connection through all that can carry messages.
 *
 * The first byte says whether its start was seen and how pieces are cut, then each record has its direction and what it does
 * (1), a length (2) and its bytes. Invariants: no more is taken than was given; a second run with other pieces says the
 * same, unless the place was lost, so that where segments start matters; what is kept is bounded, and the host is a name.
 */
#include "config.h"

#include "../carry.h"

#include <stdlib.h>

#define BYTES_MAX 16000 /* of a direction: more would be cut for want of room, at places that depend on the pieces */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FROM_POOL = 1, LOSE = 2 };

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* Pieces end nowhere behind a brace: a text that ends there is taken without its newline. */
static size_t piece_of(const uint8_t *p, size_t n, uint32_t *chance)
{
    size_t some;

    if (*chance == 0)
        return n;
    *chance = *chance * 1664525 + 1013904223;
    some = min_size(n, 1 + (*chance >> 24) % 48);
    while (some < n && p[some - 1] == '}')
        some++;
    return some;
}

/* Plays the records. False when the pieces may matter. */
static bool play(struct carry *c, const uint8_t *data, size_t size, uint32_t chance)
{
    size_t n_bytes[2] = {0, 0};
    bool may_compare = true;

    carry_init(c, data[0] & 1);
    for (size_t at = 1; at + 3 <= size;) {
        int dir = data[at] & FROM_POOL;
        size_t n = min_size((size_t)data[at + 1] << 8 | data[at + 2], size - at - 3);
        const uint8_t *p = data + at + 3;

        if (data[at] & LOSE) {
            carry_lose(c, dir, (uint32_t)n);
            may_compare = false;
            at += 3;
            continue;
        }
        if (n > 0 && n_bytes[dir] == 0 && (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r')))
            may_compare = false; /* whether a line begins there is told by its first segment */
        n_bytes[dir] += n;
        may_compare &= n_bytes[dir] < BYTES_MAX;
        for (size_t done = 0; done < n;) {
            size_t some = piece_of(p + done, n - done, &chance);

            carry_push(c, dir, p + done, some);
            done += some;
        }
        at += 3 + n;
    }
    carry_end(c);
    for (int dir = 0; dir < 2; dir++) {
        check(c->n_kept[dir] == 0);
        may_compare &= !c->d.carrier.way[dir].lost;
    }
    may_compare &=
        c->d.binary.form == BINARY_NONE; /* 64 bytes in a tunnel and an end of a piece are an opening of another kind */
    return may_compare;
}

static void check_state(const struct dialogue *d)
{
    check(d->carrier.n_layers < EVIDENCE_TRANSPORTS && d->carrier.n_asked <= CARRIER_ASKED);
    check(d->host_text.len <= DIALOGUE_HOST_MAX && (d->host_text.len == 0) == (d->host_source == NAME_NONE));
    for (int i = 0; i < EVIDENCE_TRANSPORTS; i++)
        check(d->transport[i] < TRANSPORT_N);
}

static bool same_text(const struct dialogue_text *a, const struct dialogue_text *b, const char *x, const char *y)
{
    return a->len == b->len && a->cut == b->cut && memcmp(x, y, a->len) == 0;
}

static void compare(const struct dialogue *a, const struct dialogue *b)
{
    check(a->proven == b->proven && a->protocol == b->protocol && a->protocols == b->protocols && a->stage == b->stage);
    check(a->n_messages == b->n_messages && a->n_jobs == b->n_jobs && a->n_logins == b->n_logins);
    check(a->n_submitted == b->n_submitted && a->n_accepted == b->n_accepted && a->n_rejected == b->n_rejected);
    check(a->n_foreign == b->n_foreign && a->carrier.opaque == b->carrier.opaque);
    check(memcmp(a->transport, b->transport, sizeof(a->transport)) == 0 && a->host_source == b->host_source);
    check(same_text(&a->host_text, &b->host_text, a->host, b->host));
    check(same_text(&a->login_text, &b->login_text, a->login, b->login));
    check(same_text(&a->agent_text, &b->agent_text, a->agent, b->agent));
    check(same_text(&a->worker_text, &b->worker_text, a->worker, b->worker));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct carry whole, pieces;
    bool may_compare;

    if (size == 0)
        return 0;
    may_compare = play(&whole, data, size, 0);
    check_state(&whole.d);
    may_compare &= play(&pieces, data, size, 1u + data[0]);
    check_state(&pieces.d);
    if (may_compare)
        compare(&whole.d, &pieces.d);
    return 0;
}
