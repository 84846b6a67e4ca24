/*
 * inventory_files.c - from the files of a folder to one image in memory that nothing can change.
 *
 * Whoever collects the files writes each under another name and renames it, so that none is read by half: names that begin with
 * a dot, and those that do not end as a document does, are passed over.
 */
#include "config.h"

#include "role/inventory_files.h"

#include "base/log.h"
#include "base/out.h"
#include "config/file_read.h"
#include "role/inventory_part.h"
#include "role/sealed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading --------------------------------------------------------------------------------------- */

/* Says what is wrong with the folder, or a file in it. */
static bool complain(struct inventory_files *f, const char *path, const char *fmt, ...) ATTR_PRINTF(3, 4);

static bool complain(struct inventory_files *f, const char *path, const char *fmt, ...)
{
    const struct conf_origin *from = &f->from;
    char what[INVENTORY_WHY_MAX], line[16] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (f->fault[0] == '\0') {
        struct out o = out_of(f->fault, sizeof(f->fault));

        out_fmt(&o, "%s: %s", path, what);
    }
    if (from->line)
        snprintf(line, sizeof(line), ":%u", from->line);
    log_err("%s%s: owner.inventory: %s: %s", from->where ? from->where : "configuration", line, path, what);
    return false;
}

/* The next document's place. NULL with a message when there are too many. */
static struct inventory_file *next_file(struct inventory_files *f, const char *name)
{
    struct inventory_file *file = &f->file[f->n];

    if (f->n == INVENTORY_FILES_MAX) {
        complain(f, name, "is one document too many: at most %d are read", INVENTORY_FILES_MAX);
        return NULL;
    }
    *file = (struct inventory_file){.written_ns = 0};
    snprintf(file->name, sizeof(file->name), "%s", name);
    return file;
}

static bool read_open(struct inventory_files *f, struct inventory_file *file, int fd)
{
    struct inventory_text *text = &f->text[f->n];
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return complain(f, file->name, "%s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return complain(f, file->name, "is no ordinary file, expected a document of the AWS CLI or kubectl");
    if ((uint64_t)st.st_size > INVENTORY_TEXTS_MAX - f->text_bytes)
        return complain(f, file->name, "with it the files have more than %llu bytes", (unsigned long long)INVENTORY_TEXTS_MAX);
    text->mem = malloc((size_t)st.st_size + 1);
    n = text->mem ? file_read(fd, text->mem, (size_t)st.st_size) : -1;
    if (n < 0) {
        complain(f, file->name, "%s", text->mem ? strerror(errno) : "not enough memory to read it");
        free(text->mem);
        text->mem = NULL;
        return false;
    }
    text->n = (size_t)n;
    f->text_bytes += text->n;
    file->written_ns = (ns_t)st.st_mtim.tv_sec * NS_PER_SEC + st.st_mtim.tv_nsec;
    f->n++;
    return true;
}

static bool read_file(struct inventory_files *f, const char *path)
{
    struct inventory_file *file = next_file(f, path);
    int fd;
    bool ok;

    if (!file)
        return false;
    /* Without O_NONBLOCK the start would wait for the other end of a named pipe. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return complain(f, path, "cannot be opened: %s", strerror(errno));
    ok = read_open(f, file, fd);
    close(fd);
    return ok;
}

/* Names that documents have. */
static int is_document(const struct dirent *d)
{
    static const char *const ends[] = {".json", ".json.gz", ".json.zst", ".json.xz"};
    size_t n = strlen(d->d_name);

    for (size_t i = 0; d->d_name[0] != '.' && i < ARRAY_LEN(ends); i++)
        if (n > strlen(ends[i]) && strcmp(d->d_name + n - strlen(ends[i]), ends[i]) == 0)
            return 1;
    return 0;
}

/* By bytes, the same in every locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_folder(struct inventory_files *f, const char *folder)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, is_document, compare_names);
    bool ok = n >= 0 && n <= INVENTORY_FILES_MAX;
    char path[INVENTORY_NAME_MAX];

    if (n < 0)
        return complain(f, folder, "cannot be searched: %s; expected a folder with documents of the AWS CLI and kubectl",
                        strerror(errno));
    if (!ok)
        complain(f, folder, "holds %d documents, at most %d are read", n, INVENTORY_FILES_MAX);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        if (n <= INVENTORY_FILES_MAX)
            ok = read_file(f, path) && ok; /* all faults are said */
        free(names[i]);
    }
    free(names);
    return ok;
}

