/*
 * fuzz_dns_stream.c - the input as one direction of a TCP connection of port 53 that speaks DNS, whole and in pieces.
 *
 * First byte: how long the pieces are. The rest: messages behind their lengths. Invariants: the messages found are those that a
 * plain reading of the lengths gives, from the start to the first that is none, whatever the pieces.
 */
#include "config.h"

#include "message/dns.h"

#include "../binary_talk.h"

#define BYTES_MAX (STREAM_WINDOW - 1) /* the conversation keeps no more */
#define MESSAGES_MAX 4096

struct found {
    unsigned n;
    struct {
        size_t n;
        uint64_t hash;
    } message[MESSAGES_MAX];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct found expected, given;
static struct hash_key key;

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void add(struct found *to, struct view message)
{
    check(to->n < MESSAGES_MAX);
    to->message[to->n].n = message.n;
    to->message[to->n++].hash = hash_64(&key, message);
}

static void collect(void *arg, const struct names_origin *o, struct view message)
{
    (void)arg;
    (void)o;
    add(&given, message);
}

/* What the lengths say. On port 53 a message of another purpose, or with bits that servers ignore, stands in nobody's way. */
static void expect(struct view input)
{
    struct piece pc;

    expected.n = 0;
    while (dns_look(input, true, &pc) == PIECE_YES && pc.want <= input.n) {
        struct view data = view_head(input, pc.total);

        check(pc.total >= 14 && pc.want <= pc.total && pc.want <= DNS_WANT_MAX);
        if (dns_look(data, false, &pc) == PIECE_YES || dns_may_be_on_port(view_skip(data, 2)))
            add(&expected, view_skip(data, 2));
        input = view_skip(input, 2u + view_be16(input, 0));
    }
}

static void run(struct view input, size_t step)
{
    struct binary_talk *t = talk_new();

    given.n = 0;
    t->stop_when_lost = true;
    t->server_port = DNS_PORT;
    t->env.dns = collect;
    talk_say(t, TALK_CALLER, input, step);
    if (t->open && t->opened_at > 0) { /* by a later piece that begins with a message, which is another one */
        check(given.n <= MESSAGES_MAX);
    } else if (t->open && t->d.binary.form == BINARY_DNS) {
        check(!t->d.proven && given.n == expected.n);
        check(memcmp(given.message, expected.message, given.n * sizeof(given.message[0])) == 0);
    } else {
        check(given.n == 0);
    }
    talk_end(t);
    talk_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view input = view_of(data, size);

    if (size < 4 || size > BYTES_MAX)
        return 0;
    hash_key_fixed(&key, 5);
    input = view_skip(input, 1);
    expect(input);
    run(input, BYTES_MAX);
    run(input, 1u + data[0]);
    return 0;
}
