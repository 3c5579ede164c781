// SPDX-License-Identifier: MIT
//
// Start, console and end of the workload as a Linux user program, by the system calls write and exit.

        .equ    SYS_write, 64
        .equ    SYS_exit, 93

        .text
        .global _start
        .type _start, %function
_start:
        .cfi_startproc
        .cfi_undefined x30
        bl      main
        mov     x8, #SYS_exit
        svc     #0
        .cfi_endproc
        .size _start, . - _start

        .global write_text
        .type write_text, %function
write_text:
        .cfi_startproc
        mov     x2, x1
        mov     x1, x0
        mov     x0, #1
        mov     x8, #SYS_write
        svc     #0
        ret
        .cfi_endproc
        .size write_text, . - write_text
