/*
 * pcapng_file.c - pcapng, as draft-ietf-opsawg-pcapng describes it.
 *
 * Blocks: type, total length, body padded to 4 bytes, total length again. Read are the section header
 * (byte order), interface descriptions (link type, snap length, time resolution and offset), enhanced,
 * simple and the obsolete packet blocks, and of interface statistics the dropped packets. All other
 * blocks are stepped over.
 */
#include "config.h"

#include "capture/pcapng_file.h"

#include <stdlib.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET_OLD = 2,
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6
};

enum { OPT_END = 0, OPT_IF_TSRESOL = 9, OPT_IF_TSOFFSET = 14, OPT_ISB_IFDROP = 5 };

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define BLOCK_HEAD 8   /* type and total length */
#define BLOCK_FRAME 12 /* with the total length at the end */
#define INTERFACES_MAX 4096
#define OPTIONS_MAX 256 /* options looked at in one block */

struct interface {
    uint32_t linktype;
    uint32_t snaplen; /* 0 = no limit */
    uint8_t tsresol;  /* 10^-n, or with the top bit 2^-n */
    int64_t offset_s;
    uint64_t dropped; /* newest figure */
};

struct pcapng {
    bool big_endian;
    uint32_t n_interfaces;       /* of this section */
    ns_t last_ns;                /* time of the newest packet: simple packets have none of their own */
    struct interface *interface; /* owned; room for the next power of two */
};

static ns_t time_of(const struct interface *i, uint32_t high, uint32_t low)
{
    uint64_t units = (uint64_t)high << 32 | low;
    unsigned n = i->tsresol & 0x7f;
    __int128 t = units;

    if (LIKELY(i->tsresol == 6)) {
        t *= 1000;
    } else if (i->tsresol & 0x80) {
        t = n < 64 ? t * NS_PER_SEC >> n : 0;
    } else {
        for (; n < 9; n++)
            t *= 10;
        for (; n > 9 && t > 0; n--)
            t /= 10;
    }
    return savefile_time(t + (__int128)i->offset_s * NS_PER_SEC);
}

/* Finds an option of at least n bytes; its value is left in *value. */
static bool find_option(const struct pcapng *ng, struct buf b, uint16_t wanted, size_t n, struct view *value)
{
    for (int i = 0; i < OPTIONS_MAX && buf_left(&b) >= 4; i++) {
        uint16_t code = buf_u16(&b, ng->big_endian);
        uint16_t len = buf_u16(&b, ng->big_endian);

        *value = buf_take(&b, len);
        if (code == OPT_END || !buf_ok(&b))
            return false;
        if (code == wanted && len >= n)
            return true;
        buf_skip(&b, min_size((4 - len % 4) % 4, buf_left(&b)));
    }
    return false;
}

static uint64_t u64_of(const struct pcapng *ng, struct view v)
{
    struct buf b = buf_of(v);
    uint64_t first = buf_u32(&b, ng->big_endian), second = buf_u32(&b, ng->big_endian);

    return ng->big_endian ? first << 32 | second : second << 32 | first;
}

static enum savefile_result read_interface(struct savefile *s, struct buf b)
{
    struct pcapng *ng = s->ng;
    struct interface *i;
    struct view value;

    if (ng->n_interfaces == INTERFACES_MAX)
        return savefile_bad(s, block_offset(&s->block), "more than %d interfaces", INTERFACES_MAX);
    if ((ng->n_interfaces & (ng->n_interfaces - 1)) == 0) {
        i = reallocarray(ng->interface, ng->n_interfaces ? 2 * (size_t)ng->n_interfaces : 1, sizeof(*i));
        if (!i)
            return savefile_bad(s, block_offset(&s->block), "not enough memory");
        ng->interface = i;
    }
    i = &ng->interface[ng->n_interfaces++];
    *i = (struct interface){.tsresol = 6};
    i->linktype = buf_u16(&b, ng->big_endian);
    buf_skip(&b, 2);
    i->snaplen = buf_u32(&b, ng->big_endian);
    if (!buf_ok(&b))
        return savefile_bad(s, block_offset(&s->block), "corrupt interface description: too short");
    if (find_option(ng, b, OPT_IF_TSRESOL, 1, &value))
        i->tsresol = value.p[0];
    if (find_option(ng, b, OPT_IF_TSOFFSET, 8, &value))
        i->offset_s = (int64_t)u64_of(ng, value);
    return SAVEFILE_END;
}

