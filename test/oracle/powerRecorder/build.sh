#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds recorder.ppc64.elf and recorder.ppc64le.elf with Debian's cross compilers (gcc-powerpc64-linux-gnu, gcc-powerpc64le-linux-gnu).
# usage: test/oracle/powerRecorder/build.sh
set -eu
cd "$(dirname "$0")"
for NAME in ppc64 ppc64le; do
  COMPILER=$(echo "$NAME" | sed 's/ppc/powerpc/')-linux-gnu-gcc
  "$COMPILER" -O2 -ffreestanding -fno-stack-protector -fno-pie -mcpu=power8 -mno-vsx -mno-altivec -msoft-float -nostdlib -static -s \
    -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-e,begin_program -fno-asynchronous-unwind-tables -o "recorder.$NAME.elf" recorder.c
  chmod 755 "recorder.$NAME.elf"
done
