/*
 * passive.h - passive DNS: every message as an event, for those who want to keep what was asked and answered.
 *
 * Off until it is told who takes the events. A message is walked once more for it; nothing is allocated.
 */
#ifndef DETECT_PASSIVE_H
#define DETECT_PASSIVE_H

#include "detect/names.h"
#include "evidence/dns_event.h"

/* Takes one; borrows it. */
typedef void dns_event_fn(void *arg, const struct dns_event *e);

struct passive {
    dns_event_fn *emit; /* NULL = off */
    void *arg;
    uint32_t max_rate; /* events a second of packet time, as many at once; 0 = no limit */
    ns_t filled_ns;
    int64_t tokens;   /* in 1/NS_PER_SEC of an event */
    uint64_t n_given; /* events */
    uint64_t n_over;  /* messages beyond the rate */
};

void passive_init(struct passive *p, dns_event_fn *emit, void *arg, uint32_t max_rate);

/* True when a message of this time is to be given; counts it as beyond the rate when it is not. */
bool passive_wants(struct passive *p, ns_t now);

/* Gives the message, which names_read has read as *m, as an event. */
void passive_message(struct passive *p, const struct names_origin *o, const struct names_message *m, struct view message,
                     enum dns_event_proto proto);

/* Gives an event that is already one. */
static inline void passive_give(struct passive *p, const struct dns_event *e)
{
    p->n_given++;
    p->emit(p->arg, e);
}

#endif
