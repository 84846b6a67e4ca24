/*
 * test_conf.c - configuration texts: what they set, what is said about wrong ones, and the dump, which must
 * read back.
 */
#include "config.h"

#include "base/out.h"
#include "config/conf_dump.h"
#include "config/conf_read.h"
#include "config/option_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAID_MAX 65536

/* All that was said, a line each. */
struct said {
    char text[SAID_MAX];
    struct out o;
    struct conf_errors errors;
};

static void say(void *arg, const char *text)
{
    struct said *said = arg;

    out_str(&said->o, text);
    out_char(&said->o, '\n');
}

static struct said said;
static struct conf_state state;

static void start(void)
{
    said.o = out_of(said.text, sizeof(said.text));
    said.errors = (struct conf_errors){.say = say, .arg = &said};
    conf_state_init(&state);
}

/* Reads from memory of its very size, so that a sanitizer sees a step over the end. */
static void read_bytes(struct view text)
{
    uint8_t *mem = malloc(text.n ? text.n : 1);

    assert_non_null(mem);
    if (text.n)
        memcpy(mem, text.p, text.n);
    conf_read(&state, "f", view_of(mem, text.n), &said.errors);
    free(mem);
}

static void read_text(const char *text)
{
    start();
    read_bytes(view_str(text));
}

static void print_value(const char *section, const char *key, struct out *o)
{
    option_print(option_at(option_find(view_str(section), view_str(key))), &state.conf, o);
}

static void assert_value(const char *text, const char *section, const char *key, const char *expected)
{
    char mem[CONF_DUMP_MAX];
    struct out o = out_of(mem, sizeof(mem));

    print_value(section, key, &o);
    if (said.errors.n || strcmp(mem, expected) != 0)
        fail_msg("`%s' gives %s.%s = `%s', expected `%s'; said: %s", text, section, key, mem, expected, said.text);
}

static const struct {
    const char *text, *section, *key, *value;
} good[] = {
    {"", "limits", "max_flows", "524288"},
    {"[limits]\nmax_flows = 64\n", "limits", "max_flows", "64"},
    {"[limits]\nmax_flows = 16777216", "limits", "max_flows", "16777216"}, /* no newline at the end */
    {"[limits]\r\nmax_flows=65\r\n", "limits", "max_flows", "65"},
    {"\xef\xbb\xbf[limits]\nmax_flows=65\n", "limits", "max_flows", "65"},
    {"  [ limits ]  # x\n\tmax_flows\t=\t65\t; y\n", "limits", "max_flows", "65"},
    {"# c\n; c\n   # c\n\n[limits]\nmax_flows=0000065 # c", "limits", "max_flows", "65"},
    {"[limits]\nmax_windows = 7\n[dns]\nenabled = off\n[limits]\nmax_flows=99\n", "limits", "max_windows", "7"},
    {"[dns]\nenabled = off\n", "dns", "enabled", "no"},
    {"[dns]\nenabled = false\n", "dns", "enabled", "no"},
    {"[output]\nredact = yes\n", "output", "redact", "yes"},
    {"[output]\nredact = \"on\"\n", "output", "redact", "yes"},
    {"[output]\nredact = true\n", "output", "redact", "yes"},
    {"[output]\nupdate_interval = 90m\n", "output", "update_interval", "90m"},
    {"[output]\nupdate_interval = 60s\n", "output", "update_interval", "1m"},
    {"[output]\nupdate_interval = 48h\n", "output", "update_interval", "2d"},
    {"[output]\nupdate_interval = 61s\n", "output", "update_interval", "61s"},
    {"[captures]\nmax_unpacked_bytes = 1048576\n", "captures", "max_unpacked_bytes", "1M"},
    {"[captures]\nmax_unpacked_bytes = 1500K\n", "captures", "max_unpacked_bytes", "1500K"},
    {"[captures]\nmax_unpacked_bytes = 1024T\n", "captures", "max_unpacked_bytes", "1024T"},
    {"[captures]\nmax_unpacked_bytes = 1048577\n", "captures", "max_unpacked_bytes", "1048577"},
    {"[captures]\nmax_ratio = 10\n", "captures", "max_ratio", "10"},
    {"[sensor]\nname = tokyo-1\n", "sensor", "name", "\"tokyo-1\""},
    {"[sensor]\nname = a#b;c\n", "sensor", "name", "\"a#b;c\""},
    {"[sensor]\nname = \"a # b\" ; c\n", "sensor", "name", "\"a # b\""},
    {"[sensor]\nname = \"a\\\"b\\\\c\"\n", "sensor", "name", "\"a\\\"b\\\\c\""},
    {"[sensor]\nname = \xe6\x9d\xb1\xe4\xba\xac\n", "sensor", "name", "\"\xe6\x9d\xb1\xe4\xba\xac\""},
    {"[sensor]\nname = a=b\n", "sensor", "name", "\"a=b\""},
    {"[sensor]\nname = \"\"\n", "sensor", "name", "\"\""},
    {"[tunnels]\nvxlan_ports = 1 65535\n", "tunnels", "vxlan_ports", "1 65535"},
    {"[tunnels]\nvxlan_ports = \n", "tunnels", "vxlan_ports", ""},
    {"[tunnels]\nvxlan_ports = # none\n", "tunnels", "vxlan_ports", ""},
    {"[tunnels]\ngeneve_ports = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", "tunnels", "geneve_ports",
     "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"},
    {"[network]\nhome_net = 192.0.2.0/24 2001:db8::/32 198.51.100.7 ::1/128 0.0.0.0/0 ::/0\n", "network", "home_net",
     "192.0.2.0/24 2001:db8::/32 198.51.100.7 ::1 0.0.0.0/0 ::/0"},
    {"[network]\nhome_net = \n", "network", "home_net", ""},
    {"[network]\nhome_net = ::ffff:10.0.0.0/104 # mapped\n", "network", "home_net", "10.0.0.0/8"},
    {"[feeds]\nfiles = /a \"/b c\" d\n", "feeds", "files", "\"/a\" \"/b c\" \"d\""},
    {"[feeds]\nfiles =\n", "feeds", "files", ""},
};

