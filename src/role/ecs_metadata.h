/*
 * ecs_metadata.h - what the task metadata endpoint (version 4) of ECS tells of the task in which the sensor runs.
 *
 * ECS gives each container the variable ECS_CONTAINER_METADATA_URI_V4, "http://169.254.170.2/v4/...". Only an endpoint on the link or
 * on the machine itself is asked, by its address: nothing is resolved, and no route leads further. It is HTTP of a library, so a
 * process in a jail asks, and leaves the answer in memory that it shares; who started it looks at no byte of that. The
 * answer is a document of the inventory (enrich/inventory_read.h), to be read in another jail; that it can be was tried before.
 *
 * Whatever goes wrong is a warning: findings then lack these words, and nothing else.
 */
#ifndef ROLE_ECS_METADATA_H
#define ROLE_ECS_METADATA_H

#include "base/buf.h"
#include "role/inventory_files.h"
#include "role/jailed.h"

#define ECS_METADATA_VARIABLE "ECS_CONTAINER_METADATA_URI_V4"
#define ECS_METADATA_MAX ((size_t)1 << 20) /* bytes of an answer; 10 containers with their labels have about 20 KiB */
#define ECS_METADATA_TIMEOUT_S 2           /* for each question */
#define ECS_METADATA_TRIES 3               /* questions: the task with tags, without, and that once more */
#define ECS_METADATA_URI_MAX 512           /* bytes, with the end */

struct ecs_metadata;

/*
 * Asks the endpoint at uri, which may be NULL or "". NULL when there is nobody to ask, or, with a warning, when uri is not one that may
 * be asked or memory is short. Gives.
 */
struct ecs_metadata *ecs_metadata_start(const char *uri, enum conf_sandbox sandbox);

/* Goes on; with wait until the end, of at most ECS_METADATA_TRIES * ECS_METADATA_TIMEOUT_S. JAILED_FAILED with a warning. */
enum jailed_state ecs_metadata_step(struct ecs_metadata *e, bool wait);

/* Readable when a step is due; -1 when it is over. */
int ecs_metadata_fd(const struct ecs_metadata *e);

/* For who waits for any child: true when pid is that of the process that asks, whose end the next step then knows. */
bool ecs_metadata_ended(struct ecs_metadata *e, pid_t pid, int status);

/* The answer, unseen; empty when there is none (yet). Lives as long as e. fetched_ns: when it came, wall clock. */
struct view ecs_metadata_text(const struct ecs_metadata *e, ns_t *fetched_ns);

/* Adds the answer to the documents of the inventory, under the name of what was asked; nothing when there is none, or e is NULL. */
void ecs_metadata_give(const struct ecs_metadata *e, struct inventory_files *to);

void ecs_metadata_free(struct ecs_metadata *e); /* NULL ok; ends the process */

#endif
