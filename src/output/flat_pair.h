/*
 * flat_pair.h - the pairs that lines of CEF and LEEF are made of: their names, and how values are written. For flat.c.
 *
 * The names are those of the ArcSight Common Event Format (revision 25) and of IBM's Log Event Extended Format 2.0 where
 * these have one that fits; cs, cn, cfp and flexString are CEF's keys without meaning, each with a label. What remains has
 * a name of our own, in CEF, as its specification wants, with the product's before it.
 *
 * A pair with an empty value is left out; so is one for which there is no room, which w->cut then says.
 */
#ifndef OUTPUT_FLAT_PAIR_H
#define OUTPUT_FLAT_PAIR_H

#include "output/flat.h"

#define FLAT_SENTENCE_MAX 4096 /* bytes of a sentence of wording */

/* X(symbol, CEF, label in CEF, LEEF), in the order in which a finding's are written. */
#define FLAT_PAIRS(X)                                                    \
    X(ID, "externalId", NULL, "id")                                      \
    X(STATE, "act", NULL, "state")                                       \
    X(TIME, "rt", NULL, "devTime")                                       \
    X(TIME_FORMAT, NULL, NULL, "devTimeFormat")                          \
    X(SEV, NULL, NULL, "sev")                                            \
    X(CATEGORY, "cat", NULL, "cat")                                      \
    X(SOURCE, "src", NULL, "src")                                        \
    X(SOURCE_V6, "c6a2", "Source IPv6 Address", "src")                   \
    X(SOURCE_PORT, "spt", NULL, "srcPort")                               \
    X(POOL, "dst", NULL, "dst")                                          \
    X(POOL_V6, "c6a3", "Destination IPv6 Address", "dst")                \
    X(POOL_PORT, "dpt", NULL, "dstPort")                                 \
    X(DOMAIN, "dhost", NULL, "poolDomain")                               \
    X(PROTO, "proto", NULL, "proto")                                     \
    X(PROTOCOL, "app", NULL, "protocol")                                 \
    X(STAGE, "countermineStage", NULL, "stage")                          \
    X(SEVERITY, "cfp1", "severity", "severity")                          \
    X(CONFIDENCE, "cn2", "confidence", "confidence")                     \
    X(ENI, "cs1", "eni", "eni")                                          \
    X(TASK, "cs2", "ecsTask", "ecsTask")                                 \
    X(IMAGE, "cs3", "image", "image")                                    \
    X(POD, "cs4", "pod", "pod")                                          \
    X(INSTANCE, "cs5", "instance", "instance")                           \
    X(PROCESS, "sproc", NULL, "process")                                 \
    X(PID, "spid", NULL, "pid")                                          \
    X(CANDIDATE, "countermineOwnerCandidate", NULL, "ownerCandidate")    \
    X(TITLE, "msg", NULL, "title")                                       \
    X(START, "start", NULL, "firstSeen")                                 \
    X(END, "end", NULL, "lastSeen")                                      \
    X(COUNT, "cnt", NULL, "count")                                       \
    X(LOGIN, "duser", NULL, "login")                                     \
    X(AGENT, "requestClientApplication", NULL, "agent")                  \
    X(COIN, "cs6", "coin", "coin")                                       \
    X(CONTAINER, "flexString1", "container", "container")                \
    X(DIGEST, "flexString2", "imageDigest", "imageDigest")               \
    X(DEFINITION, "countermineTaskDefinition", NULL, "taskDefinition")   \
    X(CLUSTER, "countermineCluster", NULL, "cluster")                    \
    X(ACCOUNT, "countermineAccount", NULL, "account")                    \
    X(REGION, "countermineRegion", NULL, "region")                       \
    X(VPC, "countermineVpc", NULL, "vpc")                                \
    X(VNI, "cn1", "vni", "vni")                                          \
    X(NODE, "countermineNode", NULL, "node")                             \
    X(SUMMARY, "countermineSummary", NULL, "summary")                    \
    X(EVIDENCE, "countermineEvidence", NULL, "evidence")                 \
    X(ACCEPTED, "cn3", "acceptedShares", "acceptedShares")               \
    X(HASHRATE, "cfp2", "hashrate", "hashrate")                          \
    X(WORKER, "countermineWorker", NULL, "worker")                       \
    X(ALGORITHM, "countermineAlgorithm", NULL, "algorithm")              \
    X(MEMBERS, "countermineMembers", NULL, "members")                    \
    X(TARGETS, "countermineTargets", NULL, "targets")                    \
    X(EXE, "countermineExe", NULL, "exe")                                \
    X(CONTAINER_ID, "countermineContainerId", NULL, "containerId")       \
    X(ASN, "countermineAsn", NULL, "asn")                                \
    X(AS_ORG, "countermineAsOrg", NULL, "asOrg")                         \
    X(COUNTRY, "countermineCountry", NULL, "country")                    \
    X(CITY, "countermineCity", NULL, "city")                             \
    X(FEED, "countermineFeedEntry", NULL, "feedEntry")                   \
    X(ASKED, "countermineAsked", NULL, "asked")                          \
    X(ANSWER, "countermineAnswer", NULL, "answer")                       \
    X(REASON, "reason", NULL, "reason")                                  \
    X(TAG, "counterminePoolTag", NULL, "poolTag")                        \
    X(PAYOUT, "counterminePayout", NULL, "payout")                       \
    X(OUTER_SOURCE, "countermineOuterSource", NULL, "outerSource")       \
    X(MAC, "smac", NULL, "srcMAC")                                       \
    X(ATTACK, "countermineAttack", NULL, "attack")                       \
    X(SENSOR, "deviceExternalId", NULL, "sensor")                        \
    X(CMDLINE, "countermineCmdline", NULL, "cmdline")                    \
    X(WORKER_PROCESS, "countermineWorkerProcess", NULL, "workerProcess") \
    X(COUNTERS, "countermineCounters", NULL, "counters")                 \
    X(CUT, "countermineCut", NULL, "cut")

