// SPDX-License-Identifier: MIT
//
// The program that is debugged, in problem state at 0x10000000. In assembly, so that it takes the same
// steps in each build.
#include "kernel.h"
#include "power64.h"
#include "user.h"

        .section .user_data, "aw"
        .global user_data
        .balign 8
user_data:
        .quad   1, 2, 3, 4, 5, 0

// r3: the program's struct user. Exits with its total and one more.
        .text
        .global user_start
        .type   user_start, @function
user_start:
        .cfi_startproc
        .cfi_undefined lr                       // Nobody called: the stack of frames ends here.
        mr      31, 3
        li      30, 0                           // Offset of the next number.
next_number:
        ldx     3, 31, 30                       // load number
        andi.   9, 3, 1
        beq     even                            // even numbers do not count
        bl      user_add                        // call user_add
even:
        addi    30, 30, 8
        cmpdi   30, NUMBERS * 8
        bne     next_number                     // loop
        ld      3, USER_TOTAL(31)
        li      0, CALL_ADD_ONE
        sc                                      // SC, which is not traced
        li      0, CALL_EXIT
        sc                                      // SC exit
        .cfi_endproc
        .size   user_start, . - user_start

// r3: a number for the total.
        .global user_add
        .type   user_add, @function
user_add:
        .cfi_startproc
        ld      10, USER_TOTAL(31)              // the kernel's breakpoint
        add     10, 10, 3
        std     10, USER_TOTAL(31)              // store total
        blr
        .cfi_endproc
        .size   user_add, . - user_add
