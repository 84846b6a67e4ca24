/*
 * output.h - where findings go: one sink for each -o.
 *
 * A sink takes finding events and writes them to a file or to standard output. Errors of writing are
 * kept and reported once, at the end, so that a full disk neither stops the analysis nor hides.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "finding/finding.h"

#define OUTPUT_TEXT_MAX 262144 /* bytes of one record: 64 flows, 32 texts of 256 bytes and all else at their longest fit */

/* What sinks need to know of the run. */
struct output_context {
    const char *const *files; /* names of the captures, by evidence.file; borrowed */
    uint32_t n_files;
    const char *sensor; /* its name, "" or NULL for none; borrowed */
    bool colour;        /* standard output is a terminal that wants it; never used for files */
    unsigned width;     /* of that terminal, in columns; 0 = not known */
};

struct sink;

/* The formats of -o, as a person would list them. */
extern const char *const output_formats;

/* True when name is a format. */
bool output_is_format(const char *name);

/*
 * Opens a sink: path NULL is standard output, anything else a new file of mode 0640 whatever the umask (an
 * existing one, or what is no file, is written to and keeps its mode). NULL with errno set when it cannot be. ctx is kept. Gives.
 */
struct sink *sink_new(const char *format, const char *path, const struct output_context *ctx);

/* Bytes that a sink of this format may take at most. */
uint64_t output_memory_max(const char *format);

/* Takes one event. */
void sink_finding(struct sink *s, enum finding_state state, const struct finding *f);

/* Writes what is due at the end. 0, or the errno of the first write that failed. */
int sink_close(struct sink *s);

/* The path it writes to, for messages. */
const char *sink_path(const struct sink *s);

void sink_free(struct sink *s);

#endif
