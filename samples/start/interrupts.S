// SPDX-License-Identifier: MIT
//
// For samples that are kernels: the interrupt vectors, what they have in common, and the ways in and out
// of the user program. Calls void handle_interrupt(struct interrupt_frame *).
#include "kernel.h"
#include "power64.h"

        .machine power9

        .equ    RED_ZONE, 288                   // Below r1, a leaf function's without a frame.
        .equ    SAVED, FRAME_SIZE               // struct interrupt_frame, from r1.
        .equ    INTERRUPT_BYTES, FRAME_SIZE + FRAME_BYTES + RED_ZONE

// Saves in the CPU's area what it needs to get away from the vectors, with the vector's number in r9.
.macro interrupt vector
        mtsprg2 13                              // vector \vector
        mfsprg1 13
        std     9, AREA_R9(13)
        std     10, AREA_R10(13)
        mfctr   10
        std     10, AREA_CTR(13)
        ld      10, AREA_COMMON(13)
        mtctr   10
        li      9, \vector
        bctr
.endm

// All vectors, from where the section begins: at real 0x100 and at 0xC000_0000_0000_4100.
.macro interrupt_vectors offset
        .irp    vector, 0x100, 0x200, 0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800, 0x900, 0xa00, 0xc00, 0xd00, 0xf00, 0xf20, 0xf40, 0xf60
        .org    (\vector) - 0x100
        .if     (\vector) >= 0xf00
        b       far_\offset\()_\vector          // 32 bytes each: too short.
        .else
        interrupt (\vector) + \offset
        .endif
        .endr
        .irp    vector, 0xf00, 0xf20, 0xf40, 0xf60
far_\offset\()_\vector:
        interrupt (\vector) + \offset
        .endr
.endm

        .section .real_vectors, "ax"
        .global real_vectors
        .type real_vectors, @function
real_vectors:
        interrupt_vectors 0
        .size real_vectors, . - real_vectors

        .section .vectors, "ax"
        .global virtual_vectors
        .type virtual_vectors, @function
virtual_vectors:
        interrupt_vectors AIL_OFFSET
        .size virtual_vectors, . - virtual_vectors

// scv 0: the return address is in LR, the caller's MSR in CTR. MSR[EE] stays as it was, so the kernel
// must not have a decrementer interrupt due before the frame is whole.
        .section .scv_vectors, "ax"
        .type scv_vector, @function
scv_vector:
        mtsprg2 13                              // vector scv
        mfsprg1 13
        std     9, AREA_R9(13)
        std     10, AREA_R10(13)
        std     11, AREA_R11(13)
        std     12, AREA_R12(13)
        mflr    10
        mfctr   11
        std     11, AREA_CTR(13)
        mfcr    12
        LOAD_ADDRESS 9, save_frame
        mtctr   9
        li      9, SCV_VECTOR
        bctr
        .size scv_vector, . - scv_vector

        .text
        .global interrupt_common
        .type interrupt_common, @function
interrupt_common:
        std     11, AREA_R11(13)
        std     12, AREA_R12(13)
        mfcr    12
        mfsrr0  10
        mfsrr1  11
// r9: vector, r10: the interrupted address, r11: its MSR, r12: its CR.
save_frame:
        std     0, AREA_R0(13)
        std     1, AREA_R1(13)
        andi.   0, 11, MSR_PR
        beq     has_stack
        ld      1, AREA_STACK(13)
has_stack:
        addi    1, 1, -INTERRUPT_BYTES
        ld      0, AREA_R1(13)
        std     0, 0(1)                         // Back chain: to the frame that was interrupted.
        std     0, SAVED+FRAME_GPR(1)(1)
        std     10, SAVED+FRAME_NIP(1)
        std     11, SAVED+FRAME_MSR(1)
        std     12, SAVED+FRAME_CR(1)
        std     9, SAVED+FRAME_VECTOR(1)
        ld      0, AREA_R0(13)
        std     0, SAVED+FRAME_GPR(0)(1)
        ld      9, AREA_R9(13)
        std     9, SAVED+FRAME_GPR(9)(1)
        ld      10, AREA_R10(13)
        std     10, SAVED+FRAME_GPR(10)(1)
        ld      11, AREA_R11(13)
        std     11, SAVED+FRAME_GPR(11)(1)
        ld      12, AREA_R12(13)
        std     12, SAVED+FRAME_GPR(12)(1)
        ld      9, AREA_CTR(13)
        std     9, SAVED+FRAME_CTR(1)
        mfsprg2 10
        std     10, SAVED+FRAME_GPR(13)(1)
        .irp    number, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        std     \number, SAVED+FRAME_GPR(\number)(1)
        .endr
        mflr    9
        std     9, SAVED+FRAME_LINK(1)
        mfxer   10
        std     10, SAVED+FRAME_XER(1)
        mfdar   9
        std     9, SAVED+FRAME_DAR(1)
        mfdsisr 10
        std     10, SAVED+FRAME_DSISR(1)
        .size interrupt_common, . - interrupt_common

