/*
 * feeds_spec.h - a list as the configuration or a command line names it: PATH[,type=TYPE][,kind=KIND][,confidence=N][,match=MATCH].
 */
#ifndef ROLE_FEEDS_SPEC_H
#define ROLE_FEEDS_SPEC_H

#include "config/conf.h"
#include "list/list.h"

struct out;

struct feeds_spec {
    char path[CONF_PATH_MAX];
    struct list_options options; /* .list is left to who reads the file */
};

/*
 * Reads what the text says. Only what stands at its end and looks like WORD= behind a comma is an option, so that commas
 * in paths do no harm. False with the reason in why.
 */
bool feeds_spec_parse(const char *text, struct feeds_spec *spec, struct out *why);

/* One option, as key and value. False with the reason in why. */
bool feeds_spec_set(struct feeds_spec *spec, struct view key, struct view value, struct out *why);

#endif
