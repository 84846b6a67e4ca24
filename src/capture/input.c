/*
 * input.c - finds captures, looks at their first packet, and puts them in order.
 */
#include "config.h"

#include "capture/input.h"

#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_error(struct input *in, const char *why)
{
    struct out o = out_of(in->error, sizeof(in->error));

    out_str(&o, why);
}

static struct input *add(struct input_list *list, const char *name)
{
    struct input *in;

    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct input *grown = reallocarray(list->v, cap, sizeof(*grown));

        if (!grown)
            return NULL;
        list->v = grown;
        list->cap = cap;
    }
    in = &list->v[list->n];
    *in = (struct input){.place = (uint32_t)list->n, .fd = -1, .first_ns = INT64_MAX, .offset_in = "", .name = strdup(name)};
    if (!in->name)
        return NULL;
    list->n++;
    return in;
}

/* Ends reading and unpacking where they are. */
static void stop(const struct input_list *list, struct input *in)
{
    struct unpack_fault fault;

    if (in->unpacking.pid)
        (void)list->unpack->end(&in->unpacking, false, &fault); /* stopping cannot fail */
    if (in->ready) {
        savefile_close(in->ready);
        free(in->ready);
    }
    in->ready = NULL;
}

static void drop(const struct input_list *list, struct input *in)
{
    stop(list, in);
    if (in->fd > STDERR_FILENO)
        close(in->fd);
    free(in->name);
}

static void set_fault(struct input *in, const struct unpack_fault *fault)
{
    set_error(in, fault->text);
    in->has_offset = fault->has_offset;
    in->error_offset = fault->offset;
    in->offset_in = " of the compressed file";
}

/* Starts unpacking what savefile_open called compressed, and opens the result in its place. */
static bool open_unpacked(const struct input_list *list, struct input *in, struct savefile *s)
{
    struct view head = block_view(&s->block, s->block.end - s->block.at);
    struct unpack_fault fault;
    enum codec_format format = s->packed;
    bool started = list->unpack->start(list->unpack, &in->unpacking, format, head, in->fd, &fault);

    savefile_close(s);
    if (!started) {
        *s = (struct savefile){.format = "none"};
        savefile_bad(s, 0, "%s", fault.text);
        return false;
    }
    if (savefile_open(s, in->unpacking.fd, list->kind))
        return true;
    if (s->packed)
        savefile_bad(s, 0, "compressed twice (%s in %s); unpack it once first, or pipe it: %s FILE | countermine %s -",
                     codec_name(s->packed), codec_name(format), codec_tool(format), savefile_option(list->kind));
    return false;
}

/* Opens the file behind in->fd, which stands at its start. */
static bool open_savefile(const struct input_list *list, struct input *in, struct savefile *s)
{
    return savefile_open(s, in->fd, list->kind) || (s->packed && list->unpack && open_unpacked(list, in, s));
}

/*
 * Closes s after its result `last`. A fault goes into in->error: first that of the unpacking, if it went
 * to its end, because the reader then saw no more than what it left behind. True when it is that one.
 */
static bool close_savefile(const struct input_list *list, struct input *in, struct savefile *s, enum savefile_result last)
{
    bool packed = in->unpacking.pid != 0, unpacked = true;
    struct unpack_fault fault;

    if (packed)
        unpacked = list->unpack->end(&in->unpacking, s->block.eof, &fault);
    if (!unpacked) {
        set_fault(in, &fault);
    } else if (last == SAVEFILE_BAD) {
        set_error(in, s->error);
        in->has_offset = s->n_frames > 0 || s->error_offset > 0;
        in->error_offset = s->error_offset;
        in->offset_in = !packed ? "" : list->kind == SAVEFILE_LOG ? " of the unpacked log" : " of the unpacked capture";
    }
    savefile_close(s);
    free(s);
    return !unpacked;
}

/*
 * Reads up to the first packet. A file is put back to its start, and its unpacking stopped: there may be
 * thousands of them. What came from a pipe is kept. False when no reader knows the format.
 */
static bool peek(const struct input_list *list, struct input *in)
{
    struct savefile *s = calloc(1, sizeof(*s));
    bool known;
    size_t n;

    if (!s) {
        set_error(in, "not enough memory");
        return true;
    }
    if (!open_savefile(list, in, s)) {
        known = !s->not_a_capture;
        return close_savefile(list, in, s, SAVEFILE_BAD) || known;
    }
    in->has_first = savefile_read(s, &in->first, 1, &n) == SAVEFILE_FRAME;
    if (in->has_first)
        in->first_ns = in->first.time_ns;
    in->ready = s;
    if (lseek(in->fd, 0, SEEK_CUR) < 0)
        return true;
    in->has_first = false;
    stop(list, in);
    if (lseek(in->fd, 0, SEEK_SET) < 0)
        set_error(in, strerror(errno));
    return true;
}

