/* SPDX-License-Identifier: GPL-2.0 */
/* A message of a fixed size over a socket, with a descriptor or without. */
#ifndef NSHANDLE_FUZZ_MESSAGE_H
#define NSHANDLE_FUZZ_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* @fd is -1 without one. */
bool message_send(int sock, const void *buf, size_t size, int fd);
bool message_receive(int sock, void *buf, size_t size, int *fd);

#endif /* NSHANDLE_FUZZ_MESSAGE_H */
