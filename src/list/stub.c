/* stub.c - stands in until the readers are there. */
#include "config.h"

#include "list/list.h"

#include <stdlib.h>

#define WEAK __attribute__((weak))

WEAK struct list_never *list_never_new(struct view text, uint64_t seed)
{
    (void)text;
    (void)seed;
    return calloc(1, 1);
}

WEAK void list_never_free(struct list_never *never)
{
    free(never);
}

WEAK bool list_convert(struct view text, const struct list_options *o, struct list_text *converted, struct list_report *report)
{
    (void)o;
    *report = (struct list_report){.type = LIST_FEED};
    *converted = (struct list_text){text.p, text.n, NULL};
    return true;
}

WEAK void list_text_free(struct list_text *t)
{
    free(t->mem);
}

WEAK enum list_type list_detect(struct view text)
{
    (void)text;
    return LIST_FEED;
}

WEAK bool list_export(const struct feed *f, enum list_export format, FILE *to, struct list_loss *loss)
{
    (void)f;
    (void)format;
    (void)loss;
    return fputs("stub\n", to) >= 0;
}

WEAK const char *list_export_name(enum list_export format)
{
    static const char *const n[] = {"plain", "hosts", "rpz", "zeek", "dataset", "stix", "csv"};

    return n[format];
}

WEAK bool list_export_parse(const char *word, enum list_export *format)
{
    for (int i = 0; i < EXPORT_N; i++) {
        *format = (enum list_export)i;
        if (strcmp(word, list_export_name(*format)) == 0)
            return true;
    }
    return false;
}
