/* SPDX-License-Identifier: MIT */
/*
 * A guest to debug: globals to watch, recursion, inlined functions, structures and, at -O2, locals
 * that live in registers, in pieces, or nowhere. Tests find lines by the marker comments, so a
 * marker stays on its line and is used once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console.h"

/* Kept out of .bss: the start-up code must not be what a watchpoint on it sees first. */
int counter __attribute__((section(".data"))) = 0;

/* What the running program says about itself. Each access is really made, at any level. */
volatile uint32_t heartbeat;

enum color { RED, GREEN = 5, BLUE };

union word {
    uint32_t whole;
    uint16_t halves[2];
    uint8_t bytes[4];
};

struct point {
    int16_t x;
    int16_t y;
};

struct flags {
    unsigned ready : 1;
    unsigned mode : 3;
    int level : 5;
    unsigned rest : 23;
};

struct item {
    struct item *next;
    const char *name;
    struct point where;
    struct flags flags;
    union word word;
    enum color color;
    int history[4];
    struct {
        int inner;
        union {
            int64_t large;
            char letters[8];
        };
    } nested;
};

typedef int (*operation)(int left, int right);

struct device; /* Never completed: a pointer to it is all that there is to show. */

static struct item items[3];
struct item *list_head;
int matrix[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
const char *const greeting = "counter";
const double half = 0.5;
float quarter = 0.25f;
struct device *unknown_device = (struct device *)0x1000;
static uint64_t checksum = 0xcbf29ce484222325;

/* Not analysed by its callers, so that it is called, with its argument, at -O2 as well. */
__attribute__((noipa)) void increment(int delta)
{
    counter += delta; /* store counter */
}

static inline __attribute__((always_inline)) uint32_t rotate(uint32_t value, unsigned by)
{
    uint32_t high = value << by; /* inlined rotate */
    return high | (value >> (32 - by));
}

static inline __attribute__((always_inline)) uint32_t mix(uint32_t state, uint32_t value)
{
    uint32_t rotated = rotate(state, 5); /* inlined mix */
    return (rotated ^ value) * 0x9e3779b1u;
}

__attribute__((noinline)) static void digest(uint64_t value)
{
    uint32_t low = mix((uint32_t)checksum, (uint32_t)value); /* call mix */
    uint32_t high = mix((uint32_t)(checksum >> 32), (uint32_t)(value >> 32) + low);
    checksum = ((uint64_t)high << 32) | low; /* store checksum */
}

__attribute__((noinline)) int fibonacci(int n)
{
    if (n < 2)
        return n; /* end of recursion */
    int first = fibonacci(n - 1); /* first recursion */
    int second = fibonacci(n - 2); /* second recursion */
    return first + second;
}

__attribute__((noinline)) static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

__attribute__((noinline)) static int add(int left, int right)
{
    return left + right; /* called by pointer */
}

__attribute__((noinline)) static int subtract(int left, int right)
{
    return left - right;
}

static const operation operations[] = { add, subtract };

__attribute__((noipa)) int observe(int value)
{
    heartbeat++; /* store heartbeat */
    return value ^ 1;
}

/* At -O2 `value` and `factor` are gone after the call, and are known by the entry values only. */
__attribute__((noinline)) static int scale(int value, int factor)
{
    int product = value * factor;
    int seen = observe(product); /* call observe */
    heartbeat = (uint32_t)seen; /* after observe */
    return seen + 2;
}

/* A number of two registers: pieces at -O2. */
__attribute__((noinline)) static uint64_t multiply_high(uint64_t left, uint64_t right)
{
    unsigned __int128 product = (unsigned __int128)left * right;
    product += 0x8000000000000000u; /* wide product */
    return (uint64_t)(product >> 64);
}

/* Ten arguments: the last two are on the stack. */
__attribute__((noipa)) long many(char a, short b, int c, long d, unsigned char e, unsigned short f, unsigned g, unsigned long h, int i, long j)
{
    long sum = a + b + c + d + e + f + g + (long)h + i + j; /* ten arguments */
    return sum;
}

__attribute__((noinline)) static int sum_of_squares(int count)
{
    int squares[count]; /* an array as long as its argument says */
    int sum = 0;
    for (int i = 0; i < count; i++)
        squares[i] = i * i; /* fill squares */
    for (int i = 0; i < count; i++)
        sum += squares[i];
    return sum;
}

__attribute__((noinline)) static struct item *make_list(void)
{
    static const char *const names[] = { "first", "second", "third" };
    struct item *head = NULL;

    for (int i = 2; i >= 0; i--) {
        struct item *item = &items[i];
        item->name = names[i];
        item->where.x = (int16_t)(i * 10);
        item->where.y = (int16_t)(-i);
        item->flags.ready = 1;
        item->flags.mode = (unsigned)(i + 3) & 7;
        item->flags.level = -i;
        item->flags.rest = 0x12345;
        item->word.whole = 0x11223344u + (uint32_t)i;
        item->color = i == 0 ? RED : i == 1 ? GREEN : BLUE;
        for (int k = 0; k < 4; k++)
            item->history[k] = i * 100 + k; /* store history */
        item->nested.inner = i;
        item->nested.large = 0x4847464544434241;
        item->next = head;
        head = item;
    }
    return head;
}

__attribute__((noinline)) static int walk(const struct item *list)
{
    int total = 0;
    for (const struct item *item = list; item; item = item->next) {
        int length = 0; /* walk one item */
        for (const char *character = item->name; *character; character++)
            length++;
        switch (item->color) {
        case RED:
            total += length;
            break;
        case GREEN:
            total += item->history[1] * length;
            break;
        default:
            total += item->where.x - item->where.y + item->flags.level;
            break;
        }
        digest(item->word.whole + item->word.bytes[0] + item->flags.mode);
    }
    return total;
}

/* Passed and returned by value: two registers that hold one structure. */
struct pair {
    long first;
    long second;
};

__attribute__((noinline)) static struct pair swap(struct pair pair)
{
    long kept = pair.first;
    pair.first = pair.second; /* swap */
    pair.second = kept;
    return pair;
}

__attribute__((noinline)) static void shadow(int value)
{
    int shadowed = value;
    {
        int shadowed = value * 2; /* inner block */
        digest((uint64_t)shadowed);
    }
    digest((uint64_t)shadowed); /* outer block */
}

int main(void)
{
    bool is_ready = true; /* first statement */
    char letter = 'S';
    uint8_t small = 200;
    int16_t negative = -1234;
    long total = 0;
    unsigned long address = 0x40080000;
    struct pair pair = { 1, -2 };
    const char *text = greeting;
    int numbers[5] = { 3, 1, 4, 1, 5 };

    console_open(); /* before the loop */
    list_head = make_list();

    for (int i = 1; i <= 10; i++) { /* main loop */
        increment(i); /* call increment */
        total += operations[i & 1](counter, i); /* call by pointer */
        numbers[i % 5] += scale(i, numbers[(i + 1) % 5]);
        digest((uint64_t)total + (uint64_t)numbers[i % 5]);
    }

    int fib = fibonacci(12); /* call fibonacci */
    unsigned ack = ackermann(2, 3);
    total += fib + (long)ack;
    total += walk(list_head); /* call walk */
    pair = swap(pair); /* call swap */
    total += pair.first * 3 + pair.second;
    total += sum_of_squares(9);
    total += many(letter, negative, (int)total, 4, small, 6, 7, 8, 9, 10); /* call many */
    address += multiply_high(0xfedcba9876543210, (uint64_t)total | 1ul << 40);
    shadow((int)(address & 0xffff));
    if (is_ready && text[0] == 'c')
        digest(address);
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < 3; column++)
            digest((uint64_t)matrix[row][column]);
    digest((uint64_t)total);

    console_text(text); /* print */
    console_text(" = ");
    console_decimal(counter);
    console_text(", fibonacci(12) = ");
    console_decimal(fib);
    console_text(", checksum ");
    console_hex(checksum, 16);
    console_put('\n');
    return 0;
}
