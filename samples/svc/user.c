/* SPDX-License-Identifier: MIT */
/* The EL0 program: calls EL1, and does what EL0 may not do. */
#include "user.h"

long call_write(const char *text, unsigned long length);
void call_exit(long status) __attribute__((noreturn));
void breakpoint_at_el0(void);
void undefined_instruction(void);
void read_register_of_el1(void);
unsigned int load_word(const void *address);
void store_word(void *address, unsigned int value);
unsigned long atomic_add(unsigned long *address, unsigned long value);

unsigned long tickets;
static unsigned int words[4] __attribute__((aligned(16))) = { 0x11111111, 0x22222222, 0x33333333, 0x44444444 };

static void say(const char *text)
{
    unsigned long length = 0;
    while (text[length])
        length++;
    call_write(text, length); /* call write */
}

void user_program(void)
{
    char *unaligned = (char *)words + 2;
    unsigned int loaded;

    say("EL0: hello by SVC\n"); /* first user statement */
    breakpoint_at_el0(); /* user BRK */
    undefined_instruction(); /* user UDF */
    read_register_of_el1();
    loaded = load_word(unaligned); /* unaligned load */
    store_word(unaligned, 0xdeadbeef); /* unaligned store */
    for (int i = 1; i <= 10; i++)
        atomic_add(&tickets, (unsigned long)i); /* take tickets */
    say(tickets == 55 ? "EL0: 55 tickets\n" : "EL0: tickets are missing\n");
    say(loaded == (unsigned int)(unsigned long)unaligned && words[0] == 0x11111111 ? "EL0: skipped accesses changed nothing\n"
                                                                                  : "EL0: a skipped access changed something\n");
    call_exit((long)tickets); /* call exit */
}
