/* SPDX-License-Identifier: MIT */
/*
 * A kernel that debugs, as Linux does: a stretch of its own code as KGDB does, and its program in problem
 * state as ptrace does, by steps, by branches and by a breakpoint. It prints what its debugger has seen.
 */
#include "console.h"
#include "papr.h"
#include "selfstep.h"
#include "user.h"

struct interrupt_area boot_area = { .common = (void *)interrupt_common };

static unsigned char stack_page[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct user_page pages[] = {
    { .address = USER_TEXT, .real = 0x6000, .is_executable = 1 },
    { .address = USER_DATA, .real = 0x8000, .is_writable = 1 },
    { .address = USER_STACK, .is_writable = 1 },
};
#define PAGES ((int)(sizeof pages / sizeof *pages))

/* What the program's text and data are for the kernel. */
#define KERNEL_VIEW 0xc000000000000000
static const char *const text = (const char *)(KERNEL_VIEW + 0x6000);
static struct user *const data = (struct user *)(KERNEL_VIEW + 0x8000);

/* All that was seen, for who looks at the kernel. */
struct seen seen_in_kernel, seen_in_real_mode, seen_by_steps, seen_by_branches, seen_by_breakpoint;

static void give_up(const char *why)
{
    console_text(why);
    console_put('\n');
    power_off();
}

static void call(struct interrupt_frame *frame)
{
    switch (frame->gpr[0]) {
    case CALL_ADD_ONE:
        frame->gpr[3]++; /* serve */
        debugger_goes_on(frame->nip);
        break;
    case CALL_EXIT:
        leave_user((long)frame->gpr[3]); /* exit */
    }
}

void handle_interrupt(struct interrupt_frame *frame)
{
    switch (frame->vector & 0xfff) { /* handle */
    case 0x380:
        hash_translation.add_segment(frame->dar);
        break;
    case 0x480:
        hash_translation.add_segment(frame->nip);
        break;
    case 0x700:
        debugger_trap(frame);
        break;
    case 0xc00:
        call(frame);
        break;
    case 0xd00:
        debugger_trace(frame);
        break;
    default:
        console_hex(frame->vector, 4);
        give_up(" was not expected.");
    }
}

/* As KGDB: by a breakpoint in the kernel's code, from which on it steps. */
static void debug_kernel(const char *title, struct seen *seen)
{
    uint64_t cell = 0;

    console_text(title);
    debugger_begin(seen, BY_STEPS, (uint64_t)stretch_start, stretch_start, 0, (uint64_t)stretch_end);
    uint64_t msr = run_stretch(&cell); /* run the stretch */
    debugger_end();
    console_text(msr & MSR_SE ? "  MSR[SE] shows" : "  MSR[SE] does not show");
    console_text(", the cell is ");
    console_decimal((long)cell);
    console_put('\n');
}

/* As ptrace: MSR[SE] or MSR[BE] is in the program's saved MSR when it goes on. */
static void debug_program(const char *title, enum method method, uint64_t msr_bits, struct seen *seen)
{
    console_text(title);
    data->total = 0;
    debugger_begin(seen, method, USER_TEXT, text, USER_TEXT + (uint64_t)(user_add - user_start), 0);
    long status = run_user(USER_TEXT, USER_STACK + PAGE_BYTES - 128, USER_DATA, (read_msr() & ~(uint64_t)MSR_FP) | MSR_PR | MSR_EE | MSR_RI | msr_bits); /* run the program */
    debugger_end();
    console_text("  exit with ");
    console_decimal(status);
    console_put('\n');
}

int main(void)
{
    uint64_t msr = read_msr();

    console_open(); /* first statement */
    WRITE_SPR(SPR_SPRG1, &boot_area);
    WRITE_SPR(SPR_DEC, DEC_NEVER);
    hypercall(H_SET_MODE, msr & MSR_LE, SET_MODE_ENDIAN, 0, 0);
    debug_kernel("the kernel, translation off\n", &seen_in_real_mode);

    hypercall(H_SET_MODE, AIL_VIRTUAL, SET_MODE_TRANSLATION, 0, 0); /* AIL */
    if (hash_translation.begin() != H_SUCCESS)
        give_up("The hypervisor refuses the kernel's pages.");
    pages[2].real = real_address(stack_page);
    for (int index = 0; index < PAGES; index++)
        if (hash_translation.map(&pages[index], pages[index].is_writable) != H_SUCCESS)
            give_up("The hypervisor refuses a page.");
    set_msr(msr | MSR_IR | MSR_DR); /* translation on */
    debug_kernel("the kernel, translation on\n", &seen_in_kernel);
    debug_program("the program, by steps\n", BY_STEPS, MSR_SE, &seen_by_steps);
    debug_program("the program, by branches\n", BY_BRANCHES, MSR_BE, &seen_by_branches);
    debug_program("the program, by a breakpoint\n", BY_BREAKPOINT, 0, &seen_by_breakpoint);
    set_msr(msr); /* translation off */
    return 0;
}
