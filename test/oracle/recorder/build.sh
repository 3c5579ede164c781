#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds recorder.elf with Debian's binutils (package binutils-aarch64-linux-gnu).
# usage: test/oracle/recorder/build.sh
set -eu
cd "$(dirname "$0")"
OBJECT=$(mktemp)
trap 'rm -f "$OBJECT"' EXIT
aarch64-linux-gnu-as -march=armv8.2-a recorder.S -o "$OBJECT"
aarch64-linux-gnu-ld --build-id=none -z max-page-size=4096 --no-warn-rwx-segments -s -T recorder.ld "$OBJECT" -o recorder.elf
chmod 644 recorder.elf
