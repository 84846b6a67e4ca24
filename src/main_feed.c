/*
 * main_feed.c - countermine-feed: the tool for lists of names.
 */
#include "config.h"

#include "feedtool/tool.h"

int main(int argc, char **argv)
{
    return tool_main(argc, argv);
}
