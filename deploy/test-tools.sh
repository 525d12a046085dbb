#!/bin/sh
# Installs what the tests need on a fresh Debian machine, and only what is missing: a browser, Chinese fonts, PostgreSQL
# (its programs: tests start a cluster of their own), and the page checkers from npm. `deploy/test-tools.sh bench` adds
# the load generator.
set -eu
cd "$(dirname "$0")/test-tools"

root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

packages=
for name in ${ZHAOHUI_TEST_CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
	if command -v "$name" >/dev/null; then browser=$name; fi
done
[ -n "${browser:-}" ] || packages="$packages chromium"
[ -n "$(command -v postgres || ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null)" ] || packages="$packages postgresql"
installed fonts-noto-cjk || packages="$packages fonts-noto-cjk"
[ "${1:-}" != bench ] || command -v wrk >/dev/null || packages="$packages wrk"
command -v npm >/dev/null || packages="$packages npm"

if [ -n "$packages" ]; then
	if ! command -v apt-get >/dev/null; then
		echo "Missing:$packages. Install them with your system's package manager." >&2
		exit 1
	fi
	echo "Installing:$packages"
	root apt-get update -qq </dev/null
	# shellcheck disable=SC2086 # a list of names
	root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages </dev/null >/dev/null
fi

# The lock file that npm keeps beside the packages says which of them are there.
if ! [ -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	echo "Installing the page checkers"
	npm ci --no-audit --no-fund --loglevel=error </dev/null
fi
