/* SPDX-License-Identifier: MIT */
/* What the parts of `vectors` share. */
#ifndef STEPTRAP_VECTORS_H
#define STEPTRAP_VECTORS_H

#include <stdint.h>

#include "kernel.h"

/* Pages that the user program reads and writes. */
#define USER_HEAP 0x10030000
#define HEAP_PAGES 4

/* vectors.S */
extern const char traced_end[];
void run_traced(uint64_t msr_bits);

/* radix.c */
extern const struct translation radix_translation;
#endif
