/* SPDX-License-Identifier: MIT */
/* Starting and stopping of CPUs by RTAS. */
#include "papr.h"
#include "smp.h"

/* Where the code of a function begins. In ELFv1 a pointer to it leads to a descriptor, which begins with that. */
static uint64_t code_address(void (*function)(void))
{
#if _CALL_ELF == 2
    return (uint64_t)function;
#else
    return *(const uint64_t *)function;
#endif
}

long cpu_on(uint64_t affinity, void (*entry)(void), struct cpu *context)
{
    return rtas_call(RTAS_START_CPU, 3, (uint32_t)affinity, (uint32_t)code_address(entry), (uint32_t)(uint64_t)context);
}

void cpu_off(void)
{
    for (;;)
        rtas_call(RTAS_STOP_SELF, 0, 0, 0, 0);
}
