# Docker for the tests, to be sourced: the one that runs, else one that start_docker starts from Debian's package, in
# a folder and with a bridge of its own, until tidy_docker.

docker_pid=
docker_folder=
docker_bridge=

start_docker() {
  if timeout 10 docker info >/dev/null 2>&1; then
    echo "Docker runs already"
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    echo "Cannot start Docker: root is required; a Docker that runs already would do, too" >&2
    return 1
  fi
  if ! command -v dockerd >/dev/null; then
    apt-get -qq update
    # The client is part of the package on some releases only.
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends docker.io >/dev/null
    command -v docker >/dev/null || apt-get -qq install --no-install-recommends docker-cli >/dev/null
  fi
  command -v ip >/dev/null || apt-get -qq install --no-install-recommends iproute2 >/dev/null

  add_bridge
  docker_folder=$(mktemp -d)
  export DOCKER_HOST=unix://$docker_folder/docker.sock
  # Docker's own proxy brings clients of the loopback address to a container, without a rule in the firewall.
  export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  dockerd --host "$DOCKER_HOST" --data-root "$docker_folder/data" --exec-root "$docker_folder/exec" \
    --pidfile "$docker_folder/docker.pid" --bridge "$docker_bridge" --iptables=false --ip6tables=false \
    >"$docker_folder/log" 2>&1 </dev/null &
  docker_pid=$!
  for _ in {1..300}; do
    if docker info >/dev/null 2>&1; then
      echo "Docker $(docker version --format '{{.Server.Version}}') started"
      return
    fi
    kill -0 "$docker_pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "Cannot start Docker: its last words follow" >&2
  tail -n 5 "$docker_folder/log" >&2
  return 1
}

# A bridge that no other Docker uses. One that two share, or that was left behind by a Docker which was killed, has two
# containers with the same address, and clients may be sent to the wrong one.
add_bridge() {
  for number in {1..250}; do
    docker_bridge=strikewire-$number
    ip link add "$docker_bridge" type bridge 2>/dev/null || continue
    ip address add "10.213.$number.1/24" dev "$docker_bridge"
    ip link set "$docker_bridge" up
    return
  done
  echo "Cannot start Docker: no bridge can be added, the last one tried is $docker_bridge" >&2
  return 1
}

# Ends what start_docker started. From a Docker that ran before, which goes on, only an image that was made here goes.
tidy_docker() {
  if [ -z "$docker_pid" ]; then
    made=$(timeout 10 docker image ls --quiet --filter label=strikewire.made-from 2>/dev/null) || return 0
    [ -z "$made" ] || docker image rm --force $made >/dev/null
    return
  fi
  kill "$docker_pid" 2>/dev/null || true
  wait "$docker_pid" 2>/dev/null || true
  ip link delete "$docker_bridge" || true
  rm -rf "$docker_folder"
}
