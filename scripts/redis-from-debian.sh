#!/usr/bin/env bash
# Debian's own redis-server in a folder: downloaded and unpacked, not installed, so any user can do it.
#
#   scripts/redis-from-debian.sh FOLDER
#
# makes FOLDER/redis-server, FOLDER/redis-cli and FOLDER/redis-benchmark, which run the unpacked binaries with their libraries. A folder that
# is there already is left as it is. apt's lists and archives are kept apart from those of the system.
set -euo pipefail

folder=${1:?"usage: $0 FOLDER"}
[ -x "$folder/redis-server" ] && exit 0

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"
apt=(
  apt-get -qq
  -o Dir::State::Lists="$work/lists"
  -o Dir::Cache="$work/cache"
  -o Acquire::Languages=none
  -o Acquire::http::Timeout=15
  -o Acquire::Retries=1
  -o APT::Sandbox::User=root
)
"${apt[@]}" update

# What an installation would add to this machine is what the server lacks here, whichever release this is.
packages=$("${apt[@]}" --simulate --reinstall --no-install-recommends install redis-server redis-tools |
  awk '$1 == "Inst" { print $2 }')
# shellcheck disable=SC2086 # one word per package
(cd "$work/debs" && "${apt[@]}" download $packages)

mkdir "$work/tree"
for deb in "$work"/debs/*.deb; do
  dpkg -x "$deb" "$work/tree/root"
done
for program in redis-server redis-cli redis-benchmark; do
  # exec: the program has the process id of whoever started the wrapper.
  cat >"$work/tree/$program" <<'WRAPPER'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
for libraries in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
  [ -d "$libraries" ] && LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$root/usr/bin/$(basename "$0")" "$@"
WRAPPER
  chmod +x "$work/tree/$program"
done
"$work/tree/redis-server" --version >/dev/null

# All or nothing, and whoever is first: another run may have made the folder meanwhile.
mv -T "$work/tree" "$folder" 2>/dev/null || [ -x "$folder/redis-server" ]
