# 1 "before.c"
// Every construct that the grammar knows, each as a programmer would write it.
#include <asm/ppc_asm.h>
#include "local.h"
#define STACK_SIZE 0x4000            /* one line */
#define LOAD(reg, symbol) addis reg, r2, symbol@toc@ha; \
        addi    reg, reg, symbol@toc@l
#if defined(__LITTLE_ENDIAN__) && _CALL_ELF == 2
#error "no such level"
#endif
# a comment of the assembler's

        .machine power9
        .abiversion 2
        .section .text.boot, "ax", @progbits
        .macro  save_pair first:req, second=r0, rest:vararg
        std     \first, -16(r1)             # a comment behind operands
.Lsaved_\@:
        b\condition \name\()_end
        .ifnb   \rest
        save_pair \rest
        .endif
        .endm

        .set    SIZE, (1 << 4) | ~0x3 - 'a'
BASE    =       0xc000000000000000
        .type   function, @function
function: .cfi_startproc; nop; nop   # three statements
        addis   %r2,%r12,(.TOC.-function)@ha
        addi    r2, r12, (.TOC.-function)@l
        .localentry function, .-function
        mflr    %r0
        std     %r0, 16(%r1)
        stdu    r1, -STACK_SIZE(r1)
1:      subic.  r3, r3, 1
        bne     1b
        bdnz+   1b
        beq-    cr7, 2f
        bnl     cr1, 2f
        bt      4*cr7+eq, 2f
        crxor   4*cr1+so, 4*%cr1+un, eq
        cmpldi  cr6, %r4, 0xffff
        add.    r3, r4, r5
        addo.   3, 4, 5
        rlwinm. r0, r3, 0, 31, 31
        lwarx   r9, 0, r3
        stwcx.  r9, 0, r3
2:      lfd     %f1, 8(r4)
        xxpermdi vs63, %vs0, vs1, 2
        lvx     v20, 0, r5
        fmadd   fr1, f2, f3, f31
        mfspr   r5, SPRN_LPCR
        mtspr   SPR_HSRR0, r5
        mfspr   %r6, 0x13d
        mtspr   ctr, r12
        mtlr    r0
        mtctr   r12; bctrl
        bl      memcpy@notoc
        b       .L.somewhere
        ld      r3, symbol@got@tprel(r2)
        twi     31, 0, 0
        sc      1
        rfid
        .long   0x7c0004ac, .-function
        .quad   .TOC.@tocbase, 010, 12l
        LOAD(r3, table)
        save_pair first=r14, second=r15
        .size   function, .-function
