#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: media/render.sh: draws icon.png of icon.svg with a headless Chromium (CHROMIUM names another program than "chromium").
set -e
cd "$(dirname "$0")"
page=$(mktemp --suffix=.html)
trap 'rm -f "$page"' EXIT
printf '<style>body{margin:0}svg{display:block;width:256px;height:256px}</style>' > "$page"
cat icon.svg >> "$page"
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
  --window-size=256,256 --screenshot="$PWD/icon.png" "file://$page" 2> /dev/null
