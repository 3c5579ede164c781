/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdint.h>

/* Arm DDI 0183, PrimeCell UART (PL011): the registers that a polled console needs. */
struct pl011 {
    volatile uint32_t DR;
    volatile uint32_t RSR;
    volatile uint32_t reserved_008[4];
    volatile uint32_t FR;
    volatile uint32_t reserved_01c[2];
    volatile uint32_t IBRD;
    volatile uint32_t FBRD;
    volatile uint32_t LCR_H;
    volatile uint32_t CR;
};

#define FR_RXFE (1u << 4)
#define FR_TXFF (1u << 5)
#define LCR_H_FEN (1u << 4)
#define LCR_H_WLEN_8 (3u << 5)
#define CR_UARTEN (1u << 0)
#define CR_TXE (1u << 8)
#define CR_RXE (1u << 9)

static struct pl011 *const uart = (struct pl011 *)0x09000000;

void console_open(void)
{
    /* 24 MHz / (16 * 115200) = 13 + 1/64. */
    uart->IBRD = 13;
    uart->FBRD = 1;
    uart->LCR_H = LCR_H_WLEN_8 | LCR_H_FEN;
    uart->CR = CR_UARTEN | CR_TXE | CR_RXE;
}

void console_put(char character)
{
    while (uart->FR & FR_TXFF) {
    }
    uart->DR = (unsigned char)character;
}

int console_get(void)
{
    if (uart->FR & FR_RXFE)
        return -1;
    return (int)(uart->DR & 0xff);
}

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
