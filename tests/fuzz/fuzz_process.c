/*
 * fuzz_process.c - the input as each file of /proc that the helper reads.
 *
 * Invariants: views lie in the text; a masked command line has no zero, and grows by no more than the marks; whatever stands
 * behind an option that takes a password, nothing of it is shown.
 */
#include "config.h"

#include "enrich/process_group.h"
#include "enrich/process_mask.h"
#include "enrich/process_text.h"

#include <stdlib.h>

#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool is_inside(struct view part, struct view whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_texts(struct view text)
{
    struct process_socket socket;
    struct process_stat stat;
    struct process_group group;
    char mem[64];
    struct out o = out_of(mem, sizeof(mem));
    uint64_t number;
    uint32_t n;

    (void)process_read_socket(text, &socket);
    (void)process_read_link(text, "socket", &number);
    (void)process_read_uid(text, &n);
    check(!process_read_pid(text, &n) || n > 0);
    if (process_read_stat(text, &stat))
        check(is_inside(stat.name, text));
    process_read_groups(text, &group);
    check(is_inside(group.container, text) && is_inside(group.pod, text));
    process_pod_print(group.pod, &o);
}

static void check_mask(struct view text)
{
    static char mem[8 * TEXT_MAX];
    struct out o = out_of(mem, sizeof(mem));

    process_mask(text, &o);
    check(!o.full && memchr(mem, 0, o.n) == NULL);
}

/* The input, without zeros, as the password of an option. */
static void check_hidden(struct view text, const char *option, bool tied)
{
    static uint8_t arguments[TEXT_MAX + 64];
    static char mem[TEXT_MAX];
    struct out o = out_of(mem, sizeof(mem));
    size_t n = strlen(option);

    memcpy(arguments, option, n);
    if (!tied)
        arguments[n++] = 0;
    for (size_t i = 0; i < text.n; i++)
        arguments[n++] = text.p[i] ? text.p[i] : ' ';
    memcpy(arguments + n, "\0-k", 4);
    process_mask(view_of(arguments, n + 4), &o);
    check(o.n == strlen(option) + (tied ? 0 : 1) + strlen(PROCESS_HIDDEN " -k"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, min_size(size, TEXT_MAX));

    check_texts(text);
    check_mask(text);
    check_hidden(text, "-p", false);
    check_hidden(text, "--password", false);
    check_hidden(text, "--api-key=", true);
    if (text.n > 0)
        check_hidden(text, "POOL_PASS=", true);
    return 0;
}