static void read_statistics(struct savefile *s, struct buf b)
{
    struct pcapng *ng = s->ng;
    uint32_t id = buf_u32(&b, ng->big_endian);
    struct view value;

    buf_skip(&b, 8);
    if (!buf_ok(&b) || id >= ng->n_interfaces || !find_option(ng, b, OPT_ISB_IFDROP, 8, &value))
        return;
    s->dropped -= ng->interface[id].dropped;
    ng->interface[id].dropped = u64_of(ng, value);
    s->dropped += ng->interface[id].dropped;
}

/* Fills *frame from a packet block's fields; data are the bytes behind them. */
static enum savefile_result give(struct savefile *s, struct frame *frame, const struct interface *i, ns_t t, uint32_t caplen,
                                 uint32_t len, struct buf *data)
{
    if (caplen > SAVEFILE_CAPLEN_MAX)
        return savefile_bad(s, block_offset(&s->block), "corrupt packet block: captured length %u is over %u", caplen,
                            SAVEFILE_CAPLEN_MAX);
    frame->bytes = buf_take(data, caplen);
    if (!buf_ok(data))
        return savefile_bad(s, block_offset(&s->block), "corrupt packet block: captured length %u is more than the block holds",
                            caplen);
    frame->wire_len = len > caplen ? len : caplen;
    frame->linktype = i->linktype;
    frame->time_ns = s->ng->last_ns = t;
    frame->number = ++s->n_frames;
    return SAVEFILE_FRAME;
}

/* Enhanced packet block, or the obsolete one (two 16-bit fields instead of the interface's 32). */
static enum savefile_result read_packet(struct savefile *s, struct buf b, bool old, struct frame *frame)
{
    const struct pcapng *ng = s->ng;
    uint32_t id = old ? buf_u16(&b, ng->big_endian) : buf_u32(&b, ng->big_endian);
    uint32_t high, low, caplen, len;

    if (old)
        buf_skip(&b, 2);
    high = buf_u32(&b, ng->big_endian);
    low = buf_u32(&b, ng->big_endian);
    caplen = buf_u32(&b, ng->big_endian);
    len = buf_u32(&b, ng->big_endian);
    if (!buf_ok(&b))
        return savefile_bad(s, block_offset(&s->block), "corrupt packet block: too short");
    if (id >= ng->n_interfaces)
        return savefile_bad(s, block_offset(&s->block), "corrupt packet block: interface %u was not described", id);
    return give(s, frame, &ng->interface[id], time_of(&ng->interface[id], high, low), caplen, len, &b);
}

static enum savefile_result read_simple_packet(struct savefile *s, struct buf b, struct frame *frame)
{
    const struct pcapng *ng = s->ng;
    uint32_t len = buf_u32(&b, ng->big_endian);
    uint32_t caplen = len;

    if (ng->n_interfaces == 0 || !buf_ok(&b))
        return savefile_bad(s, block_offset(&s->block), "corrupt packet block: no interface was described");
    if (ng->interface[0].snaplen && ng->interface[0].snaplen < caplen)
        caplen = ng->interface[0].snaplen;
    return give(s, frame, &ng->interface[0], ng->last_ns, caplen, len, &b);
}

/* A section header: sets the byte order and forgets the interfaces. The cursor stands at its type. */
static enum savefile_result read_section(struct savefile *s)
{
    struct pcapng *ng = s->ng;
    struct buf b = buf_of(block_view(&s->block, BLOCK_FRAME));
    uint32_t magic;

    buf_skip(&b, BLOCK_HEAD);
    magic = buf_be32(&b);
    if (magic != BYTE_ORDER_MAGIC && magic != __builtin_bswap32(BYTE_ORDER_MAGIC))
        return savefile_bad(s, block_offset(&s->block), "corrupt section header: bad byte-order magic");
    ng->big_endian = magic == BYTE_ORDER_MAGIC;
    ng->n_interfaces = 0;
    return SAVEFILE_END;
}

/*
 * Reads one block. SAVEFILE_END means that it held no packet. *at_end is set when the file ends
 * before it.
 */