// From here on the frame is whole: debuggers find the interrupted one by what follows. Column 67, which
// is no register, stands for the interrupted address, so that LR keeps its own.
        .type frame_is_whole, @function
frame_is_whole:
        .cfi_startproc
        .cfi_signal_frame
        .cfi_return_column 67
        .cfi_def_cfa r1, INTERRUPT_BYTES
        .cfi_offset 67, SAVED+FRAME_NIP-INTERRUPT_BYTES
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        .cfi_offset \number, SAVED+FRAME_GPR(\number)-INTERRUPT_BYTES
        .endr
        .cfi_offset lr, SAVED+FRAME_LINK-INTERRUPT_BYTES
        .cfi_offset ctr, SAVED+FRAME_CTR-INTERRUPT_BYTES
        li      9, MSR_RI
        mtmsrd  9, 1                            // Another interrupt may be survived now.
        addi    3, 1, SAVED
        CALL_C  handle_interrupt                // call handler
        li      9, 0
        mtmsrd  9, 1                            // SRR0 and SRR1 are about to be in use.
        ld      9, SAVED+FRAME_LINK(1)
        mtlr    9
        ld      10, SAVED+FRAME_CTR(1)
        mtctr   10
        ld      9, SAVED+FRAME_XER(1)
        mtxer   9
        ld      9, SAVED+FRAME_NIP(1)
        ld      10, SAVED+FRAME_MSR(1)
        mtsrr0  9
        mtsrr1  10
        .irp    number, 0, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      \number, SAVED+FRAME_GPR(\number)(1)
        .endr
        ld      9, SAVED+FRAME_VECTOR(1)
        cmpdi   9, SCV_VECTOR
        beq     return_from_scv
        ld      9, SAVED+FRAME_CR(1)
        mtcr    9
        ld      9, SAVED+FRAME_GPR(9)(1)
        ld      10, SAVED+FRAME_GPR(10)(1)
        ld      1, SAVED+FRAME_GPR(1)(1)
        rfid                                    // return from interrupt
return_from_scv:
        ld      9, SAVED+FRAME_NIP(1)
        mtlr    9
        mtctr   10                              // r10 has the MSR of the caller.
        ld      9, SAVED+FRAME_CR(1)
        mtcr    9
        ld      9, SAVED+FRAME_GPR(9)(1)
        ld      10, SAVED+FRAME_GPR(10)(1)
        ld      1, SAVED+FRAME_GPR(1)(1)
        rfscv                                   // return from scv
        .cfi_endproc
        .size frame_is_whole, . - frame_is_whole

// void set_msr(uint64_t msr): turns translation on or off.
FUNCTION set_msr
        mflr    9
        mtsrr0  9
        mtsrr1  3
        rfid
END_FUNCTION set_msr

        .equ    SAVED_REGISTERS, FRAME_SIZE     // r14 to r31
        .equ    RUN_USER_BYTES, FRAME_SIZE + 18 * 8

// long run_user(uint64_t entry, uint64_t stack, uint64_t argument, uint64_t msr): the user program from
// `entry` until something calls leave_user(status); its status.
FUNCTION run_user
        mflr    0
        std     0, FRAME_LR(1)
        stdu    1, -RUN_USER_BYTES(1)
        .cfi_def_cfa r1, RUN_USER_BYTES
        .cfi_offset lr, FRAME_LR
        .irp    number, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        std     \number, SAVED_REGISTERS+(\number-14)*8(1)
        .cfi_offset \number, SAVED_REGISTERS+(\number-14)*8-RUN_USER_BYTES
        .endr
        mfsprg1 9
        std     1, AREA_STACK(9)
        mtsrr0  3
        mtsrr1  6
        mr      1, 4
        mr      3, 5
        li      9, 0
        mtlr    9
        mtctr   9
        mtxer   9
        mtcr    9
        .irp    number, 0, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        li      \number, 0
        .endr
        rfid                                    // enter problem state
END_FUNCTION run_user

// void leave_user(long status): back from run_user with `status`. What was on the stack above is gone.
FUNCTION leave_user
        mfsprg1 9
        ld      1, AREA_STACK(9)
        .irp    number, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      \number, SAVED_REGISTERS+(\number-14)*8(1)
        .endr
        addi    1, 1, RUN_USER_BYTES
        ld      0, FRAME_LR(1)
        mtlr    0
        blr
END_FUNCTION leave_user
