#!/bin/sh
# Rebuilds the two fonts of this folder from their published sources. Needs npm
# and fontTools 4.38 or later (Debian: apt install npm fonttools).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for package in inter@0.4.2 noto-sans-sc@0.4.3 noto-sans-symbols-2@0.4.1 noto-sans-symbols@0.4.1 \
	noto-sans-math@0.4.2 noto-emoji@0.4.7; do
	name=${package%@*}
	mkdir "$name"
	tar -xzf "$(npm pack --silent "@expo-google-fonts/$package")" --strip-components=1 -C "$name"
done
"${PYTHON:-python3}" "$here/build.py" "$work" "$here"
