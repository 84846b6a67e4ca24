/*
 * dns-differential.c - the walk over DNS messages against ldns, over messages of captures and mutations of them; prints TAP.
 *
 * usage: dns-differential [-n MUTATIONS] [CAPTURE|DIR...]   without a file: all captures of tests/golden below TOP_SRCDIR
 *
 * ldns is led from record to record, as it reads no record behind one that it refuses. Each question and record that both read
 * must be the same in owner, type, class, TTL, name and address. Where one goes on and the other does not, or the answers to the
 * whole message differ, the reason must be one of the classes that tests/dns-differences.csv lists; a class is told by the
 * bytes alone. The same messages and mutations each time.
 */
#include "config.h"

#include "capture/savefile.h"
#include "config/conf.h"
#include "message/dns.h"
#include "wire/decode.h"

#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MESSAGES_MAX 65536 /* kept for mutations; all are compared */
#define BYTES_MAX 4096     /* of a message: ldns takes the square of it */
#define ITEMS_MAX (DNS_QUESTIONS_MAX + DNS_RECORDS_MAX)
#define HEADER 12
#define EXAMPLES 3 /* shown of a difference that is not listed */

/* Reasons; the words of the table. */
#define CLASSES(X)                 \
    X(NONE, "same")                \
    X(CUT, "cut")                  \
    X(OPCODE, "opcode")            \
    X(LIMIT, "limit")              \
    X(POINTER, "pointer-not-back") \
    X(OVER_DATA, "name-over-data") \
    X(DATA, "data-not-read")       \
    X(LEFT_OVER, "data-left-over") \
    X(BEHIND, "behind-answers")    \
    X(ADDRESS, "address-length")   \
    X(OPT, "opt-not-one")          \
    X(OTHER, "unexplained")

enum difference {
#define X(symbol, word) DIFFERENCE_##symbol,
    CLASSES(X)
#undef X
        DIFFERENCE_N
};

static const char *const words[] = {
#define X(symbol, word) word,
    CLASSES(X)
#undef X
};

struct item {
    struct name owner, target;
    uint16_t type, class_;
    uint32_t ttl_s;
    bool has_target, has_addr;
    struct addr addr;
};

/* What one reader says of a message. */
struct reading {
    struct item item[ITEMS_MAX];
    unsigned n;
};

static struct {
    uint8_t *b[MESSAGES_MAX];
    uint16_t n[MESSAGES_MAX];
    unsigned count;
    unsigned long compared, n_files, n_skipped;
} set;

static unsigned long counts[DIFFERENCE_N];
static bool listed[DIFFERENCE_N];

static void die(const char *what, const char *why)
{
    fprintf(stderr, "dns-differential: %s: %s\n", what, why);
    exit(2);
}

/* ---- our reading ---- */

static bool take(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct reading *us = arg;
    struct item *item = &us->item[us->n];

    if (place == DNS_HINT)
        return true;
    if (us->n++ == ITEMS_MAX)
        abort();
    *item = (struct item){.owner = *r->owner,
                          .type = r->type,
                          .class_ = r->class_,
                          .ttl_s = r->ttl_s,
                          .has_target = r->target != NULL,
                          .has_addr = r->has_addr,
                          .addr = r->addr};
    if (r->target)
        item->target = *r->target;
    return true;
}

/* ---- that of ldns ---- */

static bool to_name(const ldns_rdf *data, struct name *name)
{
    struct buf b = buf_of(view_of(ldns_rdf_data(data), ldns_rdf_size(data)));
    size_t n;

    name_init(name);
    while ((n = buf_u8(&b)) > 0)
        if (!name_add_label(name, buf_take(&b, n)))
            return false;
    return buf_ok(&b);
}

