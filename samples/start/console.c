/* SPDX-License-Identifier: MIT */
#include "console.h"

#ifdef __powerpc64__
#include "vty.h"
#else
#include "pl011.h"
#endif

void console_text(const char *text)
{
    while (*text)
        console_put(*text++);
}

void console_decimal(long value)
{
    char digits[20];
    int count = 0;
    unsigned long rest = value < 0 ? 0 - (unsigned long)value : (unsigned long)value;

    if (value < 0)
        console_put('-');
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    while (count)
        console_put(digits[--count]);
}

void console_hex(unsigned long value, int digits)
{
    console_text("0x");
    while (digits-- > 0)
        console_put("0123456789abcdef"[(value >> (digits * 4)) & 0xf]);
}
