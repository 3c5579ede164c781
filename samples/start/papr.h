/* SPDX-License-Identifier: MIT */
/* What a guest asks of the machine `pseries`: hypercalls and RTAS (Power Architecture Platform Reference). */
#ifndef STEPTRAP_PAPR_H
#define STEPTRAP_PAPR_H

#include <stdint.h>

#define H_SUCCESS 0
#define H_BUSY 1
#define H_GET_TERM_CHAR 0x54
#define H_PUT_TERM_CHAR 0x58
/* Not of PAPR: RTAS without its blob, r4 is the real address of a struct rtas_arguments. */
#define H_RTAS 0xf000

/* What a hypercall gives back: r3, and r4 to r6. */
struct hypercall_result {
    long status;
    unsigned long values[3];
};

static inline struct hypercall_result hypercall(unsigned long opcode, unsigned long first, unsigned long second,
                                                unsigned long third, unsigned long fourth)
{
    register unsigned long r3 __asm__("r3") = opcode;
    register unsigned long r4 __asm__("r4") = first;
    register unsigned long r5 __asm__("r5") = second;
    register unsigned long r6 __asm__("r6") = third;
    register unsigned long r7 __asm__("r7") = fourth;

    __asm__ volatile("sc 1" /* hypercall */
                     : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7)
                     :
                     : "r0", "r8", "r9", "r10", "r11", "r12", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer", "memory");
    return (struct hypercall_result){ (long)r3, { r4, r5, r6 } };
}

/* The RTAS functions that samples call. */
enum rtas_function { RTAS_POWER_OFF, RTAS_START_CPU, RTAS_STOP_SELF, RTAS_FUNCTIONS };

/* Finds the functions' tokens in a flattened device tree. The start-up code calls it, or asks Open Firmware. */
void rtas_find(const void *device_tree);

/* Calls a function with up to three arguments that gives back its status alone. */
int rtas_call(enum rtas_function function, int count, uint32_t first, uint32_t second, uint32_t third);

#endif
