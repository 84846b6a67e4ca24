/*
 * split.c - splits a classic pcap file with Ethernet into several by connection: both directions of one go to the same file, what is
 * not IP to the first. For the test of two processes against one.
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

/* Sum of n bytes as 32-bit words; what is no whole word is left out. */
static uint32_t words(const uint8_t *p, uint32_t n)
{
    uint32_t sum = 0, w;

    for (uint32_t i = 0; i + 4 <= n; i += 4) {
        memcpy(&w, p + i, 4);
        sum += w * 2654435761U;
    }
    return sum;
}

/* Addresses and, without IP options, ports: a sum, so that both directions give the same. Fragments do not occur in the bench. */
static uint32_t hash(const uint8_t *p, uint32_t n)
{
    uint32_t at = 14, h = 0;
    uint16_t s = 0, d = 0;

    while (n > at + 4 && p[at - 2] == 0x81 && p[at - 1] == 0)
        at += 4;
    if (n < at + 44)
        return 0;
    if (p[at - 2] == 0x08 && p[at - 1] == 0x00 && p[at] == 0x45) {
        h = words(p + at + 12, 8);
        at += 20;
    } else if (p[at - 2] == 0x86 && p[at - 1] == 0xdd) {
        h = words(p + at + 8, 32);
        at += 40;
    }
    memcpy(&s, p + at, 2);
    memcpy(&d, p + at + 2, 2);
    h += (uint32_t)(s ^ d) * 2246822519U;
    return (h ^ h >> 16) * 3266489917U >> 13;
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
