/* SPDX-License-Identifier: MIT */
/*
 * A kernel that begins as Linux does: vectors at real 0 and, with AIL, at 0xC000_0000_0000_4000; a
 * program in problem state whose pages are mapped when it touches them, first by a hash page table,
 * then, on POWER9, by radix trees; system calls by sc and scv; decrementer ticks; Trace interrupts. It
 * counts interrupts by vector and prints the counts.
 */
#include <stdint.h>

#include "console.h"
#include "papr.h"
#include "user.h"
#include "vectors.h"

#define DSISR_STORE 0x02000000
#define FSCR_SCV 0x1000
#define POWER9 0x4e

/* Timebase ticks from one decrementer interrupt to the next. */
#define TICK 2000

struct interrupt_area boot_area = { .common = (void *)interrupt_common };

/* By the bits of the vector that tell them apart: 4 KiB in steps of 0x20, without and with AIL. */
#define VECTORS (0x1000 / 0x20)
static unsigned long counts[2][VECTORS];
static unsigned long scv_count;

static const struct translation *translation;
static unsigned char stack_page[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static unsigned char heap_pages[HEAP_PAGES][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct user_page pages[] = {
    { .address = USER_TEXT, .real = 0x6000, .is_executable = 1 },
    { .address = USER_TEXT + PAGE_BYTES, .real = 0x7000, .is_executable = 1 },
    { .address = USER_DATA, .real = 0x8000, .is_writable = 1 },
    { .address = USER_STACK, .is_writable = 1 },
    { .address = USER_HEAP, .is_writable = 1 },
    { .address = USER_HEAP + 1 * PAGE_BYTES, .is_writable = 1 },
    { .address = USER_HEAP + 2 * PAGE_BYTES, .is_writable = 1 },
    { .address = USER_HEAP + 3 * PAGE_BYTES, .is_writable = 1 },
};
#define PAGES ((int)(sizeof pages / sizeof *pages))

static long tickets;
static uint64_t ticks_wanted;
static int has_scv;

/* The data page of the user program as the kernel sees it. */
static struct user *user(void)
{
    return (struct user *)0xc000000000008000;
}

static const char *vector_name(unsigned vector)
{
    switch (vector) {
    case 0x100: return "System Reset";
    case 0x200: return "Machine Check";
    case 0x300: return "Data Storage";
    case 0x380: return "Data Segment";
    case 0x400: return "Instruction Storage";
    case 0x480: return "Instruction Segment";
    case 0x500: return "External";
    case 0x600: return "Alignment";
    case 0x700: return "Program";
    case 0x800: return "Floating-Point Unavailable";
    case 0x900: return "Decrementer";
    case 0xa00: return "Directed Privileged Doorbell";
    case 0xc00: return "System Call";
    case 0xd00: return "Trace";
    case 0xf00: return "Performance Monitor";
    case 0xf20: return "Vector Unavailable";
    case 0xf40: return "VSX Unavailable";
    case 0xf60: return "Facility Unavailable";
    default: return "unknown";
    }
}

static void report_line(uint64_t vector, const char *name, unsigned long count)
{
    console_text("  ");
    console_hex(vector, 4);
    console_put(' ');
    console_text(name);
    console_text(": ");
    console_decimal((long)count);
    console_put('\n');
}

/* Prints what has been counted, and forgets it. */
static void report_counts(void)
{
    if (scv_count)
        report_line(SCV_VECTOR, "System Call Vectored", scv_count);
    scv_count = 0;
    for (unsigned with_ail = 0; with_ail < 2; with_ail++) {
        for (unsigned index = 0; index < VECTORS; index++) {
            if (counts[with_ail][index])
                report_line(index * 0x20 + with_ail * AIL_OFFSET, vector_name(index * 0x20), counts[with_ail][index]); /* report */
            counts[with_ail][index] = 0;
        }
    }
}

static void give_up(const struct interrupt_frame *frame, const char *why)
{
    console_text(why);
    console_text(": vector ");
    console_hex(frame->vector, 4);
    console_text(" at ");
    console_hex(frame->nip, 16);
    console_text(", MSR ");
    console_hex(frame->msr, 16);
    console_text(", DAR ");
    console_hex(frame->dar, 16);
    console_text(", DSISR ");
    console_hex(frame->dsisr, 8);
    console_put('\n');
    power_off();
}

__attribute__((noinline)) static void fault(struct interrupt_frame *frame, uint64_t address, int is_store)
{
    for (int index = 0; index < PAGES; index++) {
        struct user_page *page = &pages[index];
        if (page->address != (address & -(uint64_t)PAGE_BYTES) || (is_store && !page->is_writable))
            continue;
        if (page->is_mapped && page->is_changeable >= is_store)
            break;
        if (translation->map(page, is_store) != H_SUCCESS) /* map a page */
            break;
        page->is_mapped = 1;
        page->is_changeable = is_store;
        return;
    }
    give_up(frame, "no page to map");
}

static long call(struct interrupt_frame *frame)
{
    uint64_t *gpr = frame->gpr;

    switch (gpr[0]) {
    case CALL_WRITE: /* serve write */
        if (gpr[3] >= USER_DATA && gpr[3] + gpr[4] <= USER_DATA + PAGE_BYTES)
            for (uint64_t index = 0; index < gpr[4]; index++)
                console_put(((const char *)user())[gpr[3] - USER_DATA + index]);
        return 0;
    case CALL_TICKET:
        return ++tickets; /* serve ticket */
    case CALL_TRACE:
        frame->msr = gpr[3] ? frame->msr | MSR_SE : frame->msr & ~(uint64_t)MSR_SE;
        return 0;
    case CALL_TICKS:
        ticks_wanted = gpr[3];
        WRITE_SPR(SPR_DEC, TICK);
        return 0;
    case CALL_EXIT:
        leave_user((long)gpr[3]); /* exit */
    }
    return -1;
}

void handle_interrupt(struct interrupt_frame *frame)
{
    unsigned vector = frame->vector & 0xfff; /* handle */

    if (frame->vector == SCV_VECTOR) {
        scv_count++; /* count scv */
        frame->gpr[3] = (uint64_t)call(frame);
        return;
    }
    counts[frame->vector >= AIL_OFFSET][vector / 0x20]++; /* count */
    switch (vector) {
    case 0x300:
        fault(frame, frame->dar, (frame->dsisr & DSISR_STORE) != 0);
        break;
    case 0x400:
        fault(frame, frame->nip, 0);
        break;
    case 0x380:
        translation->add_segment(frame->dar);
        break;
    case 0x480:
        translation->add_segment(frame->nip);
        break;
    case 0x900: /* tick */
        user()->ticks++;
        WRITE_SPR(SPR_DEC, --ticks_wanted ? TICK : DEC_NEVER);
        break;
    case 0xc00:
        frame->gpr[3] = (uint64_t)call(frame); /* serve */
        break;
    case 0xd00:
        if (frame->nip == (uint64_t)traced_end) /* trace */
            frame->msr &= ~(uint64_t)(MSR_SE | MSR_BE);
        break;
    case 0x600:
    case 0x700:
    case 0x800:
    case 0xf20:
    case 0xf40:
        if (!(frame->msr & MSR_PR))
            give_up(frame, "the kernel is wrong");
        frame->nip += 4; /* skip */
        break;
    default:
        give_up(frame, "not expected");
    }
}

static void report_status(const char *what, long status)
{
    console_text(what);
    if (status == H_SUCCESS)
        console_text("\n");
    else {
        console_text(" refused with ");
        console_decimal(status);
        console_put('\n');
    }
}

/* The program from its beginning with no page mapped. */
static void run_program(const struct translation *by)
{
    uint64_t msr = read_msr();

    translation = by;
    long status = by->begin(); /* begin */
    report_status(by->name, status);
    if (status != H_SUCCESS)
        return;
    set_msr(msr | MSR_IR | MSR_DR); /* translation on */
    run_traced(MSR_SE);
    report_counts();

    tickets = 0; /* the program begins with user_start, which the linker script puts first */
    user()->ticks = 0;
    user()->can_scv = (uint64_t)has_scv;
    status = run_user(USER_TEXT, USER_STACK + PAGE_BYTES - 128, USER_DATA, (read_msr() & ~(uint64_t)MSR_FP) | MSR_PR | MSR_EE | MSR_RI); /* run the program */
    report_counts();
    set_msr(msr); /* translation off */

    console_text("  exit with ");
    console_decimal(status);
    console_text(", referenced and changed pages:");
    for (int index = 0; index < PAGES; index++) {
        struct user_page *page = &pages[index];
        console_put(' ');
        if (page->is_mapped)
            console_decimal(by->unmap(page));
        else
            console_put('-');
        page->is_mapped = page->is_changeable = 0;
    }
    console_put('\n');
}

int main(void)
{
    int is_power9 = READ_SPR(SPR_PVR) >> 16 >= POWER9;

    console_open(); /* first statement */
    WRITE_SPR(SPR_SPRG1, &boot_area);
    WRITE_SPR(SPR_DEC, DEC_NEVER);
    pages[3].real = real_address(stack_page);
    for (int index = 0; index < HEAP_PAGES; index++)
        pages[4 + index].real = real_address(heap_pages[index]);

    report_status("interrupts in the kernel's byte order", hypercall(H_SET_MODE, read_msr() & MSR_LE, SET_MODE_ENDIAN, 0, 0).status);
    console_text("translation off\n");
    run_traced(MSR_SE); /* trace instructions */
    report_counts();
    run_traced(MSR_BE); /* trace branches */
    report_counts();

    long status = hypercall(H_SET_MODE, AIL_VIRTUAL, SET_MODE_TRANSLATION, 0, 0).status; /* AIL */
    report_status("interrupts with translation on", status);
    has_scv = is_power9 && status == H_SUCCESS;
    if (has_scv)
        WRITE_SPR(SPR_FSCR, READ_SPR(SPR_FSCR) | FSCR_SCV);

    run_program(&hash_translation);
    if (is_power9)
        run_program(&radix_translation);
    return 0;
}
