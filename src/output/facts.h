/*
 * facts.h - what the formats of others ask of a finding, told once for all of them: who stands at which end, which way,
 * what the severity is called, which names and numbers the kind has elsewhere.
 *
 * It says nothing that the finding and what is known of its parties do not say. Sources of the words: the table of severities
 * of each format (Suricata's alert.severity, Elastic's detection rules, OCSF 1.4.0 severity_id, ASFF Severity.Label).
 */
#ifndef OUTPUT_FACTS_H
#define OUTPUT_FACTS_H

#include "finding/about.h"
#include "finding/finding.h"
#include "output/output.h"

/* One severity, by everybody's name. */
struct facts_severity {
    const char *suricata; /* signature_severity of rules */
    const char *asff, *ocsf;
    unsigned eve;     /* 1 is the worst */
    unsigned ecs;     /* 0 to 99 */
    unsigned ocsf_id; /* 1 to 5 */
};

/* What a kind of finding is called elsewhere. */
struct facts_kind {
    uint32_t signature; /* of EVE: this number for stage 0, one more for each stage; from Suricata's range for local rules */
    const char *type,
        *dns_type;    /* by the grammar of GuardDuty: purpose, resource, family and mechanism; dns_type of a look-up */
    const char *asff; /* name space and category of ASFF's Types */
    bool mines;       /* false: what is seen is no mining, and no technique of an attack */
};

/* Who calls whom, as the border of the network sees it. */
enum facts_direction { FACTS_UNKNOWN, FACTS_INBOUND, FACTS_OUTBOUND, FACTS_INTERNAL, FACTS_EXTERNAL };

struct facts {
    const struct finding *f;
    enum finding_state state;
    ns_t time_ns; /* of this event: when it was detected, or the newest packet */
    const struct facts_kind *kind;
    const char *type; /* kind->type or kind->dns_type */
    const struct facts_severity *severity;

    /* The machine that the finding is about, and who it spoke with. Ports are 0 where they are not known. */
    struct endpoint machine, other;
    bool has_other;
    bool serves;                     /* the other side called: the machine hands out work */
    bool asks;                       /* it is about a question to DNS: the other side is the server that was asked */
    const struct finding_flow *flow; /* the connection that stands for all of them; NULL = none */
    enum facts_direction direction;
    const struct finding_text *domain;   /* name of the pool; NULL = not known */
    const struct finding_text *question; /* asks: what was asked for; else NULL */

    struct wallet wallet; /* of the newest login; check is WALLET_NONE when it is none */
    struct view worker;   /* empty = none */
    bool worker_cut;

    const struct about *about;       /* NULL = nothing is known */
    const struct about_owner *owner; /* these two are never NULL */
    const struct about_place *place;
    const struct about_container *container; /* the one in question; NULL = not known, or several */
};

/* Borrows all of them, for the life of what it gives. about may be NULL. */
struct facts facts_of(enum finding_state state, const struct finding *f, const struct about *about,
                      const struct output_context *ctx);

/* Who called, and who was called. */
const struct endpoint *facts_client(const struct facts *x);
const struct endpoint *facts_server(const struct facts *x);

/* The EVE signature_id. */
uint32_t facts_signature(const struct facts *x);

/* "aws", "aws-cn", "aws-us-gov": of a region; of the owner's. */
const char *facts_partition_of(struct view region);
const char *facts_partition(const struct facts *x);

/*
 * Writes the ARN of a thing of the owner's account and region: service "ec2", kind "instance/". Writes only id when one of
 * these two is not known. Escaped.
 */
void facts_arn(const struct facts *x, const char *service, const char *kind, struct view id, struct out *o);

/* Writes the identifier of the owner, the most particular one that is known; nothing when there is none. Escaped. */
void facts_owner_id(const struct facts *x, struct out *o);

/* The account and the region that take findings in; "" when the configuration has none. */
const char *facts_account(const struct output_context *ctx);
const char *facts_region(const struct output_context *ctx);

/*
 * Whether all that a format needs of the configuration is there. False with a sentence in why: the formats for AWS need account and
 * region.
 */
bool facts_check_account(const struct conf *conf, char *why, size_t n_why);

/* A technique of ATT&CK, version 16.1, that all findings of mining show. */
#define FACTS_TACTIC "TA0040"
#define FACTS_TACTIC_NAME "Impact"
#define FACTS_TECHNIQUE "T1496"
#define FACTS_TECHNIQUE_NAME "Resource Hijacking"
#define FACTS_SUBTECHNIQUE "T1496.001"
#define FACTS_SUBTECHNIQUE_NAME "Compute Hijacking"

#define FACTS_TEXT_MAX 256     /* bytes of a text of an owner, before it is escaped; longer ones are cut and marked */
#define FACTS_COMMAND_MAX 1024 /* of a command line */
#define FACTS_SENTENCE 4096    /* bytes for a title or summary, as json.c */
#define FACTS_ARN_MAX 4096     /* bytes of an ARN: four texts, escaped */

#endif
