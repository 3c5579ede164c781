// SPDX-License-Identifier: MIT
//
// The workload's console on the machine `virt`; start and end are samples/start/aarch64.S.

        .equ    UART_DR, 0x00
        .equ    UART_FR, 0x18
        .equ    FR_TXFF_BIT, 5

        .text
        .global write_text
        .type write_text, %function
write_text:
        .cfi_startproc
        mov     x2, #0x09000000
        cbz     x1, written
next_character:
        ldr     w3, [x2, #UART_FR]
        tbnz    w3, #FR_TXFF_BIT, next_character
        ldrb    w3, [x0], #1
        str     w3, [x2, #UART_DR]
        subs    x1, x1, #1
        b.ne    next_character
written:
        ret
        .cfi_endproc
        .size write_text, . - write_text
