/* SPDX-License-Identifier: MIT */
/* The part of console.c that knows the terminal of `pseries`: a vty, by hypercalls of up to 16 characters. */
#include "papr.h"

/* The first vty of every `pseries`: `reg` of /vdevice/vty@71000000. */
#define VTY 0x71000000

/* What the last H_GET_TERM_CHAR gave and nobody has asked for yet. */
static unsigned char received[16];
static unsigned received_count;
static unsigned received_index;

void console_open(void)
{
    received_count = received_index = 0;
}

void console_put(char character)
{
    struct hypercall_result result;

    do
        result = hypercall(H_PUT_TERM_CHAR, VTY, 1, (unsigned long)(unsigned char)character << 56, 0);
    while (result.status == H_BUSY);
}

int console_get(void)
{
    if (received_index == received_count) {
        struct hypercall_result result = hypercall(H_GET_TERM_CHAR, VTY, 0, 0, 0);

        received_index = received_count = 0;
        if (result.status != H_SUCCESS)
            return -1;
        while (received_count < result.values[0] && received_count < sizeof received) {
            unsigned long eight = result.values[1 + received_count / 8];
            received[received_count] = (unsigned char)(eight >> (56 - received_count % 8 * 8));
            received_count++;
        }
        if (received_count == 0)
            return -1;
    }
    return received[received_index++];
}
