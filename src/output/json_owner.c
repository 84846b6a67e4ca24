/*
 * json_owner.c - the owner as JSON. What is unknown is absent.
 */
#include "config.h"

#include "output/json_owner.h"

#include "output/json_write.h"

static void put(struct out *o, const char *key, struct view text)
{
    if (text.n)
        json_wire_text(o, key, text, false);
}

static const char *source_name(enum owner_source source)
{
    static const char *const names[] = {
        [OWNER_NONE] = "none",       [OWNER_INVENTORY] = "inventory", [OWNER_ECS_METADATA] = "ecs-metadata",
        [OWNER_DNS_LOG] = "dns-log", [OWNER_PROCESS] = "process",
    };

    return names[source];
}

static void put_aws(struct out *o, const struct about_aws *aws)
{
    json_open(o, "aws", '{');
    put(o, "account", aws->account);
    put(o, "region", aws->region);
    put(o, "vpc", aws->vpc);
    put(o, "instance", aws->instance);
    json_close(o, '}');
}

void json_owner(struct out *o, const struct about_owner *owner)
{
    if (owner->source == OWNER_NONE)
        return;
    json_open(o, "owner", '{');
    json_bool(o, "candidate", owner->candidate);
    json_string(o, "source", source_name(owner->source));
    put_aws(o, &owner->aws);
    json_close(o, '}');
}
