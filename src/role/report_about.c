/*
 * report_about.c - asks for owner and place of a finding's parties.
 */
#include "config.h"

#include "role/report_about.h"

#include "enrich/geo.h"
#include "enrich/owner_log.h"
#include "role/report_live.h"

const struct about *report_about(struct report_run *run, const struct finding *f)
{
    static struct about about; /* large; there is one report in a process */

    about = (struct about){.owner = {.source = OWNER_NONE}};
    (void)owner_log_take(view_of(f->owner.bytes, f->owner.len), &about.owner);       /* false: nothing is known */
    (void)geo_find(run->geo, &f->pool.addr, &about.pool); /* as well */
    return &about;
}
