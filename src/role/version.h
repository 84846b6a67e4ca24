/*
 * version.h - versions of the program and of its libraries.
 */
#ifndef ROLE_VERSION_H
#define ROLE_VERSION_H

#include <stdbool.h>

/* Prints them on standard output, a line each. False when that cannot be written. */
bool version_print(void);

#endif
