/* SPDX-License-Identifier: MIT */
/* The console of the machine `virt` (a PL011 UART, polled) and its power switch. */
#ifndef STEPTRAP_CONSOLE_H
#define STEPTRAP_CONSOLE_H

/* Enables the UART: 115200 baud of 8 bits, FIFOs on, transmit and receive. */
void console_open(void);

/* Writes one character; a line feed is written as it is. */
void console_put(char character);

/* The next character of the input, or -1 if none has arrived. */
int console_get(void);

void console_text(const char *text);
void console_decimal(long value);

/* `0x` and `digits` lower-case hexadecimal digits. */
void console_hex(unsigned long value, int digits);

/* PSCI SYSTEM_OFF. */
void power_off(void) __attribute__((noreturn));

#endif
