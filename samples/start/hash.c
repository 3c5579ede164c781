/* SPDX-License-Identifier: MIT */
/* The hash page table: segments of 256 MiB by the SLB, entries of 4 KiB pages by hypercalls (PAPR 14.5.4). */
#include "kernel.h"
#include "papr.h"

#define H_REMOVE 0x04
#define H_ENTER 0x08
#define H_READ 0x0c
#define H_PROTECT 0x18

/* Power ISA, hash page table entries; the hypercalls take those of version 2.07. */
#define HPTE_V 0x1ul          /* doubleword 0: valid */
#define HPTE_AVPN_SHIFT 7
#define HPTE_R 0x100ul        /* doubleword 1: referenced */
#define HPTE_C 0x80ul         /* changed */
#define HPTE_M 0x10ul         /* memory coherence */
#define HPTE_N 0x4ul          /* no execute */
#define PP_KERNEL 0ul         /* read and write with key 0, nothing with key 1 */
#define PP_READ_WRITE 2ul
#define PP_READ 3ul
#define ENTRIES_PER_GROUP 8

#define SLBE_V 0x08000000ul
#define SLBE_KP 0x400ul       /* key 1 in problem state */
#define SEGMENT_SHIFT 28
#define VSID_SHIFT 12

/* Any two numbers that hash to the first groups of the smallest table. */
#define KERNEL_VSID 0x100ul
#define USER_VSID 0x200ul

static void set_segment(uint64_t address, uint64_t vsid, uint64_t index)
{
    uint64_t esid = address >> SEGMENT_SHIFT << SEGMENT_SHIFT;

    __asm__ volatile("isync\n\tslbmte %0, %1\n\tisync" ::"r"(vsid << VSID_SHIFT | SLBE_KP), "r"(esid | SLBE_V | index) : "memory");
}

/* The first part of an entry: which virtual page of 8 MiB it may be for. */
static uint64_t avpn_of(uint64_t address, uint64_t vsid)
{
    uint64_t virtual = vsid << SEGMENT_SHIFT | (address & ((1ul << SEGMENT_SHIFT) - 1));

    return virtual >> 23 << HPTE_AVPN_SHIFT;
}

static uint64_t group_of(uint64_t address, uint64_t vsid)
{
    return vsid ^ (address & ((1ul << SEGMENT_SHIFT) - 1)) / PAGE_BYTES;
}

/* The hypervisor's status, and the slot that it took. */
static struct hypercall_result enter(uint64_t address, uint64_t real, uint64_t vsid, uint64_t protection)
{
    return hypercall(H_ENTER, 0, group_of(address, vsid) * ENTRIES_PER_GROUP, avpn_of(address, vsid) | HPTE_V, real | HPTE_M | protection);
}

static long begin(void)
{
    __asm__ volatile("isync\n\tslbia\n\tisync" ::: "memory");
    set_segment(0xc000000000000000, KERNEL_VSID, 0);
    for (uint64_t real = 0; real < real_address(stack_top); real += PAGE_BYTES) {
        struct hypercall_result result = enter(0xc000000000000000 + real, real, KERNEL_VSID, HPTE_R | HPTE_C | PP_KERNEL); /* map the kernel */
        if (result.status != H_SUCCESS)
            return result.status;
    }
    return 0;
}

static uint64_t protection_of(const struct user_page *page, int for_writing)
{
    return (for_writing ? PP_READ_WRITE : PP_READ) | (page->is_executable ? 0 : HPTE_N);
}

static long map(struct user_page *page, int for_writing)
{
    if (page->is_mapped) /* allow writing */
        return hypercall(H_PROTECT, protection_of(page, for_writing), page->slot, 0, 0).status;
    struct hypercall_result result = enter(page->address, page->real, USER_VSID, protection_of(page, for_writing)); /* enter a page */
    page->slot = result.values[0];
    return result.status;
}

static void add_segment(uint64_t address)
{
    set_segment(address, USER_VSID, 1); /* add a segment */
}

static int unmap(struct user_page *page)
{
    struct hypercall_result read = hypercall(H_READ, 0, page->slot, 0, 0);
    struct hypercall_result removed = hypercall(H_REMOVE, 0, page->slot, 0, 0);

    /* H_REMOVE gives what H_READ gave, or somebody else has used the page meanwhile. Not all hypervisors have H_READ. */
    if (removed.status != H_SUCCESS || (read.status == H_SUCCESS && read.values[1] != removed.values[1]))
        return -1;
    return (removed.values[1] & HPTE_R ? 1 : 0) | (removed.values[1] & HPTE_C ? 2 : 0);
}

const struct translation hash_translation = { "hash page table", begin, map, add_segment, unmap };