enum flat_pair {
#define X(symbol, cef, label, leef) FLAT_##symbol,
    FLAT_PAIRS(X)
#undef X
        FLAT_N
};

/*
 * Begins the pairs of a line, behind its head. When all are put, flat_again says whether they must be put once more, now with
 * room for the pair that says that some are left out; the second time it puts that.
 */
void flat_begin(struct flat *w);
bool flat_again(struct flat *w);

/* safe: valid UTF-8 without control bytes. */
void flat_put(struct flat *w, enum flat_pair key, struct view safe);
void flat_put_str(struct flat *w, enum flat_pair key, const char *safe);

/* Text from outside, raw; an ellipsis is added when cut. */
void flat_put_wire(struct flat *w, enum flat_pair key, struct view raw, bool cut);
void flat_put_text(struct flat *w, enum flat_pair key, const struct finding_text *t);

/* A text of about.h, raw, of which at most max bytes are written, as in the native format. */
void flat_put_about(struct flat *w, enum flat_pair key, struct view raw, size_t max);

/* A sentence of wording, of which CEF's msg takes 1,023 bytes. */
void flat_put_sentence(struct flat *w, enum flat_pair key, const char *sentence);

void flat_put_u64(struct flat *w, enum flat_pair key, uint64_t n);
void flat_put_real(struct flat *w, enum flat_pair key, double d);

/* CEF has keys of their own for IPv6. */
void flat_put_addr(struct flat *w, enum flat_pair v4, enum flat_pair v6, const struct addr *a);

/* Milliseconds since 1970 in CEF, RFC 3339 in LEEF; the time of the event itself has the form that QRadar knows there. */
void flat_put_time(struct flat *w, enum flat_pair key, ns_t t);
void flat_put_event_time(struct flat *w, ns_t t);

#endif
