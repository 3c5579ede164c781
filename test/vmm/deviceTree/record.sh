#!/bin/sh
# SPDX-License-Identifier: MIT
# Records what dtc (Debian package device-tree-compiler, 1.6.1) makes of the sources beside this script.
# usage: test/vmm/deviceTree/record.sh
set -eu
cd "$(dirname "$0")"
for source in *.dts; do
  dtc -q -I dts -O dtb -o "${source%.dts}.dtb" "$source"
done