static void test_good(void **ctx)
{
    (void)ctx;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        read_text(good[i].text);
        assert_value(good[i].text, good[i].section, good[i].key, good[i].value);
    }
}

static const struct {
    const char *text, *message;
} bad[] = {
    {"[limits]\nmax_flows = 63\n", "f:2: limits.max_flows: given `63', expected a count from 64 to 16777216, in digits\n"},
    {"[limits]\nmax_flows = 16777217\n", "f:2: limits.max_flows: given `16777217', expected a count"},
    {"[limits]\nmax_flows = -1\n", "given `-1', expected a count"},
    {"[limits]\nmax_flows = 0x40\n", "given `0x40', expected a count"},
    {"[limits]\nmax_flows = 1K\n", "given `1K', expected a count"},
    {"[limits]\nmax_flows = 18446744073709551680\n", "given `18446744073709551680', expected a count"}, /* 2^64 + 64 */
    {"[limits]\nmax_flows = 4294967360\n", "given `4294967360', expected a count"},                     /* 2^32 + 64 */
    {"[limits]\nmax_flows =\n", "f:2: limits.max_flows: given `': nothing is there, expected a count"},
    {"[limits]\nmax_flows = 64 65\n", "given `64 65': there is more than one word, expected a count"},
    {"[limits]\nmax_flows = 64 x # c\n", "given `64 x': there is"},
    {"[limits]\nmax_flows = \"64\n", "given `\"64': the quote is not closed"},
    {"[limits]\nmax_flows = \"64\"5\n", "a blank must stand behind the closing quote"},
    {"[limits]\nmax_flows = 6\"4\"\n", "there is a quote inside a word"},
    {"[limits]\nmax_flow = 64\n", "f:2: limits.max_flow: there is no such key; did you mean limits.max_flows?\n"},
    {"[limits]\nredact = yes\n", "f:2: limits.redact: there is no such key; did you mean output.redact?\n"},
    {"[dpi]\nsomething = 1\n", "f:2: dpi.something: there is no such key; the keys of this section are enabled\n"},
    {"[limit]\nmax_flows = 64\n", "f:1: [limit]: there is no such section; did you mean [limits]?\n"},
    {"[elsewhere]\n", "f:1: [elsewhere]: there is no such section; the sections are [sensor] [network] [tunnels] [dns] [feeds] "
                      "[site] [owner] [geo] [dpi] [captures] [capture] [process] [output] [state] [status] [limits]\n"},
    {"[]\n", "f:1: []: there is no such section; the sections"},
    {"[limits\n", "f:1: given `[limits', expected `[section]' and nothing behind it\n"},
    {"[limits] x\n", "f:1: given `[limits] x', expected"},
    {"max_flows = 64\n",
     "f:1: max_flows: stands before any section; expected `[section]' first; did you mean limits.max_flows?\n"},
    {"[limits]\nmax_flows\n", "f:2: given `max_flows', expected `[section]', `key = value' or a comment\n"},
    {"[limits]\n= 64\n", "f:2: given `= 64', expected"},
    {"[limits]\nmax_flows = 64\nmax_windows = 3\nmax_flows = 64\n",
     "f:4: limits.max_flows: stands in line 2 already; expected each key once in a file\n"},
    {"[limits]\nmax_flows = 64\n[dns]\n[limits]\nmax_flows = 64\n", "f:5: limits.max_flows: stands in line 2 already"},
    {"[dns]\nenabled = maybe\n", "f:2: dns.enabled: given `maybe', expected yes or no\n"},
    {"[dns]\nenabled = YES\n", "given `YES', expected yes or no"},
    {"[dns]\nenabled = 1\n", "given `1', expected yes or no"},
    {"[output]\nupdate_interval = 60\n",
     "f:2: output.update_interval: given `60', expected a duration from 1m to 365d, a number "
     "with its unit s, m, h or d\n"},
    {"[output]\nupdate_interval = 59s\n", "given `59s', expected a duration"},
    {"[output]\nupdate_interval = 366d\n", "given `366d', expected a duration"},
    {"[output]\nupdate_interval = 1h30m\n", "given `1h30m', expected a duration"},
    {"[output]\nupdate_interval = 999999999999999999d\n", "expected a duration"},
    {"[output]\nupdate_interval = h\n", "given `h', expected a duration"},
    {"[captures]\nmax_unpacked_bytes = 1\n", "f:2: captures.max_unpacked_bytes: given `1', expected a size from 1M to 1024T, a "
                                             "number of bytes or of K, M, G, T (powers of 1024)\n"},
    {"[captures]\nmax_unpacked_bytes = 64GB\n", "given `64GB', expected a size"},
    {"[captures]\nmax_unpacked_bytes = 64g\n", "given `64g', expected a size"},
    {"[captures]\nmax_unpacked_bytes = 16777217T\n", "given `16777217T', expected a size"}, /* 2^64 and more */
    {"[tunnels]\nvxlan_ports = 0\n",
     "f:2: tunnels.vxlan_ports: given `0', expected at most 16 ports from 1 to 65535, separated by "
     "blanks\n"},
    {"[network]\nhome_net = 10.0.0.0/8 10.0.0.1/8\n",
     "f:2: network.home_net: given `10.0.0.0/8 10.0.0.1/8', expected at most 64 networks as 192.0.2.0/24 or 2001:db8::/32, no "
     "bits behind their length, separated by blanks\n"},
    {"[network]\nhome_net = 10.0.0.0/33\n", "given `10.0.0.0/33', expected at most 64 networks"},
    {"[network]\nhome_net = ::ffff:0.0.0.0/95\n", "expected at most 64 networks"},
    {"[network]\nhome_net = fc00::/129\n", "expected at most 64 networks"},
    {"[network]\nhome_net = 10.0.0.0/\n", "expected at most 64 networks"},
    {"[network]\nhome_net = 10.0.0.0/8,fc00::/7\n", "expected at most 64 networks"},
    {"[network]\nhome_net = localhost\n", "expected at most 64 networks"},
    {"[network]\nhome_nets = 10.0.0.0/8\n", "f:2: network.home_nets: there is no such key; did you mean network.home_net?\n"},
    {"[tunnels]\nvxlan_ports = 4789,8472\n", "given `4789,8472', expected at most 16 ports"},
    {"[tunnels]\nvxlan_ports = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n", "expected at most 16 ports"},
    {"[feeds]\nfiles = a b c d e f g h i j k l m n o p q\n", "expected at most 16 paths"},
    {"[feeds]\nfiles = \"\"\n", "given `\"\"', expected at most 16 paths"},
    {"[sensor]\nname = a b\n",
     "f:2: sensor.name: given `a b': there is more than one word, expected a text of at most 255 bytes, "
     "in double quotes when it holds blanks, # or ;\n"},
    {"[sensor]\nname = \"a\\n\"\n", "a backslash in quotes must have a quote or a backslash behind it"},
    {"[sensor]\nname = \"a\\\n", "a backslash in quotes must have"},
    {"[sensor]\nname = a\x1b[31m\n", "it has control or invisible characters, or is not UTF-8"},
    {"[sensor]\nname = a\rb\n", "it has control or invisible characters"},
    {"[sensor]\nname = \xff\n", "or is not UTF-8"},
    {"[sensor]\nname = a\xe2\x80\xae\n", "it has control or invisible characters"},
    {"[\x01\x02]\n", "there is no such section"},
};

