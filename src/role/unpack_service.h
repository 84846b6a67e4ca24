/*
 * unpack_service.h - how a jailed worker has compressed captures unpacked: the parent forks the process that does it.
 *
 * The worker may not fork, and the parent may not look into captures; the worker says which descriptor holds a
 * compressed file, what was already read of it, and in which format it is. Both, and the process that unpacks, share
 * one mapping, made before the worker was started.
 */
#ifndef ROLE_UNPACK_SERVICE_H
#define ROLE_UNPACK_SERVICE_H

#include "capture/unpack.h"
#include "role/ipc.h"

#define UNPACK_SLOTS 64 /* captures unpacked at a time: one, and one for each compressed pipe */

struct unpack_service;

struct ipc_unpack {
    uint32_t slot;
    int32_t fd;      /* of the compressed file, as the worker and the parent both have it */
    uint32_t format; /* enum codec_format */
    uint32_t n_head; /* bytes already read, which lie in the shared mapping */
    int32_t error;   /* back: errno of what could not be started; 0 = it runs, and the pipe comes with the message */
    int32_t status;  /* back, of an end: as waitpid has it */
    uint32_t stop;   /* end: it is to be stopped, whether done or not */
};

/* In the parent, before the worker is started. NULL when memory is short. */
struct unpack_service *unpack_service_new(const struct unpack_limits *limits, enum conf_sandbox sandbox);

/* In the parent: takes a message of type IPC_UNPACK or IPC_UNPACK_END, and answers. False when it is malformed. */
bool unpack_service_serve(struct unpack_service *s, int control, const struct ipc_message *m);

/* In the worker: what capture/input.c unpacks by. One worker at a time. */
struct unpack_ops unpack_service_ops(struct unpack_service *s, int control);

/* Ends all that runs. */
void unpack_service_free(struct unpack_service *s);

#endif
