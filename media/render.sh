#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: media/render.sh: draws what must be PNG of its SVG with a headless Chromium (CHROMIUM names another program than "chromium").
set -e
cd "$(dirname "$0")"
page=$(mktemp --suffix=.html)
trap 'rm -f "$page"' EXIT
draw() { # FILE WIDTH HEIGHT: FILE.png of FILE.svg
  printf '<style>body{margin:0}svg{display:block;width:%spx;height:%spx}</style>' "$2" "$3" > "$page"
  cat "$1.svg" >> "$page"
  "${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
    --window-size="$2,$3" --screenshot="$PWD/$1.png" "file://$page" 2> /dev/null
}
draw icon 256 256
draw ../docs/images/trace-step 1470 900
