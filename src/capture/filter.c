/*
 * filter.c - one compiled program a link type.
 */
#include "config.h"

#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define LINKTYPES_MAX 16 /* link types in one run; Ethernet and cooked captures are two */
#define SNAPLEN 262144
#define LINKTYPE_RAW 101 /* as files have it; libpcap's own number in memory is DLT_RAW */

struct program {
    uint32_t linktype;
    bool ok;
    struct bpf_program bpf;
};

struct filter {
    char *expression;
    struct program program[LINKTYPES_MAX];
    size_t n, newest;
    uint64_t unfit;
};

static bool compile(const char *expression, uint32_t linktype, struct bpf_program *out, char *why, size_t n)
{
    pcap_t *dead = pcap_open_dead(linktype == LINKTYPE_RAW ? DLT_RAW : (int)linktype, SNAPLEN);
    bool ok;

    if (!dead) {
        snprintf(why, n, "not enough memory");
        return false;
    }
    ok = pcap_compile(dead, out, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!ok)
        snprintf(why, n, "%s", pcap_geterr(dead));
    pcap_close(dead);
    return ok;
}

struct filter *filter_new(const char *expression, char *why, size_t n)
{
    struct filter *f = calloc(1, sizeof(*f));

    if (f)
        f->expression = strdup(expression);
    if (!f || !f->expression) {
        snprintf(why, n, "not enough memory");
        free(f);
        return NULL;
    }
    f->program[0].linktype = DLT_EN10MB;
    if (!compile(expression, DLT_EN10MB, &f->program[0].bpf, why, n)) {
        free(f->expression);
        free(f);
        return NULL;
    }
    f->program[0].ok = true;
    f->n = 1;
    return f;
}

void filter_free(struct filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n; i++)
        if (f->program[i].ok)
            pcap_freecode(&f->program[i].bpf);
    free(f->expression);
    free(f);
}

static const struct program *program_for(struct filter *f, uint32_t linktype)
{
    struct program *p = &f->program[f->newest];
    char why[PCAP_ERRBUF_SIZE];

    if (p->linktype == linktype)
        return p;
    for (f->newest = 0; f->newest < f->n; f->newest++)
        if (f->program[f->newest].linktype == linktype)
            return &f->program[f->newest];
    if (f->n == LINKTYPES_MAX) {
        f->newest = 0;
        return NULL;
    }
    p = &f->program[f->n++];
    p->linktype = linktype;
    p->ok = compile(f->expression, linktype, &p->bpf, why, sizeof(why));
    return p;
}

bool filter_passes(struct filter *f, const struct frame *frame)
{
    const struct program *p = program_for(f, frame->linktype);
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->bytes.n, .len = frame->wire_len};

    if (!p || !p->ok) {
        f->unfit++;
        return false;
    }
    return pcap_offline_filter(&p->bpf, &header, frame->bytes.p) != 0;
}

uint64_t filter_unfit(const struct filter *f)
{
    return f->unfit;
}