/* Which field of a record's data is the name that matters; -1 = none. */
static int target_field(unsigned type, unsigned class)
{
    if (class != LDNS_RR_CLASS_IN)
        return -1;
    switch (type) {
    case LDNS_RR_TYPE_CNAME:
    case LDNS_RR_TYPE_DNAME:
    case LDNS_RR_TYPE_PTR: return 0;
    case LDNS_RR_TYPE_MX:
    case LDNS_RR_TYPE_SVCB:
    case LDNS_RR_TYPE_HTTPS: return 1;
    case LDNS_RR_TYPE_SRV: return 3;
    default: return -1;
    }
}

static bool to_item(const ldns_rr *rr, bool question, struct item *item)
{
    unsigned type = ldns_rr_get_type(rr), class = ldns_rr_get_class(rr);
    int field = target_field(type, class);
    const ldns_rdf *data;

    *item = (struct item){.type = (uint16_t)type, .class_ = (uint16_t) class, .ttl_s = question ? 0 : ldns_rr_ttl(rr)};
    if (!to_name(ldns_rr_owner(rr), &item->owner))
        return false;
    if (question || class != LDNS_RR_CLASS_IN)
        return true;
    if (field >= 0) {
        data = ldns_rr_rdf(rr, (size_t)field);
        if (!data || !to_name(data, &item->target))
            return false;
        item->has_target = item->target.n_labels > 0;
    }
    data = ldns_rr_rdf(rr, 0);
    if (type == LDNS_RR_TYPE_A && data && ldns_rdf_size(data) == 4)
        addr_set_v4(&item->addr, ldns_rdf_data(data));
    else if (type == LDNS_RR_TYPE_AAAA && data && ldns_rdf_size(data) == 16)
        memcpy(item->addr.b, ldns_rdf_data(data), 16);
    else
        return true;
    item->has_addr = true;
    return true;
}

/* The end of the record at pos by its own length; 0 when the message ends before. */
static size_t end_of(struct view m, size_t pos, size_t *data, unsigned *type, unsigned *class)
{
    ldns_rdf *owner;

    if (ldns_wire2dname(&owner, m.p, m.n, &pos) != LDNS_STATUS_OK)
        return 0;
    ldns_rdf_deep_free(owner);
    if (pos + 10 > m.n)
        return 0;
    *data = pos + 10;
    *type = view_be16(m, pos);
    *class = view_be16(m, pos + 2);
    return pos + 10 + view_be16(m, pos + 8);
}

struct theirs {
    struct reading r;
    bool stopped;       /* a question or record was refused */
    size_t stop_at;     /* where it begins */
    bool out_of_step;   /* some record's data is longer or shorter than its type takes */
    bool behind_faulty; /* one behind the answers is refused or out of step */
    unsigned n_opt;     /* OPT records behind the answers */
    bool opt_owned;     /* one has an owner, or stands among the authorities */
};

static bool read_one(struct view m, size_t *pos, ldns_pkt_section section, struct item *item, struct theirs *t)
{
    size_t begin = *pos, data = 0, end;
    unsigned type = 0, class = 0;
    ldns_rr *rr;
    bool ok;

    if (ldns_wire2rr(&rr, m.p, m.n, pos, section) != LDNS_STATUS_OK)
        return false;
    ok = to_item(rr, section == LDNS_SECTION_QUESTION, item);
    ldns_rr_free(rr);
    if (ok && section != LDNS_SECTION_QUESTION) {
        end = end_of(m, begin, &data, &type, &class);
        t->out_of_step |= end != *pos;
        ok = end > 0 && end <= m.n;
        *pos = end;
    }
    return ok;
}

