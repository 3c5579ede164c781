/* SPDX-License-Identifier: MIT */
/*
 * Runs single instructions in user mode and writes down what came of them. It stands on nothing but the kernel's signals: every run begins
 * when a handler returns with the registers of the run in its context, and ends in the next signal.
 *
 * Standard input, in doublewords of the machine's byte order: the number of runs, the window's first content, then for each run
 *   control   words 7:0, flags from bit 8 (VECTOR, SCAN, KEEP, ANEW)
 *   words     two doublewords with four instruction words, the last ones of them used, the first in the upper half
 *   state     GPR 0 to 31, LR, CTR, XER, CR, VRSAVE; with VECTOR also doublewords 0 and 1 of VSR 0 to 63
 * Standard output for each run: signal number 31:0 and number of changes 63:32, NIP, address of the fault, the state, then offset and
 * content of each doubleword of the window that changed.
 */
typedef unsigned long uint64_t;
typedef unsigned int uint32_t;

/* Linux for powerpc: system calls, signals, and the frame of a signal. */
enum { NR_read = 3, NR_write = 4, NR_mmap = 90, NR_rt_sigaction = 173, NR_sigaltstack = 185, NR_exit_group = 234 };
enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11 };
enum { SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_NODEFER = 0x40000000 };
typedef struct {
  int number, error, code, padding;
  void *si_addr;
} siginfo_t;
typedef struct {
  uint64_t before[8], gp_regs[48], fp_regs[33];
  uint64_t *v_regs;
} mcontext_t;
typedef struct {
  uint64_t flags, link, stack[3], mask[16];
  mcontext_t uc_mcontext;
} ucontext_t;
typedef struct {
  void *base;
  int flags;
  uint64_t bytes;
} stack_t;

enum { VECTOR = 1 << 8, SCAN = 1 << 9, KEEP = 1 << 10, ANEW = 1 << 11 };
enum { SCALARS = 37, WINDOW_WORDS = 0x10000 / 8, BUFFER = 1 << 20 };
#define WINDOW ((uint64_t *)0x50000000)
#define SLOT_PAGE ((uint32_t *)0x50020000)
#define SLOT_END ((uint32_t *)0x50021000)
#define TRAP_WORD 0x7fe00008u

static uint64_t shadow[WINDOW_WORDS], first[WINDOW_WORDS], alternate_stack[16384 / 8];
static char input[BUFFER], output[BUFFER];
static unsigned input_at, input_end, output_at;
static uint64_t runs, control;
static int has_begun;

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r0 __asm__("r0") = number, r3 __asm__("r3") = a, r4 __asm__("r4") = b, r5 __asm__("r5") = c;
  register long r6 __asm__("r6") = d, r7 __asm__("r7") = e, r8 __asm__("r8") = f;
  __asm__ volatile("sc\n\tbns+ 1f\n\tneg %1, %1\n1:"
                   : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                   :
                   : "r9", "r10", "r11", "r12", "cr0", "ctr", "memory", "xer");
  return r3;
}

static void leave(int status) {
  for (;;) call(NR_exit_group, status, 0, 0, 0, 0, 0);
}

static void flush(void) {
  for (unsigned at = 0; at < output_at;) {
    long written = call(NR_write, 1, (long)(output + at), output_at - at, 0, 0, 0);
    if (written <= 0) leave(2);
    at += written;
  }
  output_at = 0;
}

static void put(uint64_t value) {
  if (output_at + 8 > BUFFER) flush();
  *(uint64_t *)(output + output_at) = value;
  output_at += 8;
}

static uint64_t get(void) {
  if (input_at == input_end) {
    long have = 0;
    while (have == 0 || have % 8 != 0) {
      long more = call(NR_read, 0, (long)(input + have), BUFFER - have, 0, 0, 0);
      if (more <= 0) leave(3);
      have += more;
    }
    input_at = 0;
    input_end = have;
  }
  uint64_t value = *(uint64_t *)(input + input_at);
  input_at += 8;
  return value;
}

