#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the bench workload with Debian's cross-compiler (package gcc-aarch64-linux-gnu, 12.2):
#   bench/workload/workload.aarch64.elf        bare metal, machine virt
#   bench/workload/workload.linux.aarch64.elf  Linux user program, for qemu-aarch64
# Both hold the same object of workload.c. The same sources give the same bytes on any machine.
# usage: bench/workload/build.sh [--check]
#   --check   builds elsewhere and compares with the committed files instead of replacing them
set -eu
cd "$(dirname "$0")/../.."

COMPILER=${AARCH64_GCC:-aarch64-linux-gnu-gcc}
OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

FLAGS="-g -gdwarf-5 -O2 -ffreestanding -nostdlib -mstrict-align -mgeneral-regs-only -fno-pic -fno-pie -static
  -march=armv8-a -std=c11 -Wall -Wextra -fno-stack-protector -fno-tree-loop-distribute-patterns -fdebug-prefix-map=$PWD=."
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"

for source in bench/workload/workload.c bench/workload/virt.S bench/workload/linux.S samples/start/aarch64.S; do
  # shellcheck disable=SC2086
  "$COMPILER" $FLAGS -c "$source" -o "$OBJECTS/$(basename "$source").o"
done

# shellcheck disable=SC2086
"$COMPILER" $LINK -T samples/start/aarch64.ld "$OBJECTS/aarch64.S.o" "$OBJECTS/workload.c.o" "$OBJECTS/virt.S.o" \
  -o "$OBJECTS/workload.aarch64.elf"
# shellcheck disable=SC2086
"$COMPILER" $LINK "$OBJECTS/workload.c.o" "$OBJECTS/linux.S.o" -o "$OBJECTS/workload.linux.aarch64.elf"

for name in workload.aarch64.elf workload.linux.aarch64.elf; do
  if [ "${1:-}" = --check ]; then
    cmp "$OBJECTS/$name" "bench/workload/$name"
  else
    cp "$OBJECTS/$name" "bench/workload/$name"
    chmod 755 "bench/workload/$name" # qemu-aarch64 runs nothing that is not executable, and does not say so.
  fi
done
