// SPDX-License-Identifier: MIT
//
// Runs single A64 instructions at EL1 and records what they did. QEMU is the CPU under observation:
//   qemu-system-aarch64 -M virt,virtualization=on -cpu cortex-a76 -m 1G -kernel recorder.elf
//     -device loader,file=INPUT,addr=0x41000000,force-raw=on -semihosting-config enable=on,target=native
//
// The recorder lives at EL2. The observed instructions run at EL1 with the MMU off behind a stage 2
// translation that holds three things and nothing else, so that whatever they do is caught here:
//
//   0x5000_0000 ┌──────────────┐ window: 64 KiB, read and write, never executed
//   0x5002_0000 ├──────────────┤ slot page: execute only. Zero (UDF) but for its last four words;
//               │              │ the instructions end at the page's end, so that going on faults
//   0x5003_0000 ├──────────────┤ vectors of EL1: execute only, an HVC in each entry
//               └──────────────┘
// SCTLR_EL1.A is 1: QEMU 7.2 does not fault unaligned accesses to Device memory by itself.
//
// Input, 64-bit words: magic, number of records, address of the first record, then the window's
// first content (64 KiB), then records:
//   control        31..0 replace Xn (bit 31: SP), 32 replace NZCV, 40 look for changed memory,
//                  41 keep those changes, 42 start from the window's first content, 50..48 words
//   two words      the instructions, the last one in the highest 32 bits
//   values         for each bit set in 32..0, ascending
// Output, a record for each, 64-bit words:
//   what           31..0 ESR_ELx, 32 the exception went to EL1, 63..48 number of changes
//   ELR_ELx, FAR_ELx, X0..X30, SP, SPSR_ELx
//   changes        offset in the window and content, for each 64-bit word of the window

        .equ    INPUT, 0x41000000
        .equ    PRISTINE, INPUT + 24
        .equ    WINDOW, 0x50000000
        .equ    WINDOW_BYTES, 0x10000
        .equ    SLOT_PAGE, 0x50020000
        .equ    SLOT_END, SLOT_PAGE + 0x1000
        .equ    EL1_VECTORS, 0x50030000
        .equ    OUTPUT, 0x60000000
        .equ    MAGIC, 0x31524543

        .equ    CONTROL_NZCV, 32
        .equ    CONTROL_SCAN, 40
        .equ    CONTROL_KEEP, 41
        .equ    CONTROL_RESET, 42

        // Offsets in `state`: X0 to X30 by number, then these.
        .equ    STATE_SP, 31 * 8
        .equ    STATE_SPSR, 32 * 8

        .macro  at register, symbol
        adrp    \register, \symbol
        add     \register, \register, :lo12:\symbol
        .endm

        .text
        .global _start
