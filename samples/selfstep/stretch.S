// SPDX-License-Identifier: MIT
//
// The stretch of its own code that the kernel debugs.
#include "kernel.h"
#include "power64.h"

        .machine power8

// uint64_t run_stretch(uint64_t *cell): the MSR that it sees under the debugger, whose breakpoint comes
// first. Counts *cell up three times.
FUNCTION run_stretch
        .global stretch_start
stretch_start:
        trap                                    // the kernel's breakpoint for itself
        li      9, 3
        mtctr   9
count:
        ld      10, 0(3)                        // load
        addi    10, 10, 1
        std     10, 0(3)                        // store
        bdnz    count
        mtsprg3 3
        mfsprg3 4
        cmpld   3, 4
        bne     wrong                           // not taken
        mfmsr   3                               // with MSR[SE]
        b       stretch_end
wrong:
        li      3, 0
        .global stretch_end
stretch_end:
        blr                                     // runs free again
END_FUNCTION run_stretch
