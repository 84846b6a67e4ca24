/*
 * dns_log.c - reads the members of an entry.
 */
#include "config.h"

#include "message/dns_log.h"

#include "base/addr_parse.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "message/dns_words.h"

#define WRAPS_MAX 3 /* objects around an entry: one of a subscription, one of Firehose, and one to spare */
#define SECONDS_MAX UINT64_C(10000000000) /* a number above it is in milliseconds: as seconds it would be after the year 2286 */
#define FIELD_MAX 256                     /* bytes of a short member with its escapes undone */

const char *dns_log_fault_text(enum dns_log_fault fault)
{
    static const char *const texts[DNS_LOG_FAULT_N] = {
        [DNS_LOG_OK] = "",
        [DNS_LOG_CONTROL] = "",
        [DNS_LOG_NO_JSON] = "expected an object of JSON",
        [DNS_LOG_NO_ENTRY] = "expected an entry of a Route 53 Resolver query log, with query_name",
        [DNS_LOG_BAD_NAME] = "expected query_name to be a domain name",
        [DNS_LOG_NO_CLIENT] = "expected srcaddr to be an address",
        [DNS_LOG_NO_TIME] = "expected query_timestamp to be a time, such as 2026-11-23T10:00:01Z",
        [DNS_LOG_BAD_WRAP] = "expected the message to hold an object of JSON",
        [DNS_LOG_TOO_LONG] = "expected an entry of at most 128 KiB",
        [DNS_LOG_BROKEN] = "expected the object of JSON to go on",
        [DNS_LOG_TOO_DEEP] = "expected at most 32 levels of JSON",
    };

    return texts[fault];
}

/* The text of a short string or number; empty when it is neither, cut, or long. mem has FIELD_MAX bytes. */
static struct view short_text(const struct json_val *v, char *mem)
{
    struct out o = out_of(mem, FIELD_MAX);

    if ((v->type != JSON_STRING && v->type != JSON_NUMBER) || !v->complete)
        return (struct view){NULL, 0};
    if (!v->escaped)
        return v->text.n < FIELD_MAX ? v->text : (struct view){NULL, 0};
    json_unescape(v, &o);
    return o.full ? (struct view){NULL, 0} : out_view(&o);
}

static bool is_id_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || (byte_lower(c) >= 'a' && byte_lower(c) <= 'z') || c == '-' || c == '_' || c == '.';
}

static void read_id(const struct json_val *v, struct dns_log_id *id)
{
    char mem[FIELD_MAX];
    struct view text = short_text(v, mem);

    id->n = 0;
    if (text.n > DNS_LOG_ID_MAX)
        return;
    for (size_t i = 0; i < text.n; i++)
        if (!is_id_byte(text.p[i]))
            return;
    if (text.n)
        memcpy(id->text, text.p, text.n);
    id->n = (uint8_t)text.n;
}

/* srcids is an object; in exports by other tools a list of such. */
static void read_ids(const struct json_val *srcids, struct dns_log_entry *e)
{
    struct json_val first = srcids->type == JSON_ARRAY ? json_item(srcids, 0) : *srcids;
    struct json_val instance, endpoint, hyphened;
    const struct json_field fields[] = {
        {"instance", &instance}, {"resolver_endpoint", &endpoint}, {"resolver-endpoint", &hyphened}};

    json_members(&first, fields, ARRAY_LEN(fields));
    read_id(&instance, &e->instance);
    read_id(endpoint.type == JSON_NONE ? &hyphened : &endpoint, &e->endpoint);
}

/* A domain name: the root too, which is nothing but a dot. */
static bool read_name(const struct json_val *v, struct name *name)
{
    char mem[NAME_TEXT_MAX + 2];
    struct out o = out_of(mem, sizeof(mem));

    if (v->type != JSON_STRING || !v->complete)
        return false;
    json_unescape(v, &o);
    name_init(name);
    return !o.full && (view_is(out_view(&o), ".") || name_parse(name, out_view(&o)));
}

/* As text, or since 1970 in seconds or milliseconds. */
static bool read_time(const struct json_val *v, ns_t *t)
{
    char mem[FIELD_MAX];
    struct view text = short_text(v, mem);
    uint64_t n;

    if (!parse_u64(text, &n))
        return rfc3339_parse(text, t);
    if (n < SECONDS_MAX)
        n *= 1000;
    if (n > (uint64_t)(NS_TIME_MAX / (NS_PER_SEC / 1000)))
        return false;
    *t = (ns_t)n * (NS_PER_SEC / 1000);
    return true;
}

static bool read_client(const struct json_val *addr, const struct json_val *port, struct endpoint *client)
{
    char mem[FIELD_MAX];
    uint64_t n;

    *client = (struct endpoint){.port = 0};
    if (!addr_parse(short_text(addr, mem), &client->addr))
        return false;
    if (parse_u64(short_text(port, mem), &n) && n <= UINT16_MAX)
        client->port = (uint16_t)n;
    return true;
}

static enum dns_log_action action_of(const struct json_val *v)
{
    char mem[FIELD_MAX];
    struct view text = short_text(v, mem);

    if (view_is_word(text, "block"))
        return DNS_LOG_BLOCKED;
    if (view_is_word(text, "alert"))
        return DNS_LOG_ALERTED;
    return view_is_word(text, "allow") ? DNS_LOG_ALLOWED : DNS_LOG_NO_FIREWALL;
}