static void test_bad(void **ctx)
{
    (void)ctx;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct conf_state before;

        read_text(bad[i].text);
        if (said.errors.n != 1 || !strstr(said.text, bad[i].message))
            fail_msg("`%s': %u errors: %s", bad[i].text, said.errors.n, said.text);
        if (strstr(bad[i].text, "64\n") || strstr(bad[i].text, "max_windows"))
            continue; /* a good line stands beside the bad one */
        before = state;
        conf_state_init(&state);
        assert_memory_equal(&before.conf, &state.conf, sizeof(state.conf));
    }
}

static void test_all_errors_at_once(void **ctx)
{
    (void)ctx;
    read_text("x\n[limits]\nmax_flows=1\nmax_windows=2\n[nope]\na=1\nb=2\n[dns]\nenabled=7\n");
    assert_string_equal(
        said.text,
        "f:1: given `x', expected `[section]', `key = value' or a comment\n"
        "f:3: limits.max_flows: given `1', expected a count from 64 to 16777216, in digits\n"
        "f:5: [nope]: there is no such section; the sections are [sensor] [network] [tunnels] [dns] [feeds] [site] [owner] "
        "[geo] [dpi] [captures] [capture] [process] [output] [state] [status] [limits]\n"
        "f:9: dns.enabled: given `7', expected yes or no\n");
    assert_int_equal(state.conf.limits.max_blocks, 2);
    assert_int_equal(state.origin[option_find(view_str("limits"), view_str("max_windows"))].line, 4);
}

