/*
 * list.c - what the types of lists are called.
 */
#include "config.h"

#include "list/list.h"

static const char *const type_names[LIST_TYPE_N] = {
    [LIST_AUTO] = "auto",       [LIST_FEED] = "feed",         [LIST_PLAIN] = "plain",
    [LIST_HOSTS] = "hosts",     [LIST_ADBLOCK] = "adblock",   [LIST_DNSMASQ] = "dnsmasq",
    [LIST_UNBOUND] = "unbound", [LIST_RPZ] = "rpz",           [LIST_CSV] = "csv",
    [LIST_ZEEK] = "zeek",       [LIST_DATASET] = "dataset",   [LIST_IPREP] = "iprep",
    [LIST_RULES] = "rules",     [LIST_MISP] = "misp",         [LIST_WARNINGLIST] = "warninglist",
    [LIST_STIX] = "stix",       [LIST_MALTRAIL] = "maltrail", [LIST_NETSET] = "netset",
    [LIST_URLS] = "urls",       [LIST_MINER] = "miner",       [LIST_IMAGE] = "image",
};

const char *list_type_name(enum list_type type)
{
    return (unsigned)type < LIST_TYPE_N ? type_names[type] : "?";
}

bool list_type_parse(const char *word, enum list_type *type)
{
    for (unsigned i = 0; i < LIST_TYPE_N; i++) {
        if (strcmp(word, type_names[i]) == 0) {
            *type = (enum list_type)i;
            return true;
        }
    }
    return false;
}
