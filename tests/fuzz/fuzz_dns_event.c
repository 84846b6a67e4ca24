/*
 * fuzz_dns_event.c - bytes of a worker that may be anybody's, as an event of DNS.
 *
 * Checked: what is taken can be read to its end and comes to the same bytes when it is written anew; it is one line of
 * JSON, masked and not, that fits a sink's memory and has no byte that acts on a terminal.
 */
#include "config.h"

#include "output/dns_write.h"

#include "../json_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dns_event event, again;

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void check_line(bool redact)
{
    static struct conf conf;
    static char text[OUTPUT_TEXT_MAX];
    static const char *const files[] = {"a.pcap"};
    struct output_context ctx = {.files = files, .n_files = 1, .sensor = "s", .conf = &conf};
    struct out o = out_of(text, sizeof(text));

    conf.output.redact = redact;
    dns_write(&o, &event, &ctx);
    check(!o.full && o.n > 1 && text[o.n - 1] == '\n' && json_is_strict(text, o.n - 1));
    for (size_t i = 0; i + 1 < o.n; i++)
        check((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_event_answer a;
    struct name asked;
    struct buf rest;

    if (!dns_event_take(view_of(data, size), &event))
        return 0;
    memcpy(&again, &event, DNS_EVENT_HEAD);
    rest = dns_event_question(&event, &asked);
    dns_event_begin(&again, &asked);
    if (event.flags & DNS_EVENT_HAS_OWNER)
        dns_event_put_owner(&again, dns_event_owner(&event));
    while (dns_event_next(&rest, &a))
        dns_event_add(&again, &a);
    check(buf_ok(&rest) && buf_left(&rest) == 0);
    check(again.n_listed == event.n_listed && again.n_data == event.n_data);
    check_line(false);
    check_line(true);
    return 0;
}
