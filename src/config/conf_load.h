/*
 * conf_load.h - the configuration of a run: a file, those of conf.d beside it, and the command line.
 */
#ifndef CONFIG_CONF_LOAD_H
#define CONFIG_CONF_LOAD_H

#include "config/conf_read.h"

#define CONF_NAME "countermine.conf"
#define CONF_DEFAULT_FILE SYSCONFDIR "/countermine/" CONF_NAME
#define CONF_PARTS_MAX 1024 /* files in conf.d */

struct conf_loaded {
    struct conf_state state;
    char **files; /* those read, in their order; owned, and named by state.origin */
    size_t n_files;
};

/*
 * Reads path, or CONF_DEFAULT_FILE when it is NULL, which need not exist; then the files of the folder
 * conf.d beside it whose names end in .conf and do not begin with a dot, in the byte order of their
 * names; then the settings. What is read later holds. False when anything is wrong: all of it was said to e. conf_loaded_fini is due either way.
 */
bool conf_load(struct conf_loaded *l, const char *path, const struct conf_setting *settings, size_t n_settings,
               struct conf_errors *e);
void conf_loaded_fini(struct conf_loaded *l);

/* The file that conf_load reads for path. */
const char *conf_main_file(const char *path);

#endif
