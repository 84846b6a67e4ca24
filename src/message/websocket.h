/*
 * websocket.h - heads of WebSocket frames (RFC 6455 section 5.2) and their masks (5.3).
 */
#ifndef MESSAGE_WEBSOCKET_H
#define MESSAGE_WEBSOCKET_H

#include "base/buf.h"

#define WEBSOCKET_HEAD_MAX 14
#define WEBSOCKET_LENGTH_MAX (UINT64_C(1) << 31) /* of a frame; longer ones are taken for no frame */

enum websocket_opcode {
    WEBSOCKET_MORE, /* continues a message */
    WEBSOCKET_TEXT,
    WEBSOCKET_BINARY,
    WEBSOCKET_CLOSE = 8,
    WEBSOCKET_PING,
    WEBSOCKET_PONG
};

struct websocket_frame {
    uint64_t length; /* of the payload */
    uint8_t head;    /* bytes before it */
    uint8_t opcode;  /* enum websocket_opcode */
    uint8_t mask[4]; /* valid when masked */
    bool masked;
    bool final;      /* the last of its message */
    bool compressed; /* RSV1: permessage-deflate (RFC 7692); cannot be read here */
};

enum websocket_read { WEBSOCKET_SHORT, WEBSOCKET_FRAME, WEBSOCKET_NONE };

/*
 * Reads the head that `data` begins with: SHORT when its end is not there, NONE when it is none (reserved bits or
 * opcodes, a length written too long, a control frame in pieces).
 */
enum websocket_read websocket_read_head(struct view data, struct websocket_frame *frame);

/* Byte i of a frame's payload, of which c is what was sent. */
static inline uint8_t websocket_unmask(const struct websocket_frame *frame, uint64_t i, uint8_t c)
{
    return frame->masked ? c ^ frame->mask[i & 3] : c;
}

static inline bool websocket_is_control(const struct websocket_frame *frame)
{
    return frame->opcode >= WEBSOCKET_CLOSE;
}

/*
 * True when `data` begins with the first frame of a message whose text begins as a mining message can: for joining a
 * connection in its middle. With too few bytes to tell: SHORT.
 */
enum websocket_read websocket_starts_json(struct view data);

#endif
