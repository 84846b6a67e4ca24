/*
 * bench-gen: writes the capture the benchmark runs on, and beside it the list
 * of the miners in it.  Deterministic: the same options give the same bytes.
 *
 *   bench-gen [-n PACKETS] [-s SEED] [--variant mix|json|syn|small|flows]
 *             [--span PACKETS] [--miners-in PACKETS] [--miners N]
 *             [--expect FILE] FILE|-
 *
 * FILE.expect, or what --expect names, gets one line a miner: `ip:port pool-ip:port protocol`.
 * --span is the length of the stream that the 300 s are spread over and
 * --miners-in the prefix in which all miners begin and end; both are -n unless
 * told.  With both fixed, a smaller -n gives an exact prefix of a greater one.
 * Statistics go to standard error, one `name value` a line.
 */

#include "gen.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PACKETS_DEFAULT 2300000u
#define PACKETS_MIN 10000u      /* fewer would crowd the miners' dialogues */
#define PACKETS_MAX 1000000000u
#define SEED_DEFAULT 20231114u

enum variant { VARIANT_MIX, VARIANT_JSON, VARIANT_SYN, VARIANT_SMALL, VARIANT_FLOWS };

static const char *const variant_names[] = { "mix", "json", "syn", "small", "flows" };

struct options {
	uint64_t n;
	uint64_t span;
	uint64_t miners_in;
	uint64_t seed;
	uint64_t miners;
	enum variant variant;
	const char *path;
	const char *expect;     /* NULL: beside path */
};

static void
usage(void)
{
	(void)fprintf(stderr,
	    "usage: bench-gen [-n PACKETS] [-s SEED] [--variant mix|json|syn|small|flows]\n"
	    "                 [--span PACKETS] [--miners-in PACKETS] [--miners N]\n"
	    "                 [--expect FILE] FILE|-\n");
	exit(2);
}

static uint64_t
number(const char *text, uint64_t lo, uint64_t hi)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' || v < lo ||
	    v > hi) {
		(void)fprintf(stderr, "bench-gen: %s: want a number of %" PRIu64
		    " to %" PRIu64 "\n", text, lo, hi);
		exit(2);
	}
	return v;
}

static enum variant
variant_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(variant_names); i++)
		if (strcmp(text, variant_names[i]) == 0)
			return (enum variant)i;
	usage();
	return VARIANT_MIX;
}

static void
options_read(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "variant", required_argument, NULL, 'v' },
		{ "span", required_argument, NULL, 'p' },
		{ "miners-in", required_argument, NULL, 'm' },
		{ "miners", required_argument, NULL, 'k' },
		{ "expect", required_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	*o = (struct options){ .n = PACKETS_DEFAULT, .seed = SEED_DEFAULT,
		.miners = GEN_MINERS };
	while ((c = getopt_long(argc, argv, "n:s:", longs, NULL)) != -1) {
		if (c == 'n')
			o->n = number(optarg, PACKETS_MIN, PACKETS_MAX);
		else if (c == 's')
			o->seed = number(optarg, 0, UINT64_MAX);
		else if (c == 'v')
			o->variant = variant_of(optarg);
		else if (c == 'p')
			o->span = number(optarg, PACKETS_MIN, PACKETS_MAX);
		else if (c == 'm')
			o->miners_in = number(optarg, PACKETS_MIN, PACKETS_MAX);
		else if (c == 'k')
			o->miners = number(optarg, 1, GEN_MINERS_MAX);
		else if (c == 'e')
			o->expect = optarg;
		else
			usage();
	}
	if (optind + 1 != argc)
		usage();
	o->path = argv[optind];
	if (strcmp(o->path, "-") == 0 && o->expect == NULL) {
		(void)fprintf(stderr, "bench-gen: standard output wants --expect\n");
		exit(2);
	}
	if (o->span == 0)
		o->span = o->n;
	if (o->miners_in == 0)
		o->miners_in = o->n;
	if (o->miners_in > o->n || o->span < o->n) {
		(void)fprintf(stderr, "bench-gen: want --miners-in <= -n <= --span\n");
		exit(2);
	}
}

