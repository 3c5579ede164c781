# 1 "before.c"
// Every construct that the grammar knows, each as a programmer would write it.
#include <asm/assembler.h>
#include "local.h"
#define STACK_SIZE 0x4000            /* one line */
#define LOAD(reg, symbol) adrp reg, symbol; \
        add     reg, reg, :lo12:symbol
#if defined(DEBUG) && LEVEL >= 2
#error "no such level"
#endif
# a comment of the assembler's

        .arch   armv8-a+crc
        .section .text.boot, "ax", %progbits
        .macro  push_pair first:req, second=xzr, rest:vararg
        stp     \first, \second, [sp, #-16]!
.Lpushed_\@:
        b.\condition \name\()_end
        .ifnb   \rest
        push_pair \rest
        .endif
        .endm

counter .req    x19
        .set    SIZE, (1 << 4) | ~0x3 - 'a'
BASE    =       0x40000000
        .unreq  counter
function: .cfi_startproc; nop; nop   // three statements
        .cfi_def_cfa sp, 16
1:      subs    w0, w0, #1
        b.ne    1b
        cbz     x1, 2f
        beq     2f
        ldr     x2, =0xdeadbeef
        ldr     w3, [x2, w4, uxtw #2]
        ldr     x5, [x6], #8
        adrp    x7, :got:symbol
        add     x7, x7, #:lo12:.Lstring
        csel    x8, x9, x10, eq
        ccmp    x1, #0, #0b0100, hs
        fcsel   d0, d1, d2, lt
        mrs     x11, MPIDR_EL1
        msr     daifset, #2
        msr     S3_0_C15_C2_1, x12
        mrs     x13, new_register_el12
        dmb     ish
        isb
        isb     sy
        dc      civac, x14
        tlbi    vmalle1is
        prfm    pldl1keep, [x15]
        fmov    v0.2d[1], x16
        ld1     {v0.16b, v1.16b}, [x17], #32
        MOV     X18, XZR
        ldadd\order x1, x2, [x3]
        \operation x0, x1
        push_pair first=x0, second=lr
        .rept   2
        .quad   ., . - function, 1.5e3, 010
        .endr
        .irp    register, x0, x1
        str     \register, [sp]
        .endr
2:      ret
/* a comment
   of two lines */ nop /* and one between */ // and one behind
.Lstring:
        .asciz  "text\twith \"escapes\"\n\x1b[0m \101 \argument"
        .type   function, %function
        .size   function, . - function
        mov     x0, #0x12zz
