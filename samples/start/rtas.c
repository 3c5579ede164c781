/* SPDX-License-Identifier: MIT */
#include "papr.h"

#include "console.h"

/* In the order of enum rtas_function; an empty name ends the list. */
const char rtas_names[] = "power-off\0start-cpu\0stop-self\0";

/* As the device tree has them, big-endian. Not in .bss: Open Firmware is asked before that is cleared. */
uint32_t rtas_tokens[RTAS_FUNCTIONS] __attribute__((section(".data"))) = { 0 };

/* The call's words are big-endian in every guest. */
struct rtas_arguments {
    uint32_t token;
    uint32_t count;
    uint32_t results;
    uint32_t words[4];
};

#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_NOP 4

static uint32_t big_endian(uint32_t value)
{
#ifdef __LITTLE_ENDIAN__
    return __builtin_bswap32(value);
#else
    return value;
#endif
}

static int is_equal(const char *left, const char *right)
{
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

static unsigned long length_of(const char *text)
{
    unsigned long length = 0;

    while (text[length])
        length++;
    return length;
}

static void take_token(const char *property, uint32_t value)
{
    const char *name = rtas_names;

    for (int function = 0; function < RTAS_FUNCTIONS; function++) {
        if (is_equal(property, name))
            rtas_tokens[function] = value;
        name += length_of(name) + 1;
    }
}

/* Devicetree Specification, chapter 5: the words of the structure block, until the node /rtas has ended. */
void rtas_find(const void *device_tree)
{
    const uint32_t *header = device_tree;
    const uint32_t *word = (const uint32_t *)((const char *)device_tree + big_endian(header[2]));
    const char *strings = (const char *)device_tree + big_endian(header[3]);
    int depth = 0;
    int is_rtas = 0;

    for (;;) {
        switch (big_endian(*word++)) {
        case FDT_BEGIN_NODE:
            depth++;
            is_rtas = depth == 2 && is_equal((const char *)word, "rtas");
            word += length_of((const char *)word) / 4 + 1;
            break;
        case FDT_END_NODE:
            if (is_rtas)
                return;
            depth--;
            break;
        case FDT_PROP:
            if (is_rtas)
                take_token(strings + big_endian(word[1]), word[2]);
            word += 2 + (big_endian(word[0]) + 3) / 4;
            break;
        case FDT_NOP:
            break;
        default:
            return;
        }
    }
}

int rtas_call(enum rtas_function function, int count, uint32_t first, uint32_t second, uint32_t third)
{
    struct rtas_arguments arguments = {
        .token = rtas_tokens[function],
        .count = big_endian((uint32_t)count),
        .results = big_endian(1),
        .words = { big_endian(first), big_endian(second), big_endian(third) },
    };

    /* Without the top bits of a linked address: RTAS takes real ones. */
    hypercall(H_RTAS, (unsigned long)&arguments << 4 >> 4, 0, 0, 0);
    return (int)big_endian(arguments.words[count]);
}

void power_off(void)
{
    rtas_call(RTAS_POWER_OFF, 2, 0xffffffff, 0xffffffff, 0); /* No event turns it on again. */
    for (;;) {
    }
}