static enum savefile_result read_block(struct savefile *s, struct frame *frame, bool *at_end)
{
    struct pcapng *ng = s->ng;
    enum savefile_result result = SAVEFILE_END;
    struct buf b;
    uint32_t type, len;

    if (!block_need(&s->block, BLOCK_FRAME)) {
        *at_end = true;
        return savefile_cut(s, "block header");
    }
    b = buf_of(block_view(&s->block, BLOCK_HEAD));
    type = buf_u32(&b, ng->big_endian);
    if (type == BLOCK_SECTION) { /* reads the same in both byte orders */
        result = read_section(s);
        if (result == SAVEFILE_BAD)
            return result;
    }
    len = buf_u32(&b, ng->big_endian);
    if (len < BLOCK_FRAME || len % 4 != 0)
        return savefile_bad(s, block_offset(&s->block), "corrupt block: length %u", len);
    if (type != BLOCK_INTERFACE && type != BLOCK_PACKET && type != BLOCK_PACKET_OLD && type != BLOCK_PACKET_SIMPLE &&
        type != BLOCK_STATISTICS) {
        uint64_t offset = block_offset(&s->block);

        if (block_skip(&s->block, len))
            return SAVEFILE_END;
        return s->block.error ? savefile_cut(s, "block") : savefile_bad(s, offset, "the file is cut in the middle of a block");
    }
    if (len > BLOCK_RECORD_MAX)
        return savefile_bad(s, block_offset(&s->block), "corrupt block: length %u is over %u", len, BLOCK_RECORD_MAX);
    if (!block_need(&s->block, len))
        return savefile_cut(s, "block");
    b = buf_of(view_skip(block_view(&s->block, len), len - 4));
    if (buf_u32(&b, ng->big_endian) != len)
        return savefile_bad(s, block_offset(&s->block), "corrupt block: its two lengths differ");
    b = buf_of(view_head(view_skip(block_view(&s->block, len), BLOCK_HEAD), len - BLOCK_FRAME));
    if (LIKELY(type == BLOCK_PACKET || type == BLOCK_PACKET_OLD))
        result = read_packet(s, b, type == BLOCK_PACKET_OLD, frame);
    else if (type == BLOCK_PACKET_SIMPLE)
        result = read_simple_packet(s, b, frame);
    else if (type == BLOCK_INTERFACE)
        result = read_interface(s, b);
    else
        read_statistics(s, b);
    if (result != SAVEFILE_BAD)
        block_advance(&s->block, len);
    return result;
}

/*
 * True when the next block lies in the buffer as a whole, so that reading it moves nothing. Of a section
 * header that is not known before its byte order is read.
 */
static bool has_block(const struct savefile *s)
{
    struct buf b;

    if (!block_has(&s->block, BLOCK_FRAME))
        return false;
    b = buf_of(block_view(&s->block, BLOCK_HEAD));
    if (buf_u32(&b, s->ng->big_endian) == BLOCK_SECTION)
        return false;
    return block_has(&s->block, buf_u32(&b, s->ng->big_endian));
}

static enum savefile_result read_blocks(struct savefile *s, struct frame *frames, size_t cap, size_t *n)
{
    enum savefile_result result;
    bool at_end = false;

    do {
        result = read_block(s, &frames[*n], &at_end);
        *n += result == SAVEFILE_FRAME;
    } while (*n == 0 ? result == SAVEFILE_END && !at_end : *n < cap && result != SAVEFILE_BAD && has_block(s));
    if (*n > 0 && result == SAVEFILE_BAD)
        s->error[0] = '\0'; /* the same fault is found and told at the next call */
    return *n > 0 ? SAVEFILE_FRAME : result;
}

bool pcapng_file_open(struct savefile *s)
{
    struct buf b = buf_of(block_view(&s->block, 4));

    if (buf_be32(&b) != BLOCK_SECTION)
        return false;
    if (!block_need(&s->block, BLOCK_FRAME)) {
        savefile_cut(s, "section header");
        return false;
    }
    s->ng = calloc(1, sizeof(*s->ng));
    if (!s->ng) {
        savefile_bad(s, 0, "not enough memory");
        return false;
    }
    s->format = "pcapng";
    s->read = read_blocks;
    return true;
}

void pcapng_file_close(struct savefile *s)
{
    if (s->ng)
        free(s->ng->interface);
    free(s->ng);
    s->ng = NULL;
}
