/*
 * evidence_of.h - records as a worker sends them, for tests of the table of findings and its journal.
 */
#ifndef TESTS_EVIDENCE_OF_H
#define TESTS_EVIDENCE_OF_H

#include "evidence/evidence.h"

#define EVIDENCE_OF_START (INT64_C(1764000000) * NS_PER_SEC)

static inline struct endpoint endpoint_of(uint32_t host, uint16_t port)
{
    uint8_t bytes[4] = {(uint8_t)(host >> 24), (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host};
    struct endpoint e = {.port = port};

    addr_set_v4(&e.addr, bytes);
    return e;
}

/* A login of `miner' at 203.0.113.9:3333, whose answer was seen. */
static inline struct evidence evidence_of(uint32_t miner, enum evidence_kind kind, ns_t time_ns)
{
    return (struct evidence){.version = EVIDENCE_VERSION,
                             .kind = (uint8_t)kind,
                             .direction = DIRECTION_TO_POOL,
                             .time_ns = time_ns,
                             .flow_start_ns = time_ns,
                             .flow_last_ns = time_ns,
                             .miner = endpoint_of(miner, 40000),
                             .pool = endpoint_of(0xcb007109, 3333),
                             .protocol = PROTOCOL_CRYPTONOTE,
                             .protocols = 1u << PROTOCOL_CRYPTONOTE,
                             .stage = STAGE_HANDSHAKE,
                             .packets = {4, 3},
                             .n_messages = 1};
}

/* The same with nothing seen of the other side: anybody can send that. */
static inline struct evidence fake_of(uint32_t miner, ns_t time_ns)
{
    struct evidence e = evidence_of(miner, EVIDENCE_LOGIN, time_ns);

    e.packets[1] = 0;
    e.flags = EVIDENCE_ONE_SIDED;
    evidence_add_text(&e, TEXT_LOGIN, view_str("48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwE"),
                      false);
    return e;
}

/* A question for the row of small_feed.h. */
static inline struct evidence lookup_of(uint32_t miner, uint32_t row, const char *name, ns_t time_ns)
{
    struct evidence e = evidence_of(miner, EVIDENCE_NAME_ASKED, time_ns);

    e.stage = STAGE_LOOKUP;
    e.feed_row = row;
    e.pool.port = 53;
    evidence_add_text(&e, TEXT_NAME, view_str(name), false);
    return e;
}

#endif
