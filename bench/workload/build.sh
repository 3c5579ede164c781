#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the bench workload with Debian's cross-compilers, version 12.2 (packages gcc-aarch64-linux-gnu, gcc-powerpc64-linux-gnu,
# gcc-powerpc64le-linux-gnu):
#   bench/workload/workload.<isa>.elf        bare metal, machine virt or pseries
#   bench/workload/workload.linux.<isa>.elf  Linux user program, for qemu-<isa>
# Both hold the same object of workload.c. The same sources give the same bytes on any machine.
# usage: bench/workload/build.sh [--check]
#   --check   builds elsewhere and compares with the committed files instead of replacing them
set -eu
cd "$(dirname "$0")/../.."

OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

FREESTANDING="-g -gdwarf-5 -O2 -ffreestanding -nostdlib"
LANGUAGE="-std=c11 -Wall -Wextra -fno-stack-protector -fno-tree-loop-distribute-patterns -fdebug-prefix-map=$PWD=."
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"
AARCH64="-mstrict-align -mgeneral-regs-only -fno-pic -fno-pie -static -march=armv8-a"
POWER="-mcpu=power8 -msoft-float -mno-altivec -mno-vsx -fno-pic -fno-pie -static"

# build isa compiler flags linux-start linker-script bare-sources …: each needs workload.c among them.
build() {
  isa=$1 compiler=$2 flags=$3 linux=$4 script=$5
  shift 5
  mkdir "$OBJECTS/$isa"
  objects=
  for source in "$linux" "$@"; do
    # shellcheck disable=SC2086
    "$compiler" $FREESTANDING $flags $LANGUAGE -c "$source" -o "$OBJECTS/$isa/$(basename "$source").o"
  done
  for source in "$@"; do objects="$objects $OBJECTS/$isa/$(basename "$source").o"; done
  # shellcheck disable=SC2086
  "$compiler" $LINK -T "$script" $objects -o "$OBJECTS/workload.$isa.elf"
  # shellcheck disable=SC2086
  "$compiler" $LINK "$OBJECTS/$isa/workload.c.o" "$OBJECTS/$isa/$(basename "$linux").o" -o "$OBJECTS/workload.linux.$isa.elf"
}

build aarch64 "${AARCH64_GCC:-aarch64-linux-gnu-gcc}" "$AARCH64" bench/workload/linux.S \
  samples/start/aarch64.ld samples/start/aarch64.S bench/workload/workload.c bench/workload/virt.S
for isa in ppc64 ppc64le; do
  build $isa "powerpc${isa#ppc}-linux-gnu-gcc" "$POWER" bench/workload/linuxPower.S \
    bench/workload/pseries.ld bench/workload/pseries.S bench/workload/workload.c
done

for isa in aarch64 ppc64 ppc64le; do
  for name in "workload.$isa.elf" "workload.linux.$isa.elf"; do
    if [ "${1:-}" = --check ]; then
      cmp "$OBJECTS/$name" "bench/workload/$name"
    else
      cp "$OBJECTS/$name" "bench/workload/$name"
      chmod 755 "bench/workload/$name" # qemu-user runs nothing that is not executable, and does not say so.
    fi
  done
done
