/* SPDX-License-Identifier: MIT */
/*
 * Up to four CPUs raise one counter under a spin lock. The boot CPU brings up the others (PSCI CPU_ON,
 * RTAS start-cpu), counts itself, waits for all and prints what each has done. Each CPU finds its own
 * data through a register of its own (TPIDR_EL1, SPRG0).
 */
#include "smp.h"

#include <stdint.h>

#include "console.h"

#define CPUS 4
#define ROUNDS 1000
#define STACK_BYTES 4096

/* CPU_NONE: cpu_on has been refused, the machine has fewer CPUs. */
enum cpu_state { CPU_OFF, CPU_STARTED, CPU_COUNTING, CPU_DONE, CPU_NONE };

static struct lock counter_lock;
static uint64_t shared_counter;
static struct cpu cpus[CPUS];
/* The boot CPU stays on the stack of the start-up code. */
static unsigned char stacks[CPUS][STACK_BYTES] __attribute__((aligned(16)));

static inline void wait_for_event(void)
{
    __asm__ volatile(WAIT_FOR_EVENT ::: "memory");
}

static inline void send_event(void)
{
    __asm__ volatile(SEND_EVENT ::: "memory");
}

static inline struct cpu *this_cpu(void)
{
    struct cpu *self;
    __asm__ volatile(READ_THIS_CPU : "=r"(self));
    return self;
}

__attribute__((noinline)) static void lock_take(struct lock *lock)
{
    while (!lock_try(lock)) { /* spin */
        this_cpu()->spins++;
        wait_for_event();
    }
}

/* Not atomic by itself: without the lock, rounds would be lost. */
__attribute__((noinline)) static void raise_counter(struct cpu *self)
{
    uint64_t before = shared_counter; /* lock is held */
    self->tally++;
    shared_counter = before + 1; /* store shared counter */
}

__attribute__((noinline)) static void count(struct cpu *self)
{
    self->state = CPU_COUNTING; /* begin to count */
    for (int round = 0; round < ROUNDS; round++) {
        lock_take(&counter_lock); /* take */
        raise_counter(self);
        lock_release(&counter_lock); /* release */
    }
    self->state = CPU_DONE; /* done */
    send_event();
}

void secondary_main(struct cpu *self)
{
    count(self); /* secondary counts */
}

static int start_secondaries(void)
{
    int running = 1;

    for (uint64_t number = 1; number < CPUS; number++) {
        struct cpu *cpu = &cpus[number];
        cpu->number = number;
        cpu->stack_top = stacks[number] + STACK_BYTES;
        cpu->state = CPU_STARTED;
        long refused = cpu_on(number, secondary_start, cpu); /* start a secondary */
        if (refused) {
            cpu->state = CPU_NONE;
            console_text("CPU ");
            console_decimal((long)number);
            console_text(": " CPU_ON " refused with ");
            console_decimal(refused);
            console_put('\n');
        } else {
            running++;
        }
    }
    return running;
}

static void wait_for_all(void)
{
    for (int number = 1; number < CPUS; number++)
        while (cpus[number].state != CPU_DONE && cpus[number].state != CPU_NONE) /* wait */
            wait_for_event();
}

int main(void)
{
    console_open();
    __asm__ volatile(WRITE_THIS_CPU ::"r"(&cpus[0]));
    int running = start_secondaries(); /* start secondaries */
    count(&cpus[0]); /* boot CPU counts */
    wait_for_all();

    for (int number = 0; number < CPUS; number++) { /* report */
        if (cpus[number].state != CPU_DONE)
            continue;
        console_text("CPU ");
        console_decimal(number);
        console_text(": ");
        console_decimal((long)cpus[number].tally);
        console_text(" rounds\n");
    }
    console_text("counter = "); /* print */
    console_decimal((long)shared_counter);
    console_text(" with ");
    console_decimal(running);
    console_text(running == 1 ? " CPU\n" : " CPUs\n");
    return 0;
}
