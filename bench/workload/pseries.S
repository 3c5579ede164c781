/* SPDX-License-Identifier: MIT */
/*
 * Start and console of a bench guest on the machine `pseries`, which is entered at real address 0 in either byte order. Behind its end it
 * loops: who runs it knows the last line.
 */
#include "powerFunction.h"

        .equ    H_PUT_TERM_CHAR, 0x58
        .equ    H_SET_MODE, 0x31c

        .section .text.start, "ax"
        .globl  _start
_start:
#ifdef __LITTLE_ENDIAN__
        /* Words in the order in which they are fetched: on to little_endian with MSR[LE] set. */
        .macro  BIG word
        .byte   (\word >> 24) & 0xff, (\word >> 16) & 0xff, (\word >> 8) & 0xff, \word & 0xff
        .endm
        BIG     0x08000048      /* tdi    0, r0, 0x48: nothing; in the other order, b .+8 */
        BIG     0x48000008      /* b      .+8 */
        b       little_endian
        BIG     0x7d6000a6      /* mfmsr  r11 */
        BIG     0x616b0001      /* ori    r11, r11, 1 */
        BIG     0x39400024      /* li     r10, little_endian */
        BIG     0x7d5a03a6      /* mtsrr0 r10 */
        BIG     0x7d7b03a6      /* mtsrr1 r11 */
        BIG     0x4c000024      /* rfid */
little_endian:
        /* As every little-endian kernel: interrupts come in this byte order, LPCR[ILE]. */
        li      3, H_SET_MODE
        li      4, 1
        li      5, 4
        li      6, 0
        li      7, 0
        sc      1
#endif
        lis     2, .TOC.@ha
        addi    2, 2, .TOC.@l
        lis     1, stack_top@ha
        addi    1, 1, stack_top@l
        li      0, 0
        stdu    0, -32(1)
        bl      main
        nop
        b       .

        .text
/* write_text(text, length): one hypercall a character, so that the byte order does not matter. */
        FUNCTION write_text
        cmpdi   4, 0
        beqlr
        mr      9, 3
        mtctr   4
next_character:
        lbz     6, 0(9)
        addi    9, 9, 1
        sldi    6, 6, 56
        mfctr   10
        std     9, -16(1)
        std     10, -24(1)
        li      3, H_PUT_TERM_CHAR
        li      4, 0
        li      5, 1
        li      7, 0
        sc      1
        ld      10, -24(1)
        ld      9, -16(1)
        mtctr   10
        bdnz    next_character
        blr
