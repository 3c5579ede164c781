/* SPDX-License-Identifier: MIT */
/* What the assembly parts of the samples for 64-bit POWER share. */
#ifndef STEPTRAP_POWER64_H
#define STEPTRAP_POWER64_H

/* Where the tables for unwinding go, if not to .eh_frame. */
#ifdef CFI_SECTION
        .cfi_sections CFI_SECTION
#endif

/* The ABI's words for a stack frame: ELFv1 (big-endian) and ELFv2 (little-endian). */
#if _CALL_ELF == 2
#define FRAME_SIZE 32           /* The least: back chain, CR, LR, TOC. */
#define FRAME_TOC 24
#else
#define FRAME_SIZE 112          /* The least: also the save area of eight parameters. */
#define FRAME_TOC 40
#endif
#define FRAME_LR 16             /* In the frame of the caller. */

/*
 * Goes on in the byte order that this file is assembled for, whatever the processor's is: interrupts
 * and `start-cpu` may begin in the other one. The first instruction reads `b .+8` backwards, the
 * block after the second is assembled backwards. Changes r10, r11, LR, SRR0 and SRR1.
 */
.macro FIXUP_ENDIAN
        tdi     0, 0, 0x48
        b       .+44
        .long   0xa600607d      /* mfmsr   r11 */
        .long   0x01006b69      /* xori    r11, r11, MSR[LE] */
        .long   0x00004039      /* li      r10, 0 */
        .long   0x6401417d      /* mtmsrd  r10, 1: nothing may interrupt between here and rfid */
        .long   0x05009f42      /* bcl     20, 31, .+4 */
        .long   0xa602487d      /* mflr    r10 */
        .long   0x14004a39      /* addi    r10, r10, 20 */
        .long   0xa6035a7d      /* mtsrr0  r10 */
        .long   0xa6037b7d      /* mtsrr1  r11 */
        .long   0x2400004c      /* rfid */
.endm

/* MSR[SF] = 1. Changes r10 and r11. */
.macro ENTER_64_BIT_MODE
        mfmsr   11
        li      10, 1
        rldicr  10, 10, 63, 0
        or      11, 11, 10
        mtmsrd  11
        isync
.endm

/* One 32-bit big-endian word at `offset` from r27. STORE_ changes r10. */
.macro LOAD_BIG_ENDIAN_WORD register, offset
#ifdef __LITTLE_ENDIAN__
        li      10, \offset
        lwbrx   \register, 27, 10
#else
        lwz     \register, \offset(27)
#endif
.endm

.macro STORE_BIG_ENDIAN_WORD register, offset
#ifdef __LITTLE_ENDIAN__
        li      10, \offset
        stwbrx  \register, 27, 10
#else
        stw     \register, \offset(27)
#endif
.endm

/* The 64-bit address that `symbol` is linked to. */
.macro LOAD_ADDRESS register, symbol
        lis     \register, (\symbol)@highest
        ori     \register, \register, (\symbol)@higher
        rldicr  \register, \register, 32, 31
        oris    \register, \register, (\symbol)@high
        ori     \register, \register, (\symbol)@l
.endm

/* Calls a C function wherever it is linked, from code without a TOC. Changes r2, r12 and CTR. */
.macro CALL_C function
        LOAD_ADDRESS 12, \function
#if _CALL_ELF != 2
        ld      2, 8(12)        /* ELFv1: the symbol is a descriptor of entry, TOC and environment. */
        ld      12, 0(12)
#endif
        mtctr   12
        bctrl
.endm

/* The other way: the entry of a function in assembly that C calls. */
.macro FUNCTION name
        .text
        .global \name
#if _CALL_ELF == 2
        .type   \name, @function
\name:
#else
        .pushsection .opd, "aw"
        .align  3
\name:
        .quad   .L.\name, .TOC.@tocbase, 0
        .popsection
        .type   \name, @function
.L.\name:
#endif
        .cfi_startproc
.endm

.macro END_FUNCTION name
        .cfi_endproc
#if _CALL_ELF == 2
        .size   \name, . - \name
#else
        .size   \name, . - .L.\name
#endif
.endm

#endif
