/*
 * blast_talk.c - who says what: the modes of the fast sender.
 *
 *   pcap     the frames of a file, --loops times
 *   mix      background: TCP with noise, UDP with noise, DNS for names on no list; 4096 frames made beforehand, in turn
 *   miners   --count numbered miners from --first on, each with a pool of its own port: handshake, subscribe, authorize, a job, both
 *            sides; then --rounds rounds in which each hands in a share that is accepted. --only c or s: one side is heard
 *   clients  --count senders of a SYN and a subscribe, of which nothing else is heard
 *   victims  spoofed: even numbers "mine" (requests only, acknowledgements never move), odd ones are sent jobs and OKs
 *
 * Miner i has the address NET.(1+(i>>16)).(i>>8).i, port 20000 + i % 40000, login w0000000+i, pool 203.0.113.(1+i%250):3333.
 */
#include "config.h"

#include "blast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 9 /* frames of the conversation before the rounds */
#define NOTIFY                                                                                                            \
    "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"1c41\",\"a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829" \
    "3a4b5c00000000\",\"0100000001000000000000000000000000000000000000000000000000000000000000000000ffffffff1403f4510e0d" \
    "2f506f6f6c\",\"ffffffff0100f2052a010000001976a914000102030405060708090a0b0c0d0e0f1011121388ac00000000\",[],\"20000"  \
    "000\",\"17021a8e\",\"69a42b40\",true]}\n"

struct miner {
    uint32_t seq, ack, id;
};

struct talk {
    const struct options *o;
    enum { TALK_PCAP, TALK_MIX, TALK_MINERS, TALK_CLIENTS, TALK_VICTIMS } mode;
    struct capture capture;
    uint64_t loop, i, round;
    uint32_t step;
    struct miner *miner;
    struct frame *pool;
};

static uint64_t state = 88172645463325252ULL;

uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) * below >> 32);
}

static void make_background(struct frame *f)
{
    uint8_t noise[1400];
    uint32_t kind = chance(100), inside = 0x0a640000 + chance(2000), outside = 0xc6336400 + chance(250);
    bool out = chance(2);
    struct segment s = {.src = out ? inside : outside,
                        .dst = out ? outside : inside,
                        .payload = noise,
                        .seq = chance(0xffffffff),
                        .ack = chance(0xffffffff),
                        .flags = TCP_ACK,
                        .n_payload = chance(1360)};
    uint16_t port = (uint16_t)(1024 + chance(60000));

    for (uint32_t i = 0; i < s.n_payload; i++)
        noise[i] = (uint8_t)chance(256);
    s.sport = out ? port : 443;
    s.dport = out ? 443 : port;
    if (kind < 5) {
        static const uint8_t tail[] = {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1};

        memcpy(noise, "\0\0\1\0\0\1\0\0\0\0\0\0\6", 13);
        snprintf((char *)noise + 13, 7, "h%05u", chance(99999));
        memcpy(noise + 19, tail, sizeof(tail));
        s.n_payload = 19 + sizeof(tail);
        s.src = inside;
        s.dst = 0x0a000035;
        s.sport = port;
        s.dport = 53;
        frame_udp(f, &s);
    } else if (kind < 25) {
        s.dport = out ? (uint16_t)(20000 + chance(9)) : port;
        frame_udp(f, &s);
    } else {
        s.n_payload = kind < 45 ? 0 : s.n_payload;
        frame_tcp(f, &s);
    }
}

static void make_pool(struct talk *t)
{
    t->pool = calloc(POOL, sizeof(*t->pool));
    if (!t->pool)
        die("out of memory");
    for (uint32_t i = 0; i < POOL; i++) {
        make_background(&t->pool[i]);
        frame_wrap(&t->pool[i], &t->o->wrap);
    }
}

struct talk *talk_new(const struct options *o)
{
    static const char *const name[] = {"pcap", "mix", "miners", "clients", "victims"};
    struct talk *t = calloc(1, sizeof(*t));
    size_t mode = 0;

