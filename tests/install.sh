#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installs the Debian packages that building, testing and the first run need; nothing when all are
# there.  Root installs directly, anybody else through sudo.
set -eu

# What statdep is built from.
build='gcc libc6-dev cmake ninja-build pkg-config libclang-19-dev libglib2.0-dev libsqlite3-dev libjansson-dev
	libxxhash-dev libgraphviz-dev libcmocka-dev'
# What `make LLVM=-19 prepare` of a kernel wants, and the kernel itself.
kernel='linux-source-6.1 clang-19 lld-19 llvm-19 make flex bison bc libelf-dev libssl-dev cpio rsync xz-utils
	libc6-dev perl'
# What tests look into databases and truth files with.
tools='sqlite3 jq'
# Text in pictures is measured with these; other fonts give other pictures.
fonts='fontconfig fonts-dejavu-core'

missing=
for p in $build $kernel $tools $fonts "$@"; do
	dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "install.sh: missing:$missing; run this as root, or install sudo" >&2
		exit 1
	}
	sudo=sudo
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >&2
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2 </dev/null
