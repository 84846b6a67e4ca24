/*
 * bench-loop: the least a program can do with libpcap's savefile reader: count
 * packets and add up their captured bytes.  The yardstick of `make bench`.
 * Usage: bench-loop FILE, or bench-loop -V for the library's version.
 */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* u_char in pcap.h */
#endif

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct total {
	uint64_t n_packets;
	uint64_t n_bytes; /* captured */
};

static void
on_packet(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	struct total *t = (struct total *)(void *)user;

	(void)bytes;
	t->n_packets++;
	t->n_bytes += head->caplen;
}

int
main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE];
	struct total t = { 0, 0 };
	pcap_t *p;
	int status;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench-loop FILE | -V\n");
		return 2;
	}
	if (strcmp(argv[1], "-V") == 0)
		return puts(pcap_lib_version()) < 0;
	p = pcap_open_offline(argv[1], why);
	if (p == NULL) {
		(void)fprintf(stderr, "bench-loop: %s\n", why);
		return 1;
	}
	status = pcap_loop(p, -1, on_packet, (u_char *)&t);
	if (status < 0)
		(void)fprintf(stderr, "bench-loop: %s\n", pcap_geterr(p));
	pcap_close(p);
	(void)printf("%" PRIu64 " packets %" PRIu64 " bytes\n", t.n_packets, t.n_bytes);
	return status < 0;
}
