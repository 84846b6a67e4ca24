/*
 * list.c - the table of formats, and the conversion of a list from any of them to the own one.
 */
#include "config.h"

#include "list/list.h"

#include "list/list_forms.h"
#include "list/list_guard.h"
#include "list/list_item.h"

#include <stdlib.h>

const struct list_form list_forms[LIST_TYPE_N] = {
    [LIST_AUTO] = {"auto", FEED_SUFFIX, NULL, NULL},
    [LIST_FEED] = {"feed", FEED_SUFFIX, list_feed_looks, list_csv_read},
    [LIST_PLAIN] = {"plain", FEED_SUFFIX, list_plain_looks, list_plain_read},
    [LIST_HOSTS] = {"hosts", FEED_EXACT, list_hosts_looks, list_hosts_read},
    [LIST_ADBLOCK] = {"adblock", FEED_SUFFIX, list_adblock_looks, list_adblock_read},
    [LIST_DNSMASQ] = {"dnsmasq", FEED_SUFFIX, list_dnsmasq_looks, list_dnsmasq_read},
    [LIST_UNBOUND] = {"unbound", FEED_SUFFIX, list_unbound_looks, list_unbound_read},
    [LIST_RPZ] = {"rpz", FEED_EXACT, list_rpz_looks, list_rpz_read},
    [LIST_CSV] = {"csv", FEED_SUFFIX, list_csv_looks, list_csv_read},
    [LIST_ZEEK] = {"zeek", FEED_EXACT, list_zeek_looks, list_zeek_read},
    [LIST_DATASET] = {"dataset", FEED_EXACT, list_dataset_looks, list_dataset_read},
    [LIST_IPREP] = {"iprep", FEED_EXACT, list_iprep_looks, list_iprep_read},
    [LIST_RULES] = {"rules", FEED_SUFFIX, list_rules_looks, list_rules_read},
    [LIST_MISP] = {"misp", FEED_SUFFIX, NULL, list_misp_read},
    [LIST_WARNINGLIST] = {"warninglist", FEED_EXACT, NULL, list_warninglist_read},
    [LIST_STIX] = {"stix", FEED_EXACT, NULL, list_stix_read},
    [LIST_MALTRAIL] = {"maltrail", FEED_SUFFIX, list_maltrail_looks, list_maltrail_read},
    [LIST_NETSET] = {"netset", FEED_EXACT, list_netset_looks, list_netset_read},
    [LIST_URLS] = {"urls", FEED_EXACT, list_urls_looks, list_urls_read},
    [LIST_MINER] = {"miner", FEED_EXACT, NULL, list_miner_read},
    [LIST_IMAGE] = {"image", FEED_SUFFIX, NULL, NULL},
};

const char *list_type_name(enum list_type type)
{
    return (unsigned)type < LIST_TYPE_N ? list_forms[type].name : "?";
}

bool list_type_parse(const char *word, enum list_type *type)
{
    for (unsigned i = 0; i < LIST_TYPE_N; i++) {
        if (strcmp(word, list_forms[i].name) == 0) {
            *type = (enum list_type)i;
            return true;
        }
    }
    return false;
}

static uint32_t count_lines(struct view text)
{
    uint32_t n = 0;

    while (text.n > 0) {
        list_field(&text, '\n');
        n++;
    }
    return n;
}

/* The times in the comments that a list begins with. */
static void read_newest(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line) && line.p[0] == '#')
        list_newest_comment(w, line);
    list_newest_end(w);
}

/* Text that is the own format already. False when it is to be converted after all: it has names that are not in ASCII. */
static bool pass_text(struct view text, const struct list_options *o, struct list_report *report)
{
    struct list_report begun = *report, unused = {0};
    struct list_work w;
    bool is_wide;

    list_work_init(&w, text, o, &unused);
    read_newest(&w);
    memcpy(report->newest, unused.newest, sizeof(report->newest));
    list_guard_text(text, o->never, true, report, &is_wide);
    if (is_wide && report->whole[0] == '\0')
        *report = begun;
    else
        is_wide = false;
    return !is_wide;
}

static void pass_image(struct view image, const struct list_options *o, struct list_report *report)
{
    if ((uintptr_t)image.p % 8 != 0 || !feed_check(image.p, image.n))
        list_report_whole(report, 0, "as an image it is none that can be used: compile it anew");
    else
        list_guard_image((const struct feed *)(const void *)image.p, o->never, report);
}

static void convert_text(struct view text, const struct list_options *o, struct list_text *converted,
                         struct list_report *report)
{
    const struct list_form *form = &list_forms[report->type];
    struct list_work w;
    bool is_wide;

    list_work_init(&w, view_skip(text, view_starts(text, "\xef\xbb\xbf") ? 3 : 0), o, report);
    w.match = form->match;
    list_item_seed(hash_64(&w.key, view_str("members")));
    form->read(&w);
    list_newest_end(&w);
    *converted = list_work_give(&w);
    list_work_fini(&w);
    if (report->whole[0] == '\0' && converted->n > 0)
        list_guard_text(list_text_view(converted), o->never, false, report, &is_wide);
}

/* Nothing to go live is a fault of the list, or of its type. */
static void refuse_empty(struct list_report *report)
{
    if (report->whole[0] != '\0' || report->n_taken > 0)
        return;
    if (report->n_read == 0)
        list_report_whole(report, 0, "it has no rows, read as %s", list_type_name(report->type));
    else if (report->n_refused > report->n_skipped)
        list_report_whole(report, report->refused[0].line, "none of its %u rows can be used, read as %s: %.100s",
                          report->n_read, list_type_name(report->type), report->refused[0].why);
    else
        list_report_whole(report, report->skipped.line, "none of its %u rows can be used, read as %s: %.100s", report->n_read,
                          list_type_name(report->type), report->skipped.why);
}

bool list_convert(struct view text, const struct list_options *o, struct list_text *converted, struct list_report *report)
{
    bool as_is = o->kind < 0 && o->confidence < 0 && o->match < 0;

    /* What begins like an image is one, whatever is said of it: feed_build would read it so. */
    *report = (struct list_report){.type = o->type == LIST_AUTO || feed_is_image(text) ? list_detect(text) : o->type};
    *converted = (struct list_text){.p = text.p, .n = text.n};
    if (view_starts(text, "\xff\xfe") || view_starts(text, "\xfe\xff")) {
        list_report_whole(report, 0, "it is UTF-16: expected UTF-8");
    } else if (report->type == LIST_AUTO) {
        list_report_unknown(report, text);
    } else if (report->type == LIST_IMAGE) {
        pass_image(text, o, report);
    } else {
        report->n_lines = count_lines(text);
        as_is = as_is && (report->type == LIST_FEED || report->type == LIST_PLAIN);
        if (!as_is || !pass_text(text, o, report))
            convert_text(text, o, converted, report);
    }
    refuse_empty(report);
    if (report->whole[0] == '\0')
        return true;
    list_text_free(converted);
    return false;
}

void list_text_free(struct list_text *t)
{
    free(t->mem);
    *t = (struct list_text){0};
}