struct savefile *input_open(const struct input_list *list, struct input *in)
{
    struct savefile *s = in->ready;

    if (s || in->error[0])
        return in->error[0] ? NULL : s;
    s = calloc(1, sizeof(*s));
    if (!s) {
        set_error(in, "not enough memory");
        return NULL;
    }
    if (open_savefile(list, in, s))
        return in->ready = s;
    close_savefile(list, in, s, SAVEFILE_BAD);
    return NULL;
}

uint64_t input_position(const struct input *in)
{
    return in->unpacking.pid ? in->unpacking.progress->n_in : in->ready ? block_offset(&in->ready->block) : 0;
}

void input_close(const struct input_list *list, struct input *in, enum savefile_result last)
{
    close_savefile(list, in, in->ready, last);
    in->ready = NULL;
}

static void open_one(struct input *in)
{
    struct stat st;

    in->fd = open(in->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (in->fd < 0 || fstat(in->fd, &st) != 0) {
        set_error(in, errno == EMFILE || errno == ENFILE
                          ? "too many open files: give fewer operands at a time, or raise ulimit -n"
                          : strerror(errno));
        return;
    }
    in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool add_directory(struct input_list *list, const char *operand)
{
    char *paths[2] = {strdup(operand), NULL};
    FTS *fts = paths[0] ? fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name) : NULL;
    size_t n_before = list->n;
    bool ok = fts != NULL;
    FTSENT *e;

    list->n_directories++;
    while (ok && (e = fts_read(fts)) != NULL) {
        struct input *in;

        if (e->fts_info != FTS_F && e->fts_info != FTS_DNR && e->fts_info != FTS_ERR)
            continue;
        in = add(list, e->fts_path);
        ok = in != NULL;
        if (!ok)
            break;
        in->directory = list->n_directories;
        if (e->fts_info == FTS_F)
            open_one(in);
        else
            set_error(in, strerror(e->fts_errno));
    }
    if (ok && list->n == n_before) {
        struct input *in = add(list, operand);

        ok = in != NULL;
        if (ok)
            set_error(in, "no file in this directory");
    }
    if (fts)
        fts_close(fts);
    free(paths[0]);
    return ok;
}

bool input_add(struct input_list *list, const char *operand)
{
    struct stat st;
    struct input *in;

    if (strcmp(operand, "-") != 0 && stat(operand, &st) == 0 && S_ISDIR(st.st_mode))
        return add_directory(list, operand);
    in = add(list, operand);
    if (!in)
        return false;
    if (strcmp(operand, "-") != 0) {
        open_one(in);
    } else if (list->has_stdin) {
        set_error(in, "standard input can be read only once");
    } else {
        list->has_stdin = true;
        in->fd = STDIN_FILENO;
    }
    return true;
}

/* Orders by first packet. Insertion keeps equals in order; a binary search keeps thousands of files cheap. */
static void sort(struct input_list *list)
{
    for (size_t i = 1; i < list->n; i++) {
        struct input in = list->v[i];
        size_t lo = 0, hi = i;

        while (lo < hi) {
            size_t mid = lo + (hi - lo) / 2;

            if (in.first_ns < list->v[mid].first_ns)
                hi = mid;
            else
                lo = mid + 1;
        }
        memmove(&list->v[lo + 1], &list->v[lo], (i - lo) * sizeof(in));
        list->v[lo] = in;
    }
}

void input_prepare(struct input_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n; i++) {
        struct input *in = &list->v[i];
        bool last_of_directory = i + 1 == list->n || list->v[i + 1].directory != in->directory;
        bool only_others = kept == 0 || list->v[kept - 1].directory != in->directory; /* so far */
        bool known = in->error[0] != '\0' || peek(list, in);

        if (!known && in->directory && !(last_of_directory && only_others)) {
            list->n_other++;
            drop(list, in);
            continue;
        }
        if (!known && in->directory)
            set_error(in, list->kind == SAVEFILE_LOG ? "no DNS log in this directory; this is its last file"
                                                     : "no capture in this directory; this is its last file");
        list->v[kept++] = *in;
    }
    list->n = kept;
    sort(list);
}

void input_list_fini(struct input_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        drop(list, &list->v[i]);
    free(list->v);
    *list = (struct input_list){0};
}
