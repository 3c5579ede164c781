// SPDX-License-Identifier: MIT
//
// Start of a bare-metal guest on the machine `virt`: EL1, MMU off, interrupts as the machine left
// them. Sets the stack, clears .bss, calls main and powers the machine off when main returns.

        .section .text.start, "ax"
        .global _start
        .type _start, %function
_start:
        .cfi_startproc
        .cfi_undefined x30                      // Nobody called: the stack of frames ends here.
        mov     x29, xzr
        mov     x30, xzr
        adrp    x0, stack_top
        add     x0, x0, :lo12:stack_top
        mov     sp, x0

        adrp    x0, bss_start
        add     x0, x0, :lo12:bss_start
        adrp    x1, bss_end
        add     x1, x1, :lo12:bss_end
clear_bss:
        cmp     x0, x1
        b.hs    bss_is_clear
        str     xzr, [x0], #8                   // The linker script aligns both ends to 8 bytes.
        b       clear_bss

bss_is_clear:
        bl      main
        bl      power_off
        .cfi_endproc
        .size _start, . - _start

// void power_off(void): PSCI SYSTEM_OFF (Arm DEN 0022) by HVC. Does not return.
        .text
        .global power_off
        .type power_off, %function
power_off:
        .cfi_startproc
        movz    w0, #0x0008
        movk    w0, #0x8400, lsl #16
        hvc     #0
wait_for_the_end:
        wfi
        b       wait_for_the_end
        .cfi_endproc
        .size power_off, . - power_off
