#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds mix.ppc64.elf and mix.ppc64le.elf with Debian's cross compilers (gcc-powerpc64-linux-gnu, gcc-powerpc64le-linux-gnu).
# usage: test/oracle/powerPrograms/build.sh
set -eu
cd "$(dirname "$0")"
for NAME in ppc64 ppc64le; do
  COMPILER=$(echo "$NAME" | sed 's/ppc/powerpc/')-linux-gnu-gcc
  "$COMPILER" -O2 -mcpu=power9 -ffreestanding -fno-stack-protector -fno-pie -mno-vsx -mno-altivec -msoft-float -nostdlib -static -s \
    -Wl,--build-id=none -Wl,-e,begin_program -Wl,-z,max-page-size=4096 -fno-asynchronous-unwind-tables -o "mix.$NAME.elf" mix.c -lgcc
  chmod 755 "mix.$NAME.elf"
done
