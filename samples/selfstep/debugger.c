/* SPDX-License-Identifier: MIT */
/* The debugger in the kernel, by what POWER has for it: the Trace interrupt and `trap`. */
#include "console.h"
#include "selfstep.h"

/* SRR1 of a Trace interrupt (Power ISA 3.1); the first is always set where the others are given. */
#define SRR1_TRACE 0x40000000
#define SRR1_LOAD 0x10000000
#define SRR1_STORE 0x08000000

#define TRAP_WORD 0x7fe00008

static enum method method;
static uint64_t begin_address, end_address, breakpoint_address;
static volatile uint32_t *code; /* The word at begin_address. */
static uint32_t word_under_breakpoint;
static uint64_t from; /* The instruction that runs next. */
static struct seen *seen;

static volatile uint32_t *word_at(uint64_t address)
{
    return code + (address - begin_address) / 4;
}

/* By the opcodes that the debugged code has. */
static int is_load(uint32_t word)
{
    return word >> 26 == 58 || (word >> 26 == 31 && (word >> 1 & 0x3ff) == 21); /* ld, ldx */
}

static int is_store(uint32_t word)
{
    return word >> 26 == 62; /* std */
}

static int is_branch(uint32_t word)
{
    return word >> 26 == 16 || word >> 26 == 18 || word >> 26 == 19; /* bc, b, bclr */
}

static void write_code(uint64_t address, uint32_t word)
{
    volatile uint32_t *place = word_at(address);

    *place = word; /* write code */
    __asm__ volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync\n\tisync" ::"r"(place) : "memory");
}

static void note_place(uint64_t address)
{
    if (seen->place_count < PLACES)
        seen->places[seen->place_count++] = address - begin_address;
}

void debugger_begin(struct seen *into, enum method how, uint64_t start, const void *text, uint64_t breakpoint, uint64_t end)
{
    seen = into;
    method = how;
    begin_address = from = start;
    end_address = end;
    code = (volatile uint32_t *)text;
    breakpoint_address = breakpoint;
    if (method == BY_BREAKPOINT) {
        word_under_breakpoint = *word_at(breakpoint);
        write_code(breakpoint, TRAP_WORD);
    }
}

void debugger_goes_on(uint64_t address)
{
    from = address;
}

/* Compares what SRR1 and SIAR say with the instruction that was traced. */
static void check_status(uint64_t status, uint64_t siar, uint32_t word)
{
    seen->status_traces += (status & SRR1_TRACE) != 0;
    seen->status_loads += (status & SRR1_LOAD) != 0;
    seen->status_stores += (status & SRR1_STORE) != 0;
    seen->status_wrong += ((status & SRR1_LOAD) != 0) != is_load(word) || ((status & SRR1_STORE) != 0) != is_store(word);
    seen->siar_wrong += siar != 0 && siar != from;
}

void debugger_trace(struct interrupt_frame *frame)
{
    seen->steps++; /* traced */
    seen->trace_vector = frame->vector;
    if (method == BY_BRANCHES)
        note_place(frame->nip);
    else {
        uint32_t word = *word_at(from);
        check_status(frame->msr, READ_SPR(SPR_SIAR), word);
        seen->loads += is_load(word);
        seen->stores += is_store(word);
        if (is_branch(word)) {
            int is_taken = frame->nip != from + 4;
            seen->taken += is_taken;
            seen->not_taken += !is_taken;
            if (is_taken)
                note_place(frame->nip);
        }
        from = frame->nip;
    }
    if (method == BY_BREAKPOINT) {
        write_code(breakpoint_address, TRAP_WORD);
        frame->msr &= ~(uint64_t)MSR_SE; /* breakpoint stepped over */
    } else if (frame->nip == end_address)
        frame->msr &= ~(uint64_t)(MSR_SE | MSR_BE); /* decide */
}

void debugger_trap(struct interrupt_frame *frame)
{
    seen->breakpoints++; /* trapped */
    seen->breakpoint_vector = frame->vector;
    if (method == BY_BREAKPOINT) {
        note_place(frame->nip);
        write_code(breakpoint_address, word_under_breakpoint);
        from = frame->nip;
    } else
        from = frame->nip += 4; /* A breakpoint that is part of the program is passed. */
    frame->msr |= MSR_SE; /* set MSR[SE] */
}

static void count(const char *separator, uint64_t number, const char *what)
{
    console_text(separator);
    console_decimal((long)number);
    console_text(what);
}

static void print_vector(const char *name, uint64_t vector, uint64_t times)
{
    if (times == 0)
        return;
    console_text("  ");
    console_hex(vector, 4);
    console_text(name);
    console_decimal((long)times);
    console_put('\n');
}

void debugger_end(void)
{
    if (method == BY_BREAKPOINT)
        write_code(breakpoint_address, word_under_breakpoint);
    /* Processors that tell nothing in SRR1 are not wrong. */
    if (seen->status_loads + seen->status_stores == 0)
        seen->status_wrong = 0;
    print_vector(" Program: ", seen->breakpoint_vector, seen->breakpoints); /* report */
    print_vector(" Trace: ", seen->trace_vector, seen->steps);
    if (method != BY_BRANCHES) {
        count("  ", seen->loads, " loads, ");
        count("", seen->stores, " stores, ");
        count("", seen->taken, " branches taken, ");
        count("", seen->not_taken, " not taken");
        count("; SRR1 wrong ", seen->status_wrong, " times, ");
        count("SIAR ", seen->siar_wrong, "\n");
    }
    console_text("  at");
    for (uint64_t index = 0; index < seen->place_count; index++) {
        console_put(' ');
        console_hex(seen->places[index], 3);
    }
    console_put('\n');
}
