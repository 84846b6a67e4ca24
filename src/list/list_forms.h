/*
 * list_forms.h - readers of the formats of lists, for the table in list.c.
 *
 * list_X_looks says how much a line, without blanks around it, looks like format X: 0 not at all; 1 it may be; 2 it has
 * the form; 5 hardly anything else has it; 1000 no doubt. list_X_read reads the whole list.
 */
#ifndef LIST_LIST_FORMS_H
#define LIST_LIST_FORMS_H

#include "list/list_work.h"

/* One format. */
struct list_form {
    const char *name;
    enum feed_match match;               /* what a row means that does not say */
    unsigned (*looks)(struct view line); /* NULL: JSON, or no text */
    void (*read)(struct list_work *w);   /* NULL: passes through */
};

extern const struct list_form list_forms[LIST_TYPE_N];

/* list_detect.c: refuses a list whole whose type is not known, with what it is instead where that can be told. */
void list_report_unknown(struct list_report *report, struct view text);

/* list_names.c */
unsigned list_plain_looks(struct view line);
unsigned list_hosts_looks(struct view line);
unsigned list_maltrail_looks(struct view line);
void list_plain_read(struct list_work *w);
void list_hosts_read(struct list_work *w);
void list_maltrail_read(struct list_work *w);

/* list_address.c */
unsigned list_netset_looks(struct view line);
unsigned list_iprep_looks(struct view line);
void list_netset_read(struct list_work *w);
void list_iprep_read(struct list_work *w);

/* list_adblock.c */
unsigned list_adblock_looks(struct view line);
void list_adblock_read(struct list_work *w);

/* list_resolver.c */
unsigned list_dnsmasq_looks(struct view line);
unsigned list_unbound_looks(struct view line);
void list_dnsmasq_read(struct list_work *w);
void list_unbound_read(struct list_work *w);

/* list_rpz.c */
unsigned list_rpz_looks(struct view line);
void list_rpz_read(struct list_work *w);

/* list_table.c */
unsigned list_feed_looks(struct view line);
unsigned list_csv_looks(struct view line);
void list_csv_read(struct list_work *w);

/* list_zeek.c */
unsigned list_zeek_looks(struct view line);
void list_zeek_read(struct list_work *w);

/* list_suricata.c */
unsigned list_dataset_looks(struct view line);
void list_dataset_read(struct list_work *w);

/* list_rules.c */
unsigned list_rules_looks(struct view line);
void list_rules_read(struct list_work *w);

/* list_url.c */
unsigned list_urls_looks(struct view line);
void list_urls_read(struct list_work *w);

/* list_misp.c, list_stix.c, list_miner.c */
void list_misp_read(struct list_work *w);
void list_warninglist_read(struct list_work *w);
void list_stix_read(struct list_work *w);
void list_miner_read(struct list_work *w);

/*
 * A text such as stratum+ssl://user@host:3333/path as a row, whose name, port and note it fills in. False with a reason
 * (static) when it is none.
 */
bool list_url_row(struct view text, struct list_row *row, const char **why);

#endif
