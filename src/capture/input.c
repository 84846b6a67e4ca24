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
    *in = (struct input){.fd = -1, .first_ns = INT64_MAX, .name = strdup(name)};
    if (!in->name)
        return NULL;
    list->n++;
    return in;
}

static void drop(struct input *in)
{
    if (in->fd > STDERR_FILENO)
        close(in->fd);
    free(in->name);
}

/*
 * Reads up to the first packet. A file is put back to its start; what came from a pipe is kept. False
 * when no reader knows the format.
 */
static bool peek(struct input *in)
{
    struct savefile *s = calloc(1, sizeof(*s));
    enum savefile_result got = SAVEFILE_BAD;
    bool known = true;
    size_t n;

    if (!s) {
        set_error(in, "not enough memory");
        return true;
    }
    if (savefile_open(s, in->fd)) {
        got = savefile_read(s, &in->first, 1, &n);
    } else {
        set_error(in, s->error);
        in->has_offset = s->error_offset > 0;
        in->error_offset = s->error_offset;
        known = !s->not_a_capture;
    }
    if (got == SAVEFILE_FRAME)
        in->first_ns = in->first.time_ns;
    if (in->error[0] == '\0' && lseek(in->fd, 0, SEEK_SET) < 0) {
        in->ready = s;
        in->has_first = got == SAVEFILE_FRAME;
        return true;
    }
    savefile_close(s);
    free(s);
    return known;
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
        bool known = in->error[0] != '\0' || peek(in);

        if (!known && in->directory && !(last_of_directory && only_others)) {
            list->n_other++;
            drop(in);
            continue;
        }
        if (!known && in->directory)
            set_error(in, "no capture in this directory; this is its last file");
        list->v[kept++] = *in;
    }
    list->n = kept;
    sort(list);
}

void input_list_fini(struct input_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct input *in = &list->v[i];

        if (in->ready) {
            savefile_close(in->ready);
            free(in->ready);
        }
        drop(in);
    }
    free(list->v);
    *list = (struct input_list){0};
}
