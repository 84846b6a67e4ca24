/*
 * fanout.c - builds the classic BPF programs of fanout.h.
 *
 * Where a packet socket's program finds its packet: of a received one the kernel's data begins at the network
 * header, a VLAN tag is taken out before; of a sent one it begins at the link header. All loads go from
 * there forwards. Loads relative to the network header (SKF_NET_OFF) would need no such distinction, but they see
 * only what the driver put in the first piece of the packet, with some drivers no more than the headers
 * it looked at; a program that fails to load ends with 0, and all mirrored traffic would go to the first worker.
 * In a UDP socket's program the data begins at the payload of UDP; there the kernel has already
 * pulled the IP header into the first piece, and SKF_NET_OFF is safe for it.
 *
 * Jumps go forwards only. A conditional jump reaches 255 instructions, so each is a short one over a long one.
 */
#include "config.h"

#include "capture/fanout.h"

#include "wire/layer.h"
#include "wire/packet.h"

#include <assert.h>
#include <linux/if_packet.h>

#define UDP_HEADER 8
#define GENEVE_HEADER 8
#define TAG 4
#define ETHERNET_HEADER 14
#define IP6_HEADER 40
#define MULTIPLIER 0x9e3779b1u /* 2^32 by the golden ratio, to the nearest prime (Knuth, vol. 3, 6.4) */

enum cell { CELL_BASE, CELL_TYPE, CELL_SPORT, CELL_DPORT, CELL_HASH, CELL_TEMP, CELL_END };

enum label {
    LABEL_SENT,
    LABEL_TAGS,
    LABEL_OTHER, /* by the kernel's hash */
    /* A network header at X; _IN inside GENEVE. */
    LABEL_IP4,
    LABEL_IP6,
    LABEL_IP4_IN,
    LABEL_IP6_IN,
    /* By the addresses, of the network header at the base, and the ports in their cells. */
    LABEL_ENDS4,
    LABEL_ENDS6,
    /* By the source of the network header at the base. */
    LABEL_SOURCE4,
    LABEL_SOURCE6,
    LABEL_FINISH, /* the hash is in A, to be mixed */
    LABEL_N_FIXED,
    LABEL_MAX = 64
};

struct builder {
    struct fanout_program *p;
    uint32_t key;
    const struct conf_ports *vxlan, *geneve;
    uint16_t at[LABEL_MAX]; /* where each label stands; 0 = not yet */
    uint32_t n_labels;
};

/* What differs between the two versions of IP. */
struct family {
    uint32_t src, dst; /* offsets of the addresses */
    uint32_t n_words;  /* of an address */
    enum label ends, source;
};

static const struct family ip4 = {12, 16, 1, LABEL_ENDS4, LABEL_SOURCE4}, ip6 = {8, 24, 4, LABEL_ENDS6, LABEL_SOURCE6};

static void op(struct builder *b, uint32_t code, uint32_t k)
{
    assert(b->p->n < FANOUT_PROGRAM_MAX);
    b->p->code[b->p->n++] = (struct sock_filter){.code = (uint16_t)code, .k = k};
}

static uint32_t new_label(struct builder *b)
{
    assert(b->n_labels < LABEL_MAX);
    return b->n_labels++;
}

static void place(struct builder *b, uint32_t label)
{
    b->at[label] = b->p->n;
}

/* The label takes the place of the distance until finish(). */
static void jump(struct builder *b, uint32_t label)
{
    op(b, BPF_JMP | BPF_JA, label);
}

/* Jumps when A == k. */
static void jump_if(struct builder *b, uint32_t k, uint32_t label)
{
    op(b, BPF_JMP | BPF_JEQ | BPF_K, k);
    b->p->code[b->p->n - 1].jf = 1;
    jump(b, label);
}

/* Jumps when A has a bit of k. */
static void jump_if_bits(struct builder *b, uint32_t k, uint32_t label)
{
    op(b, BPF_JMP | BPF_JSET | BPF_K, k);
    b->p->code[b->p->n - 1].jf = 1;
    jump(b, label);
}

