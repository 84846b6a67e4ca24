/*
 * allow_files.h - reads the site lists that the configuration names.
 */
#ifndef ROLE_ALLOW_FILES_H
#define ROLE_ALLOW_FILES_H

#include "config/conf.h"
#include "finding/allow.h"

/*
 * Reads all files of site.allow, in their order. Without files it gives an empty list. NULL, and all faults are said, when one cannot be
 * read or has a fault. Borrows conf for the call. Gives.
 */
struct allow *allow_files_read(const struct conf *conf);

#endif
