#!/usr/bin/env bash
# An image for the tests' Redis containers, where it is not there yet: the official one if it can be pulled, else one
# made of Debian's redis-server and the libraries it loads, which behaves like it as far as a test can tell.
#
#   scripts/redis-image.sh [TAG]      TAG: redis:7
#
# The last line says which one it is. A made image is labelled: docker images --filter label=strikewire.made-from
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:-redis:7}
if docker image inspect "$tag" >/dev/null 2>&1; then
  echo "$tag was there"
  exit 0
fi
if timeout 120 docker pull --quiet "$tag" >/dev/null 2>&1; then
  echo "$tag pulled"
  exit 0
fi

scripts/redis-from-debian.sh .cache/redis
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,data,etc,lib,usr/bin}
mkdir -m 1777 "$root/tmp"

# The shell is for the entrypoint and for what Testcontainers runs inside.
unpacked=$PWD/.cache/redis/root
cp "$unpacked"/usr/bin/redis-{server,cli} "$root/usr/bin/"
cp -L /bin/sh "$root/bin/sh"

# Libraries are found by name in /lib; only the loader's own path is fixed in the binaries.
LD_LIBRARY_PATH=$(printf '%s:' "$unpacked"/usr/lib/*-linux-gnu*) ldd "$root"/usr/bin/redis-{server,cli} "$root/bin/sh" |
  awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*\/ld-linux/ { print $1 }' |
  sort -u |
  while read -r library; do
    case $library in
      */ld-linux*) mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library" ;;
      *) cp -L "$library" "$root/lib/" ;;
    esac
  done

# As in the official image: options alone are the server's, and without a password it answers clients from outside of
# the container, too, whatever command it is started with.
cat >"$root/entrypoint.sh" <<'ENTRYPOINT'
#!/bin/sh
case "$1" in -*) set -- redis-server "$@" ;; esac
case "$1 $2" in
  "redis-server --version") exec "$@" ;;
  "redis-server " | "redis-server --"*) shift && exec redis-server --protected-mode no "$@" ;;
  *) exec "$@" ;;
esac
ENTRYPOINT
chmod +x "$root/entrypoint.sh"

tar -C "$root" -c . | docker import \
  --message "redis-server of Debian" \
  --change 'ENV PATH=/usr/bin:/bin' \
  --change 'WORKDIR /data' \
  --change 'VOLUME /data' \
  --change 'EXPOSE 6379' \
  --change 'ENTRYPOINT ["/entrypoint.sh"]' \
  --change 'CMD ["redis-server"]' \
  --change 'LABEL strikewire.made-from=debian' \
  - "$tag" >/dev/null
echo "$tag made of $(docker run --rm "$tag" redis-server --version | cut -d ' ' -f 1-3)"
