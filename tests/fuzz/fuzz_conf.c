/*
 * fuzz_conf.c - a configuration text through the reader.
 *
 * Input: a byte; its low bits say how many of the first lines of the rest go to conf_set, as `--set' would give
 * them; what follows is a file.
 *
 * Checked: as many errors are said as are counted, up to the cap, each of one line that names file or option; every
 * value lies in its range and texts end; the dump reads back without an error to the same configuration.
 */
#include "config.h"

#include "base/out.h"
#include "config/conf_dump.h"
#include "config/option_value.h"

#include <stdlib.h>

#define SETTINGS_MAX 3
#define SETTING_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void say(void *arg, const char *text)
{
    uint32_t *n = arg;

    check(strncmp(text, "file:", 5) == 0 || strncmp(text, "option --set", 12) == 0 || strncmp(text, "--set: ", 7) == 0);
    check(strlen(text) > 12 && strlen(text) < 1024);
    (*n)++;
}

/* The first line of the rest as a setting; what it cannot hold is cut. */
static void set_one(struct conf_state *s, struct view *rest, struct conf_errors *e)
{
    size_t end = view_find(*rest, '\n');
    struct view line = view_head(view_head(*rest, end), SETTING_MAX);
    char *text;

    line.n = view_find(line, 0);
    text = malloc(line.n + 1); /* of its very size */
    check(text != NULL);
    if (line.n)
        memcpy(text, line.p, line.n);
    text[line.n] = '\0';
    conf_set(s, &(struct conf_setting){"--set", text}, e);
    free(text);
    *rest = view_skip(*rest, end + 1);
}

static void check_values(const struct conf *conf)
{
    const struct limits *l = &conf->limits;

    check(memchr(conf->sensor.name, 0, CONF_TEXT_MAX) && memchr(conf->sensor.site_key, 0, CONF_TEXT_MAX));
    check(conf->tunnels.vxlan_ports.n <= CONF_PORTS_MAX && conf->tunnels.geneve_ports.n <= CONF_PORTS_MAX);
    for (uint32_t i = 0; i < conf->tunnels.vxlan_ports.n; i++)
        check(conf->tunnels.vxlan_ports.port[i] > 0);
    check(conf->feeds.files.n <= CONF_FILES_MAX);
    for (uint32_t i = 0; i < conf->feeds.files.n; i++)
        check(conf->feeds.files.path[i][0] && memchr(conf->feeds.files.path[i], 0, CONF_PATH_MAX));
    check(conf->captures.max_unpacked_bytes >= 1 << 20 && conf->captures.max_unpacked_bytes <= UINT64_C(1) << 50);
    check(conf->captures.max_ratio >= 10 && conf->captures.max_ratio <= 1000000);
    check(conf->output.update_interval >= 60 * NS_PER_SEC && conf->output.update_interval <= 365 * 86400 * NS_PER_SEC);
    check(l->max_flows >= 64 && l->max_flows <= 1 << 24 && l->max_blocks >= 1 && l->max_blocks <= 1 << 18);
    check(l->max_dialogues >= 1 && l->max_dialogues <= 1 << 20 && l->max_fragments >= 8 && l->max_fragments <= 1 << 16);
    check(l->max_dpi_flows >= 1 && l->max_dpi_flows <= 1 << 20 && l->max_findings >= 1 && l->max_findings <= 1 << 20);
    check(conf_memory_max(conf) < UINT64_C(1) << 40);
}

static void check_dump(const struct conf_state *s)
{
    static struct conf_state again;
    static char text[CONF_DUMP_MAX];
    struct out o = out_of(text, sizeof(text));
    uint32_t n_said = 0;
    struct conf_errors e = {.say = say, .arg = &n_said};

    conf_dump(s, &o);
    check(!o.full);
    conf_state_init(&again);
    conf_read(&again, "file", out_view(&o), &e);
    check(e.n == 0 && memcmp(&again.conf, &s->conf, sizeof(again.conf)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct conf_state state;
    uint32_t n_said = 0;
    struct conf_errors e = {.say = say, .arg = &n_said};
    struct view rest = view_of(data, size);
    unsigned n_settings = size ? data[0] & SETTINGS_MAX : 0;

    conf_state_init(&state);
    rest = view_skip(rest, 1);
    for (unsigned i = 0; i < n_settings; i++)
        set_one(&state, &rest, &e);
    conf_read(&state, "file", rest, &e);
    check_values(&state.conf);
    check_dump(&state);
    conf_check(&state, &e);
    check(n_said == (e.n < CONF_ERRORS_MAX ? e.n : CONF_ERRORS_MAX));
    return 0;
}
