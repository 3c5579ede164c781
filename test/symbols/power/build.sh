#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the programs that the symbol readers are tried on, with Debian's cross-compilers (packages gcc-powerpc64-linux-gnu and
# gcc-powerpc64le-linux-gnu, 12.2): layouts.<ppc64|ppc64le>.<O0|O2>.elf. The same sources give the same bytes on any machine.
# usage: test/symbols/power/build.sh [--check]
set -eu
cd "$(dirname "$0")/../../.."

CHECK=no
if [ "${1:-}" = --check ]; then CHECK=yes; shift; fi

OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

# ppc64 has the ABI with function descriptors (ELFv1), ppc64le the one with local entry points (ELFv2).
for variant in ppc64 ppc64le; do
  compiler=powerpc64${variant#ppc64}-linux-gnu-gcc
  for level in O0 O2; do
    built=$OBJECTS/layouts.$variant.$level.elf
    "$compiler" -g -gdwarf-5 -"$level" -mcpu=power8 -ffreestanding -nostdlib -static -no-pie -fno-pic -std=c11 -Wall -Wextra \
      -fno-stack-protector -fdebug-prefix-map="$PWD"=. -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-Ttext=0x10000 \
      test/symbols/power/layouts.c -o "$built"
    result=test/symbols/power/layouts.$variant.$level.elf
    if [ $CHECK = yes ]; then cmp "$built" "$result"; else cp "$built" "$result"; chmod 644 "$result"; fi
  done
done