struct inventory_files *inventory_files_read(const struct conf *conf, char *fault)
{
    struct inventory_files *f = calloc(1, sizeof(*f));

    if (f) {
        memcpy(f->folder, conf->owner.inventory, sizeof(f->folder));
        f->from = conf->owner.inventory_from;
        f->keep_ns = conf->owner.inventory_keep;
        f->stale_after_ns = conf->owner.inventory_stale_after;
        f->max_bytes = conf->owner.inventory_max_bytes;
        f->sandbox = (enum conf_sandbox)conf->process.sandbox;
        f->image_fd = -1;
        f->file = calloc(INVENTORY_FILES_MAX, sizeof(*f->file));
        f->text = calloc(INVENTORY_FILES_MAX, sizeof(*f->text));
    }
    if (!f || !f->file || !f->text) {
        log_err("inventory: not enough memory");
        inventory_files_free(f);
        return NULL;
    }
    if (!f->folder[0] || read_folder(f, f->folder))
        return f;
    if (fault)
        memcpy(fault, f->fault, INVENTORY_FAULT_MAX);
    inventory_files_free(f);
    return NULL;
}

bool inventory_files_add_text(struct inventory_files *f, const char *name, struct view text, ns_t written_ns)
{
    struct inventory_file *file = next_file(f, name);
    struct inventory_text *to = &f->text[f->n];

    if (!file)
        return false;
    to->mem = text.n <= INVENTORY_TEXTS_MAX - f->text_bytes ? malloc(text.n + 1) : NULL;
    if (!to->mem)
        return complain(f, name, "there is no room for it: the documents have more than %llu bytes, or memory is short",
                        (unsigned long long)INVENTORY_TEXTS_MAX);
    if (text.n)
        memcpy(to->mem, text.p, text.n);
    to->n = text.n;
    f->text_bytes += text.n;
    file->written_ns = written_ns;
    f->n++;
    return true;
}

/* --- compiling ------------------------------------------------------------------------------------- */

static bool prepare(struct inventory_files *f, const struct inventory *before)
{
    f->builder = inventory_builder_new(f->max_bytes, before, f->keep_ns);
    f->made = jailed_share(sizeof(*f->made));
    f->image_fd = sealed_new("inventory", 0);
    if (f->image_fd >= 0)
        f->room = sealed_room(f->image_fd, f->max_bytes);
    if (f->builder && f->made && f->room)
        return true;
    log_err("inventory: not enough memory: %s", strerror(errno));
    return false;
}

static void release(struct inventory_files *f)
{
    if (f->room)
        munmap(f->room, f->max_bytes);
    f->room = NULL;
    jailed_unshare(f->made, sizeof(*f->made));
    f->made = NULL;
    inventory_builder_free(f->builder);
    f->builder = NULL;
    for (uint32_t i = 0; f->text && i < f->n; i++) {
        free(f->text[i].mem);
        f->text[i].mem = NULL;
    }
    f->is_compiling = false;
}

bool inventory_files_start(struct inventory_files *f, const struct inventory *before)
{
    f->fault[0] = '\0'; /* of a text that was not taken */
    if (f->n == 0 && !f->folder[0])
        return true;
    if (prepare(f, before))
        f->is_compiling = jailed_start(&f->jail, "reads the inventory", inventory_compile_work, f, f->sandbox);
    if (f->is_compiling) {
        /* A process that is started meanwhile would keep it, and the image could not be sealed. Fails in no kernel that has it. */
        (void)madvise(f->room, f->max_bytes, MADV_DONTFORK);
        return true;
    }
    snprintf(f->fault, sizeof(f->fault), "the process that reads the inventory could not be started");
    release(f);
    return false;
}

