/*
 * check.c - what would run, in few lines; the configuration as a file.
 */
#include "config.h"

#include "role/check.h"

#include "base/log.h"
#include "base/out.h"
#include "base/rfc3339.h"
#include "capture/filter.h"
#include "config/conf_dump.h"
#include "role/allow_files.h"
#include "role/clock.h"
#include "role/feeds.h"
#include "role/file.h"
#include "role/geo_files.h"
#include "role/inventory_files.h"
#include "role/live.h"
#include "role/outputs.h"
#include "role/process_helper.h"
#include "role/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB 1048576

/* Text that is not ours, safe for a terminal. */
static void print_name(const char *text)
{
    char safe[8192];
    struct out o = out_of(safe, sizeof(safe));

    out_escape(&o, view_str(text));
    fputs(safe, stdout);
}

static void print_line(const char *what, const char *text)
{
    printf("%s: ", what);
    print_name(text);
    putchar('\n');
}

static int finish(void)
{
    if (fflush(stdout) == 0)
        return EXIT_SUCCESS;
    log_err("standard output: cannot be written: %s", strerror(errno));
    return EXIT_FAILURE;
}

static void print_output(const char *format, const char *path)
{
    printf("output: %s to ", format);
    print_name(output_name(format, path));
    putchar('\n');
}

/* The outputs; gives the bytes that they may take. */
static uint64_t print_outputs(const struct outputs *outputs)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < outputs->n; i++) {
        print_output(outputs->v[i].format, outputs_path(&outputs->v[i]));
        bytes += output_memory_max(outputs->v[i].format, outputs->live);
    }
    return bytes;
}

/* The databases as a run would use them. False, with messages, when they cannot be used. */
static bool load_geo(const struct conf *conf, struct geo_files **geo)
{
    *geo = geo_files_read(conf, NULL);
    return *geo && geo_files_check(*geo, (enum conf_sandbox)conf->process.sandbox);
}

/* The lists as a run would use them; NULL when names are not looked up. False, with messages, when they cannot be used. */
static bool load_feeds(const struct conf *conf, struct feeds **feeds)
{
    *feeds = NULL;
    if (!conf->dns.enabled)
        return true;
    *feeds = feeds_read(conf, NULL);
    if (*feeds)
        feeds_count(*feeds);
    return *feeds && feeds_compile(*feeds, (enum conf_sandbox)conf->process.sandbox, NULL);
}

/* Rows of a list by kinds, those that there are. */
static void put_kinds(const struct feeds_list *l, struct out *o)
{
    const char *before = " (";

    for (unsigned k = 0; k < FEED_KIND_N; k++) {
        if (l->kinds[k] == 0)
            continue;
        out_fmt(o, "%s%u %s", before, l->kinds[k], feed_kind_name((enum feed_kind)k));
        before = ", ";
    }
    if (before[0] == ',')
        out_char(o, ')');
}

/* One list: what it is, what of it is in use and what not, how old it is. */
static void print_list(const struct feeds_list *l)
{
    char text[600];
    struct out o = out_of(text, sizeof(text));
    ns_t age = clock_wall() - l->changed_ns;

    age -= age % NS_PER_SEC; /* more would only be noise */

    printf("list: ");
    print_name(l->name);
    out_fmt(&o, ": type %s, %u row%s in use", list_type_name(l->type), l->n_used, plural(l->n_used));
    put_kinds(l, &o);
    if (l->n_expired)
        out_fmt(&o, ", %u of them expired by now", l->n_expired);
    out_fmt(&o, ", %u listed before, %u refused", l->n_again, l->n_refused);
    if (l->n_skipped)
        out_fmt(&o, ", %u passed over", l->n_skipped);
    if (l->newest[0]) {
        out_str(&o, ", says it is of ");
        out_escape(&o, view_str(l->newest));
    }
    if (l->changed_ns) {
        out_str(&o, ", changed ");
        rfc3339_print_span(age, &o);
        out_fmt(&o, " ago%s", age > FEEDS_OLD_NS ? ": OLD, is it still kept up to date?" : "");
    }
    puts(text);
}