    if (!t)
        die("out of memory");
    while (mode < sizeof(name) / sizeof(name[0]) && strcmp(o->mode, name[mode]) != 0)
        mode++;
    if (mode == sizeof(name) / sizeof(name[0]))
        die("unknown mode %s, expected pcap, mix, miners, clients or victims", o->mode);
    t->mode = mode;
    t->o = o;
    if (t->mode == TALK_PCAP)
        capture_open(&t->capture, o->file ? o->file : "");
    if (t->mode == TALK_MIX)
        make_pool(t);
    if (t->mode == TALK_MINERS) {
        t->miner = calloc(o->count ? o->count : 1, sizeof(*t->miner));
        if (!t->miner)
            die("out of memory");
    }
    return t;
}

void talk_free(struct talk *t)
{
    free(t->capture.data);
    free(t->pool);
    free(t->miner);
    free(t);
}

/* The two ends of the connection of miner i, seen from the miner (out) or from its pool. */
static struct segment between(const struct options *o, uint64_t i, bool out)
{
    uint32_t miner = o->net << 24 | (uint32_t)(0x10000 + i), pool = 0xcb007101 + (uint32_t)(i % 250);
    uint16_t port = (uint16_t)(20000 + i % 40000);

    return out ? (struct segment){.src = miner, .dst = pool, .sport = port, .dport = 3333}
               : (struct segment){.src = pool, .dst = miner, .sport = 3333, .dport = port};
}

/* One message of the miner or the pool, with sequence numbers that go on. */
static void say(const struct talk *t, struct frame *f, uint64_t i, struct miner *m, bool out, uint8_t flags, const char *text)
{
    struct segment s = between(t->o, i, out);

    s.flags = flags;
    s.payload = text;
    s.n_payload = (uint32_t)strlen(text);
    s.seq = out ? m->seq : m->ack;
    s.ack = flags == TCP_SYN ? 0 : out ? m->ack : m->seq;
    *(out ? &m->seq : &m->ack) += s.n_payload + (flags & TCP_SYN ? 1 : 0);
    frame_tcp(f, &s);
}

static void submit(struct miner *m, uint64_t i, char *text, size_t n)
{
    m->id++;
    snprintf(text, n,
             "{\"id\":%u,\"method\":\"mining.submit\",\"params\":[\"w%07llu\",\"1c41\",\"%016x\",\"69a42b40\",\"%08x\"]}\n",
             m->id, (unsigned long long)i, m->id, chance(0xffffffff));
}

/* Step of the conversation of miner i; steps from STEPS on are a share, and its answer. */
static void speak(struct talk *t, struct frame *f, uint64_t i, uint32_t step)
{
    struct miner *m = &t->miner[i - t->o->first];
    char text[1200] = "";

    switch (step) {
    case 0:
        *m = (struct miner){.seq = 1000 + (uint32_t)i * 7919, .ack = 5000 + (uint32_t)i * 104729, .id = 0};
        say(t, f, i, m, true, TCP_SYN, text);
        break;
    case 1: say(t, f, i, m, false, TCP_SYN | TCP_ACK, text); break;
    case 2: say(t, f, i, m, true, TCP_ACK, text); break;
    case 3:
        snprintf(text, sizeof(text), "{\"id\":%u,\"method\":\"mining.subscribe\",\"params\":[\"blast/%llu\"]}\n", ++m->id,
                 (unsigned long long)i);
        say(t, f, i, m, true, TCP_PSH | TCP_ACK, text);
        f->mark = (int64_t)i;
        break;
    case 4:
        snprintf(text, sizeof(text), "{\"id\":%u,\"result\":[[[\"mining.notify\",\"ae68\"]],\"08000002\",8],\"error\":null}\n",
                 m->id);
        say(t, f, i, m, false, TCP_PSH | TCP_ACK, text);
        break;
    case 5:
        snprintf(text, sizeof(text), "{\"id\":%u,\"method\":\"mining.authorize\",\"params\":[\"w%07llu\",\"x\"]}\n", ++m->id,
                 (unsigned long long)i);
        say(t, f, i, m, true, TCP_PSH | TCP_ACK, text);
        break;
    case 6:
        snprintf(text, sizeof(text), "{\"id\":%u,\"result\":true,\"error\":null}\n", m->id);
        say(t, f, i, m, false, TCP_PSH | TCP_ACK, text);
        break;
    case 7: say(t, f, i, m, false, TCP_PSH | TCP_ACK, NOTIFY); break;
    case 8: say(t, f, i, m, true, TCP_ACK, text); break;
    case STEPS:
        submit(m, i, text, sizeof(text));
        say(t, f, i, m, true, TCP_PSH | TCP_ACK, text);
        f->mark = (int64_t)i;
        break;
    default:
        snprintf(text, sizeof(text), "{\"id\":%u,\"result\":true,\"error\":null}\n", m->id);
        say(t, f, i, m, false, TCP_PSH | TCP_ACK, text);
    }
}

