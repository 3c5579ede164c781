#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the samples with Debian's cross-compilers (packages gcc-aarch64-linux-gnu, gcc-powerpc64-linux-gnu
# and gcc-powerpc64le-linux-gnu, 12.2) into samples/<name>/<name>.<isa>.<O0|O2>.elf, for each ISA that the
# sample is written for. The same sources give the same bytes on any machine.
# usage: samples/build.sh [--check] [--isa ISA] [NAME...]
#   --check   builds elsewhere and compares with the committed files instead of replacing them
#   --isa     builds for aarch64, ppc64 or ppc64le only
set -eu
cd "$(dirname "$0")/.."

CHECK=no
ISAS="aarch64 ppc64 ppc64le"
while [ $# -gt 0 ]; do
  case $1 in
    --check) CHECK=yes; shift ;;
    --isa) ISAS=$2; shift 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- hello counter svc smp vectors selfstep

OBJECTS=$(mktemp -d)
trap 'rm -rf "$OBJECTS"' EXIT

# Sources are named relative to the project's root and the compilation directory is ".", so that no
# file names the machine it was built on.
FLAGS="-g -gdwarf-5 -ffreestanding -nostdlib -fno-pic -fno-pie -static
  -std=c11 -Wall -Wextra -fno-stack-protector
  -fdebug-prefix-map=$PWD=. -Isamples/start"
LINK="-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments"

# What an ISA needs: its compiler, flags and linker options of its own, start-up code. -mabi is what
# Debian's compilers do by themselves: ELFv1 for big-endian, ELFv2 for little-endian. No sample turns on
# floating point or vectors, so that no code may need their registers.
select_isa() {
  case $1 in
    aarch64)
      COMPILER=${AARCH64_GCC:-aarch64-linux-gnu-gcc}
      ISA_FLAGS="-march=armv8-a -mstrict-align -mgeneral-regs-only"
      START="aarch64.S console.c"; ISA_LINK="-T samples/start/aarch64.ld" ;;
    ppc64)
      COMPILER=${POWERPC64_GCC:-powerpc64-linux-gnu-gcc}
      ISA_FLAGS="-mcpu=power8 -mabi=elfv1 -msoft-float -mno-altivec -mno-vsx"
      START="power64.S console.c rtas.c"; ISA_LINK="-T samples/start/power64.ld" ;;
    ppc64le)
      COMPILER=${POWERPC64LE_GCC:-powerpc64le-linux-gnu-gcc}
      ISA_FLAGS="-mcpu=power8 -mabi=elfv2 -msoft-float -mno-altivec -mno-vsx"
      START="power64.S console.c rtas.c"; ISA_LINK="-T samples/start/power64.ld" ;;
  esac
}

# Whether sample $1 is written for ISA $2.
exists_for() {
  case $1.$2 in
    svc.ppc64*|vectors.aarch64|selfstep.aarch64) return 1 ;;
  esac
}

# Whether the source $1 is for ISA $2: NAME.power64.S is for 64-bit POWER, and stands there for NAME.S.
belongs_to() {
  case $1 in
    *.power64.*) [ "$2" != aarch64 ] ;;
    *.S) [ "$2" = aarch64 ] || [ ! -e "${1%.S}.power64.S" ] ;;
  esac
}

for isa in $ISAS; do
  for name in "$@"; do
    exists_for "$name" "$isa" || continue
    # A kernel and its program lie too far apart for 32 bits relative to the TOC or in .eh_frame.
    case $name in
      vectors|selfstep)
        select_isa "$isa"
        ISA_FLAGS="$ISA_FLAGS -mcmodel=large -fno-asynchronous-unwind-tables -DCFI_SECTION=.debug_frame"
        START="$START interrupts.S hash.c"; ISA_LINK="-T samples/start/kernel.ld" ;;
      *) select_isa "$isa" ;;
    esac
    for level in O0 O2; do
      objects=
      for source in $(printf 'samples/start/%s ' $START) samples/"$name"/*.S samples/"$name"/*.c; do
        [ -e "$source" ] && belongs_to "$source" "$isa" || continue
        object=$OBJECTS/$name.$isa.$level.$(basename "$source").o
        # shellcheck disable=SC2086
        "$COMPILER" $FLAGS $ISA_FLAGS -"$level" -c "$source" -o "$object"
        objects="$objects $object"
      done
      result=samples/$name/$name.$isa.$level.elf
      built=$OBJECTS/$name.$isa.$level.elf
      # shellcheck disable=SC2086
      "$COMPILER" $LINK $ISA_LINK $objects -o "$built"
      if [ $CHECK = yes ]; then
        cmp "$built" "$result"
      else
        cp "$built" "$result"
        chmod 644 "$result"
      fi
    done
  done
done