static void print_feeds(const struct conf *conf, const struct feeds *feeds)
{
    const struct feeds_outcome *outcome;

    if (!feeds || !feeds_image(feeds)) {
        puts("names: none, DNS is not examined");
        return;
    }
    outcome = feeds_outcome(feeds);
    for (uint32_t i = 0; i < outcome->n_lists; i++)
        print_list(&outcome->list[i]);
    if (conf->feeds.image[0] && (conf->feeds.files.n || conf->feeds.malware || conf->feeds.unverified))
        puts("names: feeds.image is set: feeds.files, feeds.malware and feeds.unverified are without effect");
    printf("names: %u in use, endpoints and guards among them, %llu MiB, ready in %lld ms\n", outcome->n_names,
           (unsigned long long)((feeds_image_bytes(feeds) + MIB - 1) / MIB),
           (long long)(outcome->took_ns / (NS_PER_SEC / 1000)));
}

static void print_geo(const struct geo_files *geo)
{
    static const char *const what[GEO_N] = {[GEO_ASN] = "autonomous systems", [GEO_COUNTRY] = "countries"};

    for (size_t i = 0; i < GEO_N; i++) {
        const struct geo_file *file = geo_files_at(geo, (enum geo_which)i);
        char text[GEO_FAULT_BYTES];
        struct out o = out_of(text, sizeof(text));

        if (!file)
            continue;
        geo_file_print(file, clock_wall(), &o);
        printf("%s: ", what[i]);
        print_name(file->path);
        printf(": %s\n", text);
    }
}

static void print_row(void *arg, const char *text)
{
    (void)arg;
    print_line("site list", text);
}

/* A name that no list has may be a slip of the keyboard, or one that connections say. */
static void print_unlisted(const struct allow *allow, const struct feed *feed, ns_t now)
{
    bool *listed = calloc((size_t)allow_n_rows(allow) + 1, sizeof(*listed));
    struct feed_row row;
    struct name name;

    for (uint32_t i = 1; listed && i <= feed_n_rows(feed); i++)
        if (feed_row_at(feed, i, &row) && name_parse(&name, row.name))
            allow_mark_name(allow, &name, listed);
    for (uint32_t i = 1; listed && i <= allow_n_rows(allow); i++) {
        const struct allow_row *a = allow_row_at(allow, i);
        char text[700];
        struct out o = out_of(text, sizeof(text));

        if (!a->has_name || listed[i] || feed_find(feed, &a->name, now))
            continue;
        allow_place_print(a, &o);
        out_str(&o, ": no list in use has ");
        name_print(&a->name, &o);
        out_str(&o, a->match == ALLOW_EXACT ? "; it allows only what a connection calls so"
                                            : ", or a name below it; it allows only what a connection calls so");
        print_row(NULL, text);
    }
    free(listed);
}

/* The site lists: how many rows, since when which do nothing, which are of no use. */
static void print_allow(const struct conf *conf, const struct allow *allow, const struct feed *feed)
{
    ns_t now = clock_wall();
    uint32_t n_expired = 0;

    for (uint32_t i = 0; i < conf->site.allow.n; i++)
        print_line("site list", conf->site.allow.path[i]);
    if (conf->site.allow.n == 0)
        return;
    for (uint32_t i = 1; i <= allow_n_rows(allow); i++)
        n_expired += allow_row_at(allow, i)->expires_ns != 0 && allow_row_at(allow, i)->expires_ns <= now;
    printf("site lists: %u row%s, %u expired\n", allow_n_rows(allow), plural(allow_n_rows(allow)), n_expired);
    allow_check(allow, now, print_row, NULL);
    print_unlisted(allow, feed, now);
}

/* Of a live run: the tables of each worker, what waits in it, and the rings, of which one more is ready for a successor. */
static uint64_t live_bytes(const struct cli *cli, const struct conf *conf, uint64_t of_one)
{
    uint64_t workers = live_workers(conf), rings = cli->n_interfaces ? cli->n_interfaces : conf->capture.interfaces.n;

    return workers * (of_one + WORKER_QUEUE_MAX * sizeof(struct evidence)) + (workers + 1) * rings * conf->capture.buffer;
}

/* Whether a start with the rights of now could look at them. */
static void print_processes(const struct conf *conf)
{
    char why[200];

    if (!conf->owner.processes)
        return;
    if (process_helper_possible(why, sizeof(why)))
        puts("processes: those of this machine are named");
    else
        printf("processes: not named: %s; %s\n", why, process_helper_advice);
}

