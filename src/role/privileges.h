/*
 * privileges.h - giving up what is no longer needed.
 */
#ifndef ROLE_PRIVILEGES_H
#define ROLE_PRIVILEGES_H

#include <stdbool.h>

/*
 * Called when all files are open and before the first byte of a capture is looked at: as root becomes the user
 * nobody with no groups, for good; always sets no_new_privs. False, with a message, when that fails.
 */
bool privileges_drop(void);

#endif
