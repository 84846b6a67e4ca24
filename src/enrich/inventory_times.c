/*
 * inventory_times.c - whose an address was when: the bindings of each address in the order of time, none over another.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

#include <stdlib.h>

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* The order of the image up to the time. */
static int compare_place(const struct inventory_binding *x, const struct inventory_binding *y)
{
    int c = compare_u64((uint64_t)x->layer << 8 | x->bits, (uint64_t)y->layer << 8 | y->bits);

    if (c == 0)
        c = memcmp(x->addr, y->addr, sizeof(x->addr));
    return c ? c : compare_u64(x->vpc, y->vpc);
}

/* By the thing; of one thing's that which the newest document says goes first, and of old ones the longest. */
static int compare_thing(const void *a, const void *b)
{
    const struct inventory_binding *x = a, *y = b;
    int c = compare_place(x, y);

    if (c == 0)
        c = compare_u64(x->thing, y->thing);
    if (c == 0)
        c = compare_u64(x->is_old, y->is_old);
    if (c == 0)
        c = x->sure > y->sure ? -1 : x->sure < y->sure;
    return c;
}

/* By the time; what is old goes before what begins at the same time and is said by the newest document. */
static int compare_time(const void *a, const void *b)
{
    const struct inventory_binding *x = a, *y = b;
    int c = compare_place(x, y);

    if (c == 0)
        c = x->from < y->from ? -1 : x->from > y->from;
    if (c == 0)
        c = compare_u64(y->is_old, x->is_old);
    return c ? c : compare_u64(x->thing, y->thing);
}

static struct inventory_binding *binding_at(const struct inventory_builder *b, uint32_t i)
{
    return build_at(b, INVENTORY_BINDINGS, i);
}

static void sort(struct inventory_builder *b, int (*compare)(const void *, const void *))
{
    if (build_n(b, INVENTORY_BINDINGS))
        qsort(b->parts[INVENTORY_BINDINGS].p, build_n(b, INVENTORY_BINDINGS), sizeof(struct inventory_binding), compare);
}

/* Leaves of the bindings of one thing at one address the first. */
static void drop_doubles(struct inventory_builder *b)
{
    uint32_t n = 0;

    sort(b, compare_thing);
    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++) {
        const struct inventory_binding *binding = binding_at(b, i), *last = n ? binding_at(b, n - 1) : NULL;

        if (last && compare_place(last, binding) == 0 && last->thing == binding->thing) {
            if (!binding->is_old && binding->from < last->from)
                binding_at(b, n - 1)->from = binding->from; /* several say it, one since earlier */
            continue;
        }
        *binding_at(b, n++) = *binding;
    }
    b->parts[INVENTORY_BINDINGS].n = n;
}

/* The end of the bindings of the same layer, address and VPC as the first's. */
static uint32_t group_end(const struct inventory_builder *b, uint32_t first)
{
    uint32_t end = first + 1;

    while (end < build_n(b, INVENTORY_BINDINGS) && compare_place(binding_at(b, first), binding_at(b, end)) == 0)
        end++;
    return end;
}

/*
 * What the newest documents say has the address has not had it while an older document gave it to another: an interface is
 * attached long before it gets one more address.
 */
static void begin_after_old(const struct inventory_builder *b, uint32_t first, uint32_t end)
{
    ns_t sure = INVENTORY_ALWAYS;

    for (uint32_t i = first; i < end; i++)
        if (binding_at(b, i)->is_old && binding_at(b, i)->sure > sure)
            sure = binding_at(b, i)->sure;
    for (uint32_t i = first; i < end; i++)
        if (!binding_at(b, i)->is_old && binding_at(b, i)->from < sure)
            binding_at(b, i)->from = sure;
}

/*
 * What only an older document says while a newer one gives the address to something else is over by then. Of one network
 * only, which has each address once: two clusters, or networks that are not known, may both have it.
 */
static void end_older(const struct inventory_builder *b, uint32_t first, uint32_t end)
{
    const struct inventory_binding *one = binding_at(b, first);
    int part = inventory_layer_part[one->layer];
    ns_t newest = INVENTORY_ALWAYS;

    if (one->vpc == 0 || (one->layer != LAYER_INTERFACE && one->layer != LAYER_INSTANCE))
        return;
    for (uint32_t i = first; i < end; i++) {
        ns_t written = build_thing(b, part, binding_at(b, i)->thing)->written;

        if (!binding_at(b, i)->is_old && binding_at(b, i)->until == INVENTORY_OPEN && written > newest)
            newest = written;
    }
    for (uint32_t i = first; i < end; i++) {
        struct inventory_binding *binding = binding_at(b, i);
        ns_t written = build_thing(b, part, binding->thing)->written;

        if (binding->is_old || written >= newest)
            continue;
        binding->is_old = 1;
        binding->sure = written < binding->sure ? written : binding->sure;
        binding->until = newest < binding->until ? newest : binding->until;
    }
}

