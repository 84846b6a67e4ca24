/*
 * resolvers.h - addresses of public resolvers that answer DNS over HTTPS.
 */
#ifndef DETECT_RESOLVERS_H
#define DETECT_RESOLVERS_H

#include "base/addr.h"

/* The name by which its operator offers DNS over HTTPS at this address; NULL when none is known. */
const char *resolver_name(const struct addr *a);

#endif
