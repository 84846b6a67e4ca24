/*
 * pcap_file.h - the classic pcap format.
 */
#ifndef CAPTURE_PCAP_FILE_H
#define CAPTURE_PCAP_FILE_H

#include "capture/savefile.h"

/*
 * Takes the file over when it begins with a header of classic pcap 2.3 or 2.4. False when it does not;
 * then nothing was read, or s->error says that the header is cut.
 */
bool pcap_file_open(struct savefile *s);

#endif
