/* SPDX-License-Identifier: MIT */
/* The console of the machine (`virt`: a PL011 UART, polled; `pseries`: a vty) and its power switch. */
#ifndef STEPTRAP_CONSOLE_H
#define STEPTRAP_CONSOLE_H

/* The state that a guest begins in, for what it says about itself. */
#ifdef __powerpc64__
#define PRIVILEGED "supervisor state"
#else
#define PRIVILEGED "EL1"
#endif

/* Makes the terminal ready. The UART: 115200 baud of 8 bits, FIFOs on, transmit and receive. */
void console_open(void);

/* Writes one character; a line feed is written as it is. */
void console_put(char character);

/* The next character of the input, or -1 if none has arrived. */
int console_get(void);

void console_text(const char *text);
void console_decimal(long value);

/* `0x` and `digits` lower-case hexadecimal digits. */
void console_hex(unsigned long value, int digits);

/* PSCI SYSTEM_OFF, or the RTAS function power-off. */
void power_off(void) __attribute__((noreturn));

#endif
