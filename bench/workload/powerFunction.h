/* SPDX-License-Identifier: MIT */
/* The beginning of a global function that C calls: under ABI version 1 of 64-bit POWER a function's symbol is that of its descriptor. */
        .macro  FUNCTION name
        .globl  \name
#if defined(_CALL_ELF) && _CALL_ELF == 2
        .type   \name, @function
\name:
#else
        .section ".opd", "aw"
        .balign 8
\name:
        .quad   .L.\name, .TOC.@tocbase, 0
        .previous
        .type   \name, @function
.L.\name:
#endif
        .endm