static void read_theirs(struct view m, struct theirs *t)
{
    unsigned n_questions = view_be16(m, 4), n_answers = view_be16(m, 6);
    unsigned n_behind = (unsigned)view_be16(m, 8) + view_be16(m, 10);
    struct item skipped;
    size_t pos = HEADER;

    *t = (struct theirs){.stopped = false};
    for (unsigned i = 0; i < n_questions + n_answers && !t->stopped && t->r.n < ITEMS_MAX; i++) {
        t->stop_at = pos;
        t->stopped = !read_one(m, &pos, i < n_questions ? LDNS_SECTION_QUESTION : LDNS_SECTION_ANSWER, &t->r.item[t->r.n], t);
        t->r.n += !t->stopped;
    }
    for (unsigned i = 0; i < n_behind && !t->stopped && !t->behind_faulty && t->r.n == n_questions + n_answers; i++) {
        bool before = t->out_of_step;

        t->behind_faulty = !read_one(m, &pos, LDNS_SECTION_ADDITIONAL, &skipped, t) || t->out_of_step != before;
        t->out_of_step = before;
        if (skipped.type != LDNS_RR_TYPE_OPT)
            continue;
        t->n_opt++;
        t->opt_owned |= skipped.owner.n_labels > 0 || i < view_be16(m, 8);
    }
}

/* ---- the comparison ---- */

static bool same(const struct item *a, const struct item *b)
{
    return view_eq(name_view(&a->owner), name_view(&b->owner)) && a->type == b->type && a->class_ == b->class_ &&
           a->ttl_s == b->ttl_s && a->has_target == b->has_target && a->has_addr == b->has_addr &&
           (!a->has_target || view_eq(name_view(&a->target), name_view(&b->target))) &&
           (!a->has_addr || addr_cmp(&a->addr, &b->addr) == 0);
}

/* True when a pointer of the name at pos does not go back before the run of labels that it ends, or goes into the header. */
static bool has_odd_pointer(struct view m, size_t pos)
{
    size_t run = pos;

    for (unsigned n = 0; n < BYTES_MAX && pos < m.n; n++) {
        unsigned len = m.p[pos];

        if (len == 0 || (len > NAME_LABEL_MAX && len < 0xc0))
            return false;
        if (len <= NAME_LABEL_MAX) {
            pos += 1 + len;
            continue;
        }
        pos = view_be16(m, pos) & 0x3fff;
        if (pos >= run || pos < HEADER)
            return true;
        run = pos;
    }
    return false;
}

/* Why ldns read the item at `pos` and we did not; `question`: it is one. */
static enum difference why_less(struct view m, enum dns_result result, bool question, size_t pos)
{
    static const uint8_t before[] = {
        [LDNS_RR_TYPE_MX] = 2, [LDNS_RR_TYPE_SRV] = 6, [LDNS_RR_TYPE_SVCB] = 2, [LDNS_RR_TYPE_HTTPS] = 2};
    unsigned type = 0, class = 0;
    size_t data = 0, end;

    if (result == DNS_LIMIT)
        return DIFFERENCE_LIMIT;
    if (result != DNS_MALFORMED)
        return DIFFERENCE_OTHER;
    if (has_odd_pointer(m, pos))
        return DIFFERENCE_POINTER;
    if (question)
        return DIFFERENCE_OTHER;
    end = end_of(m, pos, &data, &type, &class);
    if (end == 0 || target_field(type, class) < 0)
        return DIFFERENCE_OTHER;
    data += type < sizeof(before) ? before[type] : 0;
    if (has_odd_pointer(m, data))
        return DIFFERENCE_POINTER;
    /* ldns reads on where the data ends. */
    return end <= m.n ? DIFFERENCE_OVER_DATA : DIFFERENCE_OTHER;
}

/* Why we read the item at pos and ldns did not. */
static enum difference why_more(struct view m, const struct item *item, size_t pos)
{
    unsigned type = 0, class = 0;
    size_t data = 0, end = end_of(m, pos, &data, &type, &class);

    if (end == 0 || end > m.n)
        return DIFFERENCE_CUT;
    if (target_field(type, class) >= 0)
        return DIFFERENCE_LEFT_OVER;
    if (class == LDNS_RR_CLASS_IN && (type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA))
        return item->has_addr ? DIFFERENCE_OTHER : DIFFERENCE_ADDRESS;
    return DIFFERENCE_DATA;
}

