/*
 * discovery.c - from discv4 datagrams to evidence.
 */
#include "config.h"

#include "detect/discovery.h"

#include "detect/binary.h"

/* True when the host was not reported lately; notes it. */
static bool is_news(struct discovery *d, const struct addr *node, ns_t now, const struct hash_key *key)
{
    size_t i = hash_64(key, view_of(node->b, sizeof(node->b))) % DISCOVERY_NODES;
    ns_t since = now - d->place[i].said_ns;

    if (d->place[i].said && addr_cmp(&d->place[i].node, node) == 0 && since < DISCOVERY_AGAIN_NS && since > -DISCOVERY_AGAIN_NS)
        return false;
    d->place[i].node = *node;
    d->place[i].said_ns = now;
    d->place[i].said = true;
    return true;
}

static void fill(const struct packet *p, bool to_peer, struct evidence *e)
{
    static const uint8_t no_mac[6] = {0};
    struct endpoint src = {p->src, p->sport}, dst = {p->dst, p->dport};
    struct view mac = view_sub(p->macs, to_peer ? 6 : 0, sizeof(e->mac));

    *e = (struct evidence){
        .version = EVIDENCE_VERSION,
        .time_ns = p->frame->time_ns,
        .flow_start_ns = p->frame->time_ns,
        .flow_last_ns = p->frame->time_ns,
        .session_first_ns = p->frame->time_ns,
        .session_last_ns = p->frame->time_ns,
        .frame = p->frame->number,
        .file = p->frame->file,
        .miner = to_peer ? src : dst,
        .pool = to_peer ? dst : src,
        .kind = EVIDENCE_NODE,
        .direction = to_peer ? DIRECTION_TO_POOL : DIRECTION_TO_MINER,
        .stage = STAGE_CONTACT,
        .n_messages = 1,
    };
    if (p->n_encap) {
        e->flags |= EVIDENCE_HAS_ENCAP;
        e->vni = p->vni;
        e->outer_src = p->outer_src;
        e->outer_dst = p->outer_dst;
    }
    if (mac.n && memcmp(mac.p, no_mac, sizeof(no_mac)) != 0) {
        memcpy(e->mac, mac.p, sizeof(e->mac));
        e->flags |= EVIDENCE_HAS_MACS;
    }
}

bool discovery_take(struct discovery *d, const struct packet *p, const struct hash_key *key, struct evidence *e)
{
    bool to_peer = addr_is_inside(&p->src) || !addr_is_inside(&p->dst);

    if (p->payload.n != p->payload_wire_len || !node_is_discv4(p->payload) ||
        !is_news(d, to_peer ? &p->src : &p->dst, p->frame->time_ns, key))
        return false;
    fill(p, to_peer, e);
    return true;
}
