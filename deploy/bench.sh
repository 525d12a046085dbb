#!/bin/bash
# Measures the portal against baselines of its own and writes doc/performance.md. Takes about seven minutes and 5 GB of
# temporary files, for five million accounts.
# Needs wrk and taskset (Debian: wrk, util-linux) and two cores that nothing else uses. Arguments go to the bench
# program: --rounds=5 --for=1s makes it shorter, --only=starts,pages measures some and writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in wrk taskset; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing (apt-get install wrk util-linux)" >&2; exit 1; }
done
[ "$(nproc)" -ge 2 ] || { echo "bench: needs two cores, one for the server, one for the load" >&2; exit 1; }
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$built/" ./cmd/zhaohui ./deploy/bench
"$built/bench" run --portal="$built/zhaohui" --source=. --report=doc/performance.md "$@"
