/*
 * log.h - messages to the operator on standard error.
 *
 * err: the operator must act; warn: degraded; info: start, stop, reload; debug: the rest. Text that
 * came from the wire or from file names passes out_escape first; log_* does that for the whole line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_LEVEL_ERR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Sets what is shown; LOG_LEVEL_WARN at start. */
void log_set_level(enum log_level level);

/* Sets what lines begin with; "countermine" at start. Keeps name. */
void log_set_name(const char *name);

/*
 * Sets what is called before a line is written, so that a progress line can be wiped first; NULL for
 * nothing.
 */
void log_set_before(void (*before)(void));

/*
 * Sets who takes the lines that are shown, instead of standard error: text without level, prefix and end of line, not yet
 * escaped. NULL for standard error.
 */
void log_set_writer(void (*writer)(enum log_level level, const char *text));

void log_err(const char *fmt, ...) ATTR_PRINTF(1, 2);
void log_warn(const char *fmt, ...) ATTR_PRINTF(1, 2);
void log_info(const char *fmt, ...) ATTR_PRINTF(1, 2);
void log_debug(const char *fmt, ...) ATTR_PRINTF(1, 2);

#endif
