/*
 * outputs.c - from -o and output.to to open descriptors.
 */
#include "config.h"

#include "role/outputs.h"

#include "base/log.h"
#include "base/out.h"
#include "role/terminal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add(struct outputs *list, struct view format, const char *path)
{
    struct outputs_item *item = &list->v[list->n++];
    struct out o = out_of(item->format, sizeof(item->format)), p = out_of(item->path, sizeof(item->path));

    out_bytes(&o, format);
    out_str(&p, path ? path : "");
    item->has_path = path;
    item->fd = -1;
}

/* FORMAT or FORMAT:PATH of the configuration. */
static bool add_word(struct outputs *list, const char *word)
{
    const char *colon = strchr(word, ':');

    add(list, view_of(word, colon ? (size_t)(colon - word) : strlen(word)),
        colon && strcmp(colon + 1, "-") != 0 ? colon + 1 : NULL);
    if (output_is_format(list->v[list->n - 1].format))
        return true;
    log_err("output.to: %s: unknown format, expected one of: %s", word, output_formats);
    return false;
}

static bool check(const struct outputs *list, const struct conf *conf, const char *whose)
{
    char why[256];

    for (size_t i = 0; i < list->n; i++) {
        if (!output_check(list->v[i].format, outputs_path(&list->v[i]), why, sizeof(why))) {
            log_err("%s %s:%s: %s", whose, list->v[i].format, list->v[i].path, why);
            return false;
        }
        if (!output_check_conf(list->v[i].format, conf, why, sizeof(why))) {
            log_err("%s %s: %s", whose, list->v[i].format, why);
            return false;
        }
    }
    return true;
}

bool outputs_choose(struct outputs *list, const struct cli *cli, const struct conf *conf, bool live)
{
    *list = (struct outputs){.live = live};
    for (size_t i = 0; i < cli->n_outputs; i++)
        add(list, view_str(cli->output[i].format), cli->output[i].path);
    if (list->n > 0)
        return check(list, conf, "option -o");
    for (uint32_t i = 0; live && i < conf->output.to.n; i++)
        if (!add_word(list, conf->output.to.path[i]))
            return false;
    if (list->n > 0)
        return check(list, conf, "output.to:");
    add(list, view_str(isatty(STDOUT_FILENO) ? "table" : "json"), NULL);
    return true;
}

bool outputs_want_dns(const struct outputs *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (output_is_dns(list->v[i].format))
            return true;
    return false;
}

static bool open_one(const struct outputs *list, struct outputs_item *item)
{
    int fd = output_open(item->format, outputs_path(item), list->live);

    if (fd < 0) {
        log_err("%s: cannot be written: %s", output_name(item->format, outputs_path(item)), strerror(errno));
        return false;
    }
    item->fd = fd;
    return true;
}

bool outputs_open(struct outputs *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!open_one(list, &list->v[i]))
            return false;
    return true;
}

/* Takes the descriptor of the same place away from list; -1 when it has none. */
static int take_from(struct outputs *list, const struct outputs_item *like)
{
    for (size_t i = 0; i < list->n; i++) {
        struct outputs_item *item = &list->v[i];
        int fd = item->fd;

        if (fd >= 0 && strcmp(item->format, like->format) == 0 && strcmp(item->path, like->path) == 0 &&
            item->has_path == like->has_path) {
            item->fd = -1;
            return fd;
        }
    }
    return -1;
}

void outputs_renew(struct outputs *list, const struct outputs *fresh)
{
    struct outputs new = *fresh;

    new.n = 0;
    for (size_t i = 0; i < fresh->n; i++) {
        struct outputs_item *item = &new.v[new.n];

        *item = fresh->v[i];
        item->fd = -1;
        if (!item->has_path && strcmp(item->format, "syslog") != 0)
            item->fd = take_from(list, item); /* standard output: there is no other */
        if (item->fd < 0 && !open_one(&new, item))
            item->fd = take_from(list, item);
        if (item->fd >= 0)
            new.n++;
    }
    outputs_close(list);
    *list = new;
}

void outputs_describe(struct output_context *ctx, const struct conf *conf, bool live, char *host)
{
    terminal_describe(ctx);
    host[0] = host[255] = '\0';
    if (gethostname(host, 255) == 0)
        ctx->host = host;
    ctx->pid = (unsigned)getpid();
    ctx->conf = conf;
    ctx->sensor = conf->sensor.name;
    ctx->language = (enum language)conf->output.language;
    ctx->live = live;
}

void outputs_hand_over(const struct outputs *list, uid_t uid, gid_t gid)
{
    struct stat st;

    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].has_path && fstat(list->v[i].fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0 && st.st_uid == 0 &&
            fchown(list->v[i].fd, uid, gid) != 0)
            log_debug("%s: %s", list->v[i].path, strerror(errno)); /* opening it anew will fail, and say so */
}

void outputs_close(struct outputs *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].fd > STDERR_FILENO)
            close(list->v[i].fd);
    list->n = 0;
}
