/*
 * version.c - versions of the program and of the libraries that it runs with, which need not be those of its build.
 *
 * A file of its own, as the names of jansson's header are also those of base/json_scan.h.
 */
#include "config.h"

#include "role/version.h"

#include "detect/dpi.h"

#include <event2/event.h>
#include <idn2.h>
#include <jansson.h>
#include <ldns/util.h>
#include <libpsl.h>
#include <lzma.h>
#include <maxminddb.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

bool version_print(void)
{
    const char *dpi = dpi_version();

    printf("countermine " PACKAGE_VERSION "\n%s\n%s\n", pcap_lib_version(), OpenSSL_version(OPENSSL_VERSION));
    printf("libmaxminddb %s\nlibevent %s\nldns %s\njansson %s\nlibidn2 %s\nlibpsl %s\n", MMDB_lib_version(),
           event_get_version(), ldns_version(), jansson_version_str(), idn2_check_version(NULL), psl_get_version());
    printf("zlib %s\nzstd %s\nliblzma %s\nxxHash %d.%d.%d\n", zlibVersion(), ZSTD_versionString(), lzma_version_string(),
           XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
    if (strcmp(dpi, "none") == 0)
        printf("nDPI: not built in\n");
    else
        printf("nDPI %s\n", dpi);
    return fflush(stdout) == 0;
}
