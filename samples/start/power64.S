// SPDX-License-Identifier: MIT
//
// Start of a bare-metal guest on the machine `pseries`, in two ways that r5 tells apart, as for Linux:
//   r5 = 0: r3 is the real address of a flattened device tree (a debugger, a boot loader);
//   else:   r5 is the client interface of Open Firmware (QEMU with -kernel, by SLOF or by VOF).
// Either way: real mode, interrupts off, any byte order, loaded anywhere below 4 GiB. A guest that
// was not loaded at real address 0 copies itself there. Then: stack, .bss, RTAS tokens, main, power-off.
#include "power64.h"

        .section .entry, "ax"
        .global _start
        .type _start, @function
_start:
        FIXUP_ENDIAN
        b       start
        .size _start, . - _start

        .section .start, "ax"
        .type start, @function
start:
        .cfi_startproc
        .cfi_undefined lr                       // Nobody called: the stack of frames ends here.
        ENTER_64_BIT_MODE
        mr      30, 3                           // The flattened device tree, if there is one.
        mr      29, 5
        bcl     20, 31, .Lhere
.Lhere: mflr    31
        li      12, .Lhere@l
        subf    31, 12, 31                      // r31: how far from its place the guest was loaded.

        cmpdi   29, 0
        beq     copy
        li      30, 0
        LOAD_ADDRESS 1, stack_top
        clrldi  1, 1, 4                         // Real addresses: without the top bits of linked ones.
        add     1, 1, 31
        addi    1, 1, -FRAME_SIZE
        bl      ask_open_firmware

copy:
        cmpdi   31, 0
        beq     in_place
        li      10, 0
        LOAD_ADDRESS 9, image_end               // The linker script aligns it to 8 bytes.
        clrldi  9, 9, 4
copy_doubleword:
        ldx     11, 31, 10
        stdx    11, 0, 10
        addi    10, 10, 8
        cmpld   10, 9
        blt     copy_doubleword
        li      10, 0
copy_to_instructions:
        dcbst   0, 10
        sync
        icbi    0, 10
        addi    10, 10, 32                      // No processor has a shorter cache line.
        cmpld   10, 9
        blt     copy_to_instructions
        sync
        isync
        li      12, in_place@l
        mtctr   12
        bctr

in_place:
        LOAD_ADDRESS 9, bss_start
        LOAD_ADDRESS 10, bss_end
        li      11, 0
clear_bss:
        cmpld   9, 10
        bge     bss_is_clear
        std     11, 0(9)                        // The linker script aligns both ends to 8 bytes.
        addi    9, 9, 8
        b       clear_bss

bss_is_clear:
        LOAD_ADDRESS 1, stack_top
        stdu    11, -FRAME_SIZE(1)              // Back chain 0: no frame below.
        .cfi_def_cfa r1, FRAME_SIZE
        cmpdi   30, 0
        beq     tokens_are_known
        mr      3, 30
        CALL_C  rtas_find
tokens_are_known:
        CALL_C  main
        CALL_C  power_off
        .cfi_endproc
        .size start, . - start

// Fills rtas_tokens by the client interface (IEEE 1275) at r29, in the image that lies r31 away from
// its place. Keeps r29 to r31. The interface wants 32-bit mode, big-endian, as do its arguments.
        .type ask_open_firmware, @function
ask_open_firmware:
        .cfi_startproc
        mflr    28
        .cfi_register lr, r28
        addi    27, 31, (client_arguments)@l
        // finddevice("/rtas")
        addi    3, 31, (finddevice)@l
        li      4, 1
        addi    5, 31, (rtas_path)@l
        bl      call_open_firmware
        LOAD_BIG_ENDIAN_WORD 26, 16             // r26: the node.
        LOAD_ADDRESS 25, rtas_names
        clrldi  25, 25, 4
        add     25, 25, 31
        LOAD_ADDRESS 24, rtas_tokens
        clrldi  24, 24, 4
        add     24, 24, 31
ask_for_token:
        lbz     9, 0(25)
        cmpwi   9, 0
        beq     all_tokens_asked
        // getprop(node, name, token, 4)
        addi    3, 31, (getprop)@l
        li      4, 4
        mr      5, 26
        mr      6, 25
        mr      7, 24
        li      8, 4
        bl      call_open_firmware
        addi    24, 24, 4
next_name:
        lbz     9, 0(25)
        addi    25, 25, 1
        cmpwi   9, 0
        bne     next_name
        b       ask_for_token
all_tokens_asked:
        mtlr    28
        blr
        .cfi_endproc
        .size ask_open_firmware, . - ask_open_firmware

// r3: the service's name, r4: how many arguments, r5 to r8: those. One result, after the arguments.
        .type call_open_firmware, @function
call_open_firmware:
        .cfi_startproc
        mflr    23
        .cfi_register lr, r23
        STORE_BIG_ENDIAN_WORD 3, 0
        STORE_BIG_ENDIAN_WORD 4, 4
        li      9, 1
        STORE_BIG_ENDIAN_WORD 9, 8
        STORE_BIG_ENDIAN_WORD 5, 12
        STORE_BIG_ENDIAN_WORD 6, 16
        STORE_BIG_ENDIAN_WORD 7, 20
        STORE_BIG_ENDIAN_WORD 8, 24
        mr      3, 27
        mfmsr   22
        clrldi  9, 22, 1                        // MSR[SF] and MSR[LE] = 0.
        rldicr  9, 9, 0, 62
        mtsrr0  29
        mtsrr1  9
        addi    9, 31, (back_from_open_firmware)@l
        mtlr    9
        rfid
back_from_open_firmware:
        FIXUP_ENDIAN
        ENTER_64_BIT_MODE
        clrldi  23, 23, 32                      // 32-bit code saves 32 bits of a register.
        mtlr    23
        blr
        .cfi_endproc
        .size call_open_firmware, . - call_open_firmware

finddevice:
        .asciz  "finddevice"
getprop:
        .asciz  "getprop"
rtas_path:
        .asciz  "/rtas"
        .balign 4
client_arguments:                               // Written before the guest moves to its place.
        .space  32
