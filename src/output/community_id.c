/*
 * community_id.c - Community ID, version 1.
 */
#include "config.h"

#include "output/community_id.h"

#include "base/out.h"
#include "base/sha1.h"

#define PROTOCOL_NUMBER_TCP 6

/* Base 64 (RFC 4648 section 4), with its padding. */
static void put_base64(struct out *o, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;

        if (i + 1 < n)
            three |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < n)
            three |= bytes[i + 2];
        out_char(o, digits[three >> 18]);
        out_char(o, digits[three >> 12 & 0x3f]);
        out_char(o, i + 1 < n ? digits[three >> 6 & 0x3f] : '=');
        out_char(o, i + 2 < n ? digits[three & 0x3f] : '=');
    }
}

/* An address as it stands in packets. */
static struct view address_bytes(const struct addr *a)
{
    return addr_is_v4(a) ? view_of(a->b + 12, 4) : view_of(a->b, sizeof(a->b));
}

void community_id_tcp(const struct endpoint *a, const struct endpoint *b, char text[COMMUNITY_ID_MAX])
{
    static const uint8_t seed[2], protocol[2] = {PROTOCOL_NUMBER_TCP, 0 /* padding */};
    int order = addr_cmp(&a->addr, &b->addr);
    bool swap = order > 0 || (order == 0 && a->port > b->port); /* the lower endpoint comes first */
    const struct endpoint *low = swap ? b : a, *high = swap ? a : b;
    const uint8_t ports[4] = {(uint8_t)(low->port >> 8), (uint8_t)low->port, (uint8_t)(high->port >> 8), (uint8_t)high->port};
    const struct view pieces[] = {{seed, sizeof(seed)},
                                  address_bytes(&low->addr),
                                  address_bytes(&high->addr),
                                  {protocol, sizeof(protocol)},
                                  {ports, sizeof(ports)}};
    uint8_t digest[SHA1_BYTES];
    struct out o = out_of(text, COMMUNITY_ID_MAX);

    sha1(pieces, ARRAY_LEN(pieces), digest);
    out_str(&o, "1:");
    put_base64(&o, digest, sizeof(digest));
}
