/*
 * resolvers.c - public resolvers with addresses of their own for DNS over HTTPS, as their operators state them in their set-up pages:
 * developers.google.com/speed/public-dns, developers.cloudflare.com/1.1.1.1, quad9.net/service/service-addresses-and-features,
 * opendns.com/setupguide, adguard-dns.io/kb/general/dns-providers, cleanbrowsing.org/filters, alidns.com, docs.dnspod.com/public-dns,
 * dns.sb, mullvad.net/help/dns-over-https-and-dns-over-tls. Only addresses that serve nothing else: at those of a content network anything may
 * be fetched.
 */
#include "config.h"

#include "detect/resolvers.h"

#define V4(a, b, c, d)                    \
    {                                     \
        {                                 \
            [10] = 0xff, 0xff, a, b, c, d \
        }                                 \
    }
#define V6(a, b, c, d, y, z)                                                                                           \
    {                                                                                                                  \
        {                                                                                                              \
            (a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff, (c) >> 8, (c)&0xff, (d) >> 8, (d)&0xff, [12] = (y) >> 8, (y)&0xff, \
                                                                                            (z) >> 8, (z)&0xff         \
        }                                                                                                              \
    }

static const struct {
    struct addr addr;
    const char *name;
} resolvers[] = {
    {V4(8, 8, 8, 8), "dns.google"},
    {V4(8, 8, 4, 4), "dns.google"},
    {V6(0x2001, 0x4860, 0x4860, 0, 0, 0x8888), "dns.google"},
    {V6(0x2001, 0x4860, 0x4860, 0, 0, 0x8844), "dns.google"},
    {V4(1, 1, 1, 1), "cloudflare-dns.com"},
    {V4(1, 0, 0, 1), "cloudflare-dns.com"},
    {V4(1, 1, 1, 2), "security.cloudflare-dns.com"},
    {V4(1, 0, 0, 2), "security.cloudflare-dns.com"},
    {V4(1, 1, 1, 3), "family.cloudflare-dns.com"},
    {V4(1, 0, 0, 3), "family.cloudflare-dns.com"},
    {V6(0x2606, 0x4700, 0x4700, 0, 0, 0x1111), "cloudflare-dns.com"},
    {V6(0x2606, 0x4700, 0x4700, 0, 0, 0x1001), "cloudflare-dns.com"},
    {V4(9, 9, 9, 9), "dns.quad9.net"},
    {V4(149, 112, 112, 112), "dns.quad9.net"},
    {V4(9, 9, 9, 10), "dns10.quad9.net"},
    {V4(9, 9, 9, 11), "dns11.quad9.net"},
    {V6(0x2620, 0xfe, 0, 0, 0, 0xfe), "dns.quad9.net"},
    {V6(0x2620, 0xfe, 0, 0, 0, 0x9), "dns.quad9.net"},
    {V4(208, 67, 222, 222), "doh.opendns.com"},
    {V4(208, 67, 220, 220), "doh.opendns.com"},
    {V4(94, 140, 14, 14), "dns.adguard-dns.com"},
    {V4(94, 140, 15, 15), "dns.adguard-dns.com"},
    {V4(94, 140, 14, 140), "unfiltered.adguard-dns.com"},
    {V4(185, 228, 168, 9), "doh.cleanbrowsing.org"},
    {V4(185, 228, 169, 9), "doh.cleanbrowsing.org"},
    {V4(223, 5, 5, 5), "dns.alidns.com"},
    {V4(223, 6, 6, 6), "dns.alidns.com"},
    {V4(1, 12, 12, 12), "doh.pub"},
    {V4(120, 53, 53, 53), "doh.pub"},
    {V4(185, 222, 222, 222), "doh.dns.sb"},
    {V4(45, 11, 45, 11), "doh.dns.sb"},
    {V4(194, 242, 2, 2), "dns.mullvad.net"},
};

const char *resolver_name(const struct addr *a)
{
    for (size_t i = 0; i < ARRAY_LEN(resolvers); i++)
        if (addr_eq(&resolvers[i].addr, a))
            return resolvers[i].name;
    return NULL;
}
