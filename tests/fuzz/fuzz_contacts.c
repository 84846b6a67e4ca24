/*
 * fuzz_contacts.c - names that one worker tells another: the input as what a worker hears, between answers and connections of its own.
 *
 * A step is a byte that says what it is, and what that takes: 0 to 2 a message with its fields in few bytes, 3 a message as its
 * structure is, 4 a connection, 5 seconds, 6 an answer of DNS, 7 a proven dialogue. Invariants: what comes out is evidence in
 * order, of a contact; what one worker tells, another one does not call malformed.
 */
#include "config.h"

#include "detect/contacts.h"
#include "detect/dialogue.h"

#include "../small_feed.h"

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define STEPS_MAX 256
#define TOLD_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static struct hash_key key;

/* Worker 0 hears the input; worker 1 hears what it tells, and answers. */
static struct worker {
    struct contacts contacts;
    struct dialogue_env env;
    struct contacts_message told[TOLD_MAX];
    uint32_t n_told;
} workers[2];

static void on_evidence(void *arg, const struct evidence *e)
{
    (void)arg;
    check(evidence_check(e) && e->kind == EVIDENCE_CONTACT && e->feed_row > 0 && evidence_text(e, TEXT_NAME).n > 0);
}

static void on_tell(void *arg, const struct contacts_message *m)
{
    struct worker *w = arg;

    if (w->n_told < TOLD_MAX)
        w->told[w->n_told++] = *m;
}

static void on_named(void *arg, uint32_t flow, ns_t start_ns, uint32_t side, const struct name_found *found)
{
    (void)arg;
    check(flow == 1 && side == 2 && start_ns >= START && found->asked.n > 0);
}

static struct addr addr_of(uint8_t n)
{
    struct addr a;

    addr_set_v4(&a, (uint8_t[4]){10, 0, 0, n & 7});
    return a;
}

static ns_t time_of(struct buf *b)
{
    return START + (ns_t)buf_be16(b) * NS_PER_SEC / 4;
}

static void get_name(struct buf *b, struct contacts_name *name)
{
    struct view v;

    name->n = buf_u8(b);
    v = buf_take(b, min_size(buf_left(b), name->n));
    if (v.n)
        memcpy(name->bytes, v.p, min_size(v.n, sizeof(name->bytes)));
}

static void hear(struct buf *b, uint32_t what)
{
    struct contacts_message m = {.what = what};

    m.slot = buf_u8(b);
    m.id = UINT64_C(1) << 32 | buf_u8(b);
    m.client = addr_of(buf_u8(b));
    m.n_to = buf_u8(b) % (CONTACTS_ADDRS + 2);
    m.to[0] = addr_of(buf_u8(b));
    m.time_ns = time_of(b);
    m.ttl_s = (uint32_t)buf_u8(b) << 10;
    m.known = buf_u8(b);
    m.certain = buf_u8(b);
    get_name(b, &m.asked);
    get_name(b, &m.listed);
    contacts_hear(&workers[0].contacts, &m);
}

static void hear_raw(struct buf *b)
{
    struct contacts_message m;
    struct view v = buf_take(b, min_size(buf_left(b), sizeof(m)));

    memset(&m, 0, sizeof(m));
    if (v.n)
        memcpy(&m, v.p, v.n);
    contacts_hear(&workers[0].contacts, &m);
}

static void connection(struct buf *b)
{
    struct frame frame = {.time_ns = time_of(b), .number = 1};
    struct packet p = {.frame = &frame, .src = addr_of(buf_u8(b)), .dst = addr_of(buf_u8(b)), .sport = 3333, .dport = 50000};
    struct flow f = {.start_ns = frame.time_ns, .flags = FLOW_SEEN_SYN, .packets = {1, 0}};

    contacts_new_flow(&workers[0].contacts, &f, &p, buf_u8(b) & 1);
}

static void learn(struct buf *b)
{
    static const char *const names[] = {"eu.pool.example", "gone.example", "shop.example", "seed.pool.example"};
    struct names_origin o = {.client = {addr_of(buf_u8(b)), 40000}, .time_ns = time_of(b)};
    struct names_message m = {.response = true, .n_addrs = 1, .n_addrs_total = 1, .ttl_s = 60};

    check(name_parse(&m.asked, view_str(names[buf_u8(b) % ARRAY_LEN(names)])));
    m.addr[0] = addr_of(buf_u8(b));
    m.listed = m.asked;
    m.row = feed_find(small_feed(), &m.asked, o.time_ns);
    contacts_learn(&workers[0].contacts, &o, &m);
}

static void prove(struct buf *b)
{
    static struct dialogue d;
    struct flow f = {.start_ns = time_of(b), .side = 2};

    d = (struct dialogue){.flow = 1, .proven = true};
    d.ends[0] = (struct endpoint){addr_of(buf_u8(b)), 50000};
    d.ends[1] = (struct endpoint){addr_of(buf_u8(b)), 3333};
    contacts_name(&workers[0].contacts, &d, &f);
    check(d.host_source == NAME_NONE || d.host_text.len > 0);
}

/* Each to the other, until both are silent. */
static void deliver(void)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            struct worker *from = &workers[i], *to = &workers[!i];
            uint64_t n_malformed = to->contacts.ctr.malformed;

            for (uint32_t j = 0; j < from->n_told; j++) {
                from->told[j].slot = (uint32_t)i;
                contacts_hear(&to->contacts, &from->told[j]);
            }
            from->n_told = 0;
            check(to->contacts.ctr.malformed == n_malformed);
        }
    }
}

static void begin(struct worker *w)
{
    w->n_told = 0;
    w->env = (struct dialogue_env){.emit = on_evidence, .arg = w};
    check(contacts_init(&w->contacts, 1024, &key, &w->env, on_named, w) && contacts_share(&w->contacts, 1, on_tell, w));
    w->contacts.feed = small_feed();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = buf_of(view_of(data, size));

    hash_key_fixed(&key, 1);
    begin(&workers[0]);
    begin(&workers[1]);
    for (int i = 0; i < STEPS_MAX && buf_left(&b) > 0; i++) {
        uint8_t step = buf_u8(&b);

        switch (step & 7) {
        case 3: hear_raw(&b); break;
        case 4: connection(&b); break;
        case 5: contacts_beat(&workers[0].contacts); break;
        case 6: learn(&b); break;
        case 7: prove(&b); break;
        default: hear(&b, step & 7); break;
        }
        if (step & 8)
            deliver();
    }
    contacts_end(&workers[0].contacts);
    contacts_fini(&workers[0].contacts);
    contacts_fini(&workers[1].contacts);
    return 0;
}
