/*
 * inventory_compile.c - what the process does that makes an image of the inventory: unpack, read, build.
 *
 * It is in its jail by then. What it allocates is given back by its end.
 */
#include "config.h"

#include "base/log.h"
#include "base/out.h"
#include "role/inventory_part.h"
#include "role/unpack_text.h"

#include <stdlib.h>

/* Says why, and leaves the first reason for who started this process. */
static bool refuse(struct inventory_made *made, const char *name, const char *why)
{
    if (made->fault[0] == '\0') {
        struct out o = out_of(made->fault, sizeof(made->fault));

        out_fmt(&o, "%s: %s", name, why);
    }
    log_err("%s: %s", name, why);
    return false;
}

static bool take(struct inventory_files *f, uint32_t i, uint64_t *unpacked)
{
    const struct inventory_file *file = &f->file[i];
    struct inventory_outcome *outcome = &f->made->outcome[i];
    struct inventory_document d = {.name = file->name, .written_ns = file->written_ns};
    char why[200];
    void *mem;
    bool ok;

    if (!unpack_text(view_of(f->text[i].mem, f->text[i].n), (size_t)(INVENTORY_TEXTS_MAX - *unpacked), &d.text, &mem, why,
                     sizeof(why)))
        return refuse(f->made, file->name, why);
    *unpacked += d.text.n;
    ok = inventory_builder_add(f->builder, &d, outcome);
    free(mem);
    if (!ok)
        return refuse(f->made, file->name, outcome->fault);
    if (outcome->n_left_out)
        log_warn("%s: %u object%s left out; the first: %s", file->name, outcome->n_left_out, plural(outcome->n_left_out),
                 outcome->left_out);
    return true;
}

bool inventory_compile_work(void *files)
{
    struct inventory_files *f = files;
    char why[INVENTORY_WHY_MAX] = "";
    uint64_t unpacked = 0;
    bool ok = true;

    for (uint32_t i = 0; i < f->n && !inventory_builder_is_full(f->builder); i++)
        ok = take(f, i, &unpacked) && ok; /* all faults are said, but what is too much only once */
    if (!ok)
        return false;
    f->made->image_bytes = inventory_builder_finish(f->builder, f->room, why, sizeof(why));
    return f->made->image_bytes ? true : refuse(f->made, "inventory", why);
}
