// SPDX-License-Identifier: MIT
//
// What the EL0 program needs of assembly: its two calls of EL1, and the instructions that trap.

        .text

// long call_write(const char *text, unsigned long length): the number of bytes written.
        .global call_write
        .type call_write, %function
call_write:
        mov     x8, #1
        svc     #0                              // SVC write
        ret
        .size call_write, . - call_write

// void call_exit(long status): does not return.
        .global call_exit
        .type call_exit, %function
call_exit:
        mov     x8, #2
        svc     #0x2a                           // SVC exit
        b       call_exit
        .size call_exit, . - call_exit

        .global breakpoint_at_el0
        .type breakpoint_at_el0, %function
breakpoint_at_el0:
        brk     #0x42                           // BRK at EL0
        ret
        .size breakpoint_at_el0, . - breakpoint_at_el0

        .global undefined_instruction
        .type undefined_instruction, %function
undefined_instruction:
        udf     #7                              // UNDEFINED
        ret
        .size undefined_instruction, . - undefined_instruction

// A register of EL1 read at EL0: UNDEFINED as well.
        .global read_register_of_el1
        .type read_register_of_el1, %function
read_register_of_el1:
        mrs     x1, sctlr_el1                   // privileged MRS
        ret
        .size read_register_of_el1, . - read_register_of_el1

// unsigned int load_word(const void *address)
        .global load_word
        .type load_word, %function
load_word:
        ldr     w0, [x0]                        // load
        ret
        .size load_word, . - load_word

// void store_word(void *address, unsigned int value)
        .global store_word
        .type store_word, %function
store_word:
        str     w1, [x0]                        // store
        ret
        .size store_word, . - store_word

// unsigned long atomic_add(unsigned long *address, unsigned long value): the sum.
        .global atomic_add
        .type atomic_add, %function
atomic_add:
        ldaxr   x2, [x0]                        // load exclusive
        add     x2, x2, x1
        stlxr   w3, x2, [x0]                    // store exclusive
        cbnz    w3, atomic_add
        mov     x0, x2
        ret
        .size atomic_add, . - atomic_add
