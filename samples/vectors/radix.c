/* SPDX-License-Identifier: MIT */
/* Radix trees (Power ISA 3.0): one for the kernel, PID 0, and one for the user program, PID 1. */
#include "papr.h"
#include "vectors.h"

#define H_REGISTER_PROC_TBL 0x37c
#define PROC_TBL_NEW 0x18
#define PROC_TBL_RADIX 0x4
#define PROC_TBL_GTSE 0x1     /* The guest may invalidate translations itself. */

#define PTE_VALID 0x8000000000000000ul
#define PTE_LEAF 0x4000000000000000ul
#define PTE_R 0x100ul
#define PTE_C 0x80ul
#define PTE_PRIVILEGED 0x8ul
#define PTE_READ 0x4ul
#define PTE_WRITE 0x2ul
#define PTE_EXECUTE 0x1ul
#define PTE_ADDRESS 0x00fffffffffff000ul

/* Trees as POWER9 wants them: 52 bits by levels of 13, 9, 9 and 9, and pages of 4 KiB. */
#define TREE_SIZE (2ul << 61 | 5ul << 5)
#define ROOT_BITS 13
#define LEVEL_BITS 9
#define LEVELS 4

#define USER_PID 1

/* Tables lie from here on, below the 2 MiB that the kernel maps. */
static uint64_t next_table = 0x100000;

static uint64_t big_endian(uint64_t value)
{
#ifdef __LITTLE_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

static uint64_t *table_at(uint64_t real)
{
    return (uint64_t *)(0xc000000000000000 | real);
}

/* The real address of `bytes` of zeros, aligned to their size. */
static uint64_t new_table(uint64_t bytes)
{
    uint64_t real = (next_table + bytes - 1) & -bytes;

    next_table = real + bytes;
    for (uint64_t index = 0; index < bytes / 8; index++)
        table_at(real)[index] = 0;
    return real;
}

static uint64_t process_table;

static uint64_t root_of(uint64_t pid)
{
    return big_endian(table_at(process_table)[pid * 2]) & PTE_ADDRESS;
}

static void add_process(uint64_t pid)
{
    table_at(process_table)[pid * 2] = big_endian(TREE_SIZE | new_table(8ul << ROOT_BITS) | ROOT_BITS);
}

/* The entry for `address` on `level`, 0 at the root, with the tables that lead to it. */
static uint64_t *entry_of(uint64_t pid, uint64_t address, int level)
{
    uint64_t table = root_of(pid);
    int shift = 12 + LEVEL_BITS * (LEVELS - 1);
    uint64_t mask = (1ul << ROOT_BITS) - 1;

    for (;;) {
        uint64_t *entry = &table_at(table)[address >> shift & mask];
        if (level-- == 0)
            return entry;
        if (*entry == 0)
            *entry = big_endian(PTE_VALID | new_table(8ul << LEVEL_BITS) | LEVEL_BITS); /* add a level */
        table = big_endian(*entry) & PTE_ADDRESS;
        shift -= LEVEL_BITS;
        mask = (1ul << LEVEL_BITS) - 1;
    }
}

static long begin(void)
{
    process_table = new_table(4096);
    add_process(0);
    add_process(USER_PID);
    *entry_of(0, 0, 2) = big_endian(PTE_VALID | PTE_LEAF | PTE_R | PTE_C | PTE_PRIVILEGED | PTE_READ | PTE_WRITE | PTE_EXECUTE); /* 2 MiB */
    long status = hypercall(H_REGISTER_PROC_TBL, PROC_TBL_NEW | PROC_TBL_RADIX | PROC_TBL_GTSE, process_table, 0, 0).status;
    if (status == H_SUCCESS) {
        WRITE_SPR(SPR_PID, USER_PID);
        __asm__ volatile("isync" ::: "memory");
    }
    return status;
}

/* What the processor may have kept of the translation of one page. */
static void invalidate(uint64_t address)
{
    __asm__ volatile(".machine push\n\t.machine power9\n\tptesync\n\ttlbie %0, %1, 0, 1, 1\n\teieio\n\ttlbsync\n\tptesync\n\t.machine pop" ::"r"(address),
                     "r"((uint64_t)USER_PID << 32)
                     : "memory");
}

static long map(struct user_page *page, int for_writing)
{
    uint64_t access = PTE_READ | (for_writing ? PTE_WRITE | PTE_C : 0) | (page->is_executable ? PTE_EXECUTE : 0);

    *entry_of(USER_PID, page->address, LEVELS - 1) = big_endian(PTE_VALID | PTE_LEAF | PTE_R | page->real | access); /* enter a page */
    if (page->is_mapped)
        invalidate(page->address);
    else
        __asm__ volatile("ptesync" ::: "memory");
    return 0;
}

static void add_segment(uint64_t address)
{
    (void)address; /* A radix tree has no segments: nothing asks for one. */
}

static int unmap(struct user_page *page)
{
    uint64_t *entry = entry_of(USER_PID, page->address, LEVELS - 1);
    uint64_t before = big_endian(*entry);

    *entry = 0;
    invalidate(page->address);
    return (before & PTE_R ? 1 : 0) | (before & PTE_C ? 2 : 0);
}

const struct translation radix_translation = { "radix tree", begin, map, add_segment, unmap };
