/*
 * pcapng_file.h - the pcapng format.
 */
#ifndef CAPTURE_PCAPNG_FILE_H
#define CAPTURE_PCAPNG_FILE_H

#include "capture/savefile.h"

/* Takes the file over when it begins with a section header. False when not, or with s->error set. */
bool pcapng_file_open(struct savefile *s);
void pcapng_file_close(struct savefile *s);

#endif