/* The start of the i-th item as records lie one behind the other; 0: it is not known. */
static size_t start_of(struct view m, unsigned i)
{
    unsigned n_questions = view_be16(m, 4), type, class;
    size_t pos = HEADER, data;
    ldns_rdf *owner;

    for (unsigned k = 0; k < i; k++) {
        if (k < n_questions) {
            if (ldns_wire2dname(&owner, m.p, m.n, &pos) != LDNS_STATUS_OK)
                return 0;
            ldns_rdf_deep_free(owner);
            pos += 4;
        } else if ((pos = end_of(m, pos, &data, &type, &class)) == 0) {
            return 0;
        }
    }
    return pos;
}

/* ldns takes the first bytes of an address whose data are longer. */
static enum difference compare_items(struct view m, unsigned i, const struct item *ours, struct item *ldns)
{
    unsigned type, class;
    size_t data, end;

    if (same(ours, ldns))
        return DIFFERENCE_NONE;
    end = end_of(m, start_of(m, i), &data, &type, &class);
    if (ours->has_addr || !ldns->has_addr || end == 0 || end - data == (type == LDNS_RR_TYPE_A ? 4 : 16))
        return DIFFERENCE_OTHER;
    ldns->has_addr = false;
    return same(ours, ldns) ? DIFFERENCE_ADDRESS : DIFFERENCE_OTHER;
}

static enum difference compare_rcode(const struct dns_head *head, const struct theirs *t, const ldns_pkt *pkt)
{
    unsigned rcode = (unsigned)ldns_pkt_edns_extended_rcode(pkt) << 4 | ldns_pkt_get_rcode(pkt);

    if (!head->response || head->rcode == rcode)
        return DIFFERENCE_NONE;
    if ((head->rcode & 15) != (rcode & 15))
        return DIFFERENCE_OTHER;
    return t->n_opt != 1 || t->opt_owned ? DIFFERENCE_OPT : DIFFERENCE_OTHER;
}

/* Why ldns reads the whole message and the walk does not, though both have the same records. */
static enum difference why_not_whole(struct view m, enum dns_result result, const struct theirs *t)
{
    unsigned type, class;
    size_t data;

    if (result == DNS_LIMIT)
        return DIFFERENCE_LIMIT;
    if (t->out_of_step)
        return DIFFERENCE_LEFT_OVER;
    /* A record whose name is missing has no field of that number in ldns. */
    return t->stopped && end_of(m, t->stop_at, &data, &type, &class) > 0 && target_field(type, class) >= 0
               ? DIFFERENCE_OVER_DATA
               : DIFFERENCE_OTHER;
}

static enum difference compare(struct view m)
{
    static struct reading us;
    static struct theirs t;
    struct dns_head head;
    enum dns_result result;
    enum difference d = DIFFERENCE_NONE;
    ldns_pkt *pkt = NULL;
    bool whole;

    us.n = 0;
    result = dns_walk(m, &head, take, &us);
    head.rcode = dns_rcode(m, &head);
    if (m.n >= HEADER && (view_be16(m, 2) & 0x7800) != 0)
        return us.n == 0 && result == DNS_MALFORMED ? DIFFERENCE_OPCODE : DIFFERENCE_OTHER;
    whole = ldns_wire2pkt(&pkt, m.p, m.n) == LDNS_STATUS_OK;
    if (m.n < HEADER) {
        ldns_pkt_free(pkt);
        return !whole && result == DNS_CUT ? DIFFERENCE_CUT : DIFFERENCE_OTHER;
    }
    read_theirs(m, &t);
    for (unsigned i = 0; i < us.n && i < t.r.n && d == DIFFERENCE_NONE; i++)
        d = compare_items(m, i, &us.item[i], &t.r.item[i]);
    if (d == DIFFERENCE_NONE && t.r.n > us.n)
        d = why_less(m, result, us.n < view_be16(m, 4), start_of(m, us.n));
    else if (d == DIFFERENCE_NONE && us.n > t.r.n)
        d = us.n > 0 && t.r.n < view_be16(m, 4) ? DIFFERENCE_CUT : why_more(m, &us.item[t.r.n], t.stop_at);
    else if (d == DIFFERENCE_NONE && whole && result != DNS_WHOLE)
        d = why_not_whole(m, result, &t);
    else if (d == DIFFERENCE_NONE && !whole && result == DNS_WHOLE)
        d = t.out_of_step ? DIFFERENCE_LEFT_OVER : t.behind_faulty ? DIFFERENCE_BEHIND : DIFFERENCE_OTHER;
    else if (d == DIFFERENCE_NONE && whole)
        d = compare_rcode(&head, &t, pkt);
    if (whole)
        ldns_pkt_free(pkt);
    return d;
}

