/* SPDX-License-Identifier: MIT */
/* What the user program and the kernel agree about. */
#ifndef STEPTRAP_USER_H
#define STEPTRAP_USER_H

/* System calls: r0 the number, r3 and r4 arguments, r3 the result. */
#define CALL_WRITE 1  /* (text, length) */
#define CALL_TICKET 2 /* the next number, from 1 */
#define CALL_TRACE 3  /* (1 or 0): MSR[SE] from the return on */
#define CALL_TICKS 4  /* (count): that many decrementer ticks, each counted in struct user */
#define CALL_EXIT 5   /* (status) */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The data page of the program. It has no other globals: the TOC is the kernel's. */
struct user {
    volatile uint64_t ticks; /* Written by the kernel. */
    uint64_t can_scv;        /* Written by the kernel. */
    uint64_t sum;
    volatile unsigned char *heap;
    char hello[32];
    char done[32];
};

extern struct user user_data;

/* user.S */
long user_call(long number, long first, long second);
long user_call_vectored(long number, long first, long second);
void user_traced(void);
void user_mistakes(void);

/* user.c: the program, and the status that it exits with. */
long user_main(struct user *self);
#endif
#endif
