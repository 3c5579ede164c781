#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the samples with Debian's cross-compiler (package gcc-aarch64-linux-gnu, 12.2) into
# samples/<name>/<name>.aarch64.<O0|O2>.elf. The same sources give the same bytes on any machine.
# usage: samples/build.sh [--check] [NAME...]
#   --check   builds elsewhere and compares with the committed files instead of replacing them
set -eu
cd "$(dirname "$0")/.."

CHECK=no
if [ "${1:-}" = --check ]; then CHECK=yes; shift; fi
[ $# -gt 0 ] || set -- hello counter svc smp

COMPILER=${AARCH64_GCC:-aarch64-linux-gnu-gcc}
OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

# Sources are named relative to the project's root and the compilation directory is ".", so that no
# file names the machine it was built on.
FLAGS="-g -gdwarf-5 -ffreestanding -nostdlib -mstrict-align -mgeneral-regs-only -fno-pic -fno-pie -static
  -march=armv8-a -std=c11 -Wall -Wextra -fno-stack-protector
  -fdebug-prefix-map=$PWD=. -Isamples/start"
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"

for name in "$@"; do
  for level in O0 O2; do
    objects=
    for source in samples/start/aarch64.S samples/start/console.c samples/"$name"/*.S samples/"$name"/*.c; do
      [ -e "$source" ] || continue
      object=$OBJECTS/$name.$level.$(basename "$source").o
      # shellcheck disable=SC2086
      "$COMPILER" $FLAGS -"$level" -c "$source" -o "$object"
      objects="$objects $object"
    done
    result=samples/$name/$name.aarch64.$level.elf
    built=$OBJECTS/$name.aarch64.$level.elf
    # shellcheck disable=SC2086
    "$COMPILER" $LINK -T samples/start/aarch64.ld $objects -o "$built"
    if [ $CHECK = yes ]; then
      cmp "$built" "$result"
    else
      cp "$built" "$result"
      chmod 644 "$result"
    fi
  done
done
