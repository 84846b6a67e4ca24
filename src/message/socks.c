/*
 * socks.c - the few messages before a SOCKS connection is open.
 */
#include "config.h"

#include "message/socks.h"

#define METHODS_MAX 16 /* RFC 1928 names 3; curl offers 3 */

enum { COMMAND_CONNECT = 1, ADDRESS_IPV4 = 1, ADDRESS_NAME = 3, ADDRESS_IPV6 = 4, GRANTED_4 = 0x5a };

enum socks_read socks_starts(struct view data)
{
    uint8_t first = view_u8(data, 0), second = view_u8(data, 1);

    if (first == 5)
        return data.n < 2 ? SOCKS_SHORT : second >= 1 && second <= METHODS_MAX ? SOCKS_READ : SOCKS_BAD;
    if (first == 4)
        return data.n < 2 ? SOCKS_SHORT : second == COMMAND_CONNECT ? SOCKS_READ : SOCKS_BAD;
    return data.n ? SOCKS_BAD : SOCKS_SHORT;
}

/* SHORT or READ of what the cursor went over. */
static enum socks_read result(const struct buf *b, size_t n, struct socks_said *said)
{
    said->n = n - buf_left(b);
    return buf_ok(b) ? SOCKS_READ : SOCKS_SHORT;
}

/* A text that ends with NUL, as version 4 has them. */
static bool take_text(struct buf *b, struct view *text)
{
    size_t n = view_find(buf_rest(b), 0);

    *text = view_head(buf_rest(b), n);
    buf_skip(b, n + 1);
    return n <= SOCKS_USER_MAX;
}

/* 04, command, port, address, user, and for 4A (address 0.0.0.x) the name. */
static enum socks_read read_client_4(struct view data, struct socks_said *said)
{
    struct buf b = buf_of(data);
    struct view user;
    uint32_t address;

    buf_skip(&b, 1);
    if (buf_u8(&b) != COMMAND_CONNECT && buf_ok(&b))
        return SOCKS_BAD;
    buf_skip(&b, 2);
    address = buf_be32(&b);
    said->version = 4;
    said->step = SOCKS_DONE;
    if (buf_ok(&b) && !take_text(&b, &user))
        return SOCKS_BAD;
    if (buf_ok(&b) && address != 0 && address < 256 && !take_text(&b, &said->name))
        return SOCKS_BAD;
    return result(&b, data.n, said);
}

/* Steps over an address and a port of version 5. False for a type that is none. */
static bool take_address(struct buf *b, struct view *name)
{
    uint8_t type = buf_u8(b);

    if (!buf_ok(b))
        return true;
    if (type == ADDRESS_NAME)
        *name = buf_take(b, buf_u8(b));
    else if (type == ADDRESS_IPV4 || type == ADDRESS_IPV6)
        buf_skip(b, type == ADDRESS_IPV4 ? 4 : 16);
    else
        return false;
    buf_skip(b, 2);
    return true;
}

/* 05 n methods; then 01 user password when the proxy wants them, and 05 command 00 address port. */
static enum socks_read read_client_5(struct view data, enum socks_step step, struct socks_said *said)
{
    struct buf b = buf_of(data);
    uint8_t first = buf_u8(&b);

    said->version = 5;
    said->step = SOCKS_ASKED;
    if (step == SOCKS_START) {
        buf_skip(&b, buf_u8(&b));
        return result(&b, data.n, said);
    }
    if (first == 1) {
        buf_skip(&b, buf_u8(&b));
        buf_skip(&b, buf_u8(&b));
        return result(&b, data.n, said);
    }
    said->step = SOCKS_DONE;
    if (first != 5 || (buf_u8(&b) != COMMAND_CONNECT && buf_ok(&b)))
        return SOCKS_BAD;
    buf_skip(&b, 1);
    return take_address(&b, &said->name) ? result(&b, data.n, said) : SOCKS_BAD;
}

enum socks_read socks_read_client(struct view data, enum socks_step step, struct socks_said *said)
{
    *said = (struct socks_said){0};
    if (data.n == 0)
        return SOCKS_SHORT;
    if (step == SOCKS_START && socks_starts(data) != SOCKS_READ)
        return socks_starts(data);
    return step == SOCKS_START && data.p[0] == 4 ? read_client_4(data, said) : read_client_5(data, step, said);
}

/* 05 method; then 01 status when it is user and password; then 05 status 00 address port. Version 4: 00 status port address. */
enum socks_read socks_read_proxy(struct view data, enum socks_step step, uint8_t version, struct socks_said *said)
{
    struct buf b = buf_of(data);
    uint8_t first = buf_u8(&b), second = buf_u8(&b);

    *said = (struct socks_said){.version = version, .step = SOCKS_DONE};
    if (data.n < 2)
        return SOCKS_SHORT;
    if (version == 4) {
        buf_skip(&b, 6);
        return first == 0 && second == GRANTED_4 ? result(&b, data.n, said) : SOCKS_BAD;
    }
    if (step == SOCKS_START) {
        said->step = second == 2 ? SOCKS_ASKING : SOCKS_CHOSEN;
        return first == 5 && (second == 0 || second == 2) ? result(&b, data.n, said) : SOCKS_BAD;
    }
    if (step == SOCKS_ASKING) {
        said->step = SOCKS_CHOSEN;
        return first == 1 && second == 0 ? result(&b, data.n, said) : SOCKS_BAD;
    }
    buf_skip(&b, 1);
    if (first != 5 || second != 0)
        return SOCKS_BAD;
    return take_address(&b, &said->name) ? result(&b, data.n, said) : SOCKS_BAD;
}
