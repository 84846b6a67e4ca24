/*
 * savefile.c - tells the formats apart, and reads by libpcap what has no reader here.
 *
 * libpcap gets the bytes from our block through a stdio cookie, so that pipes work too.
 */
#include "config.h"

#include "capture/savefile.h"

#include "base/out.h"
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

/* Files that people take for captures and that are not unpacked here, by their first bytes. */
static const char *other_format(struct view head)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *what;
    } known[] = {
        {"BZh", 3, "bzip2-compressed; unpack it first, or pipe it: bzcat FILE | countermine -r -"},
        {"\x04\x22\x4d\x18", 4, "lz4-compressed; unpack it first, or pipe it: lz4cat FILE | countermine -r -"},
        {"PK\x03\x04", 4, "a zip archive; unpack it first"},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (head.n >= known[i].n && memcmp(head.p, known[i].magic, known[i].n) == 0)
            return known[i].what;
    return NULL;
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

bool savefile_open(struct savefile *s, int fd)
{
    const char *other;

    *s = (struct savefile){.format = "none"};
    if (!block_init(&s->block, fd)) {
        savefile_bad(s, 0, "not enough memory");
        return false;
    }
    if (!block_need(&s->block, 4)) {
        if (savefile_cut(s, "file header") == SAVEFILE_END)
            savefile_bad(s, 0, "the file is empty");
        return false;
    }
    block_need(&s->block, 8); /* what it can be told by, if there is so much */
    other = other_format(block_view(&s->block, min_size(8, s->block.end)));
    s->packed = codec_recognise(block_view(&s->block, min_size(8, s->block.end)));
    if (s->packed) {
        savefile_bad(s, 0, "%s-compressed; unpack it first, or pipe it: %s FILE | countermine -r -", codec_name(s->packed),
                     codec_tool(s->packed));
        return false;
    }
    if (other) {
        savefile_bad(s, 0, "%s", other);
        return false;
    }
    if (pcap_file_open(s) || pcapng_file_open(s))
        return true;
    return s->error[0] == '\0' && open_by_libpcap(s);
}

void savefile_close(struct savefile *s)
{
    if (s->lib)
        pcap_close(s->lib);
    s->lib = NULL;
    pcapng_file_close(s);
    block_fini(&s->block);
}
