/* SPDX-License-Identifier: MIT */
/*
 * A kernel of one page at EL1: vectors, one program at EL0, two calls. It prints what each exception
 * said about itself and skips the instruction that cannot be executed.
 */
#include <stddef.h>
#include <stdint.h>

#include "console.h"
#include "user.h"

void install_vectors(void);
void enter_user(void (*program)(void), void *stack) __attribute__((noreturn));
void breakpoint_at_el1(void);

/* What vectors.S saves; the offsets are written there a second time. */
struct frame {
    uint64_t x[31];
    uint64_t sp_el0;
    uint64_t elr;
    uint64_t spsr;
};
_Static_assert(offsetof(struct frame, sp_el0) == 248 && sizeof(struct frame) == 272, "vectors.S");

/* Arm DDI 0487, ESR_EL1, Exception Class. */
enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_SVC_AARCH64 = 0x15,
    EC_DATA_ABORT_LOWER = 0x24,
    EC_BRK_AARCH64 = 0x3c,
};

enum call { CALL_WRITE = 1, CALL_EXIT = 2 };

static unsigned long exceptions;
static unsigned char user_stack[4096] __attribute__((aligned(16)));

#define READ_REGISTER(name)                                      \
    ({                                                           \
        uint64_t value_of_register;                              \
        __asm__ volatile("mrs %0, " name : "=r"(value_of_register)); \
        value_of_register;                                       \
    })

static const char *class_name(enum exception_class class)
{
    switch (class) {
    case EC_UNKNOWN:
        return "UNDEFINED";
    case EC_SVC_AARCH64:
        return "SVC";
    case EC_DATA_ABORT_LOWER:
        return "Data Abort";
    case EC_BRK_AARCH64:
        return "BRK";
    }
    return "unexpected exception";
}

static void report(const struct frame *frame, uint64_t esr, int vector)
{
    console_text("EL1: ");
    console_text(class_name((enum exception_class)(esr >> 26)));
    console_text(" from EL");
    console_decimal((long)(frame->spsr >> 2) & 3);
    console_text(", vector ");
    console_decimal(vector);
    console_text(", ESR ");
    console_hex(esr, 8);
    if (esr >> 26 == EC_DATA_ABORT_LOWER) {
        console_text(", FAR ends in ");
        console_hex(READ_REGISTER("far_el1") & 0xf, 1);
    }
    console_put('\n');
}

static void serve_call(struct frame *frame)
{
    switch ((enum call)frame->x[8]) {
    case CALL_WRITE: {
        const char *text = (const char *)frame->x[0];
        for (uint64_t i = 0; i < frame->x[1]; i++)
            console_put(text[i]);
        frame->x[0] = frame->x[1];
        break;
    }
    case CALL_EXIT:
        console_text("EL1: exit of EL0 with status "); /* serve exit */
        console_decimal((long)frame->x[0]);
        console_text(" after ");
        console_decimal((long)exceptions);
        console_text(" exceptions\n");
        power_off();
    default:
        frame->x[0] = (uint64_t)-1;
    }
}

/* Called by vectors.S with the number of the vector, 0 to 15 in the order of the manual's table. */
void handle_exception(struct frame *frame, int vector)
{
    uint64_t esr = READ_REGISTER("esr_el1"); /* handler */
    exceptions++;
    report(frame, esr, vector);
    switch ((enum exception_class)(esr >> 26)) {
    case EC_SVC_AARCH64:
        serve_call(frame); /* ELR is already after the SVC. */
        break;
    case EC_UNKNOWN:
    case EC_BRK_AARCH64:
    case EC_DATA_ABORT_LOWER:
        frame->elr += 4; /* skip instruction */
        break;
    default:
        console_text("EL1: gives up\n");
        power_off();
    }
}

int main(void)
{
    console_open();
    install_vectors(); /* install vectors */
    console_text("EL1: CurrentEL ");
    console_hex(READ_REGISTER("CurrentEL"), 1);
    console_put('\n');
    breakpoint_at_el1(); /* kernel BRK */
    enter_user(user_program, user_stack + sizeof user_stack); /* enter user */
}
