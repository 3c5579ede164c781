// SPDX-License-Identifier: MIT
//
// The user program's part in assembly. It runs in problem state, at 0x10000000, in the kernel's byte order.
#include "power64.h"
#include "user.h"

        .machine power9

// r3: the program's struct user.
FUNCTION user_start
        .cfi_undefined lr                       // Nobody called: the stack of frames ends here.
        bl      user_main
        li      0, CALL_EXIT
        sc                                      // SC exit
END_FUNCTION user_start

// long user_call(long number, long first, long second)
FUNCTION user_call
        mr      0, 3
        mr      3, 4
        mr      4, 5
        sc                                      // SC
        blr
END_FUNCTION user_call

// The same by scv, which uses up LR and CTR.
FUNCTION user_call_vectored
        mflr    11
        std     11, FRAME_LR(1)
        .cfi_offset lr, FRAME_LR
        mr      0, 3
        mr      3, 4
        mr      4, 5
        scv     0                               // SCV
        ld      11, FRAME_LR(1)
        mtlr    11
        blr
END_FUNCTION user_call_vectored

// void user_traced(void): asks for MSR[SE], runs seven instructions, and an sc, which is not traced.
FUNCTION user_traced
        li      0, CALL_TRACE
        li      3, 1
        sc                                      // trace on
        li      9, 2                            // first traced
user_traced_loop:
        addic.  9, 9, -1
        bne     user_traced_loop
        li      0, CALL_TRACE
        li      3, 0                            // last traced
        sc                                      // trace off
        blr
END_FUNCTION user_traced

// void user_mistakes(void): each is an interrupt, after which the kernel skips the instruction.
FUNCTION user_mistakes
        trap                                    // Program: trap
        mfmsr   9                               // Program: privileged instruction
        .long   0                               // Program: illegal instruction
        fmr     1, 2                            // Floating-Point Unavailable
        vor     1, 2, 2                         // Vector Unavailable
        xxlor   1, 2, 2                         // VSX Unavailable
        addi    9, 1, -6
        lwarx   9, 0, 9                         // Alignment
        blr
END_FUNCTION user_mistakes
