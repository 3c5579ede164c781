/* SPDX-License-Identifier: MIT */
/* What samples that are kernels share. Numbers above the first declaration are for assembly too. */
#ifndef STEPTRAP_KERNEL_H
#define STEPTRAP_KERNEL_H

/* Power ISA, MSR. */
#define MSR_LE 0x1
#define MSR_RI 0x2
#define MSR_DR 0x10
#define MSR_IR 0x20
#define MSR_BE 0x200
#define MSR_SE 0x400
#define MSR_FP 0x2000
#define MSR_PR 0x4000
#define MSR_EE 0x8000

/* What is added to a vector's address when the interrupt is taken with translation on. */
#define AIL_OFFSET 0x4000
#define SCV_VECTOR 0x3000

/* Offsets in struct interrupt_area. */
#define AREA_R9 0
#define AREA_R10 8
#define AREA_R11 16
#define AREA_R12 24
#define AREA_R0 32
#define AREA_R1 40
#define AREA_CTR 48
#define AREA_COMMON 56
#define AREA_STACK 64

/* Offsets in struct interrupt_frame. */
#define FRAME_GPR(number) ((number) * 8)
#define FRAME_NIP 256
#define FRAME_MSR 264
#define FRAME_CTR 272
#define FRAME_LINK 280
#define FRAME_XER 288
#define FRAME_CR 296
#define FRAME_VECTOR 304
#define FRAME_DAR 312
#define FRAME_DSISR 320
#define FRAME_BYTES 336

/* Where the user program sees its pages. */
#define USER_TEXT 0x10000000
#define USER_DATA 0x10010000
#define USER_STACK 0x10020000
#define PAGE_BYTES 4096

/* The hypercall H_SET_MODE (value, resource) and what kernels set by it (PAPR). */
#define H_SET_MODE 0x31c
#define SET_MODE_TRANSLATION 3 /* AIL */
#define SET_MODE_ENDIAN 4      /* ILE */
#define AIL_VIRTUAL 3

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* One CPU's own: SPRG1 points to it. What a vector needs before it has a stack. */
struct interrupt_area {
    uint64_t r9, r10, r11, r12, r0, r1, ctr;
    void *common; /* interrupt_common, far from the vectors at real 0. */
    void *stack;  /* Where the frames of interrupts out of problem state begin. */
};

/* What an interrupt has interrupted; what is written to it holds after the return. */
struct interrupt_frame {
    uint64_t gpr[32];
    uint64_t nip, msr, ctr, link, xer, cr;
    uint64_t vector; /* With AIL_OFFSET, or SCV_VECTOR. */
    uint64_t dar, dsisr;
};

_Static_assert(offsetof(struct interrupt_area, common) == AREA_COMMON && offsetof(struct interrupt_area, stack) == AREA_STACK, "AREA");
_Static_assert(offsetof(struct interrupt_frame, nip) == FRAME_NIP && offsetof(struct interrupt_frame, dsisr) == FRAME_DSISR, "FRAME");
_Static_assert(sizeof(struct interrupt_frame) <= FRAME_BYTES && FRAME_BYTES % 16 == 0, "FRAME_BYTES");

/* The kernel's own: called for each interrupt. */
void handle_interrupt(struct interrupt_frame *frame);

/* One page of the user program. */
struct user_page {
    uint64_t address;
    uint64_t real;
    int is_writable;
    int is_executable;
    int is_mapped; /* By the translation that is on. */
    int is_changeable; /* It is mapped for writing. */
    uint64_t slot; /* Of its entry in the hash page table. */
};

/* A way to translate addresses. */
struct translation {
    const char *name;
    /* Maps the kernel and makes the processor ready; 0, or the hypervisor's status. */
    long (*begin)(void);
    /* Maps a page of the user program for reading, or for reading and writing. */
    long (*map)(struct user_page *page, int for_writing);
    /* After an interrupt that says that the segment of `address` is unknown. */
    void (*add_segment)(uint64_t address);
    /* Unmaps a page and says whether it has been referenced (1) and changed (2). */
    int (*unmap)(struct user_page *page);
};

/* hash.c */
extern const struct translation hash_translation;

/* interrupts.S */
extern const char interrupt_common[];
void set_msr(uint64_t msr);
long run_user(uint64_t entry, uint64_t stack, uint64_t argument, uint64_t msr);
void leave_user(long status) __attribute__((noreturn));

/* The linker script: end of all that the kernel needs mapped. */
extern char stack_top[];

static inline uint64_t real_address(const void *address)
{
    return (uint64_t)address << 4 >> 4;
}

#define READ_SPR(number)                                                       \
    ({                                                                         \
        uint64_t value_of_spr;                                                 \
        __asm__ volatile("mfspr %0, %1" : "=r"(value_of_spr) : "i"(number));   \
        value_of_spr;                                                          \
    })
#define WRITE_SPR(number, value) __asm__ volatile("mtspr %0, %1" ::"i"(number), "r"((uint64_t)(value)) : "memory")

#define SPR_DSISR 18
#define SPR_DAR 19
#define SPR_DEC 22
#define SPR_PID 48
#define SPR_FSCR 153
#define SPR_SPRG1 273
#define SPR_PVR 287
#define SPR_SIAR 796

/* For SPR_DEC: no interrupt for long. */
#define DEC_NEVER 0x7fffffff

static inline uint64_t read_msr(void)
{
    uint64_t msr;
    __asm__ volatile("mfmsr %0" : "=r"(msr));
    return msr;
}
#endif
#endif
