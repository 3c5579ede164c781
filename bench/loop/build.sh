#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds bench/loop/loop.<isa>.elf with Debian's cross-compilers, version 12.2 (packages gcc-aarch64-linux-gnu, gcc-powerpc64-linux-gnu,
# gcc-powerpc64le-linux-gnu), for the machine virt or pseries.
# usage: bench/loop/build.sh [--check]
#   --check   builds elsewhere and compares with the committed files instead of replacing them
set -eu
cd "$(dirname "$0")/../.."

OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

FREESTANDING="-g -gdwarf-5 -O2 -ffreestanding -nostdlib"
LANGUAGE="-std=c11 -Wall -Wextra -fno-stack-protector -fdebug-prefix-map=$PWD=."
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"
AARCH64="-mstrict-align -mgeneral-regs-only -fno-pic -fno-pie -static -march=armv8-a"
POWER="-mcpu=power8 -msoft-float -mno-altivec -mno-vsx -fno-pic -fno-pie -static"

# build isa compiler flags linker-script start
build() {
  isa=$1 compiler=$2 flags=$3 script=$4 start=$5
  mkdir "$OBJECTS/$isa"
  for source in bench/loop/loop.c "$start"; do
    # shellcheck disable=SC2086
    "$compiler" $FREESTANDING $flags $LANGUAGE -c "$source" -o "$OBJECTS/$isa/$(basename "$source").o"
  done
  # shellcheck disable=SC2086
  "$compiler" $LINK -T "$script" "$OBJECTS/$isa/$(basename "$start").o" "$OBJECTS/$isa/loop.c.o" -o "$OBJECTS/loop.$isa.elf"
}

build aarch64 "${AARCH64_GCC:-aarch64-linux-gnu-gcc}" "$AARCH64" samples/start/aarch64.ld samples/start/aarch64.S
for isa in ppc64 ppc64le; do
  build $isa "powerpc${isa#ppc}-linux-gnu-gcc" "$POWER" bench/workload/pseries.ld bench/workload/pseries.S
done

for isa in aarch64 ppc64 ppc64le; do
  if [ "${1:-}" = --check ]; then cmp "$OBJECTS/loop.$isa.elf" "bench/loop/loop.$isa.elf"
  else cp "$OBJECTS/loop.$isa.elf" "bench/loop/loop.$isa.elf"; fi
done
