/*
 * conf_load.c - which files, in which order.
 */
#include "config.h"

#include "config/conf_load.h"

#include "base/out.h"
#include "config/file_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *conf_main_file(const char *path)
{
    return path ? path : CONF_DEFAULT_FILE;
}

static void say_no_memory(struct conf_errors *e, const char *path)
{
    conf_error(e, path, 0, "not enough memory to read it");
}

/* Takes the name into the list; the origins of values point to it. */
static const char *keep_name(struct conf_loaded *l, const char *path)
{
    char **grown = reallocarray(l->files, l->n_files + 1, sizeof(*grown));
    char *name;

    if (!grown)
        return NULL;
    l->files = grown;
    name = strdup(path);
    if (name)
        l->files[l->n_files++] = name;
    return name;
}

static void read_open(struct conf_loaded *l, const char *path, int fd, struct conf_errors *e)
{
    char *mem = malloc(CONF_FILE_MAX + 1);
    const char *name = keep_name(l, path);
    ssize_t n;

    if (!mem || !name) {
        say_no_memory(e, path);
        free(mem);
        return;
    }
    n = file_read(fd, mem, CONF_FILE_MAX + 1);
    if (n < 0)
        conf_error(e, path, 0, "cannot be read: %s", strerror(errno));
    else if (n > CONF_FILE_MAX)
        conf_error(e, path, 0, "is larger than %d bytes; expected a configuration file (countermine.conf(5))", CONF_FILE_MAX);
    else
        conf_read(&l->state, name, view_of(mem, (size_t)n), e);
    free(mem);
}

/*
 * Reads one file. A missing one is no error when it is optional; only one that was named with -c may be a
 * pipe, as the shell makes them for <(command). Else a pipe in conf.d would be waited for forever.
 */
static void read_file(struct conf_loaded *l, const char *path, bool optional, bool may_be_pipe, struct conf_errors *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (may_be_pipe ? 0 : O_NONBLOCK));
    struct stat st;

    if (fd < 0 && optional && errno == ENOENT)
        return;
    if (fd < 0) {
        conf_error(e, path, 0, "cannot be read: %s; give another configuration file with -c, or -c /dev/null for none",
                   strerror(errno));
        return;
    }
    if (fstat(fd, &st) != 0)
        conf_error(e, path, 0, "cannot be read: %s", strerror(errno));
    else if (S_ISDIR(st.st_mode))
        conf_error(e, path, 0, "is a directory, expected a configuration file");
    else if (!S_ISREG(st.st_mode) && !may_be_pipe)
        conf_error(e, path, 0, "is no ordinary file, expected a configuration file");
    else
        read_open(l, path, fd, e);
    close(fd);
}

/* Names that conf.d's files have; editors and package managers leave others there (.swp, .dpkg-old). */
static int is_part(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".conf") == 0;
}

/* By bytes, the same in every locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_parts(struct conf_loaded *l, const char *folder, struct conf_errors *e)
{
    struct dirent **parts = NULL;
    int n = scandir(folder, &parts, is_part, compare_names);
    char path[4096];

    if (n < 0 && errno == ENOENT)
        return;
    if (n < 0) {
        conf_error(e, folder, 0, "cannot be searched: %s; expected a folder of configuration files", strerror(errno));
        return;
    }
    if (n > CONF_PARTS_MAX)
        conf_error(e, folder, 0, "holds %d configuration files, expected at most %d", n, CONF_PARTS_MAX);
    for (int i = 0; i < n; i++) {
        struct out o = out_of(path, sizeof(path));

        out_fmt(&o, "%s/%s", folder, parts[i]->d_name);
        if (o.full)
            conf_error(e, folder, 0, "the name of a file in it is too long");
        else if (n <= CONF_PARTS_MAX)
            read_file(l, path, false, false, e);
        free(parts[i]);
    }
    free(parts);
}

/* conf.d stands beside the main file, wherever that is. */
static void read_files(struct conf_loaded *l, const char *path, bool optional, struct conf_errors *e)
{
    struct view v = view_str(path);
    size_t slash = view_find_last(v, '/');
    char folder[4096];
    struct out o = out_of(folder, sizeof(folder));

    read_file(l, path, optional, true, e);
    if (slash < v.n)
        out_bytes(&o, view_head(v, slash + 1));
    out_str(&o, "conf.d");
    if (o.full)
        conf_error(e, path, 0, "the path is too long");
    else
        read_parts(l, folder, e);
}

bool conf_load(struct conf_loaded *l, const char *path, const struct conf_setting *settings, size_t n_settings,
               struct conf_errors *e)
{
    uint32_t n_before = e->n;

    *l = (struct conf_loaded){.files = NULL};
    conf_state_init(&l->state);
    read_files(l, conf_main_file(path), !path, e);
    for (size_t i = 0; i < n_settings; i++)
        conf_set(&l->state, &settings[i], e);
    conf_check(&l->state, e);
    l->state.conf.feeds.files_from = l->state.origin[option_find(view_str("feeds"), view_str("files"))];
    l->state.conf.feeds.image_from = l->state.origin[option_find(view_str("feeds"), view_str("image"))];
    l->state.conf.geo.asn_from = l->state.origin[option_find(view_str("geo"), view_str("asn"))];
    l->state.conf.geo.country_from = l->state.origin[option_find(view_str("geo"), view_str("country"))];
    l->state.conf.site.allow_from = l->state.origin[option_find(view_str("site"), view_str("allow"))];
    l->state.conf.owner.inventory_from = l->state.origin[option_find(view_str("owner"), view_str("inventory"))];
    if (e->n > CONF_ERRORS_MAX) {
        char text[64];
        struct out o = out_of(text, sizeof(text));

        out_fmt(&o, "... and %u more errors of configuration", e->n - CONF_ERRORS_MAX);
        e->say(e->arg, text);
    }
    return e->n == n_before;
}

void conf_loaded_fini(struct conf_loaded *l)
{
    for (size_t i = 0; i < l->n_files; i++)
        free(l->files[i]);
    free(l->files);
}
