#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install-check.sh BUILD: cmake --install puts everything where a distribution expects it, and it works from there.
. "$(dirname "$0")/lib.sh"
build=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
step "install" env DESTDIR= cmake --install "$build" --prefix "$tmp/usr"
step "bin" test -x "$tmp/usr/bin/statdep"
step "rules" sh -c "ls '$tmp'/usr/share/statdep/rules/*.rules"
step "man page" test -e "$tmp/usr/share/man/man1/statdep.1"
step "completion" test -e "$tmp/usr/share/bash-completion/completions/statdep"
step "the man page has every command" sh -c "for c in scan check match graph locks diff sql merge check-rules; do tr -d '\\\\' <'$top/reports/statdep.1' | grep -q \"statdep.* \$c\" || { echo \$c; exit 1; }; done"
for c in scan check match graph locks diff sql merge check-rules; do
	"$statdep" $c --help | grep -oE -- '--[a-z-]+' | grep -v -- --help
done | sort -u >"$tmp/options"
undocumented() { tr -d '\\' <"$top/reports/statdep.1" | awk 'NR == FNR { text = text $0; next } !index(text, $1) { print; bad = 1 } END { exit bad }' - "$tmp/options"; }
step "and every option" undocumented
step "completion is sound bash" bash -n "$top/reports/statdep.bash-completion"
finish