static void show(struct view m)
{
    printf("# ");
    for (size_t i = 0; i < m.n && i < 600; i++)
        printf("%02x", m.p[i]);
    printf("\n");
}

static void judge(struct view m)
{
    enum difference d = compare(m);

    set.compared++;
    if (!listed[d] && counts[d] < EXAMPLES) {
        printf("# not listed: %s\n", words[d]);
        show(m);
    }
    counts[d]++;
}

/* ---- messages ---- */

static void keep(struct view m)
{
    if (m.n > BYTES_MAX)
        return;
    judge(m);
    if (set.count == MESSAGES_MAX)
        return;
    set.b[set.count] = malloc(m.n ? m.n : 1);
    if (!set.b[set.count])
        die("memory", "not enough");
    memcpy(set.b[set.count], m.p, m.n);
    set.n[set.count++] = (uint16_t)m.n;
}

static void take_packet(const struct packet *p)
{
    struct view rest = p->payload;
    struct piece pc;

    if (p->ip_proto == IPPROTO_NUM_UDP && (dns_may_be(rest) || ((p->sport == DNS_PORT || p->dport == DNS_PORT) && rest.n > 0)))
        keep(rest);
    while (p->ip_proto == IPPROTO_NUM_TCP && rest.n > 0 && dns_look(rest, false, &pc) == PIECE_YES) {
        keep(view_head(view_skip(rest, 2), pc.total - 2));
        rest = view_skip(rest, pc.total);
    }
}

static void load(const char *path)
{
    static struct savefile s;
    struct wire_counters ctr = {.tcp = 0};
    struct tunnel_ports ports;
    struct frag_table frags;
    struct conf conf;
    struct packet p;
    struct frame f;
    bool is_open;
    size_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    conf_defaults(&conf);
    ports = tunnel_ports_of(&conf.tunnels.vxlan_ports, &conf.tunnels.geneve_ports);
    set.n_files++;
    is_open = fd >= 0 && savefile_open(&s, fd, SAVEFILE_CAPTURE);
    set.n_skipped += !is_open; /* no capture, or a compressed one */
    if (!frag_table_init(&frags, 8, 1))
        abort();
    while (is_open && savefile_read(&s, &f, 1, &n) == SAVEFILE_FRAME) {
        if (decode_frame(&f, &p, &frags, &ports, &ctr))
            take_packet(&p);
        if (p.in_fragment_memory)
            frag_release(&frags);
    }
    frag_table_fini(&frags);
    if (fd >= 0) {
        savefile_close(&s);
        close(fd);
    }
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (type == FTW_F)
        load(path);
    return 0;
}

/* ---- mutations ---- */

