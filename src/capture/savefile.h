/*
 * savefile.h - capture files: classic pcap and pcapng by our own readers, all else by libpcap. And DNS logs, which are no
 * captures but are found, unpacked and put in order as they are: log_file.h.
 */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include "capture/block.h"
#include "capture/codec.h"
#include "wire/packet.h"

#define SAVEFILE_CAPLEN_MAX 262144 /* longest captured frame accepted: libpcap's MAXIMUM_SNAPLEN */
#define SAVEFILE_ERROR_MAX 240

enum savefile_result {
    SAVEFILE_FRAME, /* at least one frame was read */
    SAVEFILE_END,   /* the file ended where a file may end */
    SAVEFILE_BAD    /* it did not; savefile.error says how */
};

struct log_file;
struct pcap;
struct pcapng;

struct savefile {
    struct block block;
    enum savefile_result (*read)(struct savefile *s, struct frame *frames, size_t cap, size_t *n);
    uint64_t n_frames; /* read so far */
    uint64_t dropped;  /* packets that the capturing machine says it lost (pcapng) */
    const char *format;
    char error[SAVEFILE_ERROR_MAX]; /* why it could not be opened or read on */
    uint64_t error_offset;
    bool not_a_capture;       /* the error is that no reader knows the format */
    enum codec_format packed; /* the error is that it is compressed in this way; its first bytes are in `block`, unread */

    /* classic pcap */
    bool big_endian;
    uint32_t linktype;
    uint32_t ns_per_unit; /* of the second time field: 1000 or 1 */

    struct pcapng *ng;
    struct pcap *lib;
    struct log_file *log;
};

/* What a file is expected to be. */
enum savefile_kind { SAVEFILE_CAPTURE, SAVEFILE_LOG };

/* The option that such files are given with, for messages. */
const char *savefile_option(enum savefile_kind kind);

/*
 * Opens the file behind fd, which is borrowed, from its current position. False with s->error set when it is none of this kind; also then
 * it is to be closed.
 */
bool savefile_open(struct savefile *s, int fd, enum savefile_kind kind);

/*
 * Reads the next frames, *n of at most cap: all of each but `file` is set, and their bytes stay until
 * the next call. *n is 0 unless the result is SAVEFILE_FRAME; an end or a fault is told once the frames
 * before it were given.
 */
static inline enum savefile_result savefile_read(struct savefile *s, struct frame *frames, size_t cap, size_t *n)
{
    *n = 0;
    return s->read(s, frames, cap, n);
}

void savefile_close(struct savefile *s);

/* For the readers: a time within NS_TIME_MAX of 1970. */
static inline ns_t savefile_time(__int128 t)
{
    return t > NS_TIME_MAX ? NS_TIME_MAX : t < -NS_TIME_MAX ? -NS_TIME_MAX : (ns_t)t;
}

/* For the readers: notes why and where, and gives SAVEFILE_BAD. */
enum savefile_result savefile_bad(struct savefile *s, uint64_t offset, const char *why, ...) ATTR_PRINTF(3, 4);

/* For the readers: what to say when n bytes were due and block_need gave false: end, cut, or a read error. */
enum savefile_result savefile_cut(struct savefile *s, const char *what);

#endif