static void test_many_errors(void **ctx)
{
    static char text[2 * 1000];
    size_t lines = 0;

    (void)ctx;
    for (size_t i = 0; i < sizeof(text); i += 2)
        memcpy(text + i, "x\n", 2);
    start();
    read_bytes(view_of(text, sizeof(text)));
    for (const char *p = said.text; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(said.errors.n, 1000);
    assert_int_equal(lines, CONF_ERRORS_MAX);
}

static void test_nul(void **ctx)
{
    (void)ctx;
    start();
    read_bytes(view_of("[limits]\nmax_flows=64\n\0\0\nx\n", 27));
    assert_string_equal(said.text, "f:3: a line with a NUL byte, expected text in UTF-8; the rest of the file is not read\n");
    start();
    read_bytes(view_of("\xff\xfe[\0l\0]\0", 8)); /* UTF-16 */
    assert_int_equal(said.errors.n, 1);
}

static void test_long_lines(void **ctx)
{
    static char text[2 * CONF_LINE_MAX + 100];
    struct out o = out_of(text, sizeof(text));

    (void)ctx;
    out_str(&o, "[sensor]\n#");
    while (o.n < 10 + CONF_LINE_MAX - 1)
        out_char(&o, 'c');
    out_str(&o, "\nname = x\n");
    start();
    read_bytes(out_view(&o));
    assert_value("a comment of 64 KiB", "sensor", "name", "\"x\"");
    o = out_of(text, sizeof(text));
    out_str(&o, "[sensor]\nname=");
    while (o.n < 9 + CONF_LINE_MAX + 1)
        out_char(&o, 'n');
    out_str(&o, "\nsite_key = x\n");
    start();
    read_bytes(out_view(&o));
    assert_string_equal(said.text, "f:2: a line of 65537 bytes, expected at most 65536\n");
    assert_string_equal(state.conf.sensor.site_key, "x");
    for (size_t n = CONF_TEXT_MAX - 1; n <= CONF_TEXT_MAX; n++) {
        o = out_of(text, sizeof(text));
        out_fmt(&o, "[sensor]\nname=%0*d", (int)n, 7);
        start();
        read_bytes(out_view(&o));
        assert_int_equal(said.errors.n, n == CONF_TEXT_MAX);
    }
    for (size_t n = CONF_PATH_MAX - 1; n <= CONF_PATH_MAX; n++) {
        o = out_of(text, sizeof(text));
        out_fmt(&o, "[feeds]\nfiles=%0*d", (int)n, 7);
        start();
        read_bytes(out_view(&o));
        assert_int_equal(said.errors.n, n == CONF_PATH_MAX);
    }
}

static void set(const char *text)
{
    conf_set(&state, &(struct conf_setting){"--set", text}, &said.errors);
}

static void test_set(void **ctx)
{
    size_t i = option_find(view_str("limits"), view_str("max_flows"));

    (void)ctx;
    read_text("[limits]\nmax_flows=64\n");
    set("limits.max_flows=65");
    assert_int_equal(said.errors.n, 0);
    assert_int_equal(state.conf.limits.max_flows, 65);
    assert_string_equal(state.origin[i].where, "--set");
    assert_int_equal(state.origin[i].line, 0);
    set("limits.max_flows=66");
    set(" sensor.name = \"a b\" ");
    assert_int_equal(state.conf.limits.max_flows, 66);
    assert_string_equal(state.conf.sensor.name, "a b");
    assert_int_equal(said.errors.n, 0);
    set("limits.max_flows=0");
    set("max_flows=64");
    set("limits.max_flows");
    set("limits.flows=64");
    set("outptu.redact=yes");
    set("=");
    set("");
    assert_string_equal(
        said.text,
        "option --set limits.max_flows=0: limits.max_flows: given `0', expected a count from 64 to 16777216, in digits\n"
        "option --set max_flows=64: expected section.key=value behind it\n"
        "option --set limits.max_flows: expected section.key=value behind it\n"
        "option --set limits.flows=64: limits.flows: there is no such key; the keys of this section are max_flows "
        "max_dialogues max_windows max_fragments max_dpi_flows max_names max_findings\n"
        "option --set outptu.redact=yes: [outptu]: there is no such section; did you mean [output]?\n"
        "option --set =: expected section.key=value behind it\n"
        "option --set : expected section.key=value behind it\n");
}

static void test_port_in_both_lists(void **ctx)
{
    (void)ctx;
    read_text("[tunnels]\n\nvxlan_ports = 6081 1\n");
    assert_int_equal(said.errors.n, 0);
    conf_check(&state, &said.errors);
    assert_string_equal(said.text,
                        "f:3: tunnels.geneve_ports: port 6081 is in tunnels.vxlan_ports too, expected in one of them\n");
    set("tunnels.geneve_ports=7 1");
    conf_check(&state, &said.errors);
    assert_non_null(strstr(said.text, "\n--set: tunnels.geneve_ports: port 1 is in"));
    start();
    conf_check(&state, &said.errors);
    assert_int_equal(said.errors.n, 0);
}

/* The dump, read again, gives the same bytes of struct conf. */
static void assert_reads_back(void)
{
    static char text[CONF_DUMP_MAX];
    struct out o = out_of(text, sizeof(text));
    struct conf before = state.conf;

    conf_dump(&state, &o);
    assert_false(o.full);
    start();
    read_bytes(out_view(&o));
    assert_string_equal(said.text, "");
    assert_memory_equal(&before, &state.conf, sizeof(before));
}

static void test_dump(void **ctx)
{
    static char longest[CONF_PATH_MAX];
    struct conf_files *files = &state.conf.feeds.files;

    (void)ctx;
    start();
    assert_reads_back();
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        read_text(good[i].text);
        assert_reads_back();
    }
    start();
    memset(longest, '"', sizeof(longest) - 1); /* each of them takes two bytes */
    for (files->n = 0; files->n < CONF_FILES_MAX; files->n++)
        memcpy(files->path[files->n], longest, sizeof(longest));
    memcpy(state.conf.sensor.name, longest, CONF_TEXT_MAX - 1);
    memcpy(state.conf.sensor.site_key, longest, CONF_TEXT_MAX - 1);
    memset(longest, '/', sizeof(longest) - 1);
    for (size_t i = 0; i < CONF_OPTIONS_N; i++)
        state.origin[i] = (struct conf_origin){longest, UINT32_MAX};
    assert_reads_back();
}