static void jump_if_port(struct builder *b, const struct conf_ports *ports, uint32_t label)
{
    for (uint32_t i = 0; i < ports->n; i++)
        jump_if(b, ports->port[i], label);
}

/* X += k. */
static void move_on(struct builder *b, uint32_t k)
{
    op(b, BPF_MISC | BPF_TXA, 0);
    op(b, BPF_ALU | BPF_ADD | BPF_K, k);
    op(b, BPF_MISC | BPF_TAX, 0);
}

/* A ^= A >> n. Changes X. */
static void mix(struct builder *b, uint32_t n)
{
    op(b, BPF_ST, CELL_TEMP);
    op(b, BPF_ALU | BPF_RSH | BPF_K, n);
    op(b, BPF_LDX | BPF_MEM, CELL_TEMP);
    op(b, BPF_ALU | BPF_XOR | BPF_X, 0);
}

/*
 * A = (A ^ the hash so far) * MULTIPLIER. Exclusive or, not a sum: which words then collide depends on the key,
 * so that nobody can choose them.
 */
static void fold(struct builder *b)
{
    op(b, BPF_LDX | BPF_MEM, CELL_HASH);
    op(b, BPF_ALU | BPF_XOR | BPF_X, 0);
    op(b, BPF_ALU | BPF_MUL | BPF_K, MULTIPLIER);
}

/* A = hash of the address at `offset` from the base, or from the network header, and the port in a cell. */
static void hash_endpoint(struct builder *b, uint32_t offset, uint32_t n_words, uint32_t mode, enum cell port)
{
    op(b, BPF_LD | BPF_IMM, b->key);
    op(b, BPF_ST, CELL_HASH);
    for (uint32_t i = 0; i < n_words; i++) {
        op(b, BPF_LDX | BPF_MEM, CELL_BASE);
        op(b, BPF_LD | BPF_W | mode, offset + i * 4);
        fold(b);
        op(b, BPF_ST, CELL_HASH);
    }
    op(b, BPF_LD | BPF_MEM, port);
    fold(b);
    mix(b, 15);
}

static void clear_ports(struct builder *b)
{
    op(b, BPF_LD | BPF_IMM, 0);
    op(b, BPF_ST, CELL_SPORT);
    op(b, BPF_ST, CELL_DPORT);
}

/* The code that all network headers of a family share. The sum is the same when the ends change places. */
static void hash_family(struct builder *b, const struct family *f)
{
    place(b, f->ends);
    hash_endpoint(b, f->src, f->n_words, BPF_IND, CELL_SPORT);
    op(b, BPF_ST, CELL_END);
    hash_endpoint(b, f->dst, f->n_words, BPF_IND, CELL_DPORT);
    op(b, BPF_LDX | BPF_MEM, CELL_END);
    op(b, BPF_ALU | BPF_ADD | BPF_X, 0);
    jump(b, LABEL_FINISH);
    place(b, f->source);
    clear_ports(b);
    hash_endpoint(b, f->src, f->n_words, BPF_IND, CELL_SPORT);
    jump(b, LABEL_FINISH);
}

/* Steps over a VLAN tag at X, if the type in its cell says that there is one. */
static void skip_tag(struct builder *b)
{
    uint32_t tag = new_label(b), done = new_label(b);

    op(b, BPF_LD | BPF_MEM, CELL_TYPE);
    jump_if(b, ETHERTYPE_VLAN, tag);
    jump_if(b, ETHERTYPE_QINQ, tag);
    jump_if(b, ETHERTYPE_QINQ_OLD, tag);
    jump(b, done);
    place(b, tag);
    op(b, BPF_LD | BPF_H | BPF_IND, 2);
    op(b, BPF_ST, CELL_TYPE);
    move_on(b, TAG);
    place(b, done);
}

