/*
 * websocket.c - heads of frames.
 */
#include "config.h"

#include "message/websocket.h"

enum websocket_read websocket_read_head(struct view data, struct websocket_frame *frame)
{
    struct buf b = buf_of(data);
    uint8_t first = buf_u8(&b), second = buf_u8(&b);

    *frame = (struct websocket_frame){.opcode = first & 0x0f,
                                      .final = (first & 0x80) != 0,
                                      .compressed = (first & 0x40) != 0,
                                      .masked = (second & 0x80) != 0,
                                      .length = second & 0x7f};
    if (data.n == 0)
        return WEBSOCKET_SHORT;
    if (first & 0x30 || frame->opcode > WEBSOCKET_PONG || (frame->opcode > WEBSOCKET_BINARY && frame->opcode < WEBSOCKET_CLOSE))
        return WEBSOCKET_NONE;
    if (websocket_is_control(frame) && (!frame->final || frame->compressed || frame->length > 125))
        return WEBSOCKET_NONE;
    if (frame->length == 126) {
        frame->length = buf_be16(&b);
        if (buf_ok(&b) && frame->length < 126)
            return WEBSOCKET_NONE;
    } else if (frame->length == 127) {
        uint64_t high = buf_be32(&b);

        frame->length = high << 32 | buf_be32(&b);
        if (buf_ok(&b) && (frame->length <= UINT16_MAX || frame->length > WEBSOCKET_LENGTH_MAX))
            return WEBSOCKET_NONE;
    }
    for (int i = 0; frame->masked && i < 4; i++)
        frame->mask[i] = buf_u8(&b);
    if (!buf_ok(&b))
        return WEBSOCKET_SHORT;
    frame->head = (uint8_t)(data.n - buf_left(&b));
    return WEBSOCKET_FRAME;
}

/* Two bytes of a text: an object and the quote of its first key, blanks between them allowed. */
enum websocket_read websocket_starts_json(struct view data)
{
    struct websocket_frame frame;
    enum websocket_read read = websocket_read_head(data, &frame);
    uint8_t first, second;

    if (data.n > 0 && (data.p[0] & 0x70 || (data.p[0] & 0x0f) != WEBSOCKET_TEXT))
        return WEBSOCKET_NONE;
    if (read != WEBSOCKET_FRAME)
        return read;
    if (frame.length < 2)
        return WEBSOCKET_NONE;
    if (data.n < (size_t)frame.head + 2)
        return WEBSOCKET_SHORT;
    first = websocket_unmask(&frame, 0, data.p[frame.head]);
    second = websocket_unmask(&frame, 1, data.p[frame.head + 1]);
    return first == '{' && (second == '"' || second == ' ' || second == '\n') ? WEBSOCKET_FRAME : WEBSOCKET_NONE;
}
