/* SPDX-License-Identifier: MIT */
/* What the program and the kernel agree about. */
#ifndef STEPTRAP_USER_H
#define STEPTRAP_USER_H

/* System calls: r0 the number, r3 the argument and the result. */
#define CALL_ADD_ONE 1 /* (value): one more */
#define CALL_EXIT 2    /* (status) */

#define NUMBERS 5

/* Offsets in struct user. */
#define USER_NUMBERS 0
#define USER_TOTAL (NUMBERS * 8)

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The data page of the program. */
struct user {
    uint64_t numbers[NUMBERS];
    uint64_t total;
};

extern struct user user_data;

/* user.S: the program, and its function that the kernel puts a breakpoint at. */
extern const char user_start[], user_add[];
#endif
#endif