int inventory_files_fd(const struct inventory_files *f)
{
    return f->is_compiling ? f->jail.child.control : -1;
}

bool inventory_files_ended(struct inventory_files *f, pid_t pid, int status)
{
    return f->is_compiling && jailed_ended(&f->jail, pid, status);
}

/* Takes over what the process told: numbers are believed, as they are only shown; texts are ended. */
static void take_outcome(struct inventory_files *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        struct inventory_outcome *o = &f->file[i].outcome;

        *o = f->made->outcome[i];
        o->what[sizeof(o->what) - 1] = '\0';
        o->fault[sizeof(o->fault) - 1] = '\0';
        o->left_out[sizeof(o->left_out) - 1] = '\0';
    }
    memcpy(f->fault, f->made->fault, sizeof(f->fault));
    f->fault[sizeof(f->fault) - 1] = '\0';
}

/* Ends the image where the process says that it ends, and checks it. NULL, or why it is of no use. */
static const char *take_image(struct inventory_files *f)
{
    uint64_t n = f->made->image_bytes;
    const char *why = NULL;

    if (n == 0 || n > f->max_bytes)
        return "the image is malformed";
    munmap(f->room, f->max_bytes); /* a sealed file may have no mapping that can be written to */
    f->room = NULL;
    f->mem = sealed_map(f->image_fd, n, &why);
    if (!f->mem)
        return why;
    f->n_mapped = n;
    f->image = inventory_open(view_of(f->mem, (size_t)n));
    return f->image ? NULL : "the image is malformed";
}

enum jailed_state inventory_files_step(struct inventory_files *f, bool wait)
{
    enum jailed_state state;
    const char *why = NULL;

    if (!f->is_compiling)
        return f->fault[0] ? JAILED_FAILED : JAILED_DONE;
    state = jailed_step(&f->jail, wait);
    if (state == JAILED_RUNS)
        return state;
    take_outcome(f);
    if (state == JAILED_DONE)
        why = take_image(f);
    else if (f->fault[0] == '\0')
        why = "the process that reads it failed";
    if (why) {
        snprintf(f->fault, sizeof(f->fault), "inventory: %s", why);
        log_err("%s", f->fault);
    }
    release(f);
    return f->fault[0] ? JAILED_FAILED : JAILED_DONE;
}

bool inventory_files_compile(struct inventory_files *f, const struct inventory *before)
{
    return inventory_files_start(f, before) && inventory_files_step(f, true) == JAILED_DONE;
}

void inventory_files_free(struct inventory_files *f)
{
    if (!f)
        return;
    if (f->is_compiling) {
        kill(f->jail.child.pid, SIGKILL);
        f->jail.is_given_up = true;
        (void)jailed_step(&f->jail, true); /* that it was killed is known */
    }
    release(f);
    if (f->mem)
        munmap(f->mem, (size_t)f->n_mapped);
    if (f->image_fd >= 0)
        close(f->image_fd);
    free(f->file);
    free(f->text);
    free(f);
}

/* --- what there is --------------------------------------------------------------------------------- */

const struct inventory *inventory_files_image(const struct inventory_files *f)
{
    return f && !f->fault[0] ? f->image : NULL;
}

uint64_t inventory_files_image_bytes(const struct inventory_files *f)
{
    return f->n_mapped;
}

const char *inventory_files_fault(const struct inventory_files *f)
{
    return f->fault;
}

uint32_t inventory_files_n(const struct inventory_files *f)
{
    return f->n;
}

const struct inventory_file *inventory_files_at(const struct inventory_files *f, uint32_t i)
{
    return &f->file[i];
}

uint32_t inventory_files_left_out(const struct inventory_files *f)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++)
        n += f->file[i].outcome.n_left_out;
    return n;
}

uint64_t inventory_files_memory_max(const struct inventory_files *f)
{
    return f->text_bytes + 2 * f->n_mapped;
}
