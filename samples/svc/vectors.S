// SPDX-License-Identifier: MIT
//
// The EL1 exception vectors: each entry saves a struct frame (svc.c) on the stack of EL1, calls
// handle_exception(frame, vector) and returns by ERET to what the frame then says.

        .equ    FRAME_X30, 240
        .equ    FRAME_SP_EL0, 248
        .equ    FRAME_ELR, 256
        .equ    FRAME_SPSR, 264
        .equ    FRAME_SIZE, 272

        .macro  vector number
        .balign 0x80
        sub     sp, sp, #FRAME_SIZE
        stp     x0, x1, [sp]
        mov     x1, #\number
        b       save_frame
        .endm

        .text
        .balign 0x800                           // VBAR_EL1[10:0] are RES0.
        .global exception_vectors
        .type exception_vectors, %function
exception_vectors:
        vector  0                               // Current EL with SP_EL0: Synchronous, IRQ, FIQ, SError
        vector  1
        vector  2
        vector  3
        vector  4                               // Current EL with SP_ELx
        vector  5
        vector  6
        vector  7
        vector  8                               // Lower EL using AArch64
        vector  9
        vector  10
        vector  11
        vector  12                              // Lower EL using AArch32
        vector  13
        vector  14
        vector  15
        .balign 0x80
        .size exception_vectors, . - exception_vectors

        .type save_frame, %function
save_frame:
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x20, x21, [sp, #160]
        stp     x22, x23, [sp, #176]
        stp     x24, x25, [sp, #192]
        stp     x26, x27, [sp, #208]
        stp     x28, x29, [sp, #224]
        mrs     x2, sp_el0
        mrs     x3, elr_el1
        mrs     x4, spsr_el1
        stp     x30, x2, [sp, #FRAME_X30]
        stp     x3, x4, [sp, #FRAME_ELR]
        mov     x0, sp
        bl      handle_exception                // call handler

        ldp     x3, x4, [sp, #FRAME_ELR]
        ldp     x30, x2, [sp, #FRAME_X30]
        msr     sp_el0, x2
        msr     elr_el1, x3
        msr     spsr_el1, x4
        ldp     x28, x29, [sp, #224]
        ldp     x26, x27, [sp, #208]
        ldp     x24, x25, [sp, #192]
        ldp     x22, x23, [sp, #176]
        ldp     x20, x21, [sp, #160]
        ldp     x18, x19, [sp, #144]
        ldp     x16, x17, [sp, #128]
        ldp     x14, x15, [sp, #112]
        ldp     x12, x13, [sp, #96]
        ldp     x10, x11, [sp, #80]
        ldp     x8, x9, [sp, #64]
        ldp     x6, x7, [sp, #48]
        ldp     x4, x5, [sp, #32]
        ldp     x2, x3, [sp, #16]
        ldp     x0, x1, [sp]
        add     sp, sp, #FRAME_SIZE
        eret                                    // return from exception
        .size save_frame, . - save_frame

// void install_vectors(void): VBAR_EL1, and SCTLR_EL1.A so that every unaligned access faults.
        .equ    SCTLR_EL1_A, 1 << 1
        .global install_vectors
        .type install_vectors, %function
install_vectors:
        adrp    x0, exception_vectors
        add     x0, x0, :lo12:exception_vectors
        msr     vbar_el1, x0
        mrs     x1, sctlr_el1
        orr     x1, x1, #SCTLR_EL1_A
        msr     sctlr_el1, x1
        isb
        ret
        .size install_vectors, . - install_vectors

// void enter_user(void (*program)(void), void *stack): to EL0 with nothing masked. Does not return.
        .global enter_user
        .type enter_user, %function
enter_user:
        msr     elr_el1, x0
        msr     sp_el0, x1
        msr     spsr_el1, xzr                   // M = EL0t, NZCV and DAIF clear
        mov     x29, xzr
        mov     x30, xzr
        eret                                    // enter EL0
        .size enter_user, . - enter_user

// void breakpoint_at_el1(void): a BRK that EL1's own vectors handle.
        .global breakpoint_at_el1
        .type breakpoint_at_el1, %function
breakpoint_at_el1:
        brk     #0x10                           // BRK at EL1
        ret
        .size breakpoint_at_el1, . - breakpoint_at_el1