/* Returns the number of background flows. */
static uint64_t
write_packets(struct sink *s, const struct options *o, struct miners *m,
    struct traffic *t)
{
	struct rng r;
	uint64_t i = 0;

	rng_init(&r, o->seed ^ 0x666c6f6fu);
	while (s->n_packets < o->n) {
		if (miners_step(m, s))
			continue;
		switch (o->variant) {
		case VARIANT_MIX:
			traffic_step(t, s);
			break;
		case VARIANT_JSON:
			flood_json(s, &r, i);
			break;
		case VARIANT_SYN:
			flood_syn(s, &r);
			break;
		case VARIANT_SMALL:
			flood_small(s, &r, i);
			break;
		case VARIANT_FLOWS:
			flood_flows(s, &r, i);
			break;
		}
		i++;
	}
	switch (o->variant) {
	case VARIANT_JSON:
		return i < FLOOD_JSON_FLOWS ? i : FLOOD_JSON_FLOWS;
	case VARIANT_SYN:
	case VARIANT_FLOWS:
		return i;
	case VARIANT_SMALL:
		return i < FLOOD_SMALL_FLOWS ? i : FLOOD_SMALL_FLOWS;
	default:
		return traffic_flows(t);
	}
}

static double
per_cent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void
statistics(const struct sink *s, const struct options *o, uint64_t n_flows)
{
	(void)fprintf(stderr,
	    "variant %s\nseed %" PRIu64 "\npackets %" PRIu64 "\nbytes %" PRIu64
	    "\nmean_bytes %.1f\nflows %" PRIu64 "\nminers %" PRIu64 "\n",
	    variant_names[o->variant], o->seed, s->n_packets, s->n_bytes,
	    (double)s->n_bytes / (double)s->n_packets, n_flows + o->miners,
	    o->miners);
	(void)fprintf(stderr,
	    "tcp_pct %.2f\nudp_pct %.2f\nip6_pct %.2f\nvlan_pct %.2f\n"
	    "dns_pct %.2f\nport443_pct %.2f\njson_pct %.2f\n"
	    "json_pct_of_payloads %.2f\n",
	    per_cent(s->n_tcp, s->n_packets), per_cent(s->n_udp, s->n_packets),
	    per_cent(s->n_ip6, s->n_packets), per_cent(s->n_vlan, s->n_packets),
	    per_cent(s->n_dns, s->n_packets), per_cent(s->n_443, s->n_packets),
	    per_cent(s->n_json, s->n_packets), per_cent(s->n_json, s->n_payloads));
}

int
main(int argc, char **argv)
{
	struct options o;
	struct sink s;
	struct miners *m;
	struct traffic *t;
	uint64_t n_flows;
	char expect[4096];
	int n;

	options_read(argc, argv, &o);
	n = snprintf(expect, sizeof(expect), "%s%s", o.expect ? o.expect : o.path,
	    o.expect ? "" : ".expect");
	if (n < 0 || (size_t)n >= sizeof(expect))
		usage();
	text_init(o.seed);
	if (!sink_open(&s, o.path, o.span, o.seed)) {
		(void)fprintf(stderr, "bench-gen: %s: %s\n", o.path, strerror(errno));
		return 1;
	}
	m = miners_new(o.seed, o.miners_in, (unsigned)o.miners);
	t = traffic_new(&s, o.seed);
	if (m == NULL || t == NULL) {
		(void)fprintf(stderr, "bench-gen: out of memory\n");
		return 1;
	}
	n_flows = write_packets(&s, &o, m, t);
	if (!sink_close(&s) || !miners_done(m) || !miners_expect(m, expect)) {
		(void)fprintf(stderr, "bench-gen: %s: not written completely\n", o.path);
		return 1;
	}
	statistics(&s, &o, n_flows);
	traffic_free(t);
	miners_free(m);
	return 0;
}
