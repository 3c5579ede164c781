// SPDX-License-Identifier: MIT
// An endless loop for the bench: it loads and stores in one page of data and calls nothing.

/** How often the loop has gone round; a global, so that a condition can name it. */
volatile unsigned long rounds;
/** In the page of `rounds`, and touched by nobody: what the unrelated watchpoint watches. */
volatile unsigned long neighbour;

int main(void) {
  for (;;) {
    rounds = rounds + 1; /* round */
  }
}

/** Beside the loop in the same page of code, and never called: where the unhit breakpoint is. */
int __attribute__((used, noinline)) bystander(int value) {
  return value + 1;
}
