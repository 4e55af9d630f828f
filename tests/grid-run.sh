#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Generates the grid of lock modes and runs it as cases.
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$here/grid.sh" "$tmp" && "$here/cases.sh" -d "$tmp"
