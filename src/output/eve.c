/*
 * eve.c - a finding as an alert of Suricata.
 *
 * Source: Suricata 8, doc/userguide/output/eve/eve-json-format.rst and etc/schema.json; the category is the text of the class
 * coin-mining in its classification.config. Ours is only the key `countermine', which has the finding itself. Bytes of a flow are
 * TCP payload, where Suricata counts packets whole.
 */
#include "config.h"

#include "output/eve.h"

#include "base/hash.h"
#include "base/out.h"
#include "finding/wording.h"
#include "output/community_id.h"
#include "output/json_facts.h"
#include "output/json_write.h"

#define FLOW_ID_BITS 53 /* readers hold numbers as doubles */
#define ZONE "+0000"
#define NATIVE_ROOM 65536 /* bytes of a record that all but the finding itself fits in */

static void put_end(struct out *o, const char *addr_key, const char *port_key, const struct endpoint *e)
{
    json_addr(o, addr_key, &e->addr);
    json_port(o, port_key, e->port);
}

/* A number of the connection, the same in all of its events. */
static void put_flow_id(struct out *o, const struct finding_flow *fl, const char *community_id)
{
    struct hash_key key;
    char text[COMMUNITY_ID_MAX + 24];
    struct out s = out_of(text, sizeof(text));

    out_fmt(&s, "%s %lld", community_id, (long long)fl->start_ns);
    hash_key_fixed(&key, 0);
    json_u64(o, "flow_id", hash_64(&key, out_view(&s)) >> (64 - FLOW_ID_BITS));
}

static void put_protocol(struct out *o, const struct facts *x, const char *community_id)
{
    if (x->flow)
        json_string(o, "proto", "TCP");
    if (x->asks)
        json_string(o, "app_proto", "dns");
    else if (x->f->protocol != PROTOCOL_UNKNOWN)
        json_string(o, "app_proto", mining_protocol_name((enum mining_protocol)x->f->protocol));
    if (!x->flow)
        return;
    json_string(o, "community_id", community_id);
    if (x->flow->flags & EVIDENCE_HAS_ENCAP) {
        json_open(o, "tunnel", '{');
        json_addr(o, "src_ip", &x->flow->outer_src);
        json_addr(o, "dest_ip", &x->flow->outer_dst);
        json_close(o, '}');
    }
}

static void put_alert(struct out *o, const struct facts *x)
{
    char signature[64];
    struct out s = out_of(signature, sizeof(signature));

    out_fmt(&s, "COUNTERMINE %s %s", finding_kind_name(x->f->kind), stage_name(x->f->stage));
    json_string(o, "event_type", "alert");
    json_open(o, "alert", '{');
    json_string(o, "signature", signature);
    json_string(o, "action", "allowed");
    json_u64(o, "gid", 1);
    json_u64(o, "signature_id", facts_signature(x));
    json_u64(o, "rev", 1);
    json_string(o, "category", x->kind->mines ? "Crypto Currency Mining Activity Detected" : "Misc activity");
    json_u64(o, "severity", x->severity->eve);
    json_open(o, "metadata", '{');
    json_list_of_one(o, "signature_severity", x->severity->suricata);
    if (x->kind->mines) {
        json_list_of_one(o, "mitre_tactic_id", FACTS_TACTIC);
        json_list_of_one(o, "mitre_technique_id", FACTS_SUBTECHNIQUE);
    }
    json_close(o, '}');
    json_close(o, '}');
}

/* DNS in the third version of its form. */
static void put_dns(struct out *o, const struct facts *x)
{
    if (!x->question)
        return;
    json_open(o, "dns", '{');
    json_u64(o, "version", 3);
    json_string(o, "type", x->f->n_answers ? "response" : "request");
    json_open(o, "queries", '[');
    json_open(o, NULL, '{');
    json_finding_text(o, "rrname", x->question);
    json_close(o, '}');
    json_close(o, ']');
    json_close(o, '}');
}

static void put_flow(struct out *o, const struct finding_flow *fl)
{
    json_open(o, "flow", '{');
    json_u64(o, "pkts_toserver", fl->packets[0]);
    json_u64(o, "pkts_toclient", fl->packets[1]);
    json_u64(o, "bytes_toserver", fl->bytes[0]);
    json_u64(o, "bytes_toclient", fl->bytes[1]);
    json_instant(o, "start", fl->start_ns, 6, ZONE);
    json_close(o, '}');
}

void eve_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx)
{
    struct facts x = facts_of(state, f, about, ctx);
    char id[COMMUNITY_ID_MAX] = "";

    json_open(o, NULL, '{');
    put_alert(o, &x);
    json_instant(o, "timestamp", x.time_ns, 6, ZONE);
    if (x.flow) {
        community_id_tcp(&x.flow->miner, &x.flow->pool, id);
        put_flow_id(o, x.flow, id);
    }
    if (x.has_other) {
        put_end(o, "src_ip", "src_port", facts_client(&x));
        put_end(o, "dest_ip", "dest_port", facts_server(&x));
    } else {
        put_end(o, "src_ip", "src_port", &x.machine);
    }
    put_protocol(o, &x, id);
    put_dns(o, &x);
    if (x.flow)
        put_flow(o, x.flow);
    json_native(o, "countermine", &x, JSON_WHOLE, OUTPUT_TEXT_MAX - NATIVE_ROOM, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}

void eve_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    json_string(o, "event_type", "countermine");
    json_instant(o, "timestamp", e->time_ns, 6, ZONE);
    json_native_event(o, "countermine", e, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}
