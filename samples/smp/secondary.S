// SPDX-License-Identifier: MIT
//
// What `smp` needs of assembly: the first instructions of a secondary CPU, PSCI, and the lock.

        .text

// Where CPU_ON starts a secondary CPU: EL1, MMU off, x0 as the caller of CPU_ON gave it.
        .global secondary_start
        .type secondary_start, %function
secondary_start:
        .cfi_startproc
        .cfi_undefined x30                      // Nobody called: the stack of frames ends here.
        mov     x29, xzr                        // first of a secondary
        mov     x30, xzr
        ldr     x1, [x0]                        // struct cpu: stack_top
        mov     sp, x1
        msr     tpidr_el1, x0
        bl      secondary_main
        bl      cpu_off
        .cfi_endproc
        .size secondary_start, . - secondary_start

// long cpu_on(uint64_t affinity, void (*entry)(void), struct cpu *context)
        .global cpu_on
        .type cpu_on, %function
cpu_on:
        mov     x3, x2
        mov     x2, x1
        mov     x1, x0
        movz    w0, #0x0003
        movk    w0, #0xc400, lsl #16
        hvc     #0                              // CPU_ON
        ret
        .size cpu_on, . - cpu_on

// void cpu_off(void): does not return.
        .global cpu_off
        .type cpu_off, %function
cpu_off:
        .cfi_startproc
        movz    w0, #0x0002
        movk    w0, #0x8400, lsl #16
        hvc     #0                              // CPU_OFF
        b       cpu_off
        .cfi_endproc
        .size cpu_off, . - cpu_off

// long lock_try(struct lock *lock): 1 if the lock was free and is now the caller's, else 0. With the
// MMU off memory is Device-nGnRnE, where the architecture lets exclusives fault; emulators take them.
        .global lock_try
        .type lock_try, %function
lock_try:
        mov     w2, #1
again:
        ldaxr   w1, [x0]                        // load the lock
        cbnz    w1, somebody_has_it
        stxr    w1, w2, [x0]                    // take the lock
        cbnz    w1, again
        mov     x0, #1                          // taken
        ret
somebody_has_it:
        clrex                                   // give up
        mov     x0, #0
        ret
        .size lock_try, . - lock_try

// void lock_release(struct lock *lock)
        .global lock_release
        .type lock_release, %function
lock_release:
        stlr    wzr, [x0]                       // release the lock
        sev
        ret
        .size lock_release, . - lock_release
