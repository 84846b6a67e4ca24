/*
 * fuzz_inventory.c - documents to an image, and that image with more documents to the next one; all look-ups in it.
 *
 * A byte 0xff separates documents, and 0xfe those of the first image from those of the second. Checked: an image that was built passes
 * its check; bindings are in order and those of one layer, address and VPC do not overlap; each is found at the time when it begins;
 * what is sure has a scope.
 */
#include "config.h"

#include "enrich/inventory_look.h"
#include "enrich/inventory_read.h"

#include <stdlib.h>

#define IMAGE_MAX ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

/* The order of inventory_image.h, without the time. */
static int compare(const struct inventory_binding *a, const struct inventory_binding *b)
{
    if (a->layer != b->layer)
        return a->layer < b->layer ? -1 : 1;
    if (a->bits != b->bits)
        return a->bits < b->bits ? -1 : 1;
    if (memcmp(a->addr, b->addr, sizeof(a->addr)) != 0)
        return memcmp(a->addr, b->addr, sizeof(a->addr));
    return a->vpc < b->vpc ? -1 : a->vpc > b->vpc;
}

static void ask(const struct inventory *inv, const struct inventory_binding *b)
{
    struct inventory_question q = {.time_ns = b->from, .vpc = inventory_text(inv, b->vpc)};
    struct about_owner owner;
    uint64_t scope;

    memcpy(q.addr.b, b->addr, sizeof(b->addr));
    for (int turn = 0; turn < 3; turn++) {
        check(inventory_find(inv, &q, 0, &owner) && owner.source != OWNER_NONE);
        scope = inventory_scope(inv, &q, 0);
        check(owner.candidate ? scope == 0 || owner.candidates_total > 0 : scope != 0);
        check(owner.n_candidates <= owner.candidates_total && owner.aws.n_tags <= owner.aws.tags_total);
        inventory_narrow(&owner);
        q.vpc = view_of(NULL, 0);
        q.has_tunnel = turn == 1;
        q.outer_src = q.addr;
        q.vni = (uint32_t)turn;
    }
}

static void check_image(const struct inventory *inv)
{
    const struct inventory_binding *b = inventory_at(inv, INVENTORY_BINDINGS, 0);
    const struct inventory_id *ids = inventory_at(inv, INVENTORY_IDS, 0);
    struct inventory_counts counts;
    struct about_owner owner;
    struct inventory_blind blind;

    inventory_count(inv, &counts);
    check(inventory_blind_filter(inv, counts.blind_filters, &blind) == false);
    for (uint32_t i = 0; i < inventory_n(inv, INVENTORY_BINDINGS); i++) {
        const struct addr *addr = (const void *)b[i].addr;
        const struct inventory_binding *found = look_address(inv, b[i].layer, addr, b[i].vpc, b[i].from);

        check(b[i].from < b[i].until && b[i].layer < LAYER_N);
        check(found && found->bits >= b[i].bits);
        check(found->bits > b[i].bits || found == &b[i]);
        if (i > 0)
            check(compare(&b[i - 1], &b[i]) < 0 || (compare(&b[i - 1], &b[i]) == 0 && b[i - 1].until <= b[i].from));
        if (i < 64)
            ask(inv, &b[i]);
    }
    for (uint32_t i = 0; i < inventory_n(inv, INVENTORY_IDS) && i < 64; i++) {
        owner = (struct about_owner){.source = OWNER_NONE};
        inventory_find_container(inv, inventory_text(inv, ids[i].id), inv->newest_ns, &owner);
    }
}

/* An image in mem of the documents of the text, which were written from the time on; NULL when it is too large. */
static const struct inventory *build(struct view text, const struct inventory *before, ns_t written, void *mem)
{
    struct inventory_builder *b = inventory_builder_new(IMAGE_MAX, before, 600 * NS_PER_SEC);
    char why[INVENTORY_WHY_MAX];
    const struct inventory *inv;
    uint64_t n;

    if (!b)
        exit(0);
    while (text.n > 0) {
        struct view document = view_head(text, view_find(text, 0xff));
        struct inventory_document d = {.text = document, .name = "d", .written_ns = written};
        struct inventory_outcome outcome;
        bool taken = inventory_builder_add(b, &d, &outcome);

        check(taken == (outcome.fault[0] == '\0') && (outcome.n_left_out > 0) == (outcome.left_out[0] != '\0'));
        text = view_skip(text, document.n + 1);
        written += 60 * NS_PER_SEC;
    }
    n = inventory_builder_finish(b, mem, why, sizeof(why));
    inventory_builder_free(b);
    if (n == 0)
        return NULL;
    inv = inventory_open(view_of(mem, n));
    check(inv != NULL);
    check_image(inv);
    return inv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ns_t start = INT64_C(1795424400) * NS_PER_SEC; /* 2026-11-23T09:00:00Z */
    struct view text = view_of(data, size), first = view_head(text, view_find(text, 0xfe));
    static uint64_t mem[IMAGE_MAX / sizeof(uint64_t)], next[IMAGE_MAX / sizeof(uint64_t)];
    const struct inventory *inv = build(first, NULL, start, mem);

    if (inv)
        (void)build(view_skip(text, first.n + 1), inv, start + 300 * NS_PER_SEC, next);
    return 0;
}
