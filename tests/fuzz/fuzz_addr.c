/*
 * fuzz_addr.c - addresses, networks and endpoints from text.
 *
 * Checked: what is taken prints to a text that reads back as the same, and an endpoint is its address and its port.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "base/out.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, size);
    char again[64];
    struct out o = out_of(again, sizeof(again));
    struct endpoint e, f;
    struct addr a, b;
    struct net net, same;

    if (addr_parse(text, &a)) {
        addr_print(&a, &o);
        check(!o.full && addr_parse(out_view(&o), &b) && addr_cmp(&a, &b) == 0);
        check(!endpoint_parse(text, &e));
    }
    if (net_parse(text, &net)) {
        check(net.bits <= 128 && addr_in_net(&net.addr, &net));
        o = out_of(again, sizeof(again));
        net_print(&net, &o);
        check(!o.full && net_parse(out_view(&o), &same) && same.bits == net.bits && addr_cmp(&net.addr, &same.addr) == 0);
    }
    if (endpoint_parse(text, &e)) {
        check(e.port > 0);
        o = out_of(again, sizeof(again));
        endpoint_print(&e, &o);
        check(!o.full && endpoint_parse(out_view(&o), &f) && endpoint_eq(&e, &f));
    }
    return 0;
}
