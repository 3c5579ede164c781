# SPDX-License-Identifier: MIT
# A bare-metal program for `qemu-system-ppc64 -M pseries -bios`: it begins at 0x100 with MSR 0, in real mode, big-endian, and ends at `end`.
# It meets each interrupt that QEMU has as the book says; its vectors save what the interrupt set and go on behind the instruction.
	.set SF, 0x8000000000000000
	.set EE, 0x8000
	.set PR, 0x4000
	.set IR_DR, 0x30
	.set TABLES, 0x200000
	.set RPTE_TEXT, 0xc000000000000000

	.text
	.org 0
	.macro save vector
	.org \vector
	mfsrr0	20
	mfsrr1	21
	mfspr	22, 18
	mfspr	23, 19
	mfmsr	24
	addi	20, 20, 4
	mtsrr0	20
	rfid
	.endm

	.org 0x100
	.globl	_start
_start:
	# 64-bit mode by rfid.
	li	9, 1
	rldicr	9, 9, 63, 0
	mtsrr1	9
	li	10, 0x1000
	mtsrr0	10
	rfid

	save 0x300
	save 0x380
	save 0x400
	save 0x480
	save 0x600
	save 0x700
	save 0x800
	.org 0xc00
	mfsrr0	20
	mfsrr1	21
	mfmsr	24
	rfid
	save 0xf20
	save 0xf40
	save 0xf60

	.org 0x1000
main:
	li	4, 0x77
	mfmsr	5
	sc
	trap
	.long	0
	hrfid
	mfspr	6, 314
	mtspr	318, 6
	mfspr	6, 10
	mfspr	6, 500
	mfspr	6, 4
	mtspr	0, 6
	# MSR: reserved bits, then EE and RI alone, then the lower half.
	li	7, -1
	lis	8, 0x1234
	mtsprg	0, 7
	mtspr	19, 7
	mtspr	18, 8
	mfspr	6, 18
	mtsrr1	7
	mfsrr1	6
	mtxer	7
	mfxer	6
	li	7, 2
	mtmsrd	7, 1
	mfmsr	6
	li	7, 0
	mtmsrd	7, 1
	lis	7, 0x0280
	ori	7, 7, 0x0800
	mtmsr	7
	mfmsr	6
	rldicl	7, 7, 0, 32
	oris	7, 7, 0
	mtmsrd	9
	mfmsr	6
	# 32-bit mode and back.
	li	7, 0
	mtmsrd	7
	lis	8, 0x7fff
	addis	8, 8, 0x7fff
	addic.	8, 8, -1
	mtmsrd	9
	# Units that are switched off.
	lfd	0, 0x100(0)
	lvx	0, 0, 10
	lxvd2x	0, 0, 10
	mfspr	6, 815
	mtspr	815, 6
	# Alignment.
	li	11, 0x1001
	lwarx	6, 0, 11
	# Real mode ignores the upper four bits.
	li	11, 0x1000
	lis	12, 0x7000
	sldi	12, 12, 32
	or	11, 11, 12
	lwz	6, 0(11)
	# Little-endian code: li r6,77; mfmsr r7; rfid. lmw is an Alignment interrupt there, whose handler is big-endian.
	addi	10, 9, 1
	mtsrr1	10
	lis	12, little@h
	ori	12, 12, little@l
	mtsrr0	12
	lis	13, back@h
	ori	13, 13, back@l
	rfid
little:
	.long	0x4d00c038, 0xa600e07c, 0x0000c0bb, 0xa603ba7d, 0xa6033b7d, 0x2400004c
