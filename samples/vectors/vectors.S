// SPDX-License-Identifier: MIT
//
// The instructions that the kernel has traced.
#include "kernel.h"
#include "power64.h"

// void run_traced(uint64_t msr_bits): what follows the rfid with MSR[SE] or MSR[BE] on, until the
// Trace interrupt that has come to traced_end.
FUNCTION run_traced
        LOAD_ADDRESS 9, traced_code
        mfmsr   10
        or      10, 10, 3
        mtsrr0  9
        mtsrr1  10
        rfid                                    // not traced itself
traced_code:
        li      9, 3                            // first traced instruction
traced_loop:
        addi    9, 9, -1
        cmpwi   9, 0
        bne     traced_loop                     // traced branch
        nop
        b       traced_branch
traced_branch:
        b       traced_end                      // last traced instruction
        .global traced_end
traced_end:
        blr
END_FUNCTION run_traced
