/* SPDX-License-Identifier: MIT */
/* Start, console and end of the workload as a Linux user program of 64-bit POWER, by the system calls write and exit. */
#include "powerFunction.h"

        .equ    SYS_exit, 1
        .equ    SYS_write, 4

        .text
        FUNCTION _start
        lis     2, .TOC.@ha
        addi    2, 2, .TOC.@l
        li      0, 0
        stdu    0, -32(1)
        bl      main
        nop
        li      0, SYS_exit
        sc

        FUNCTION write_text
        mr      5, 4
        mr      4, 3
        li      3, 1
        li      0, SYS_write
        sc
        blr
