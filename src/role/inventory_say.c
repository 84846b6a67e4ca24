/*
 * inventory_say.c - what there is to say of an inventory: what became of its files, and what an operator should mend.
 *
 * Texts are raw: they are escaped where they are printed.
 */
#include "config.h"

#include "base/log.h"
#include "base/out.h"
#include "base/rfc3339.h"
#include "role/inventory_part.h"

#define TEXT_MAX 1400 /* a file, what came of it, and what was left out */

/* How long ago, in whole seconds: more would only be noise. */
static void put_age(struct out *o, ns_t then, ns_t now)
{
    ns_t age = now > then ? now - then : 0;

    rfc3339_print_span(age - age % NS_PER_SEC, o);
    out_str(o, " ago");
}

static void put_count(struct out *o, const char *before, uint32_t n, const char *what)
{
    out_fmt(o, "%s%u %s%s", before, n, what, plural(n));
}

/* --- warnings -------------------------------------------------------------------------------------- */

static void warn_of_blind(const struct inventory_files *f, const struct inventory_counts *counts, inventory_say_fn *say,
                          void *arg)
{
    struct inventory_blind blind;
    char line[TEXT_MAX];

    for (uint32_t i = 0; i < INVENTORY_BLIND_SHOWN && inventory_blind_filter(f->image, i, &blind); i++) {
        struct out o = out_of(line, sizeof(line));

        out_str(&o, "inventory: mirror filter ");
        out_bytes(&o, blind.filter);
        out_str(&o, " of session ");
        out_bytes(&o, blind.session);
        if (blind.interface.n) {
            out_str(&o, " (");
            out_bytes(&o, blind.interface);
            out_char(&o, ')');
        }
        if (blind.n_sessions > 1)
            put_count(&o, " and ", blind.n_sessions - 1, "other");
        out_str(
            &o,
            " lacks the network service amazon-dns: questions to the DNS of the VPC are not mirrored (countermine(8), INVENTORY)");
        say(arg, line);
    }
    if (counts->blind_filters > INVENTORY_BLIND_SHOWN) {
        struct out o = out_of(line, sizeof(line));

        put_count(&o, "inventory: and ", counts->blind_filters - INVENTORY_BLIND_SHOWN, "mirror filter");
        out_str(&o, " more without amazon-dns");
        say(arg, line);
    }
}

static void warn_of_age(const struct inventory_files *f, const struct inventory_counts *counts, ns_t now, inventory_say_fn *say,
                        void *arg)
{
    ns_t most = f->stale_after_ns;
    char line[TEXT_MAX];
    struct out o = out_of(line, sizeof(line));

    if (now == 0 || most == 0 || counts->newest_ns == 0 || now - counts->newest_ns <= most)
        return;
    out_str(&o, "inventory: its newest file was written ");
    put_age(&o, counts->newest_ns, now);
    out_str(&o, ": owners are only candidates (owner.inventory_stale_after); is it still collected?");
    say(arg, line);
}

void inventory_files_warn(const struct inventory_files *f, ns_t now_ns, inventory_say_fn *say, void *arg)
{
    struct inventory_counts counts;
    char line[TEXT_MAX];

    if (!inventory_files_image(f))
        return;
    if (f->n == 0) {
        struct out o = out_of(line, sizeof(line));

        out_fmt(
            &o,
            "inventory: %s has no files that end in .json, .json.gz, .json.zst or .json.xz: whose a machine is stays unknown",
            f->folder);
        say(arg, line);
        return;
    }
    inventory_count(f->image, &counts);
    warn_of_blind(f, &counts, say, arg);
    warn_of_age(f, &counts, now_ns, say, arg);
}

static void log_it(void *arg, const char *text)
{
    (void)arg;
    log_warn("%s", text);
}

void inventory_files_log_warnings(const struct inventory_files *f, ns_t now_ns)
{
    inventory_files_warn(f, now_ns, log_it, NULL);
}

/* --- all of it ------------------------------------------------------------------------------------- */

static void tell_file(const struct inventory_file *file, ns_t now, inventory_say_fn *say, void *arg)
{
    const struct inventory_outcome *got = &file->outcome;
    char line[TEXT_MAX];
    struct out o = out_of(line, sizeof(line));

    out_fmt(&o, "inventory: %s: %s: ", file->name, got->what);
    put_count(&o, "", got->n_things, "thing");
    out_fmt(&o, " taken, %u left out", got->n_left_out);
    if (got->left_out[0])
        out_fmt(&o, " (%s)", got->left_out);
    out_str(&o, ", written ");
    put_age(&o, file->written_ns, now);
    say(arg, line);
}

void inventory_files_tell(const struct inventory_files *f, ns_t now_ns, inventory_say_fn *say, void *arg)
{
    struct inventory_counts n;
    char line[TEXT_MAX];
    struct out o = out_of(line, sizeof(line));

    if (!inventory_files_image(f))
        return;
    for (uint32_t i = 0; i < f->n; i++)
        tell_file(&f->file[i], now_ns, say, arg);
    inventory_count(f->image, &n);
    put_count(&o, "inventory: ", n.sessions, "mirror session");
    put_count(&o, ", ", n.filters, "filter");
    put_count(&o, ", ", n.interfaces, "interface");
    put_count(&o, ", ", n.instances, "instance");
    put_count(&o, ", ", n.tasks, "task");
    put_count(&o, ", ", n.definitions, "task definition");
    put_count(&o, ", ", n.pods, "pod");
    put_count(&o, ", ", n.nodes, "node");
    out_fmt(&o, ", %u kept; %llu KiB", n.kept, (unsigned long long)((f->n_mapped + 1023) / 1024));
    if (n.oldest_ns) {
        out_str(&o, "; the oldest file was written ");
        put_age(&o, n.oldest_ns, now_ns);
    }
    say(arg, line);
    if (n.cut) {
        o = out_of(line, sizeof(line));
        put_count(&o, "inventory: ", n.cut, "text");
        out_str(&o, ", tags and containers among them, beyond the bounds of an inventory");
        say(arg, line);
    }
}