_start:
        at      x0, el2_vectors
        msr     vbar_el2, x0

        // Stage 2: 39-bit input addresses, 4 KiB pages, from level 1.
        at      x0, level1
        at      x1, level2
        at      x2, level3
        orr     x3, x1, #3
        str     x3, [x0, #8]                    // 0x4000_0000 to 0x7fff_ffff
        orr     x3, x2, #3
        str     x3, [x1, #(0x10000000 >> 21) * 8]
        ldr     x4, =WINDOW + (1 << 54) + 0x7ff // never executed, AF, shareable, read and write, Normal, page
        mov     x5, #WINDOW_BYTES >> 12
map_window:
        str     x4, [x2], #8
        add     x4, x4, #0x1000
        subs    x5, x5, #1
        b.ne    map_window
        at      x2, level3
        ldr     x4, =SLOT_PAGE + 0x73f          // the same, but execute only
        str     x4, [x2, #(SLOT_PAGE - WINDOW) >> 9]
        ldr     x4, =EL1_VECTORS + 0x73f
        str     x4, [x2, #(EL1_VECTORS - WINDOW) >> 9]
        msr     vttbr_el2, x0
        ldr     x0, =0x80023559                 // PS 40 bits, inner shareable, write-back, SL0 = level 1, T0SZ = 25
        msr     vtcr_el2, x0
        ldr     x0, =0x80006003                 // RW, TWE, TWI, SWIO, VM
        msr     hcr_el2, x0
        ldr     x0, =0x30d00802                 // MMU off, A
        msr     sctlr_el1, x0
        msr     mdcr_el2, xzr

        // Every entry of the vectors of EL1 is an HVC.
        ldr     x0, =EL1_VECTORS
        msr     vbar_el1, x0
        ldr     w1, =0xd4000002
        mov     x2, #0x800
fill_vectors:
        str     w1, [x0], #4
        subs    x2, x2, #4
        b.ne    fill_vectors
        dsb     sy
        tlbi    alle1
        ic      iallu
        dsb     sy
        isb

        ldr     x0, =INPUT
        ldp     x1, x2, [x0]
        ldr     w3, =MAGIC
        cmp     x1, x3
        b.ne    failed
        ldr     x3, [x0, #16]
        at      x0, progress
        ldr     x4, =OUTPUT
        stp     x3, x4, [x0]
        str     x2, [x0, #16]

// x19 input, x20 output, x21 records to go: in `progress` while an observed instruction runs.
next_record:
        at      x0, progress
        ldp     x19, x20, [x0]
        ldr     x21, [x0, #16]
        cbz     x21, finished
        sub     x21, x21, #1
        ldp     x22, x1, [x19], #16
        ldr     x2, [x19], #8
        str     x22, [x0, #24]

        // The instructions.
        ldr     x3, =SLOT_END
        stp     x1, x2, [x3, #-16]
        sub     x4, x3, #16
        dc      cvau, x4
        dsb     ish
        ic      ivau, x4
        dsb     ish
        isb
        ubfx    x4, x22, #48, #3
        sub     x4, x3, x4, lsl #2
        msr     elr_el2, x4

        // The registers.
        at      x5, state
        mov     x6, #1
        mov     w7, w22
        mov     x8, x5
replace:
        cbz     w7, replaced
        tbz     w7, #0, kept
        ldr     x9, [x19], #8
        str     x9, [x8]
kept:
        lsr     w7, w7, #1
        add     x8, x8, #8
        b       replace
replaced:
        tbz     x22, #CONTROL_NZCV, nzcv_kept
        ldr     x9, [x19], #8
        str     x9, [x5, #STATE_SPSR]
nzcv_kept:
        stp     x19, x20, [x0]
        str     x21, [x0, #16]

        tbz     x22, #CONTROL_RESET, window_ready
        ldr     x0, =WINDOW
        ldr     x1, =PRISTINE
        at      x2, shadow
        mov     x3, #WINDOW_BYTES
reset:
        ldp     x6, x7, [x1], #16
        stp     x6, x7, [x0], #16
        stp     x6, x7, [x2], #16
        subs    x3, x3, #16
        b.ne    reset
window_ready:

        ldr     x0, [x5, #STATE_SPSR]
        and     x0, x0, #0xf0000000
        mov     x1, #0x3c5                      // EL1h, all interrupts masked
        orr     x0, x0, x1
        msr     spsr_el2, x0
        ldr     x0, [x5, #STATE_SP]
        msr     sp_el1, x0
        msr     far_el1, xzr
        msr     far_el2, xzr
        mov     x30, x5
        ldp     x0, x1, [x30, #0]
        ldp     x2, x3, [x30, #16]
        ldp     x4, x5, [x30, #32]
        ldp     x6, x7, [x30, #48]
        ldp     x8, x9, [x30, #64]
        ldp     x10, x11, [x30, #80]
        ldp     x12, x13, [x30, #96]
        ldp     x14, x15, [x30, #112]
        ldp     x16, x17, [x30, #128]
        ldp     x18, x19, [x30, #144]
        ldp     x20, x21, [x30, #160]
        ldp     x22, x23, [x30, #176]
        ldp     x24, x25, [x30, #192]
        ldp     x26, x27, [x30, #208]
        ldp     x28, x29, [x30, #224]
        ldr     x30, [x30, #240]
        eret

caught:
        msr     tpidr_el2, x30
        at      x30, state
        stp     x0, x1, [x30, #0]
        stp     x2, x3, [x30, #16]
        stp     x4, x5, [x30, #32]
        stp     x6, x7, [x30, #48]
        stp     x8, x9, [x30, #64]
        stp     x10, x11, [x30, #80]
        stp     x12, x13, [x30, #96]
        stp     x14, x15, [x30, #112]
        stp     x16, x17, [x30, #128]
        stp     x18, x19, [x30, #144]
        stp     x20, x21, [x30, #160]
        stp     x22, x23, [x30, #176]
        stp     x24, x25, [x30, #192]
        stp     x26, x27, [x30, #208]
        stp     x28, x29, [x30, #224]
        mov     x5, x30
        mrs     x0, tpidr_el2
        str     x0, [x5, #240]
        mrs     x0, sp_el1
        str     x0, [x5, #STATE_SP]

        mrs     x1, esr_el2
        mrs     x2, elr_el2
        mrs     x3, far_el2
        mrs     x4, spsr_el2
        ldr     x6, =EL1_VECTORS
        sub     x6, x2, x6
        cmp     x6, #0x800
        b.hi    at_el2
        lsr     w7, w1, #26
        cmp     w7, #0x16                       // HVC: the vectors of EL1 passed it on.
        b.ne    at_el2
        mrs     x1, esr_el1
        mov     w1, w1
        orr     x1, x1, #1 << 32
        mrs     x2, elr_el1
        mrs     x3, far_el1
        mrs     x4, spsr_el1
at_el2:
        str     x4, [x5, #STATE_SPSR]

        at      x0, progress
        ldp     x19, x20, [x0]
        ldr     x22, [x0, #24]
        mov     x23, x20                        // This output record.
        stp     x1, x2, [x20], #16
        str     x3, [x20], #8
        mov     x7, #33
copy_state:
        ldr     x6, [x5], #8
        str     x6, [x20], #8
        subs    x7, x7, #1
        b.ne    copy_state

        mov     x24, #0                         // Number of changes.
        tbz     x22, #CONTROL_SCAN, scanned
        ldr     x10, =WINDOW
        at      x11, shadow
        mov     x12, #0
scan:
        ldp     x6, x7, [x10], #16
        ldp     x8, x9, [x11], #16
        cmp     x6, x8
        ccmp    x7, x9, #0, eq
        b.ne    changed
scan_next:
        add     x12, x12, #16
        cmp     x12, #WINDOW_BYTES
        b.ne    scan
scanned:
        orr     x1, x1, x24, lsl #48
        str     x1, [x23]
        at      x0, progress
        str     x20, [x0, #8]
        b       next_record

// x6, x7: the window's words at offset x12; x8, x9: what was there.
changed:
        cmp     x6, x8
        b.eq    changed_second
        stp     x12, x6, [x20], #16
        add     x24, x24, #1
changed_second:
        cmp     x7, x9
        b.eq    changed_both
        add     x13, x12, #8
        stp     x13, x7, [x20], #16
        add     x24, x24, #1
changed_both:
        tbz     x22, #CONTROL_KEEP, restore
        stp     x6, x7, [x11, #-16]
        b       scan_next
restore:
        stp     x8, x9, [x10, #-16]
        b       scan_next

finished:
        at      x1, arguments
        at      x2, file_name
        mov     x3, #5                          // "wb"
        mov     x4, #file_name_bytes
        stp     x2, x3, [x1]
        str     x4, [x1, #16]
        mov     w0, #0x01                       // SYS_OPEN
        hlt     #0xf000
        cmn     x0, #1
        b.eq    failed
        ldr     x2, =OUTPUT
        sub     x3, x20, x2
        at      x1, arguments
        stp     x0, x2, [x1]
        str     x3, [x1, #16]
        mov     w0, #0x05                       // SYS_WRITE
        hlt     #0xf000
        cbnz    x0, failed                      // Bytes not written.
        mov     x3, #0
        b       exit
failed:
        mov     x3, #1
exit:
        at      x1, arguments
        ldr     x2, =0x20026                    // ADP_Stopped_ApplicationExit
        stp     x2, x3, [x1]
        mov     w0, #0x18                       // SYS_EXIT
        hlt     #0xf000
        b       exit
        .ltorg

        // Only what comes from EL1 is expected.
        .balign 2048
el2_vectors:
        .rept   8
        b       failed
        .balign 128
        .endr
        b       caught
        .balign 128
        .rept   7
        b       failed
        .balign 128
        .endr

        .section .rodata
file_name:
        .asciz  "output.bin"
        .equ    file_name_bytes, . - file_name - 1

        .bss
        .balign 4096
level1: .skip   4096
level2: .skip   4096
level3: .skip   4096
shadow: .skip   WINDOW_BYTES
state:  .skip   33 * 8
        .balign 16
progress:                                       // Next input record, next output record, records to go, control.
        .skip   32
arguments:
        .skip   32
