/*
 * savefile.c - tells the formats apart, and reads by libpcap what has no reader here.
 *
 * libpcap gets the bytes from our block through a stdio cookie, so that pipes work too.
 */
#include "config.h"

#include "capture/savefile.h"

#include "base/out.h"
#include "capture/log_file.h"
#include "capture/pcap_file.h"
#include "capture/pcapng_file.h"

#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum savefile_result savefile_bad(struct savefile *s, uint64_t offset, const char *why, ...)
{
    va_list ap;

    va_start(ap, why);
    vsnprintf(s->error, sizeof(s->error), why, ap);
    va_end(ap);
    s->error_offset = offset;
    return SAVEFILE_BAD;
}

enum savefile_result savefile_cut(struct savefile *s, const char *what)
{
    if (s->block.error)
        return savefile_bad(s, block_offset(&s->block), "read failed: %s", strerror(s->block.error));
    if (s->block.at == s->block.end)
        return SAVEFILE_END;
    return savefile_bad(s, block_offset(&s->block), "the file is cut in the middle of a %s", what);
}

const char *savefile_option(enum savefile_kind kind)
{
    return kind == SAVEFILE_LOG ? "--dns-log" : "-r";
}

/* What is compressed in a way that can be unpacked, but not twice. */
static void say_packed(struct savefile *s, enum savefile_kind kind, const char *how, const char *tool)
{
    savefile_bad(s, 0, "%s-compressed; unpack it first, or pipe it: %s FILE | countermine %s -", how, tool,
                 savefile_option(kind));
}

/* True for files that people take for captures and that are not unpacked here, by their first bytes. */
static bool is_other_format(struct savefile *s, enum savefile_kind kind, struct view head)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *how, *tool;
    } known[] = {
        {"BZh", 3, "bzip2", "bzcat"},
        {"\x04\x22\x4d\x18", 4, "lz4", "lz4cat"},
        {"PK\x03\x04", 4, NULL, NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (head.n < known[i].n || memcmp(head.p, known[i].magic, known[i].n) != 0)
            continue;
        if (known[i].how)
            say_packed(s, kind, known[i].how, known[i].tool);
        else
            savefile_bad(s, 0, "a zip archive; unpack it first");
        return true;
    }
    return false;
}

/* Opens a log, or says what it is instead. */
static bool open_log(struct savefile *s, struct view head)
{
    static const uint32_t captures[] = {0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a, 0xa1b2cd34, 0x34cdb2a1};

    if (log_file_begins(head))
        return log_file_open(s);
    s->not_a_capture = true;
    for (size_t i = 0; i < ARRAY_LEN(captures); i++) {
        if (view_be32(head, 0) == captures[i]) {
            savefile_bad(s, 0, "a packet capture and not a DNS log; give it with -r instead of --dns-log");
            return false;
        }
    }
    savefile_bad(s, 0, "not a DNS log: expected the JSON of a Route 53 Resolver query log");
    return false;
}

static ssize_t cookie_read(void *cookie, char *mem, size_t n)
{
    struct savefile *s = cookie;
    struct view v;

    if (!block_need(&s->block, 1))
        return s->block.error ? -1 : 0;
    v = block_view(&s->block, min_size(n, s->block.end - s->block.at));
    memcpy(mem, v.p, v.n);
    block_advance(&s->block, v.n);
    return (ssize_t)v.n;
}

/* One frame at a time: libpcap has one buffer for all packets. */
static enum savefile_result read_by_libpcap(struct savefile *s, struct frame *frame, size_t cap, size_t *n)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int got;

    (void)cap; /* at least 1 */
    got = pcap_next_ex(s->lib, &header, &bytes);
    if (got == PCAP_ERROR_BREAK)
        return SAVEFILE_END;
    if (got != 1)
        return savefile_bad(s, block_offset(&s->block), "%s", pcap_geterr(s->lib));
    frame->bytes = view_of(bytes, header->caplen);
    frame->wire_len = header->len > header->caplen ? header->len : header->caplen;
    frame->linktype = s->linktype;
    frame->time_ns =
        savefile_time((__int128)header->ts.tv_sec * NS_PER_SEC + header->ts.tv_usec); /* nanoseconds, as asked for */
    frame->number = ++s->n_frames;
    *n = 1;
    return SAVEFILE_FRAME;
}

static bool open_by_libpcap(struct savefile *s)
{
    cookie_io_functions_t io = {.read = cookie_read};
    char why[PCAP_ERRBUF_SIZE];
    FILE *file = fopencookie(s, "rb", io);

    if (!file) {
        savefile_bad(s, 0, "not enough memory");
        return false;
    }
    s->lib = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!s->lib) {
        fclose(file);
        savefile_bad(s, 0, "not a capture file (%s)", why);
        s->not_a_capture = true;
        return false;
    }
    s->linktype = (uint32_t)pcap_datalink(s->lib);
    s->format = "other";
    s->read = read_by_libpcap;
    return true;
}

/* No reader of captures knows it: libpcap may, unless it is text. */
static bool open_rest(struct savefile *s, struct view head)
{
    if (!log_file_begins(head))
        return open_by_libpcap(s);
    savefile_bad(s, 0, "not a capture file, it looks like text in JSON; a DNS log is given with --dns-log instead of -r");
    s->not_a_capture = true;
    return false;
}

bool savefile_open(struct savefile *s, int fd, enum savefile_kind kind)
{
    size_t shortest = kind == SAVEFILE_LOG ? 2 : 4; /* [] is a log */
    struct view head;

    *s = (struct savefile){.format = "none"};
    if (!block_init(&s->block, fd)) {
        savefile_bad(s, 0, "not enough memory");
        return false;
    }
    if (!block_need(&s->block, shortest)) {
        if (savefile_cut(s, "file header") == SAVEFILE_END)
            savefile_bad(s, 0, "the file is empty");
        return false;
    }
    block_need(&s->block, 8); /* what it can be told by, if there is so much */
    head = block_view(&s->block, min_size(8, s->block.end));
    s->packed = codec_recognise(head);
    if (s->packed) {
        say_packed(s, kind, codec_name(s->packed), codec_tool(s->packed));
        return false;
    }
    if (is_other_format(s, kind, head))
        return false;
    if (kind == SAVEFILE_LOG)
        return open_log(s, head);
    if (pcap_file_open(s) || pcapng_file_open(s))
        return true;
    return s->error[0] == '\0' && open_rest(s, block_view(&s->block, min_size(8, s->block.end)));
}

void savefile_close(struct savefile *s)
{
    if (s->lib)
        pcap_close(s->lib);
    s->lib = NULL;
    pcapng_file_close(s);
    log_file_close(s);
    block_fini(&s->block);
}