/* Where the context has doublewords 0 and 1 of a VSR. */
static uint64_t *high_of(mcontext_t *context, int n) {
  if (n < 32) return (uint64_t *)&context->fp_regs[n];
  return (uint64_t *)context->v_regs + 2 * (n - 32) + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}
static uint64_t *low_of(mcontext_t *context, int n) {
  if (n < 32) return (uint64_t *)context->v_regs + 2 * 34 + n;
  return (uint64_t *)context->v_regs + 2 * (n - 32) + (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__);
}
static uint32_t *vrsave_of(mcontext_t *context) {
  return (uint32_t *)((uint64_t *)context->v_regs + 2 * 33);
}

static void report(int number, siginfo_t *info, mcontext_t *context) {
  uint64_t *registers = context->gp_regs;
  uint64_t count = 0;
  if (control & SCAN)
    for (int n = 0; n < WINDOW_WORDS; n++) count += WINDOW[n] != shadow[n];
  put(count << 32 | (uint32_t)number);
  put(registers[32]);
  put((uint64_t)info->si_addr);
  for (int n = 0; n < 32; n++) put(registers[n]);
  put(registers[36]);
  put(registers[35]);
  put(registers[37]);
  put(registers[38]);
  put(*vrsave_of(context));
  if (control & VECTOR)
    for (int n = 0; n < 64; n++) put(*high_of(context, n)), put(*low_of(context, n));
  if (count == 0) return;
  for (int n = 0; n < WINDOW_WORDS; n++) {
    if (WINDOW[n] == shadow[n]) continue;
    put(n * 8);
    put(WINDOW[n]);
    if (control & KEEP) shadow[n] = WINDOW[n];
    else WINDOW[n] = shadow[n];
  }
}

static void begin(mcontext_t *context) {
  uint64_t *registers = context->gp_regs;
  control = get();
  if (control & ANEW)
    for (int n = 0; n < WINDOW_WORDS; n++) WINDOW[n] = shadow[n] = first[n];
  uint64_t words[2] = {get(), get()};
  for (int n = 0; n < 4; n++) {
    uint32_t *place = SLOT_END - 4 + n;
    *place = words[n / 2] >> (n % 2 ? 0 : 32);
    __asm__ volatile("dcbst 0,%0\n\tsync\n\ticbi 0,%0\n\tsync\n\tisync" : : "r"(place) : "memory");
  }
  for (int n = 0; n < 32; n++) registers[n] = get();
  registers[36] = get();
  registers[35] = get();
  registers[37] = get();
  registers[38] = get();
  *vrsave_of(context) = get();
  if (control & VECTOR)
    for (int n = 0; n < 64; n++) *high_of(context, n) = get(), *low_of(context, n) = get();
  registers[32] = (unsigned long)(SLOT_END - (control & 0xff));
}

static void caught(int number, siginfo_t *info, void *raw) {
  ucontext_t *context = raw;
  mcontext_t *machine = &context->uc_mcontext;
  if (has_begun) report(number, info, machine);
  has_begun = 1;
  if (runs-- == 0) {
    flush();
    leave(0);
  }
  begin(machine);
}

static void map(long address, long bytes, long rights) {
  long result = call(NR_mmap, address, bytes, rights, 0x32, -1, 0);
  if (result != address) leave(4);
}

/* The kernel's own form of struct sigaction on this architecture. */
struct action {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)(void);
  unsigned long mask;
};

void begin_program(void) {
  map((long)WINDOW, 0x10000, 3);
  map((long)SLOT_PAGE, 0x2000, 7);
  *SLOT_END = TRAP_WORD;
  stack_t stack = {alternate_stack, 0, sizeof alternate_stack};
  call(NR_sigaltstack, (long)&stack, 0, 0, 0, 0, 0);
  struct action action = {caught, SA_SIGINFO | SA_ONSTACK | SA_NODEFER, 0, 0};
  static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
  for (unsigned n = 0; n < sizeof signals / sizeof *signals; n++) call(NR_rt_sigaction, signals[n], (long)&action, 0, 8, 0, 0);
  runs = get();
  for (int n = 0; n < WINDOW_WORDS; n++) first[n] = get();
  __asm__ volatile("trap");
}