back:
	# Vectored system calls.
	li	11, 0x1000
	mtspr	153, 11
	scv	2
	li	11, 0
	mtspr	153, 11
	scv	2
	# Radix: the process table at TABLES, the same tree for process 0 and 1.
	lis	3, TABLES@h
	li	4, 0x37c
	mr	12, 3
	li	3, 0x37c
	li	4, 0x1d
	mr	5, 12
	li	6, 0
	li	7, 0
	sc	1
	li	11, 1
	mtspr	48, 11
	# Translation on, still privileged, in the same place.
	mfmsr	11
	ori	11, 11, IR_DR
	mtmsrd	11
	isync
	lwz	6, 0x1000(0)
	li	16, 0
	lis	14, 0x41
	lwz	6, 0(14)
	stw	6, 8(14)
	lis	14, 0x42
	lwz	6, 0(14)
	stw	6, 8(14)
	lis	14, 0x43
	lwz	6, 0(14)
	stw	6, 8(14)
	lis	14, 0x44
	lwz	6, 0(14)
	# A segment that the tree does not have, and one that is the hypervisor's.
	li	14, 1
	sldi	14, 14, 60
	lwz	6, 0(14)
	sldi	14, 14, 2
	lwz	6, 0(14)
	# Quadrant 3 with the operating system's tree.
	li	14, 3
	sldi	14, 14, 62
	lwz	6, 0x1000(14)
	# The same interrupts by AIL 3, which H_SET_MODE asks for; then back.
	li	11, 0x1000
	mtspr	153, 11
	li	3, 0x31c
	li	4, 3
	li	5, 3
	li	6, 0
	li	7, 0
	sc	1
	trap
	sc
	scv	2
	lis	14, 0x44
	lwz	6, 0(14)
	mfmsr	11
	xori	11, 11, 0x10
	mtmsrd	11
	trap
	xori	11, 11, 0x30
	mtmsrd	11
	trap
	ori	11, 11, IR_DR
	mtmsrd	11
	li	3, 0x31c
	li	4, 0
	li	5, 3
	sc	1
	trap
	# Problem state.
	lis	14, problem@h
	ori	14, 14, problem@l
	mtsrr0	14
	mfmsr	11
	ori	11, 11, PR
	mtsrr1	11
	rfid
problem:
	li	6, 1
	mfmsr	6
	mtmsrd	6
	rfid
	mfspr	6, 26
	mtspr	26, 6
	mfspr	6, 3
	mfspr	6, 259
	mfspr	6, 10
	mfspr	6, 500
	mtspr	272, 6
	slbie	6
	lis	14, 0x43
	lwz	6, 0(14)
	stw	6, 0(14)
	lis	14, 0x42
	lwz	6, 0(14)
	stw	6, 0(14)
	sc
	trap
	.long	0
end:
	b	end

	.org 0x3040
	mflr	20
	mfctr	21
	mfmsr	24
	rfscv
	save 0x4300
	save 0x4700
	.org 0x4c00
	mfsrr0	20
	mfsrr1	21
	mfmsr	24
	rfid

	.org 0x17040
	mflr	20
	mfctr	21
	mfmsr	24
	rfscv

	# The first page of the tables at TABLES: process table, then the four levels.
	.org TABLES
	.rept	2
	.quad	(2 << 61) | (5 << 5) | (TABLES + 0x10000) | 13
	.quad	0
	.endr
	.org TABLES + 0x10000
	.quad	SF | (TABLES + 0x20000) | 9
	.org TABLES + 0x20000
	.quad	SF | (TABLES + 0x21000) | 9
	.org TABLES + 0x21000
	# The first 2 MB and the next: the program itself; reading, writing, fetching for all.
	.quad	RPTE_TEXT | 0x187
	.quad	RPTE_TEXT | 0x200000 | 0x187
	.quad	SF | (TABLES + 0x22000) | 9
	.org TABLES + 0x22000
	# From 0x400000 pages of 64 KB apart: at 0x10 read-only, 0x20 all, 0x30 privileged, 0x40 nothing.
	.org TABLES + 0x22000 + 0x10 * 8
	.quad	RPTE_TEXT | 0x1000 | 4
	.org TABLES + 0x22000 + 0x20 * 8
	.quad	RPTE_TEXT | 0x1000 | 6
	.org TABLES + 0x22000 + 0x30 * 8
	.quad	RPTE_TEXT | 0x1000 | 0xe
	.org TABLES + 0x24000