/* Each option stands alone in the table, its default is in its range, and it writes its own field only. */
static void test_table(void **ctx)
{
    (void)ctx;
    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        const struct conf_option *a = option_at(i);
        struct conf conf;

        assert_int_equal(option_find(view_str(a->section), view_str(a->key)), i);
        assert_true(strlen(a->text) > 0 && a->text[strlen(a->text) - 1] != '.');
        assert_true(a->min <= a->max);
        memset(&conf, 0x55, sizeof(conf));
        assert_null(option_parse(a, view_str(a->preset), &conf));
        memset((uint8_t *)&conf + a->offset, 0x55, a->size);
        for (size_t at = 0; at < sizeof(conf); at++)
            assert_int_equal(((uint8_t *)&conf)[at], 0x55);
        for (size_t j = 0; j < i; j++)
            assert_true(a->offset >= option_at(j)->offset + option_at(j)->size || option_at(j)->offset >= a->offset + a->size);
    }
    assert_int_equal(option_find(view_str("limits"), view_str("enabled")), CONF_OPTIONS_N);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_nul),         cmocka_unit_test(test_all_errors_at_once),
        cmocka_unit_test(test_many_errors), cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_set),         cmocka_unit_test(test_port_in_both_lists),
        cmocka_unit_test(test_dump),        cmocka_unit_test(test_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
