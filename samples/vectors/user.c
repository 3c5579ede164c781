/* SPDX-License-Identifier: MIT */
/* A program in problem state. What it touches is mapped when it is touched. */
#include "user.h"

#include "vectors.h"

/* Found by user_start's argument only. */
struct user user_data __attribute__((section(".user_data"))) = {
    .heap = (volatile unsigned char *)USER_HEAP,
    .hello = "user: hello by sc\n",
    .done = "user: saw the ticks\n",
};

static long length_of(const char *text)
{
    long length = 0;

    while (text[length])
        length++;
    return length;
}

static void say(const char *text)
{
    user_call(CALL_WRITE, (long)text, length_of(text)); /* write */
}

/* Reads each page before it writes it: two interrupts a page. */
static unsigned long touch(volatile unsigned char *heap)
{
    unsigned long sum = 0;

    for (int page = 0; page < HEAP_PAGES; page++) {
        volatile unsigned char *byte = heap + page * PAGE_BYTES;
        unsigned char before = *byte; /* page fault */
        *byte = (unsigned char)(before + page + 1); /* protection fault */
        sum += *byte;
    }
    return sum;
}

long user_main(struct user *self)
{
    say(self->hello); /* first statement of the user program */
    self->sum = touch(self->heap);
    for (int i = 0; i < 10; i++) {
        if (self->can_scv && i % 2)
            self->sum += (unsigned long)user_call_vectored(CALL_TICKET, 0, 0); /* ticket by scv */
        else
            self->sum += (unsigned long)user_call(CALL_TICKET, 0, 0); /* ticket by sc */
    }
    user_traced();
    user_mistakes();
    user_call(CALL_TICKS, 3, 0);
    while (self->ticks < 3) { /* wait for ticks */
    }
    say(self->done);
    return (long)self->sum;
}
