/* SPDX-License-Identifier: MIT */
/*
 * Data of every kind, with values, and functions that call each other: what the readers are tried on in both byte
 * orders and both ABIs of 64-bit POWER. It is never run. Tests find lines by the marker comments.
 */
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef long int64_t;

enum color { RED, GREEN = 5, BLUE };

struct flags {
    unsigned ready : 1;
    unsigned mode : 3;
    int level : 5;
    unsigned rest : 23;
};

struct wide {
    uint64_t low : 4;
    int64_t middle : 40;
    uint64_t high : 20;
    uint8_t tail : 3;
    uint16_t after : 11;
};

/* Fields that begin in one storage unit and end in the next. */
struct __attribute__((packed)) crossing {
    uint8_t first;
    unsigned across : 19;
    int negative : 13;
    uint16_t last;
};

union word {
    uint32_t whole;
    uint16_t halves[2];
    uint8_t bytes[4];
};

struct node {
    struct node *next;
    const char *name;
    enum color color;
    union word word;
    struct flags flags;
    _Bool isLast;
    char letter;
    short small;
};

typedef int (*operation)(int left, int right);

struct flags flags = { 1, 5, -7, 0x2a5a5a };
struct wide wide = { 9, -123456789012, 0xabcde, 5, 1999 };
struct crossing crossing = { 0xf0, 0x5a5a5, -1234, 0xbeef };
union word word = { 0x11223344 };

signed char tiny = -5;
short small = -12345;
int number = 0x12345678;
long large = -0x123456789abcdef;
unsigned __int128 huge = ((unsigned __int128)0x0011223344556677 << 64) | 0x8899aabbccddeeff;
float single = 1.5f;
double half = -0.5;
long double third = 0.33333333333333333333333333333333L;
long double whole = 3.0L;
_Bool yes = 1;
char letter = 'p';
char text[8] = "POWER";
uint8_t octets[4] = { 1, 2, 254, 255 };
int matrix[2][3] = { { 1, -2, 3 }, { 4, 5, -6 } };
uint32_t vector __attribute__((vector_size(16))) = { 1, 2, 3, 0xffffffff };
const char *const greeting = "hello";

struct node last = { 0, "last", BLUE, { 0xdeadbeef }, { 0, 2, 15, 1 }, 1, 'z', -1 };
struct node first = { &last, "first", GREEN, { 0x01020304 }, { 1, 7, -16, 0 }, 0, 'a', 300 };
struct node *head = &first;

volatile int counter;

__attribute__((noipa)) int leaf(int left, int right)
{
    return left - right; /* leaf */
}

/* Reads a global through the TOC pointer: with ELFv2 it has a local entry point behind its global one. */
__attribute__((noipa)) int middle(int value)
{
    int seen = leaf(value, 1); /* call leaf */
    counter += seen; /* store counter */
    return seen + counter;
}

__attribute__((noipa)) double mixed(float scale, double by, long count, unsigned __int128 pair)
{
    double sum = 0; /* sum */
    for (long index = 0; index < count; index++)
        sum += scale * by + middle((int)index); /* call middle */
    return sum + (double)(uint64_t)(pair >> 64); /* pair */
}

operation operations[2] = { leaf, leaf };

int _start(void)
{
    double result = mixed(0.5f, 2.0, 3, huge); /* call mixed */
    return (int)result + middle(4);
}
