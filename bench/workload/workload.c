/* SPDX-License-Identifier: MIT */
/*
 * The integer workload of the figures: list, matrix, CRC, sort and string work in about equal parts.
 * One object file is linked into a bare-metal guest (virt.S) and into a Linux user program (linux.S), so
 * that both run the same hot code at the same level. It prints a line for each part and one in all.
 */
#include <stdint.h>

/* Given by virt.S and linux.S. */
void write_text(const char *text, unsigned long length);

enum {
    LIST_NODES = 4096,
    LIST_ROUNDS = 1400,
    MATRIX_SIZE = 96,
    MATRIX_ROUNDS = 13,
    CRC_BYTES = 65536,
    CRC_ROUNDS = 160,
    SORT_NUMBERS = 16384,
    SORT_ROUNDS = 10,
    TEXT_BYTES = 32768,
    TEXT_ROUNDS = 44,
};

static uint32_t seed;

/* Marsaglia's xorshift: the same numbers everywhere. */
static uint32_t next_number(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* --- List: a shuffled list is walked, reversed and changed. --- */

struct node {
    struct node *next;
    uint32_t key;
    uint32_t visits;
};

static struct node nodes[LIST_NODES];
static uint16_t order[LIST_NODES];

static struct node *make_list(void)
{
    struct node *head = 0;

    for (int i = 0; i < LIST_NODES; i++)
        order[i] = (uint16_t)i;
    for (int i = LIST_NODES - 1; i > 0; i--) {
        int other = (int)(next_number() % (uint32_t)(i + 1));
        uint16_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    for (int i = 0; i < LIST_NODES; i++) {
        struct node *node = &nodes[order[i]];
        node->key = next_number();
        node->visits = 0;
        node->next = head;
        head = node;
    }
    return head;
}

static struct node *reverse(struct node *list)
{
    struct node *reversed = 0;
    while (list) {
        struct node *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

static uint32_t list_work(void)
{
    struct node *list = make_list();
    uint32_t sum = 0;

    for (int round = 0; round < LIST_ROUNDS; round++) {
        for (struct node *node = list; node; node = node->next) {
            if (node->key & 1)
                node->visits++;
            sum = sum * 31 + node->key;
            node->key = (node->key >> 1) | (node->key << 31);
        }
        list = reverse(list);
    }
    for (struct node *node = list; node; node = node->next)
        sum ^= node->visits;
    return sum;
}

/* --- Matrix: products of two matrices, 64-bit sums. --- */

static int32_t left[MATRIX_SIZE][MATRIX_SIZE];
static int32_t right[MATRIX_SIZE][MATRIX_SIZE];
static int64_t product[MATRIX_SIZE][MATRIX_SIZE];

static uint32_t matrix_work(void)
{
    uint64_t sum = 0;

    for (int row = 0; row < MATRIX_SIZE; row++)
        for (int column = 0; column < MATRIX_SIZE; column++) {
            left[row][column] = (int32_t)next_number();
            right[row][column] = (int32_t)next_number();
        }
    for (int round = 0; round < MATRIX_ROUNDS; round++) {
        for (int row = 0; row < MATRIX_SIZE; row++)
            for (int column = 0; column < MATRIX_SIZE; column++) {
                int64_t total = 0;
                for (int k = 0; k < MATRIX_SIZE; k++)
                    total += (int64_t)left[row][k] * right[k][column];
                product[row][column] = total;
            }
        for (int row = 0; row < MATRIX_SIZE; row++)
            for (int column = 0; column < MATRIX_SIZE; column++) {
                sum = sum * 0x9e3779b97f4a7c15u + (uint64_t)product[row][column];
                left[row][column] = (int32_t)(product[row][column] >> 16);
            }
    }
    return (uint32_t)(sum ^ (sum >> 32));
}

/* --- CRC: CRC-32 by a table and, on a part, bit by bit. --- */

static uint32_t crc_table[256];
static uint8_t crc_bytes[CRC_BYTES];

static uint32_t crc_bit_by_bit(uint32_t crc, const uint8_t *bytes, int count)
{
    for (int i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return crc;
}

static uint32_t crc_work(void)
{
    uint32_t crc = 0xffffffffu;

    for (uint32_t i = 0; i < 256; i++) {
        uint8_t zero = 0;
        crc_table[i] = crc_bit_by_bit(i, &zero, 1);
    }
    for (int i = 0; i < CRC_BYTES; i++)
        crc_bytes[i] = (uint8_t)next_number();
    for (int round = 0; round < CRC_ROUNDS; round++) {
        for (int i = 0; i < CRC_BYTES; i++)
            crc = crc_table[(crc ^ crc_bytes[i]) & 0xff] ^ (crc >> 8);
        crc = crc_bit_by_bit(crc, crc_bytes, 256);
        crc_bytes[round] ^= (uint8_t)crc;
    }
    return ~crc;
}

/* --- Sort: quicksort with insertion sort of short ranges, then a heap sort. --- */

static uint32_t numbers[SORT_NUMBERS];

static void exchange(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

__attribute__((noinline)) static void quicksort(uint32_t *first, long count)
{
    while (count > 12) {
        uint32_t pivot = first[count / 2];
        long low = 0;
        long high = count - 1;
        while (low <= high) {
            while (first[low] < pivot)
                low++;
            while (first[high] > pivot)
                high--;
            if (low <= high)
                exchange(&first[low++], &first[high--]);
        }
        quicksort(first, high + 1);
        first += low;
        count -= low;
    }
    for (long i = 1; i < count; i++) {
        uint32_t number = first[i];
        long at = i;
        for (; at > 0 && first[at - 1] > number; at--)
            first[at] = first[at - 1];
        first[at] = number;
    }
}

static void sift_down(uint32_t *heap, long root, long count)
{
    for (;;) {
        long child = root * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && heap[child] < heap[child + 1])
            child++;
        if (heap[root] >= heap[child])
            return;
        exchange(&heap[root], &heap[child]);
        root = child;
    }
}

static void heapsort(uint32_t *heap, long count)
{
    for (long root = count / 2 - 1; root >= 0; root--)
        sift_down(heap, root, count);
    for (long last = count - 1; last > 0; last--) {
        exchange(&heap[0], &heap[last]);
        sift_down(heap, 0, last);
    }
}

static uint32_t sort_work(void)
{
    uint32_t sum = 0;

    for (int round = 0; round < SORT_ROUNDS; round++) {
        for (int i = 0; i < SORT_NUMBERS; i++)
            numbers[i] = next_number();
        if (round & 1)
            heapsort(numbers, SORT_NUMBERS);
        else
            quicksort(numbers, SORT_NUMBERS);
        for (int i = 1; i < SORT_NUMBERS; i++) {
            if (numbers[i - 1] > numbers[i])
                return 0;
            sum = sum * 33 + numbers[i];
        }
    }
    return sum;
}

/* --- String: words are written, copied, searched, hashed, compared and turned to capitals. --- */

static char text[TEXT_BYTES];
static char copy[TEXT_BYTES];

static long length_of(const char *string)
{
    const char *end = string;
    while (*end)
        end++;
    return end - string;
}

static int compare(const char *one, const char *other)
{
    while (*one && *one == *other) {
        one++;
        other++;
    }
    return (unsigned char)*one - (unsigned char)*other;
}

static const char *find(const char *string, const char *wanted)
{
    for (; *string; string++) {
        long i = 0;
        while (wanted[i] && string[i] == wanted[i])
            i++;
        if (!wanted[i])
            return string;
    }
    return 0;
}

static uint32_t string_work(void)
{
    static const char *const words[] = { "kernel ", "trap ", "vector ", "step ", "guest ", "machine ", "state ", "exit " };
    uint32_t sum = 0;

    for (int round = 0; round < TEXT_ROUNDS; round++) {
        long at = 0;
        for (;;) {
            const char *word = words[next_number() & 7];
            if (at + length_of(word) >= TEXT_BYTES)
                break;
            while (*word)
                text[at++] = *word++;
        }
        text[at] = 0;

        for (long i = 0;; i++) {
            char character = text[i];
            copy[i] = character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
            if (!character)
                break;
        }
        for (int i = 0; i < 8; i++)
            for (const char *hit = find(text, words[i]); hit; hit = find(hit + 1, words[i]))
                sum += (uint32_t)(hit - text);
        for (const char *character = copy; *character; character++)
            sum = (sum ^ (uint32_t)(unsigned char)*character) * 16777619u;
        sum += (uint32_t)compare(text, copy) + (uint32_t)length_of(copy);
    }
    return sum;
}

static void report(const char *name, uint32_t value)
{
    char line[32];
    int length = 0;

    while (*name)
        line[length++] = *name++;
    line[length++] = ' ';
    for (int shift = 28; shift >= 0; shift -= 4)
        line[length++] = "0123456789abcdef"[(value >> shift) & 0xf];
    line[length++] = '\n';
    write_text(line, (unsigned long)length);
}

int main(void)
{
    static const struct {
        const char *name;
        uint32_t (*work)(void);
    } parts[] = {
        { "list", list_work }, { "matrix", matrix_work }, { "crc", crc_work }, { "sort", sort_work }, { "string", string_work },
    };
    uint32_t checksum = 0;

    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        seed = 0x2545f491u + i;
        uint32_t value = parts[i].work();
        report(parts[i].name, value);
        checksum = checksum * 0x01000193u ^ value;
    }
    report("checksum", checksum);
    return 0;
}
