/*
 * event.c - sensor events and figures as JSON, keys in the order of countermine-findings(5).
 */
#include "config.h"

#include "output/event.h"

#include "output/json.h"
#include "output/json_write.h"

#define SHORT_DETAIL 64 /* bytes of the detail in EVENT_SHORT; escaped they are at most 320 in JSON */

const char *sensor_what_name(enum sensor_what what)
{
    static const char *const name[SENSOR_WHAT_N] = {
        [SENSOR_STARTED] = "started",
        [SENSOR_STOPPED] = "stopped",
        [SENSOR_WORKER_RESTARTED] = "worker-restarted",
        [SENSOR_REPORT_RESTARTED] = "report-restarted",
        [SENSOR_BLIND] = "blind",
        [SENSOR_SIGHTED] = "sighted",
        [SENSOR_DROPS] = "drops",
        [SENSOR_INTERFACE] = "interface",
        [SENSOR_FEED_RELOADED] = "feed-reloaded",
        [SENSOR_FEED_REFUSED] = "feed-refused",
        [SENSOR_GEO_RELOADED] = "geo-reloaded",
        [SENSOR_GEO_REFUSED] = "geo-refused",
        [SENSOR_INVENTORY_RELOADED] = "inventory-reloaded",
        [SENSOR_INVENTORY_REFUSED] = "inventory-refused",
        [SENSOR_CONF_RELOADED] = "conf-reloaded",
        [SENSOR_CONF_REFUSED] = "conf-refused",
        [SENSOR_SUPPRESSED] = "findings-suppressed",
        [SENSOR_OUTPUT_FAILED] = "output-failed",
        [SENSOR_OUTPUT_RECOVERED] = "output-recovered",
        [SENSOR_ENCRYPTED_DNS] = "encrypted-dns",
        [SENSOR_PROCESSES_UNKNOWN] = "processes-unknown",
    };

    return (unsigned)what < SENSOR_WHAT_N ? name[what] : "unknown";
}

/* What sensor events and figures share, from the detail on. */
static void put_body(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx)
{
    struct view detail = view_of(e->detail, strnlen(e->detail, sizeof(e->detail)));
    bool cut = part >= EVENT_SHORT && detail.n > SHORT_DETAIL;

    if (detail.n)
        json_wire_text(o, "detail", cut ? view_head(detail, SHORT_DETAIL) : detail, cut);
    if (e->worker >= 0)
        json_u64(o, "worker", (uint64_t)e->worker);
    if (e->n_counters && part == EVENT_WHOLE) {
        json_open(o, "counters", '{');
        for (uint32_t i = 0; i < e->n_counters && i < SENSOR_COUNTERS; i++)
            json_u64(o, e->counters[i].name, e->counters[i].value);
        json_close(o, '}');
    }
    if (part < EVENT_SHORT)
        json_sensor(o, ctx);
    if (part > EVENT_WHOLE)
        json_bool(o, "cut", true);
    json_close(o, '}');
    out_char(o, '\n');
}

void event_sensor(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    json_string(o, "event", "sensor");
    json_time(o, "time", e->time_ns);
    json_string(o, "what", sensor_what_name(e->what));
    if (e->severity_label)
        json_string(o, "severity_label", e->severity_label);
    put_body(o, e, part, ctx);
}

void event_stats(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    json_string(o, "event", "stats");
    json_time(o, "time", e->time_ns);
    put_body(o, e, part, ctx);
}
