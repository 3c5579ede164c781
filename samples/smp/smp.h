/* SPDX-License-Identifier: MIT */
/* What the C part and the assembly part of `smp` share. */
#ifndef STEPTRAP_SMP_H
#define STEPTRAP_SMP_H

#include <stdint.h>

/* What the ISA says in its own words. POWER has no event to wait for: the CPU says that it only spins. */
#ifdef __powerpc64__
#define CPU_ON "start-cpu"
#define WAIT_FOR_EVENT "yield"
#define SEND_EVENT "sync"
#define READ_THIS_CPU "mfsprg0 %0"
#define WRITE_THIS_CPU "mtsprg0 %0"
#else
#define CPU_ON "CPU_ON"
#define WAIT_FOR_EVENT "wfe"
#define SEND_EVENT "dsb ish\n\tsev"
#define READ_THIS_CPU "mrs %0, tpidr_el1"
#define WRITE_THIS_CPU "msr tpidr_el1, %0"
#endif

/* One CPU's own data. Each on cache lines of its own, so that CPUs do not write side by side. */
struct cpu {
    void *stack_top;      /* Read by secondary_start. */
    uint64_t number;
    volatile uint64_t state; /* enum cpu_state */
    uint64_t tally;       /* How often this CPU has raised the counter. */
    uint64_t spins;       /* How often it has found the lock taken; another number on each machine. */
} __attribute__((aligned(64)));

/* 0: free, 1: taken. */
struct lock {
    volatile uint32_t taken;
};

/* Where cpu_on starts a CPU: x0 or r3 is its struct cpu. */
void secondary_start(void);

/* Called by secondary_start on the CPU's own stack; what it returns to is cpu_off. */
void secondary_main(struct cpu *self);

/* PSCI CPU_ON (Arm DEN 0022) by HVC, or RTAS start-cpu: 0, or a negative error. */
long cpu_on(uint64_t affinity, void (*entry)(void), struct cpu *context);

/* PSCI CPU_OFF, or RTAS stop-self: the calling CPU is gone until the next cpu_on. */
void cpu_off(void) __attribute__((noreturn));

/* Tries to take the lock once; 0 if somebody else has it. */
long lock_try(struct lock *lock);

void lock_release(struct lock *lock);

#endif
