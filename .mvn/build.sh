# Sourced by the scripts of this repository after jdk.sh: what they build and run.
nodejoin_is_built() {
  # Maven leaves a jar alone that would not change, so the time of the last build counts as well.
  stamp="$1/testbed/fixtures/target/built"
  for built in protocol workflows activities gateway visibility dashboard client cli service worker-agent agent-package \
    testbed/fixtures testbed/simulated testbed/demo testbed/bench testbed/chaos testbed/fulltier; do
    jar="$1/$built/target/nodejoin-$(echo "$built" | tr / -)-0.1.0-SNAPSHOT.jar"
    [ -e "$jar" ] || return 1
    [ "$stamp" -nt "$jar" ] && jar=$stamp
    [ -z "$(find "$1/pom.xml" "$1/testbed/pom.xml" "$1/deploy/cluster" "$1/$built/pom.xml" "$1/$built/src/main" \
      -newer "$jar" -type f -print -quit)" ] || return 1
  done
  [ -d "$1/testbed/fulltier/target/lib" ]
}

# usage: nodejoin_build ROOT: builds all modules if a jar is missing or older than its sources.
nodejoin_build() {
  nodejoin_is_built "$1" && return 0
  echo "building Nodejoin, about 2 minutes ..." >&2
  first=true
  [ -e "$1/protocol/target" ] && first=false
  started=$(date +%s)
  "$1/mvnw" -q -f "$1/pom.xml" -DskipTests package >&2 || return 1
  touch -d "@$started" "$1/testbed/fixtures/target/built"
  taken=$(($(date +%s) - started))
  durations="${XDG_CACHE_HOME:-$HOME/.cache}/nodejoin/durations"
  # What is told beforehand is the time of a first build; one of a few changed classes says nothing about it.
  if $first; then
    mkdir -p "$durations" && echo "$taken" >"$durations/nodejoin"
  fi
  echo "building Nodejoin: done in $taken s" >&2
}

# usage: nodejoin_java ARGUMENT...: becomes a JVM with the options that all programs here share.
nodejoin_java() {
  exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "$@"
}

# usage: nodejoin_preflight ROOT SCRIPT ARGUMENT...: ends the script if the call is wrong, cannot be served here, or needs no bed.
nodejoin_preflight() {
  code=0
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    "$1/testbed/fixtures/src/main/java/io/nodejoin/testbed/preflight/Preflight.java" "$@" || code=$?
  case $code in
    0) ;;
    100) exit 0 ;;
    *) exit "$code" ;;
  esac
}

# usage: nodejoin_testbed ROOT SCRIPT MODULE OPTIONS CLASS ARGUMENT...: builds if need be and becomes this program of a module of the test bed.
nodejoin_testbed() {
  root=$1 script=$2 module=$3 options=$4 main=$5
  shift 5
  nodejoin_use_jdk25
  if ! nodejoin_is_built "$root"; then
    nodejoin_preflight "$root" "$script" "$@"
    nodejoin_build "$root"
  fi
  target="$root/testbed/$module/target"
  # shellcheck disable=SC2086
  nodejoin_java -Xmx512m -XX:TieredStopAtLevel=1 -Dnodejoin.home="$root" \
    -Dlogback.configurationFile=io/nodejoin/testbed/logback.xml $options \
    -cp "$target/nodejoin-testbed-$module-0.1.0-SNAPSHOT.jar:$target/lib/*" "$main" "$@"
}
