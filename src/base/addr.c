/*
 * addr.c - printing of addresses, and their kinds; everything else about them is inline in addr.h.
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

bool addr_is_inside(const struct addr *a)
{
    const uint8_t *v4 = a->b + 12;

    if (!addr_is_v4(a))
        return (a->b[0] & 0xfe) == 0xfc;
    return v4[0] == 10 || (v4[0] == 172 && (v4[1] & 0xf0) == 16) || (v4[0] == 192 && v4[1] == 168) ||
           (v4[0] == 100 && (v4[1] & 0xc0) == 64);
}

bool addr_is_link_local(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};
    const uint8_t *v4 = a->b + 12;

    if (!addr_is_v4(a))
        return (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80) || addr_cmp(a, &loopback) == 0;
    return (v4[0] == 169 && v4[1] == 254) || v4[0] == 127;
}

bool addr_is_group(const struct addr *a)
{
    if (!addr_is_v4(a))
        return a->b[0] == 0xff;
    return (a->b[12] & 0xf0) == 224 || (a->b[12] & a->b[13] & a->b[14] & a->b[15]) == 0xff;
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
    out_str(o, v4 ? ":" : "]:");
    out_u64(o, e->port);
}