/* The GENEVE header lies at X + at. Goes to the network header inside, or to `none` when there is none. */
static void enter_geneve(struct builder *b, uint32_t at, uint32_t none)
{
    uint32_t network = new_label(b), ethernet = new_label(b);

    op(b, BPF_LD | BPF_H | BPF_IND, at + 2);
    op(b, BPF_ST, CELL_TYPE);
    op(b, BPF_LD | BPF_B | BPF_IND, at);
    op(b, BPF_ALU | BPF_AND | BPF_K, 0x3f); /* options, in words */
    op(b, BPF_ALU | BPF_LSH | BPF_K, 2);
    op(b, BPF_ALU | BPF_ADD | BPF_X, 0);
    op(b, BPF_ALU | BPF_ADD | BPF_K, at + GENEVE_HEADER);
    op(b, BPF_MISC | BPF_TAX, 0);
    op(b, BPF_LD | BPF_MEM, CELL_TYPE);
    jump_if(b, ETHERTYPE_BRIDGE, ethernet);
    jump(b, network);
    place(b, ethernet);
    op(b, BPF_LD | BPF_H | BPF_IND, ETHERNET_HEADER - 2);
    op(b, BPF_ST, CELL_TYPE);
    move_on(b, ETHERNET_HEADER);
    skip_tag(b);
    place(b, network);
    op(b, BPF_LD | BPF_MEM, CELL_TYPE);
    jump_if(b, ETHERTYPE_IP4, LABEL_IP4_IN);
    jump_if(b, ETHERTYPE_IP6, LABEL_IP6_IN);
    jump(b, none);
}

/* X stands at the transport header, and A has the protocol, of a packet that is no fragment. */
static void transport(struct builder *b, const struct family *f, bool inner)
{
    uint32_t udp = new_label(b), ports = new_label(b), geneve = new_label(b);

    jump_if(b, IPPROTO_NUM_UDP, udp);
    jump_if(b, IPPROTO_NUM_TCP, ports);
    clear_ports(b);
    jump(b, f->ends);
    place(b, udp);
    op(b, BPF_LD | BPF_H | BPF_IND, 2);
    jump_if_port(b, b->vxlan, f->source);
    if (!inner)
        jump_if_port(b, b->geneve, geneve);
    place(b, ports);
    op(b, BPF_LD | BPF_H | BPF_IND, 0);
    op(b, BPF_ST, CELL_SPORT);
    op(b, BPF_LD | BPF_H | BPF_IND, 2);
    op(b, BPF_ST, CELL_DPORT);
    jump(b, f->ends);
    if (!inner) {
        place(b, geneve);
        enter_geneve(b, UDP_HEADER, f->source);
    }
}

/* A has the protocol of a fragment. */
static void fragment(struct builder *b, const struct family *f)
{
    jump_if(b, IPPROTO_NUM_UDP, f->source);
    clear_ports(b);
    jump(b, f->ends);
}

static void network_ip4(struct builder *b, bool inner)
{
    uint32_t in_pieces = new_label(b);

    place(b, inner ? LABEL_IP4_IN : LABEL_IP4);
    op(b, BPF_STX, CELL_BASE);
    op(b, BPF_LD | BPF_H | BPF_IND, 6);
    jump_if_bits(b, 0x3fff, in_pieces);
    op(b, BPF_LD | BPF_B | BPF_IND, 0);
    op(b, BPF_ALU | BPF_AND | BPF_K, 0xf);
    op(b, BPF_ALU | BPF_LSH | BPF_K, 2);
    op(b, BPF_ALU | BPF_ADD | BPF_X, 0);
    op(b, BPF_ST, CELL_TEMP);
    op(b, BPF_LD | BPF_B | BPF_IND, 9);
    op(b, BPF_LDX | BPF_MEM, CELL_TEMP);
    transport(b, &ip4, inner);
    place(b, in_pieces);
    op(b, BPF_LD | BPF_B | BPF_IND, 9);
    fragment(b, &ip4);
}

/* Extension headers are not walked: what has one goes by its addresses. */
static void network_ip6(struct builder *b, bool inner)
{
    uint32_t in_pieces = new_label(b);

    place(b, inner ? LABEL_IP6_IN : LABEL_IP6);
    op(b, BPF_STX, CELL_BASE);
    op(b, BPF_LD | BPF_B | BPF_IND, 6);
    jump_if(b, IPPROTO_NUM_FRAGMENT, in_pieces);
    op(b, BPF_ST, CELL_TEMP);
    move_on(b, IP6_HEADER);
    op(b, BPF_LD | BPF_MEM, CELL_TEMP);
    transport(b, &ip6, inner);
    place(b, in_pieces);
    op(b, BPF_LD | BPF_B | BPF_IND, IP6_HEADER);
    fragment(b, &ip6);
}

