/* SPDX-License-Identifier: MIT */
/* What the parts of `selfstep` share. */
#ifndef STEPTRAP_SELFSTEP_H
#define STEPTRAP_SELFSTEP_H

#include <stdint.h>

#include "kernel.h"

/* How somebody is debugged. */
enum method {
    BY_STEPS,      /* Each instruction: MSR[SE]. Linux: PTRACE_SINGLESTEP, and KGDB's `s`. */
    BY_BRANCHES,   /* Each branch: MSR[BE]. Linux: PTRACE_SINGLEBLOCK. */
    BY_BREAKPOINT, /* A `trap` in the code, which is stepped over by MSR[SE]. */
};

/* Places that are kept. */
#define PLACES 32

/* What a debugger has seen; zeros at first. */
struct seen {
    uint64_t steps; /* Trace interrupts */
    uint64_t breakpoints;
    uint64_t trace_vector, breakpoint_vector;
    /* By the instructions themselves. */
    uint64_t taken, not_taken, loads, stores;
    /* By SRR1[33], SRR1[35] and SRR1[36]. Not every processor tells. */
    uint64_t status_traces, status_loads, status_stores;
    /* What SRR1 or SIAR say otherwise than the instructions. */
    uint64_t status_wrong, siar_wrong;
    /* Addresses from the code's beginning: where branches went, or breakpoints were. */
    uint64_t places[PLACES];
    uint64_t place_count;
};

/* Begins to debug code that runs at `start` and that the kernel sees at `text`, up to `end`; no breakpoint: 0. */
void debugger_begin(struct seen *seen, enum method method, uint64_t start, const void *text, uint64_t breakpoint, uint64_t end);

/* Ends it and prints what has been seen. */
void debugger_end(void);

/* A Trace or a Program interrupt: notes what it says and decides how the debugged code goes on. */
void debugger_trace(struct interrupt_frame *frame);
void debugger_trap(struct interrupt_frame *frame);

/* The debugged code goes on at `address` after an instruction that is not traced. */
void debugger_goes_on(uint64_t address);

/* stretch.S */
extern const char stretch_start[], stretch_end[];
uint64_t run_stretch(uint64_t *cell);
#endif