static enum dns_log_fault read_entry(const struct json_val *object, struct dns_log_entry *e)
{
    struct json_val name, addr, port, time, type, class, rcode, transport, action, srcids, account, region, vpc;
    const struct json_field fields[] = {
        {"query_name", &name},      {"srcaddr", &addr},        {"srcport", &port},
        {"query_timestamp", &time}, {"query_type", &type},     {"query_class", &class},
        {"rcode", &rcode},          {"transport", &transport}, {"firewall_rule_action", &action},
        {"srcids", &srcids},        {"account_id", &account},  {"region", &region},
        {"vpc_id", &vpc},           {"answers", &e->answers}};
    char mem[FIELD_MAX];

    json_members(object, fields, ARRAY_LEN(fields));
    if (name.type == JSON_NONE)
        return DNS_LOG_NO_ENTRY;
    if (!read_name(&name, &e->asked))
        return DNS_LOG_BAD_NAME;
    if (!read_client(&addr, &port, &e->client))
        return DNS_LOG_NO_CLIENT;
    if (!read_time(&time, &e->time_ns))
        return DNS_LOG_NO_TIME;
    if (!dns_type_parse(short_text(&type, mem), &e->type))
        e->type = 0;
    if (!dns_class_parse(short_text(&class, mem), &e->class_))
        e->class_ = 0;
    e->has_rcode = dns_rcode_parse(short_text(&rcode, mem), &e->rcode);
    e->is_tcp = view_is_word(short_text(&transport, mem), "tcp");
    e->action = action_of(&action);
    read_ids(&srcids, e);
    read_id(&account, &e->account);
    read_id(&region, &e->region);
    read_id(&vpc, &e->vpc);
    return DNS_LOG_OK;
}

/* The one object that a text is. */
static bool read_object(struct view text, struct json_val *object)
{
    struct buf b = buf_of(text);
    struct json_val more;

    return json_read(&b, object) && object->type == JSON_OBJECT && object->complete && !json_read(&b, &more) && buf_ok(&b);
}

/* True when object wraps an entry, which becomes *inner, or a fault. */
static bool unwrap(const struct json_val *object, struct dns_log_scratch *scratch, bool *used, struct json_val *inner,
                   enum dns_log_fault *fault)
{
    struct json_val message, at_message, name;
    const struct json_field fields[] = {{"message", &message}, {"@message", &at_message}, {"query_name", &name}};
    struct out o = out_of(scratch->message, sizeof(scratch->message));

    json_members(object, fields, ARRAY_LEN(fields));
    if (message.type == JSON_NONE)
        message = at_message;
    if (message.type == JSON_NONE || name.type != JSON_NONE)
        return false;
    *fault = DNS_LOG_OK;
    *inner = message;
    if (message.type == JSON_OBJECT)
        return true;
    *fault = DNS_LOG_BAD_WRAP;
    if (message.type != JSON_STRING || *used)
        return true;
    *used = true;
    json_unescape(&message, &o);
    if (view_starts(out_view(&o), "CWL CONTROL MESSAGE"))
        *fault = DNS_LOG_CONTROL;
    else if (!o.full && read_object(out_view(&o), inner))
        *fault = DNS_LOG_OK;
    return true;
}

enum dns_log_fault dns_log_read(struct view text, struct dns_log_scratch *scratch, struct dns_log_entry *e)
{
    enum dns_log_fault fault;
    struct json_val object, inner;
    bool used = false; /* the scratch holds what object is a part of */

    if (text.n > DNS_LOG_TEXT_MAX)
        return DNS_LOG_TOO_LONG;
    if (!read_object(text, &object))
        return DNS_LOG_NO_JSON;
    for (int i = 0; i < WRAPS_MAX && unwrap(&object, scratch, &used, &inner, &fault); i++) {
        if (fault != DNS_LOG_OK)
            return fault;
        object = inner;
    }
    return read_entry(&object, e);
}

struct json_walk dns_log_answers(const struct dns_log_entry *e)
{
    return json_walk_of(&e->answers);
}

/* False for what is no answer. */
static bool read_answer(const struct json_val *item, struct dns_log_scratch *scratch, struct dns_log_answer *a)
{
    struct json_val rdata, type, class, lower_rdata, lower_type, lower_class;
    const struct json_field fields[] = {{"Rdata", &rdata},       {"Type", &type},       {"Class", &class},
                                        {"rdata", &lower_rdata}, {"type", &lower_type}, {"class", &lower_class}};
    struct out o = out_of(scratch->rdata, sizeof(scratch->rdata));
    char mem[FIELD_MAX];

    json_members(item, fields, ARRAY_LEN(fields));
    if (rdata.type == JSON_NONE)
        rdata = lower_rdata;
    if (rdata.type != JSON_STRING || !rdata.complete ||
        !dns_type_parse(short_text(type.type == JSON_NONE ? &lower_type : &type, mem), &a->type))
        return false;
    if (!dns_class_parse(short_text(class.type == JSON_NONE ? &lower_class : &class, mem), &a->class_))
        a->class_ = 1;
    json_unescape(&rdata, &o);
    a->rdata = out_view(&o);
    a->cut = o.full;
    return true;
}

bool dns_log_next_answer(struct json_walk *walk, struct dns_log_scratch *scratch, struct dns_log_answer *a)
{
    struct json_val item;

    while (json_next_item(walk, &item))
        if (read_answer(&item, scratch, a))
            return true;
    return false;
}
