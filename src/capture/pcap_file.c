/*
 * pcap_file.c - classic pcap, as draft-ietf-opsawg-pcap describes it.
 *
 * File header of 24 bytes: magic (a1b2c3d4 with microseconds, a1b23c4d with nanoseconds, in the byte
 * order of the rest), version, two unused words, snap length, link type in the low bits. Records:
 * seconds, fraction, captured length, length on the wire, bytes. Older and altered kinds are left to
 * libpcap.
 */
#include "config.h"

#include "capture/pcap_file.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define LINKTYPE_BITS 0x03ffffff /* the upper bits carry the length of a frame check sequence */

/* The fields of a record header, in the byte order of the machine. */
struct record {
    uint32_t sec, fraction, caplen, len;
};

static ATTR_ALWAYS_INLINE struct record record_of(struct view h, bool big_endian)
{
    if (LIKELY(!big_endian))
        return (struct record){view_le32(h, 0), view_le32(h, 4), view_le32(h, 8), view_le32(h, 12)};
    return (struct record){view_be32(h, 0), view_be32(h, 4), view_be32(h, 8), view_be32(h, 12)};
}

/* Why there is no whole record at the cursor. */
static enum savefile_result no_record(struct savefile *s)
{
    struct record r;

    if (!block_need(&s->block, RECORD_HEADER))
        return savefile_cut(s, "record header");
    r = record_of(block_view(&s->block, RECORD_HEADER), s->big_endian);
    if (r.caplen > SAVEFILE_CAPLEN_MAX)
        return savefile_bad(s, block_offset(&s->block), "corrupt record: captured length %u is over %u", r.caplen,
                            SAVEFILE_CAPLEN_MAX);
    return savefile_cut(s, "record");
}

/* Reads the record at the cursor if it lies in the block as a whole. */
static inline bool read_record(struct savefile *s, struct frame *frame)
{
    struct block *b = &s->block;
    struct record r;

    if (UNLIKELY(!block_has(b, RECORD_HEADER)))
        return false;
    r = record_of(block_view(b, RECORD_HEADER), s->big_endian);
    if (UNLIKELY(r.caplen > SAVEFILE_CAPLEN_MAX || !block_has(b, RECORD_HEADER + (size_t)r.caplen)))
        return false;
    block_advance(b, RECORD_HEADER);
    frame->bytes = block_view(b, r.caplen);
    frame->wire_len = r.len > r.caplen ? r.len : r.caplen;
    frame->linktype = s->linktype;
    frame->time_ns = (ns_t)r.sec * NS_PER_SEC + (ns_t)r.fraction * s->ns_per_unit; /* always below NS_TIME_MAX */
    frame->number = ++s->n_frames;
    block_advance(b, r.caplen);
    return true;
}

/* Makes the next record lie in the block as a whole. */
static bool fetch_record(struct savefile *s)
{
    struct record r;

    if (!block_need(&s->block, RECORD_HEADER))
        return false;
    r = record_of(block_view(&s->block, RECORD_HEADER), s->big_endian);
    return r.caplen <= SAVEFILE_CAPLEN_MAX && block_need(&s->block, RECORD_HEADER + (size_t)r.caplen);
}

static enum savefile_result read_records(struct savefile *s, struct frame *frames, size_t cap, size_t *n)
{
    if (UNLIKELY(!fetch_record(s)))
        return no_record(s);
    while (*n < cap && read_record(s, &frames[*n]))
        (*n)++;
    return SAVEFILE_FRAME;
}

bool pcap_file_open(struct savefile *s)
{
    struct buf b = buf_of(block_view(&s->block, 4));
    uint32_t magic = buf_be32(&b);
    uint16_t major, minor;

    s->big_endian = magic == 0xa1b2c3d4 || magic == 0xa1b23c4d;
    if (!s->big_endian && magic != 0xd4c3b2a1 && magic != 0x4d3cb2a1)
        return false;
    s->ns_per_unit = magic == 0xa1b23c4d || magic == 0x4d3cb2a1 ? 1 : 1000;
    if (!block_need(&s->block, FILE_HEADER)) {
        savefile_cut(s, "file header");
        return false;
    }
    b = buf_of(block_view(&s->block, FILE_HEADER));
    buf_skip(&b, 4);
    major = buf_u16(&b, s->big_endian);
    minor = buf_u16(&b, s->big_endian);
    if (major != 2 || (minor != 3 && minor != 4))
        return false;
    buf_skip(&b, 12); /* time zone, accuracy, snap length: none is used by anyone */
    s->linktype = buf_u32(&b, s->big_endian) & LINKTYPE_BITS;
    block_advance(&s->block, FILE_HEADER);
    s->format = "pcap";
    s->read = read_records;
    return true;
}
