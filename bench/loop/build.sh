#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds bench/loop/loop.aarch64.elf with Debian's cross-compiler (package gcc-aarch64-linux-gnu, 12.2), machine virt.
# usage: bench/loop/build.sh [--check]
#   --check   builds elsewhere and compares with the committed file instead of replacing it
set -eu
cd "$(dirname "$0")/../.."

COMPILER=${AARCH64_GCC:-aarch64-linux-gnu-gcc}
OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

FLAGS="-g -gdwarf-5 -O2 -ffreestanding -nostdlib -mstrict-align -mgeneral-regs-only -fno-pic -fno-pie -static
  -march=armv8-a -std=c11 -Wall -Wextra -fno-stack-protector -fdebug-prefix-map=$PWD=."
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"

for source in bench/loop/loop.c samples/start/aarch64.S; do
  # shellcheck disable=SC2086
  "$COMPILER" $FLAGS -c "$source" -o "$OBJECTS/$(basename "$source").o"
done
# shellcheck disable=SC2086
"$COMPILER" $LINK -T samples/start/aarch64.ld "$OBJECTS/aarch64.S.o" "$OBJECTS/loop.c.o" -o "$OBJECTS/loop.aarch64.elf"
if [ "${1:-}" = --check ]; then cmp "$OBJECTS/loop.aarch64.elf" bench/loop/loop.aarch64.elf
else cp "$OBJECTS/loop.aarch64.elf" bench/loop/loop.aarch64.elf; fi
