/* SPDX-License-Identifier: MIT */
/*
 * A program for the lockstep with QEMU: what compilers make of hashing, sorting, text, wide arithmetic, bit fields, recursion, switches and
 * unaligned copies. It needs nothing but two system calls, and reads nothing that it has not written.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long i64;

static long call(long number, long a, long b, long c) {
  register long r0 __asm__("r0") = number, r3 __asm__("r3") = a, r4 __asm__("r4") = b, r5 __asm__("r5") = c;
  __asm__ volatile("sc" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5) : : "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
  return r3;
}

static u64 state = 0x9e3779b97f4a7c15ul;
static u64 random_number(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static u32 crc32(const u8 *bytes, unsigned count) {
  u32 crc = ~0u;
  while (count--) {
    crc ^= *bytes++;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

static u32 rotate(u32 value, int amount) { return value >> amount | value << (32 - amount); }

static void sha256_block(u32 hash[8], const u8 *block) {
  u32 w[64], s[8];
  for (int n = 0; n < 16; n++) w[n] = (u32)block[4 * n] << 24 | block[4 * n + 1] << 16 | block[4 * n + 2] << 8 | block[4 * n + 3];
  for (int n = 16; n < 64; n++)
    w[n] = w[n - 16] + w[n - 7] + (rotate(w[n - 15], 7) ^ rotate(w[n - 15], 18) ^ w[n - 15] >> 3) +
           (rotate(w[n - 2], 17) ^ rotate(w[n - 2], 19) ^ w[n - 2] >> 10);
  for (int n = 0; n < 8; n++) s[n] = hash[n];
  for (int n = 0; n < 64; n++) {
    u32 t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + 0x428a2f98u * (n + 1) + w[n];
    u32 t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    for (int k = 7; k > 0; k--) s[k] = s[k - 1];
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int n = 0; n < 8; n++) hash[n] += s[n];
}

static void sort(i64 *values, int count) {
  if (count < 2) return;
  i64 pivot = values[count / 2];
  int low = 0, high = count - 1;
  while (low <= high) {
    while (values[low] < pivot) low++;
    while (values[high] > pivot) high--;
    if (low > high) break;
    i64 swap = values[low];
    values[low++] = values[high];
    values[high--] = swap;
  }
  sort(values, high + 1);
  sort(values + low, count - low);
}

struct record {
  u64 key : 37, kind : 5, flag : 1, rest : 21;
  u16 small;
  int number;
} __attribute__((packed));

static i64 interpret(const u8 *program, unsigned count, i64 value) {
  for (unsigned at = 0; at < count; at++) switch (program[at] & 15) {
      case 0: value += at; break;
      case 1: value *= 3; break;
      case 2: value = value / 7; break;
      case 3: value = (u64)value % 1000003; break;
      case 4: value ^= (i64)(int)value << 5; break;
      case 5: value = (short)value; break;
      case 6: value = -value; break;
      case 7: value = value < 0 ? ~value : value; break;
      case 8: value = __builtin_popcountl(value) + value; break;
      case 9: value = value ? value ^ __builtin_clzl(value) : 9; break;
      case 10: value = __builtin_bswap64(value); break;
      case 11: value = __builtin_bswap32(value); break;
      case 12: value = (i64)((__int128)value * 0x123456789abcdefl >> 40); break;
      case 13: value = value >> (at & 63); break;
      case 14: value = (u32)value / (at + 1) + (int)value % (int)(at + 3); break;
      default: value += random_number(); break;
    }
  return value;
}

static int text_of(char *text, u64 value, unsigned base) {
  char reversed[72];
  int length = 0, at = 0;
  do reversed[length++] = "0123456789abcdef"[value % base];
  while ((value /= base) != 0);
  while (length > 0) text[at++] = reversed[--length];
  return at;
}

static u64 atomics(u64 *place) {
  u64 sum = 0;
  for (int n = 0; n < 50; n++) {
    sum += __atomic_fetch_add(place, n, __ATOMIC_SEQ_CST);
    u64 expected = sum;
    if (!__atomic_compare_exchange_n(place, &expected, sum ^ n, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) sum ^= expected;
    sum += __atomic_exchange_n((u32 *)place, n, __ATOMIC_RELEASE) + __atomic_fetch_or((u8 *)place + 3, n, __ATOMIC_ACQUIRE);
  }
  return sum;
}

static i64 values[400];
static u8 bytes[2048];
static struct record records[40];
static u64 shared;

static u64 everything(void) {
  u64 sum = 0;
  u32 hash[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (unsigned n = 0; n < sizeof bytes; n++) bytes[n] = random_number() >> 13;
  for (unsigned n = 0; n + 64 <= 512; n += 64) sha256_block(hash, bytes + n);
  for (int n = 0; n < 8; n++) sum = sum * 31 + hash[n];
  sum += crc32(bytes, 700);
  for (int n = 0; n < 400; n++) values[n] = (i64)random_number() >> (n & 31);
  sort(values, 400);
  for (int n = 0; n < 400; n++) sum = (sum << 7 | sum >> 57) ^ values[n];
  for (int n = 0; n < 40; n++) {
    records[n].key = random_number();
    records[n].kind = n;
    records[n].flag = n & 1;
    records[n].rest += records[n].key >> 3;
    records[n].small = -n;
    records[n].number = (int)records[n].key * n;
    sum += records[n].rest + records[n].kind * records[n].small - records[n].number;
  }
  for (int n = 0; n < 30; n++) sum ^= interpret(bytes + n, 60, (i64)sum + n);
  for (int n = 0; n < 200; n++) __builtin_memcpy(bytes + 3 * n, bytes + 5 * n + 1, 1 + n % 23);
  unsigned __int128 wide = sum;
  for (int n = 0; n < 60; n++) wide = wide * 0x2545f4914f6cdd1dul + random_number();
  sum ^= (u64)(wide >> 64) ^ (u64)wide;
  return sum + crc32(bytes, sizeof bytes) + atomics(&shared);
}

void begin_program(void) {
  char text[100];
  u64 sum = everything();
  int length = text_of(text, sum, 16);
  text[length++] = ' ';
  length += text_of(text + length, sum, 10);
  text[length++] = '\n';
  call(4, 1, (long)text, length);
  for (;;) call(234, 0, 0, 0);
}

void *memcpy(void *to, const void *from, u64 count) {
  for (u64 n = 0; n < count; n++) ((volatile u8 *)to)[n] = ((const u8 *)from)[n];
  return to;
}
void *memset(void *to, int value, u64 count) {
  for (u64 n = 0; n < count; n++) ((volatile u8 *)to)[n] = value;
  return to;
}
