/*
 * addr_parse.c - inet_pton (which knows no shortened IPv4) behind bounds.
 */
#include "config.h"

#include "base/addr_parse.h"

#include "base/parse.h"

#include <arpa/inet.h>

bool addr_parse(struct view text, struct addr *a)
{
    char copy[INET6_ADDRSTRLEN];
    uint8_t v4[4];

    if (text.n == 0 || text.n >= sizeof(copy) || view_find(text, '\0') < text.n)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET, copy, v4) == 1) {
        addr_set_v4(a, v4);
        return true;
    }
    return inet_pton(AF_INET6, copy, a->b) == 1;
}

bool endpoint_parse(struct view text, struct endpoint *e)
{
    size_t colon = view_find_last(text, ':');
    struct view host = view_head(text, colon);
    bool bracket = view_starts(host, "[");
    uint64_t port;

    if (colon == text.n || !parse_u64(view_skip(text, colon + 1), &port) || port == 0 || port > UINT16_MAX)
        return false;
    if (bracket) {
        if (view_find(host, ']') != host.n - 1)
            return false;
        host = view_sub(host, 1, host.n - 2);
    }
    if ((view_find(host, ':') < host.n) != bracket || !addr_parse(host, &e->addr))
        return false;
    e->port = (uint16_t)port;
    return true;
}
