// SPDX-License-Identifier: MIT
//
// What `smp` needs of assembly on 64-bit POWER: the first instructions of a secondary CPU, and the lock.
#include "power64.h"

// Where start-cpu starts a secondary CPU: real mode, big-endian, r3 as the caller of start-cpu gave it.
FUNCTION secondary_start
        .cfi_undefined lr                       // Nobody called: the stack of frames ends here.
        FIXUP_ENDIAN                            // first of a secondary
        ld      1, 0(3)                         // struct cpu: stack_top
        li      9, 0
        stdu    9, -FRAME_SIZE(1)               // Back chain 0: no frame below.
        .cfi_def_cfa r1, FRAME_SIZE
        mtsprg0 3
        CALL_C  secondary_main
        CALL_C  cpu_off
END_FUNCTION secondary_start

// long lock_try(struct lock *lock): 1 if the lock was free and is now the caller's, else 0.
FUNCTION lock_try
        li      10, 1
again:
        lwarx   9, 0, 3                         // load the lock
        cmpwi   9, 0
        bne     somebody_has_it
        stwcx.  10, 0, 3                        // take the lock
        bne     again
        isync                                   // What the lock guards is read after this.
        li      3, 1                            // taken
        blr
somebody_has_it:
        li      3, 0                            // give up
        blr
END_FUNCTION lock_try

// void lock_release(struct lock *lock)
FUNCTION lock_release
        lwsync                                  // What the lock guards was written before this.
        li      9, 0
        stw     9, 0(3)                         // release the lock
        blr
END_FUNCTION lock_release
