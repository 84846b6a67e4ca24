/*
 * terminal.c - colours and width of standard output.
 */
#include "config.h"

#include "role/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_describe(struct output_context *ctx)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return;
    ctx->colour = !(no_colour && no_colour[0]) && !(term && strcmp(term, "dumb") == 0);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        ctx->width = size.ws_col;
}
