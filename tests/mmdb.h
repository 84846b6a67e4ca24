/*
 * mmdb.h - writes small databases of the form MaxMind DB, right ones and wrong ones, for tests.
 *
 * Of the specification, version 2.0: records of 24 bits, and the types that tests need. What a test wants wrong it writes byte by
 * byte with mmdb_byte, or changes in the struct before mmdb_write.
 */
#ifndef TESTS_MMDB_H
#define TESTS_MMDB_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MMDB_DATA 600000
#define MMDB_NODES 1024
#define MMDB_NOTHING UINT32_MAX /* in a record: nothing is known */
#define MMDB_LEAF 0x80000000U   /* in a record: the rest is an offset of the data */

/* Types, as control bytes without a size; those above 7 have a second byte. */
enum { MMDB_TEXT = 0x40, MMDB_UINT16 = 0xa0, MMDB_UINT32 = 0xc0, MMDB_MAP = 0xe0 };
enum { MMDB_UINT64_EXT = 2, MMDB_ARRAY_EXT = 4 };

struct mmdb {
    uint8_t data[MMDB_DATA];
    size_t n;
    uint32_t node[MMDB_NODES][2];
    uint32_t n_nodes;
    uint32_t told_nodes; /* of the metadata; 0 = n_nodes */
    unsigned ip_version;
    unsigned record_size; /* of the metadata */
    const char *type;
};

static inline void mmdb_init(struct mmdb *m, unsigned ip_version, const char *type)
{
    memset(m, 0, sizeof(*m));
    m->ip_version = ip_version;
    m->record_size = 24;
    m->type = type;
    m->n_nodes = 1;
    m->node[0][0] = m->node[0][1] = MMDB_NOTHING;
}

static inline void mmdb_byte(struct mmdb *m, unsigned byte)
{
    if (m->n >= sizeof(m->data))
        abort();
    m->data[m->n++] = (uint8_t)byte;
}

static inline void mmdb_bytes(struct mmdb *m, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mmdb_byte(m, ((const uint8_t *)bytes)[i]);
}

static inline void mmdb_text(struct mmdb *m, const char *text)
{
    size_t n = strlen(text);

    if (n < 29) {
        mmdb_byte(m, MMDB_TEXT | (unsigned)n);
    } else if (n < 285) {
        mmdb_byte(m, MMDB_TEXT | 29);
        mmdb_byte(m, (unsigned)n - 29);
    } else {
        mmdb_byte(m, MMDB_TEXT | 30);
        mmdb_byte(m, (unsigned)(n - 285) >> 8);
        mmdb_byte(m, (unsigned)(n - 285) & 0xff);
    }
    mmdb_bytes(m, text, n);
}

static inline void mmdb_number(struct mmdb *m, unsigned type, uint32_t value)
{
    unsigned n = type == MMDB_UINT16 ? 2 : 4;

    mmdb_byte(m, type | n);
    for (unsigned i = n; i-- > 0;)
        mmdb_byte(m, value >> (8 * i) & 0xff);
}

static inline void mmdb_number64(struct mmdb *m, uint64_t value)
{
    mmdb_byte(m, 8);
    mmdb_byte(m, MMDB_UINT64_EXT);
    for (unsigned i = 8; i-- > 0;)
        mmdb_byte(m, value >> (8 * i) & 0xff);
}

/* n pairs of key and value follow. */
static inline void mmdb_map(struct mmdb *m, unsigned n)
{
    mmdb_byte(m, MMDB_MAP | n);
}

static inline void mmdb_array(struct mmdb *m, unsigned n)
{
    mmdb_byte(m, n);
    mmdb_byte(m, MMDB_ARRAY_EXT);
}

static inline void mmdb_pair(struct mmdb *m, const char *key, const char *value)
{
    mmdb_text(m, key);
    mmdb_text(m, value);
}

/* Lets the addresses of a network lead to the data at an offset. address: 4 or 16 bytes, as the tree has them. */
static inline void mmdb_insert(struct mmdb *m, const uint8_t *address, unsigned bits, size_t offset)
{
    uint32_t at = 0;

    for (unsigned i = 0; i < bits; i++) {
        uint32_t *record = &m->node[at][address[i / 8] >> (7 - i % 8) & 1];

        if (i + 1 == bits) {
            *record = MMDB_LEAF | (uint32_t)offset;
        } else if (*record == MMDB_NOTHING) {
            if (m->n_nodes >= MMDB_NODES)
                abort();
            m->node[m->n_nodes][0] = m->node[m->n_nodes][1] = MMDB_NOTHING;
            at = *record = m->n_nodes++;
        } else {
            at = *record;
        }
    }
}

static inline void mmdb_metadata(struct mmdb *m)
{
    static const char marker[] = "\xab\xcd\xefMaxMind.com";

    mmdb_bytes(m, marker, sizeof(marker) - 1);
    mmdb_map(m, 9);
    mmdb_text(m, "binary_format_major_version");
    mmdb_number(m, MMDB_UINT16, 2);
    mmdb_text(m, "binary_format_minor_version");
    mmdb_number(m, MMDB_UINT16, 0);
    mmdb_text(m, "build_epoch");
    mmdb_number64(m, 1767312000); /* 2026-01-02 */
    mmdb_pair(m, "database_type", m->type);
    mmdb_text(m, "description");
    mmdb_map(m, 0);
    mmdb_text(m, "ip_version");
    mmdb_number(m, MMDB_UINT16, m->ip_version);
    mmdb_text(m, "languages");
    mmdb_array(m, 0);
    mmdb_text(m, "node_count");
    mmdb_number(m, MMDB_UINT32, m->told_nodes ? m->told_nodes : m->n_nodes);
    mmdb_text(m, "record_size");
    mmdb_number(m, MMDB_UINT16, m->record_size);
}

/* Writes the database, with its metadata, to path. */
static inline void mmdb_write(struct mmdb *m, const char *path)
{
    FILE *f = fopen(path, "wb");

    if (!f)
        abort();
    mmdb_metadata(m);
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        for (unsigned side = 0; side < 2; side++) {
            uint32_t r = m->node[i][side], value = r;

            if (r == MMDB_NOTHING)
                value = m->n_nodes;
            else if (r & MMDB_LEAF)
                value = m->n_nodes + 16 + (r & ~MMDB_LEAF);
            for (unsigned b = 3; b-- > 0;)
                if (fputc((int)(value >> (8 * b) & 0xff), f) == EOF)
                    abort();
        }
    }
    if (fwrite((const uint8_t[16]){0}, 1, 16, f) != 16 || fwrite(m->data, 1, m->n, f) != m->n || fclose(f) != 0)
        abort();
}

#endif