static void print_inlets(const struct cli *cli, const struct conf *conf)
{
    for (size_t i = 0; i < cli->n_interfaces; i++)
        print_line("interface", cli->interfaces[i]);
    for (uint32_t i = 0; cli->n_interfaces == 0 && i < conf->capture.interfaces.n; i++)
        print_line("interface", conf->capture.interfaces.path[i]);
    printf("workers: %u\n", live_workers(conf));
    print_processes(conf);
}

/* The inventory as a run would use it. False, with messages, when it cannot be used. */
static bool load_inventory(const struct conf *conf, struct inventory_files **inventory)
{
    *inventory = inventory_files_read(conf, NULL);
    return *inventory && inventory_files_compile(*inventory, NULL);
}

static void print_text(void *arg, const char *text)
{
    (void)arg;
    print_name(text);
    putchar('\n');
}

static void print_inventory(const struct inventory_files *inventory)
{
    ns_t now = clock_wall();

    inventory_files_tell(inventory, now, print_text, NULL);
    inventory_files_warn(inventory, now, print_text, NULL);
}

/* What a run would use beside its captures. */
struct used {
    struct feeds *feeds; /* NULL when names are not looked up */
    struct allow *allow;
    struct inventory_files *inventory;
    struct geo_files *geo;
};

static int check(const struct cli *cli, const struct conf_loaded *loaded, const struct used *used,
                 const struct outputs *outputs)
{
    const struct feeds *feeds = used->feeds;
    const struct allow *allow = used->allow;
    uint64_t bytes = conf_memory_max(&loaded->state.conf) + (feeds ? feeds_memory_max(feeds) : 0) +
                     2 * allow_n_rows(allow) * sizeof(struct allow_row) + /* the parent's and the report's */
                     inventory_files_memory_max(used->inventory) +
                     2 * geo_files_bytes(used->geo); /* while they are read anew */

    for (size_t i = 0; i < loaded->n_files; i++)
        print_line("configuration", loaded->files[i]);
    if (loaded->n_files == 0)
        printf("configuration: the defaults, as there is no %s\n", conf_main_file(cli->conf_file));
    for (size_t i = 0; i < cli->n_settings; i++)
        print_line("setting", cli->settings[i].text);
    print_feeds(&loaded->state.conf, feeds);
    print_allow(&loaded->state.conf, allow, feeds ? feeds_image(feeds) : NULL);
    print_inventory(used->inventory);
    print_geo(used->geo);
    for (int i = 0; i < cli->n_operands; i++)
        print_line("input", cli->operands[i]);
    if (outputs->live)
        print_inlets(cli, &loaded->state.conf);
    else if (cli->n_operands == 0)
        puts("input: none given");
    if (cli->filter)
        print_line("filter", cli->filter);
    if (outputs->live)
        bytes = live_bytes(cli, &loaded->state.conf, bytes);
    bytes += print_outputs(outputs);
    printf("memory: at most %llu MiB\n", (unsigned long long)((bytes + MIB - 1) / MIB));
    return finish();
}

int check_run(const struct cli *cli, const struct conf_loaded *loaded)
{
    struct filter *filter;
    bool is_live = !cli->read && !cli->reads_logs && (cli->n_interfaces > 0 || loaded->state.conf.capture.interfaces.n > 0);
    struct outputs outputs;
    struct used used = {.allow = NULL};
    bool ok;
    int status = 2;

    if (!outputs_choose(&outputs, cli, &loaded->state.conf, is_live) || !file_make_filter(cli, &filter))
        return status;
    filter_free(filter);
    used.allow = allow_files_read(&loaded->state.conf);
    ok = load_feeds(&loaded->state.conf, &used.feeds) && used.allow; /* all are looked at, so that each fault is said */
    ok = load_inventory(&loaded->state.conf, &used.inventory) && ok;
    ok = load_geo(&loaded->state.conf, &used.geo) && ok;
    if (ok)
        status = check(cli, loaded, &used, &outputs);
    allow_free(used.allow);
    feeds_free(used.feeds);
    inventory_files_free(used.inventory);
    geo_files_free(used.geo);
    return status;
}

int check_dump(const struct conf_loaded *loaded)
{
    char *mem = malloc(CONF_DUMP_MAX);
    struct out o;

    if (!mem) {
        log_err("not enough memory");
        return EXIT_FAILURE;
    }
    o = out_of(mem, CONF_DUMP_MAX);
    conf_dump(&loaded->state, &o);
    fputs(mem, stdout);
    free(mem);
    return finish();
}
