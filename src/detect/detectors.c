/*
 * detectors.c - the table of dialects. To add one that speaks lines of JSON: a reader in message/ and
 * a row here; the more particular reader stands before the more general.
 */
#include "config.h"

#include "detect/detectors.h"

#include "message/cryptonote.h"
#include "message/equihash.h"
#include "message/ethereum.h"
#include "message/stratum_v1.h"

typedef bool reader_fn(const struct jsonrpc *m, struct mining_msg *out);

static reader_fn *const readers[] = {equihash_read, stratum_v1_read, ethereum_read, cryptonote_read, mining_read_reply};

bool detectors_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m,
                    struct mining_msg *msg)
{
    if (!jsonrpc_read(line, carriage, http, m))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (readers[i](m, msg))
            return true;
    return false;
}
