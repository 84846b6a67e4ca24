/*
 * feeds.h - reads the lists that the configuration names and compiles them for the pipeline.
 */
#ifndef ROLE_FEEDS_H
#define ROLE_FEEDS_H

#include "config/conf.h"
#include "feed/feed.h"

#define FEEDS_FILE_MAX ((size_t)64 << 20) /* bytes of one list: 3 million names, 2000 times the built-in lists */

struct feeds;

/*
 * Reads the lists into memory; to be called with the rights that opening them needs. Borrows conf for the call, keeps the name of its file. NULL,
 * with a message, when one cannot be read.
 */
struct feeds *feeds_read(const struct conf *conf);

/*
 * Compiles what was read, in a jailed process, since lists come from elsewhere; the image is checked before it is used. Rows that are
 * refused are warned of. False, with a message, when a configured list has no row that can be used, or there is
 * not enough memory.
 */
bool feeds_compile(struct feeds *feeds, enum conf_sandbox sandbox);

/* The image as a sealed memory file, for other processes, and the bytes to map of it; -1 and 0 when there is no image. */
int feeds_image_fd(const struct feeds *feeds);
uint64_t feeds_image_bytes(const struct feeds *feeds);

/* Bytes that the lists take at most, before and after compiling. */
uint64_t feeds_memory_max(const struct feeds *feeds);

/* The image, read-only, which lives as long as feeds; NULL when no list is in use or none was compiled. */
const struct feed *feeds_image(const struct feeds *feeds);

void feeds_free(struct feeds *feeds); /* NULL ok */

#endif
