/*
 * dns_write.c - the keys of a `dns' event, in the order of countermine-findings(5). What is unknown is absent.
 */
#include "config.h"

#include "output/dns_write.h"

#include "enrich/owner_log.h"
#include "finding/redact.h"
#include "message/dns_words.h"
#include "output/json.h"
#include "output/json_owner.h"
#include "output/json_write.h"

#define CLASS_IN 1
#define WORD_MAX 32 /* bytes of a mnemonic */

static bool is_redacted(const struct output_context *ctx)
{
    return ctx->conf && ctx->conf->output.redact;
}

/* Bytes of the wire. A name is printed with its own escapes first, which leave nothing that acts on a terminal. */
static void put_text(struct out *o, const char *key, struct view text, bool cut, const struct output_context *ctx)
{
    char mem[2 * NAME_TEXT_MAX];
    struct out masked = out_of(mem, sizeof(mem));

    if (is_redacted(ctx)) {
        redact_words(text, &masked);
        text = out_view(&masked);
        cut = cut || masked.full;
    }
    json_wire_text(o, key, text, cut);
}

static void put_name(struct out *o, const char *key, const struct name *name, const struct output_context *ctx)
{
    char mem[NAME_TEXT_MAX];
    struct out text = out_of(mem, sizeof(mem));

    name_print(name, &text);
    put_text(o, key, out_view(&text), false, ctx);
}

static void put_word(struct out *o, const char *key, void (*print)(unsigned, struct out *), unsigned number)
{
    char mem[WORD_MAX];
    struct out text = out_of(mem, sizeof(mem));

    print(number, &text);
    json_string(o, key, mem);
}

static void put_addr(struct out *o, const char *key, const struct addr *a)
{
    char mem[64];
    struct out text = out_of(mem, sizeof(mem));

    addr_print(a, &text);
    json_string(o, key, mem);
}

static void put_endpoint(struct out *o, const char *key, const struct endpoint *e)
{
    char mem[64];
    struct out text = out_of(mem, sizeof(mem));

    if (e->port == 0) {
        if (!addr_is_none(&e->addr))
            put_addr(o, key, &e->addr);
        return;
    }
    endpoint_print(e, &text);
    json_string(o, key, mem);
}

static void put_answer(struct out *o, const struct dns_event_answer *a, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    if (a->has_owner)
        put_name(o, "name", &a->owner, ctx);
    put_word(o, "type", dns_type_print, a->type);
    if (a->class_ != CLASS_IN)
        put_word(o, "class", dns_class_print, a->class_);
    if (a->has_ttl)
        json_u64(o, "ttl", a->ttl_s);
    if (a->kind == DNS_DATA_ADDR)
        put_addr(o, "data", &a->addr);
    else if (a->kind == DNS_DATA_NAME)
        put_name(o, "data", &a->name, ctx);
    else if (a->kind == DNS_DATA_TEXT)
        put_text(o, "data", a->text, a->text_cut, ctx);
    if (a->port)
        json_u64(o, "port", a->port);
    json_close(o, '}');
}

static void put_answers(struct out *o, const struct dns_event *e, struct buf rest, const struct output_context *ctx)
{
    struct dns_event_answer a;

    json_open(o, "answers", '[');
    while (dns_event_next(&rest, &a))
        put_answer(o, &a, ctx);
    json_close(o, ']');
    if (e->n_answers > e->n_listed)
        json_u64(o, "answers_total", e->n_answers);
}

void dns_write(struct out *o, const struct dns_event *e, const struct output_context *ctx)
{
    static const char *const protos[DNS_EVENT_PROTO_N] = {"udp", "tcp", "log"};
    struct name asked;
    struct buf rest = dns_event_question(e, &asked);
    struct about_owner owner;

    json_open(o, NULL, '{');
    json_string(o, "event", "dns");
    json_time(o, "time", e->time_ns);
    put_endpoint(o, "client", &e->client);
    if (owner_log_take(dns_event_owner(e), &owner))
        json_owner(o, &owner);
    put_endpoint(o, "server", &e->server);
    json_string(o, "proto", protos[e->proto]);
    if (e->flags & DNS_EVENT_HAS_ID)
        json_u64(o, "id", e->id);
    json_bool(o, "response", e->flags & DNS_EVENT_RESPONSE);
    put_name(o, "query", &asked, ctx);
    if (e->type)
        put_word(o, "type", dns_type_print, e->type);
    if (e->class_ && e->class_ != CLASS_IN)
        put_word(o, "class", dns_class_print, e->class_);
    if (e->flags & DNS_EVENT_HAS_RCODE)
        put_word(o, "rcode", dns_rcode_print, e->rcode);
    if (e->flags & DNS_EVENT_TRUNCATED)
        json_bool(o, "truncated", true);
    if (e->flags & DNS_EVENT_CUT)
        json_bool(o, "incomplete", true);
    if (e->flags & DNS_EVENT_BLOCKED)
        json_bool(o, "blocked", true);
    if (e->flags & DNS_EVENT_RESPONSE)
        put_answers(o, e, rest, ctx);
    if (e->flags & DNS_EVENT_HAS_ENCAP) {
        if (e->vni) /* IP-in-IP and plain GRE have none */
            json_u64(o, "vni", e->vni);
        put_addr(o, "outer_src", &e->outer_src);
    }
    if (e->file < ctx->n_files)
        json_wire_text(o, "file", view_head(view_str(ctx->files[e->file]), 1024), false);
    if (e->frame)
        json_u64(o, "frame", e->frame);
    json_sensor(o, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}
