/* SPDX-License-Identifier: MIT */
/* Says hello, answers one line of input in upper case if there is one, and powers off. */
#include "console.h"

/* How often the terminal is asked for a character before the guest takes it that none will come. */
#define PATIENCE 2000

static int next_character(void)
{
    for (int attempt = 0; attempt < PATIENCE; attempt++) {
        int character = console_get(); /* poll */
        if (character >= 0)
            return character;
    }
    return -1;
}

static char upper(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

int main(void)
{
    char line[80];
    int length = 0;

    console_open();
    console_text("Hello from " PRIVILEGED ".\n"); /* greet */

    while (length < (int)sizeof line) {
        int character = next_character();
        if (character < 0 || character == '\r' || character == '\n')
            break;
        line[length++] = (char)character; /* store character */
    }
    if (length > 0) {
        for (int i = 0; i < length; i++)
            console_put(upper(line[i])); /* echo */
        console_put('\n');
    }
    return 0;
}