static uint64_t chance(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void mutate_once(uint8_t *b, size_t *n)
{
    size_t at = *n ? chance() % *n : 0, len = 1 + chance() % 16, from = *n ? chance() % *n : 0;

    switch (chance() % 8) {
    case 0: /* a bit */
        if (*n)
            b[at] ^= (uint8_t)(1 << chance() % 8);
        break;
    case 1: /* a byte */
        if (*n)
            b[at] = (uint8_t)chance();
        break;
    case 2: *n = at; break;
    case 3: /* a pointer */
        if (at + 2 <= *n) {
            b[at] = (uint8_t)(0xc0 | (from >> 8 & 0x3f));
            b[at + 1] = (uint8_t)from;
        }
        break;
    case 4: /* bytes go */
        len = min_size(len, *n - at);
        memmove(b + at, b + at + len, *n - at - len);
        *n -= len;
        break;
    case 5: /* bytes come twice */
        len = min_size(len, *n - at);
        if (*n + len <= BYTES_MAX) {
            memmove(b + at + len, b + at, *n - at);
            *n += len;
        }
        break;
    case 6: /* a count */
        if (*n >= HEADER)
            b[5 + 2 * (chance() % 4)] = (uint8_t)(chance() % 4);
        break;
    default: { /* the end of another message */
        unsigned other = (unsigned)(chance() % set.count);
        size_t skip = set.n[other] ? chance() % set.n[other] : 0;

        len = min_size(set.n[other] - skip, BYTES_MAX - at);
        memcpy(b + at, set.b[other] + skip, len);
        *n = at + len;
    }
    }
}

/* Each in memory of exactly its size, so that a sanitizer sees the first byte read behind it. */
static void mutate(void)
{
    static uint8_t b[BYTES_MAX];
    unsigned i = (unsigned)(chance() % set.count), times = 1 + (unsigned)(chance() % 4);
    size_t n = set.n[i];
    uint8_t *copy;

    memcpy(b, set.b[i], n);
    while (times-- > 0)
        mutate_once(b, &n);
    copy = malloc(n ? n : 1);
    if (!copy)
        die("memory", "not enough");
    memcpy(copy, b, n);
    judge(view_of(copy, n));
    free(copy);
}

/* ---- the table ---- */

static void read_table(const char *top)
{
    char path[4096], line[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/dns-differences.csv", top);
    f = fopen(path, "r");
    if (!f)
        die(path, "cannot be read");
    while (fgets(line, sizeof(line), f))
        for (size_t i = 0; i < DIFFERENCE_OTHER; i++)
            listed[i] |= strncmp(line, words[i], strlen(words[i])) == 0 && line[strlen(words[i])] == ',';
    fclose(f);
    listed[DIFFERENCE_NONE] = true;
}

static bool tell(unsigned number, const char *what)
{
    bool ok = set.compared > 0;

    for (size_t i = 0; i < DIFFERENCE_N; i++) {
        if (counts[i] > 0)
            printf("# %10lu %s\n", counts[i], words[i]);
        ok = ok && (listed[i] || counts[i] == 0);
        counts[i] = 0;
    }
    printf("%s %u - %lu %s\n", ok ? "ok" : "not ok", number, set.compared, what);
    set.compared = 0;
    return ok;
}

int main(int argc, char **argv)
{
    const char *top = getenv("TOP_SRCDIR");
    unsigned long n_mutations = 20000;
    char pattern[4096];
    glob_t found = {0};
    bool ok;
    int option;

    while ((option = getopt(argc, argv, "n:")) != -1) {
        if (option != 'n')
            return 2;
        n_mutations = strtoul(optarg, NULL, 10);
    }
    read_table(top ? top : ".");
    snprintf(pattern, sizeof(pattern), "%s/tests/golden/*/input*", top ? top : ".");
    printf("1..2\n");
    if (optind == argc && glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            load(found.gl_pathv[i]);
    for (int i = optind; i < argc; i++)
        if (nftw(argv[i], visit, 16, FTW_PHYS) != 0)
            die(argv[i], "cannot be read");
    globfree(&found);
    printf("# %lu files, %lu of them no captures\n", set.n_files, set.n_skipped);
    ok = tell(1, "messages of captures");
    for (unsigned long i = 0; i < n_mutations && set.count > 0; i++)
        mutate();
    ok = tell(2, "mutations of them") && ok;
    for (unsigned i = 0; i < set.count; i++)
        free(set.b[i]);
    return ok ? 0 : 1;
}