/* Round 0 is the conversation, each later one a share of each miner. */
static bool next_miner(struct talk *t, struct frame *f)
{
    uint32_t step;

    if (t->i == t->o->count) {
        t->i = 0;
        t->round++;
    }
    if (t->o->count == 0 || t->round > t->o->rounds)
        return false;
    step = t->round == 0 ? t->step : STEPS + t->step;
    speak(t, f, t->o->first + t->i, step);
    if (++t->step == (t->round == 0 ? STEPS : 2)) {
        t->step = 0;
        t->i++;
    }
    return true;
}

static bool next_client(struct talk *t, struct frame *f)
{
    uint64_t i = t->o->first + t->i;
    struct miner m = {.seq = 77 + (uint32_t)i, .ack = 99, .id = 0};

    if (t->i >= t->o->count)
        return false;
    if (t->step == 0) {
        say(t, f, i, &m, true, TCP_SYN, "");
    } else {
        m.seq++;
        say(t, f, i, &m, true, TCP_PSH | TCP_ACK, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"fake/1\"]}\n");
        f->mark = (int64_t)i;
        t->i++;
    }
    t->step ^= 1;
    return true;
}

static bool next_victim(struct talk *t, struct frame *f)
{
    static const char *const asked[] = {
        "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"forged/1\"]}\n",
        "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"forged.w\",\"x\"]}\n",
        "{\"id\":3,\"method\":\"mining.submit\",\"params\":[\"forged.w\",\"1c41\",\"0000000000000001\","
        "\"69a42b40\",\"0badcafe\"]}\n"};
    static const char *const told[] = {"{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}\n", NOTIFY,
                                       "{\"id\":3,\"result\":true,\"error\":null}\n"};
    uint64_t i = t->o->first + t->i;
    bool out = i % 2 == 0;
    struct miner m = {.seq = 1, .ack = 1, .id = 0};

    if (t->i >= t->o->count)
        return false;
    for (uint32_t step = 0; step < t->step; step++)
        *(out ? &m.seq : &m.ack) += (uint32_t)strlen(out ? asked[step] : told[step]);
    say(t, f, i, &m, out, TCP_PSH | TCP_ACK, out ? asked[t->step] : told[t->step]);
    if (++t->step == 3) {
        t->step = 0;
        t->i++;
    }
    return true;
}

/* The next frame of one side or both, not yet wrapped. */
static bool next(struct talk *t, struct frame *f)
{
    switch (t->mode) {
    case TALK_MINERS: return next_miner(t, f);
    case TALK_CLIENTS: return next_client(t, f);
    case TALK_VICTIMS: return next_victim(t, f);
    default: break;
    }
    if (capture_next(&t->capture, f))
        return true;
    if (++t->loop >= t->o->loops)
        return false;
    t->capture.at = 24;
    return capture_next(&t->capture, f);
}

/* With --only, whether the frame is of the other side: all that comes from port 3333 is the pool's. */
static bool left_out(const struct options *o, const struct frame *f)
{
    bool pool = f->data[34] == 3333 >> 8 && f->data[35] == (3333 & 0xff);

    return o->only && (o->only[0] == 'c') == pool;
}

bool talk_next(struct talk *t, struct frame *f)
{
    if (t->mode == TALK_MIX) {
        const struct frame *made = &t->pool[t->i++ % POOL];

        if (t->o->count && t->i > t->o->count)
            return false;
        memcpy(f->data, made->data, made->n);
        f->n = made->n;
        f->mark = -1;
        return true;
    }
    do {
        if (!next(t, f))
            return false;
    } while (left_out(t->o, f));
    frame_wrap(f, &t->o->wrap);
    return true;
}
