/*
 * reload_part.h - the inside of a reload: what its files share.
 *
 *   reload.c        configuration, lists and outputs, and when what is new is taken
 *   reload_files.c  inventory and databases of places
 */
#ifndef ROLE_RELOAD_PART_H
#define ROLE_RELOAD_PART_H

#include "role/parent.h"

/*
 * Files whose faults hold up nothing else: a program collects them, at any time, and without them findings say less and are no
 * less right. Each kind is started, goes on in steps until its state is no longer JAILED_RUNS, and is then used or refused.
 */
struct reload_files {
    const struct conf *conf; /* the new one */
    struct {
        struct inventory_files *files; /* NULL when they cannot be read, or were used */
        struct ecs_metadata *metadata; /* being asked for, or NULL; the rest waits for it */
        bool has_metadata;             /* no longer */
        enum jailed_state state;
        char fault[INVENTORY_FAULT_MAX]; /* why files is NULL */
    } inventory;
    struct {
        struct geo_files *files;
        enum jailed_state state;
        char fault[GEO_FAULT_BYTES];
    } geo;
};

/* Reads the files, and begins to check the databases. Keeps conf until the last step. */
void reload_files_start(struct reload_files *r, const struct conf *conf);

/* True when there is nothing more to wait for. */
bool reload_files_step(struct reload_files *r, struct parent *p);

/* What is good takes the place of what the parent has, what is broken leaves that in force; both are said. */
void reload_files_use(struct reload_files *r, struct parent *p);

/* As reload_fd and reload_ended. */
int reload_files_fd(const struct reload_files *r);
bool reload_files_ended(struct reload_files *r, pid_t pid, int status);

void reload_files_drop(struct reload_files *r);

/* Writes an event that informs; one that something was refused: "kept", "the inventory stays as it was", and why, "" for memory. */
void reload_tell(struct parent *p, enum sensor_what what, const char *text);
void reload_refuse(struct parent *p, enum sensor_what what, const char *kept, const char *fault);

#endif
