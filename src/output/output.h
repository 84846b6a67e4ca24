/*
 * output.h - where findings go: one sink for each -o.
 *
 * A sink takes findings and events and writes them to a file, to standard output or to a log. Whoever may open things
 * calls output_open; the sink itself only uses the descriptor, so that it can live in a jail. Who writes must ignore SIGPIPE.
 *
 * In file mode errors of writing are kept and reported once, at the end, so that a full disk neither stops the analysis
 * nor hides. Live a sink never blocks and goes on after every error, see deliver.h.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "evidence/dns_event.h"
#include "finding/about.h"
#include "finding/wording.h"
#include "output/event.h"

/*
 * Bytes of one record. The longest has 64 flows, 32 texts of 256 bytes, and 155 texts of 1,024 bytes of owner and place; JSON
 * takes 5 bytes for one that is escaped: 800 KB of owner and place, 130 KB of all else. What is not used of it is never touched.
 */
#define OUTPUT_TEXT_MAX 1048576

/* What sinks need to know of the run. */
struct output_context {
    const char *const *files; /* names of the captures, by evidence.file; borrowed */
    uint32_t n_files;
    const char *sensor; /* its name, "" or NULL for none; borrowed */
    bool colour;        /* standard output is a terminal that wants it; never used for files */
    unsigned width;     /* of that terminal, in columns; 0 = not known */
    bool live;
    const struct conf *conf; /* [output] of it; NULL = defaults; borrowed */
    const char *host;        /* name of this machine, for syslog; NULL = unknown; borrowed */
    enum language language;  /* of titles, summaries and advice */
    bool system_log;         /* a message of syslog is for the log of this machine; each sink sets it for its own */
    unsigned pid;            /* as which the program is known, for syslog; 0 = unknown */
};

/* How a live sink does. */
struct sink_health {
    uint64_t written;                /* records */
    uint64_t failed;                 /* attempts to write that failed */
    uint64_t waiting, waiting_bytes; /* records that could not be written yet, and the memory for them */
    uint64_t lost;                   /* records that overflowed that memory, or are too long for the socket */
    int error;                       /* errno of the newest attempt, 0 when it succeeded */
};

struct sink;

/* The formats of -o, as a person would list them. */
extern const char *const output_formats;

/* True when name is a format. */
bool output_is_format(const char *name);

/*
 * True when path, NULL for none, can stand behind this format. Otherwise why has a sentence: what was expected, what was
 * given. Opens nothing.
 */
bool output_check(const char *format, const char *path, char *why, size_t n_why);

/* True when conf says all that this format needs to be told. Otherwise why has a sentence: what is missing. */
bool output_check_conf(const char *format, const struct conf *conf, char *why, size_t n_why);

/* The place that path stands for, for messages; fits the life of path. */
const char *output_name(const char *format, const char *path);

/*
 * Opens what a sink writes to: path NULL is standard output, of syslog the system's log; of json and table anything
 * else is a file of mode 0640 whatever the umask (an existing one, or what is no file, keeps its mode). File mode
 * overwrites a file. Live appends to it, after what it holds of a record whose writing was interrupted is cut off; nothing
 * that live opens blocks. -1 with errno set when it cannot be. Gives, but for descriptor 1 in file mode.
 */
int output_open(const char *format, const char *path, bool live);

/* True when path no longer names what fd is: the file was renamed or removed, and should be opened anew. */
bool output_moved(const char *format, const char *path, int fd);

/* Makes a sink that writes to fd, which it takes when it succeeds. NULL with errno set when memory is short. ctx is kept. Gives. */
struct sink *sink_new(const char *format, const char *path, int fd, const struct output_context *ctx);

/* Bytes that a sink of this format may take at most. */
uint64_t output_memory_max(const char *format, bool live);

/* Takes one event of a finding, and what is known of its parties from elsewhere; about may be NULL. */
void sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about);

/* True when the format takes DNS messages, and these alone. */
bool output_is_dns(const char *format);

/* Takes a DNS message that dns_event_take found right. Others than `dns' leave it out. */
void sink_dns(struct sink *s, const struct dns_event *e);

/* Takes a sensor event, and figures. Tables leave both out. */
void sink_event(struct sink *s, const struct sensor_event *e);
void sink_stats(struct sink *s, const struct sensor_event *e);

/*
 * Live only. Goes on with another descriptor, which it takes; what waits goes there. Tick about each second, and more
 * often while records wait: tries them, and forces to the disk what is due.
 */
void sink_reopen(struct sink *s, int fd);
void sink_tick(struct sink *s, ns_t now_ns);
void sink_health(const struct sink *s, struct sink_health *h);

/* Writes what is due at the end. 0, or the errno of the first write that failed; live, an errno when records are lost. */
int sink_close(struct sink *s);

/* The place it writes to, for messages. */
const char *sink_path(const struct sink *s);

void sink_free(struct sink *s);

#endif
