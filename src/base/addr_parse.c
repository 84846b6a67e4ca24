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

/* True when no bit behind the first ones is set. */
static bool is_base(const struct net *net)
{
    for (size_t i = net->bits; i < 128; i++)
        if (net->addr.b[i / 8] & 0x80 >> i % 8)
            return false;
    return true;
}

bool net_parse(struct view text, struct net *net)
{
    size_t slash = view_find(text, '/');
    uint64_t bits, most;

    if (!addr_parse(view_head(text, slash), &net->addr))
        return false;
    most = addr_is_v4(&net->addr) && view_find(text, ':') == text.n ? 32 : 128;
    bits = most;
    if (slash < text.n && (!parse_u64(view_skip(text, slash + 1), &bits) || bits > most))
        return false;
    net->bits = (uint8_t)(128 - most + bits);
    return is_base(net);
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
