/*
 * inventory_reader.h - what readers of documents share: where they are, and values of JSON as records hold them.
 *
 * A reader is given one object, decoded, and appends what it says to the builder. An optional value of the wrong type is as
 * if it were not there; an object that lacks what it is found by is left out, and the first such is told.
 */
#ifndef ENRICH_INVENTORY_READER_H
#define ENRICH_INVENTORY_READER_H

#include "enrich/inventory_builder.h"

#include "base/json_scan.h"
#include "base/out.h"

struct reader {
    struct inventory_builder *b;
    const struct inventory_document *d;
    struct inventory_outcome *o;
    const uint8_t *at; /* in the document's text: the object at hand */
    const char *list;  /* the key that it stands under */
    uint32_t index;    /* in that list */
    const char *sub;   /* a list within the object, or NULL; and the index there */
    uint32_t sub_index;
    struct json_val object; /* the object at hand, for what list_item.h cannot give */
};

/* What one object of a list says. */
typedef void reader_fn(struct reader *r, const struct list_item *item);

reader_fn reader_session, reader_filter, reader_target, reader_interface, reader_reservation; /* inventory_ec2.c */
reader_fn reader_task, reader_definition, reader_machine, reader_name;                        /* inventory_ecs.c */
reader_fn reader_pod, reader_node;                                                            /* inventory_kubernetes.c */
reader_fn reader_metadata;                                                                    /* inventory_metadata.c */

/* Counts an object, or an address of one, as left out, and tells the first: "Tasks[3] has no taskArn". */
void reader_leave_out(struct reader *r, const char *fmt, ...) ATTR_PRINTF(2, 3);

/* A member as a text of the builder; 0 when it is none. */
uint32_t reader_text(struct reader *r, const struct list_item *item, const char *member);

/*
 * A member as a time: RFC 3339, or seconds since 1970 with a fraction, as version 1 of the AWS CLI prints them. False, and *t
 * stays, when it is none.
 */
bool reader_time(const struct list_item *item, const char *member, ns_t *t);

/* A thing that is there at the time of the document, and as far as is known always was. */
struct inventory_thing reader_thing(const struct reader *r, uint32_t id0, uint32_t id1, uint32_t id2);

/* It ended at a time, of which it is sure. */
void reader_end(struct inventory_thing *thing, ns_t end);

/* It has ended by the time of the document. */
void reader_ended(struct inventory_thing *thing);

/* The text of an address or network to one; left out when it is none. An empty text gives false, and no more. */
bool reader_net(struct reader *r, struct view text, struct net *net);

/* A tag of the span's thing: the spans of two things must not be filled at the same time. */
void reader_add_tag(struct reader *r, struct inventory_span *span, uint32_t key, uint32_t value);

/* The tags of a member that is a list of objects with these two members. */
void reader_tags(struct reader *r, const struct list_item *item, const char *member, const char *key, const char *value,
                 struct inventory_span *span);

/* A new container of the span, zeroed; NULL when there are too many, which is counted. */
struct inventory_container *reader_add_container(struct reader *r, struct inventory_span *span);

/* Of an ARN: the region, the account. Empty when it is none. */
struct view reader_arn_region(struct view arn);
struct view reader_arn_account(struct view arn);

/* The region of an availability zone or local zone: "us-west-2" of "us-west-2-lax-1a". */
struct view reader_zone_region(struct view zone);

/* A number written in decimal, as a text of the builder. */
uint32_t reader_number(struct reader *r, uint64_t n);

#endif
