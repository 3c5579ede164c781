/* SPDX-License-Identifier: MIT */
/* The part of console.c that knows the terminal of `virt`: Arm DDI 0183, PrimeCell UART (PL011), polled. */
#include <stdint.h>

/* The registers that a polled console needs. */
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