/* True for a group of bindings that may be of several networks, where one address is at several things at one time. */
static bool is_mixed(const struct inventory_builder *b, uint32_t first, uint32_t end)
{
    const struct inventory_binding *one = binding_at(b, first);
    uint32_t subnet;

    if (one->layer == LAYER_POD || one->layer == LAYER_NODE)
        return true; /* clusters that have networks of their own in one VPC, or in none */
    if (one->vpc != 0 || one->layer != LAYER_TASK)
        return one->vpc == 0;
    subnet = ((struct inventory_task *)build_at(b, INVENTORY_TASKS, one->thing))->subnet;
    for (uint32_t i = first; i < end; i++)
        if (subnet == 0 || ((struct inventory_task *)build_at(b, INVENTORY_TASKS, binding_at(b, i)->thing))->subnet != subnet)
            return true;
    return false;
}

/*
 * Of several that have the address at one time none is sure, in a group that is sorted by time. When the others are known to
 * have ended the last has it for sure from then on: it had begun, and waited for its address.
 */
static void doubt(const struct inventory_builder *b, uint32_t first, uint32_t end)
{
    ns_t held = INVENTORY_ALWAYS;

    for (uint32_t i = first; i < end; i++) {
        struct inventory_binding *binding = binding_at(b, i);
        ns_t until = binding->until;

        if (binding->is_old)
            continue;
        if (i > first && binding->from < held) {
            struct inventory_binding *last = binding_at(b, i - 1);

            last->sure = last->sure < binding->from ? last->sure : binding->from;
            if (held < until)
                binding->from = held;
            else
                binding->sure = binding->from;
        }
        held = until > held ? until : held;
    }
}

/*
 * The later ends the earlier. But a task that is known to have ended had its address up to then, when the next one's containers
 * began only after it: that one had been created, and waited for its address.
 */
static void end_at(const struct inventory_builder *b, struct inventory_binding *old, struct inventory_binding *next)
{
    if (next->from >= old->until)
        return;
    if (old->layer == LAYER_TASK && next->layer == LAYER_TASK && old->until < next->until) {
        const struct inventory_task *task = build_at(b, INVENTORY_TASKS, next->thing);

        if (task->begun >= old->until) {
            next->from = old->until;
            return;
        }
    }
    old->until = next->from;
    if (old->sure > old->until)
        old->sure = old->until;
}

/* The different lengths of prefixes, the longest first. Those beyond the first few are cut. */
static void find_lengths(struct inventory_builder *b, bool has[129])
{
    uint32_t n_lengths = 0, n = 0;

    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++)
        has[binding_at(b, i)->bits] = true;
    for (int bits = 128; bits >= 0; bits--) {
        has[bits] = has[bits] && n_lengths < INVENTORY_LENGTHS_MAX;
        n_lengths += has[bits];
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++) {
        if (has[binding_at(b, i)->bits])
            *binding_at(b, n++) = *binding_at(b, i);
        else
            b->n_cut++;
    }
    b->parts[INVENTORY_BINDINGS].n = n;
}

bool build_sort_times(struct inventory_builder *b)
{
    bool has[129] = {false};
    uint32_t n = 0;

    drop_doubles(b);
    for (uint32_t i = 0, end; i < build_n(b, INVENTORY_BINDINGS); i = end) {
        end = group_end(b, i);
        end_older(b, i, end);
        begin_after_old(b, i, end);
    }
    sort(b, compare_time);
    for (uint32_t i = 0, end; i < build_n(b, INVENTORY_BINDINGS); i = end) {
        end = group_end(b, i);
        if (is_mixed(b, i, end))
            doubt(b, i, end);
    }
    for (uint32_t i = 1; i < build_n(b, INVENTORY_BINDINGS); i++)
        if (compare_place(binding_at(b, i - 1), binding_at(b, i)) == 0)
            end_at(b, binding_at(b, i - 1), binding_at(b, i));
    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++)
        if (binding_at(b, i)->from < binding_at(b, i)->until)
            *binding_at(b, n++) = *binding_at(b, i);
    b->parts[INVENTORY_BINDINGS].n = n;
    find_lengths(b, has);
    for (int bits = 128; bits >= 0; bits--)
        if (has[bits])
            b->lengths[b->n_lengths++] = (uint8_t)bits;
    return true;
}
