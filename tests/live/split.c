/*
 * split.c - splits a classic pcap file with Ethernet and IPv4 into several by connection: both directions of one go to the same
 * file, what is not IPv4 to the first. For the test of two processes against one.
 *
 * usage: split IN OUT...
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUTS_MAX 16
#define PACKET_MAX 262144

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "split: %s: %s\n", path, what);
    exit(1);
}

/* Addresses and ports, the same for both directions; no options in the bench's headers, and fragments do not occur. */
static uint32_t hash(const uint8_t *p, uint32_t n)
{
    uint32_t a, b;
    uint16_t s, d;

    if (n < 38 || p[12] != 8 || p[13] != 0 || (p[14] & 15) != 5)
        return 0;
    memcpy(&a, p + 26, 4);
    memcpy(&b, p + 30, 4);
    memcpy(&s, p + 34, 2);
    memcpy(&d, p + 36, 2);
    return ((a ^ b) * 2654435761U ^ (uint32_t)(s ^ d) * 2246822519U) >> 13;
}

int main(int argc, char **argv)
{
    static uint8_t record[16 + PACKET_MAX];
    FILE *out[OUTPUTS_MAX], *in;
    int n_out = argc - 2;
    uint32_t n, magic;

    if (n_out < 1 || n_out > OUTPUTS_MAX)
        fail("usage", "split IN OUT...");
    in = fopen(argv[1], "rb");
    if (!in || fread(record, 1, 24, in) != 24)
        fail(argv[1], "cannot be read");
    memcpy(&magic, record, 4);
    if (magic != 0xa1b2c3d4U && magic != 0xa1b23c4dU)
        fail(argv[1], "is no pcap file of this byte order");
    for (int i = 0; i < n_out; i++) {
        out[i] = fopen(argv[2 + i], "wb");
        if (!out[i] || fwrite(record, 1, 24, out[i]) != 24)
            fail(argv[2 + i], "cannot be written");
    }
    while (fread(record, 1, 16, in) == 16) {
        int i;

        memcpy(&n, record + 8, 4);
        if (n > PACKET_MAX || fread(record + 16, 1, n, in) != n)
            fail(argv[1], "is cut or corrupt");
        i = (int)(hash(record + 16, n) % (uint32_t)n_out);
        if (fwrite(record, 1, 16 + n, out[i]) != 16 + n)
            fail(argv[2 + i], "cannot be written");
    }
    for (int i = 0; i < n_out; i++)
        if (fclose(out[i]) != 0)
            fail(argv[2 + i], "cannot be written");
    fclose(in);
    return 0;
}
