/*
 * owner_log.c - words of a DNS log's entry to an owner.
 */
#include "config.h"

#include "enrich/owner_log.h"

bool owner_log_take(struct view words, struct about_owner *owner)
{
    struct view *const to[] = {&owner->aws.account, &owner->aws.region, &owner->aws.vpc, &owner->aws.instance};

    *owner = (struct about_owner){.source = OWNER_NONE};
    if (!words.n)
        return false;
    owner->source = OWNER_DNS_LOG;
    for (size_t i = 0; i < ARRAY_LEN(to) && words.n; i++) {
        struct view word = view_head(words, view_find(words, ' '));

        if (!view_is(word, "-"))
            *to[i] = word;
        words = view_skip(words, word.n + 1);
    }
    return true;
}
