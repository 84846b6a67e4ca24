/*
 * addr.c - printing of addresses; everything else about them is inline in addr.h.
 */
#include "config.h"

#include "base/addr.h"

#include "base/out.h"

#include <arpa/inet.h>

bool addr_is_none(const struct addr *a)
{
    static const struct addr none;

    return addr_cmp(a, &none) == 0;
}

void addr_print(const struct addr *a, struct out *o)
{
    char text[INET6_ADDRSTRLEN];
    const char *done =
        addr_is_v4(a) ? inet_ntop(AF_INET, a->b + 12, text, sizeof(text)) : inet_ntop(AF_INET6, a->b, text, sizeof(text));

    out_str(o, done ? done : "?");
}

void net_print(const struct net *net, struct out *o)
{
    addr_print(&net->addr, o);
    if (net->bits < 128)
        out_fmt(o, "/%u", addr_is_v4(&net->addr) ? net->bits - 96u : net->bits);
}

void endpoint_print(const struct endpoint *e, struct out *o)
{
    bool v4 = addr_is_v4(&e->addr);

    if (!v4)
        out_char(o, '[');
    addr_print(&e->addr, o);
    out_fmt(o, "%s:%u", v4 ? "" : "]", e->port);
}