/* Sets the distances of the jumps. */
static void resolve(struct builder *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        struct sock_filter *s = &b->p->code[i];

        if (s->code != (BPF_JMP | BPF_JA))
            continue;
        assert(b->at[s->k] > i);
        s->k = b->at[s->k] - i - 1;
    }
}

static void finish(struct builder *b, uint32_t modulus)
{
    hash_family(b, &ip4);
    hash_family(b, &ip6);
    place(b, LABEL_FINISH);
    mix(b, 16);
    op(b, BPF_ALU | BPF_MUL | BPF_K, MULTIPLIER);
    mix(b, 15);
    if (modulus)
        op(b, BPF_ALU | BPF_MOD | BPF_K, modulus);
    op(b, BPF_RET | BPF_A, 0);
    resolve(b);
}

/* Where the network header of a packet that is sent begins, and of what type it is. */
static void sent(struct builder *b, enum fanout_link link)
{
    place(b, LABEL_SENT);
    if (link == FANOUT_OTHER) {
        jump(b, LABEL_OTHER);
        return;
    }
    if (link == FANOUT_ETHERNET)
        op(b, BPF_LD | BPF_H | BPF_ABS, ETHERNET_HEADER - 2);
    else
        op(b, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
    op(b, BPF_ST, CELL_TYPE);
    op(b, BPF_LDX | BPF_IMM, link == FANOUT_ETHERNET ? ETHERNET_HEADER : 0);
}

void fanout_packet_program(struct fanout_program *p, enum fanout_link link, const struct conf_ports *vxlan,
                           const struct conf_ports *geneve, uint32_t key)
{
    struct builder b = {.p = p, .key = key, .vxlan = vxlan, .geneve = geneve, .n_labels = LABEL_N_FIXED};

    p->n = 0;
    op(&b, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
    jump_if(&b, PACKET_OUTGOING, LABEL_SENT);
    op(&b, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
    op(&b, BPF_ST, CELL_TYPE);
    op(&b, BPF_LDX | BPF_IMM, 0);
    jump(&b, LABEL_TAGS);
    sent(&b, link);
    place(&b, LABEL_TAGS);
    skip_tag(&b);
    skip_tag(&b);
    op(&b, BPF_LD | BPF_MEM, CELL_TYPE);
    jump_if(&b, ETHERTYPE_IP4, LABEL_IP4);
    jump_if(&b, ETHERTYPE_IP6, LABEL_IP6);
    place(&b, LABEL_OTHER);
    op(&b, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RXHASH));
    op(&b, BPF_RET | BPF_A, 0);
    network_ip4(&b, false);
    network_ip6(&b, false);
    network_ip4(&b, true);
    network_ip6(&b, true);
    finish(&b, 0);
}

void fanout_socket_program(struct fanout_program *p, bool is_ip6, const struct conf_ports *vxlan, uint32_t n_sockets,
                           uint32_t key)
{
    struct builder b = {.p = p, .key = key, .vxlan = vxlan, .n_labels = LABEL_N_FIXED};
    const struct family *f = is_ip6 ? &ip6 : &ip4;
    uint32_t source = new_label(&b);

    p->n = 0;
    op(&b, BPF_LDX | BPF_IMM, 0);
    op(&b, BPF_STX, CELL_BASE);
    clear_ports(&b);
    if (vxlan)
        enter_geneve(&b, 0, source);
    place(&b, source);
    hash_endpoint(&b, (uint32_t)SKF_NET_OFF + f->src, f->n_words, BPF_ABS, CELL_SPORT);
    jump(&b, LABEL_FINISH);
    if (vxlan) {
        network_ip4(&b, true);
        network_ip6(&b, true);
    }
    finish(&b, n_sockets);
}
