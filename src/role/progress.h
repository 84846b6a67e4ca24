/*
 * progress.h - a line on the terminal that says how far the reading is.
 */
#ifndef ROLE_PROGRESS_H
#define ROLE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Starts; total is the bytes to read, 0 when not known; what is counted are "packets", or another word that lives on. Shows nothing unless standard error is a terminal. */
void progress_start(uint64_t total, const char *what, bool wanted);

/* Says how far it is; cheap enough to be called every few thousand packets. */
void progress_show(uint64_t bytes, uint64_t packets);

/* Wipes the line. */
void progress_wipe(void);

#endif
