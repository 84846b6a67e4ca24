/*
 * process_group.h - which container a process is in, by the names of its control groups.
 *
 * Who runs containers makes a group for each, whose path says its identifier: there is no standard for it, so this knows the
 * habits of Docker, containerd, CRI-O, Podman, Amazon ECS and Fargate, Kubernetes' kubelet (both of its drivers), LXC and
 * systemd-nspawn. A process that may make groups can call them what it likes: what is read here is what the machine says, no proof.
 */
#ifndef ENRICH_PROCESS_GROUP_H
#define ENRICH_PROCESS_GROUP_H

#include "base/out.h"

struct process_group {
    struct view container; /* identifier, of LXC and nspawn the name; empty = none */
    struct view pod;       /* uid of the pod as it is written there, maybe with _ for -; empty = none */
};

/* Reads /proc/PID/cgroup, of version 1 or 2 or both. The views are of text. */
void process_read_groups(struct view text, struct process_group *g);

/* Writes the uid as the API of Kubernetes has it. */
void process_pod_print(struct view pod, struct out *o);

#endif
