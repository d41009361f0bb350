# Sourced by the scripts of this repository: points JAVA_HOME at a JDK 25, or says how to get one.
nodejoin_is_jdk25() {
  [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25' "$1/release" 2>/dev/null
}

nodejoin_use_jdk25() {
  for candidate in "${JAVA_HOME-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
    if [ -n "$candidate" ] && nodejoin_is_jdk25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "Nodejoin needs a JDK 25 and found none: install one (for example 'apt-get install temurin-25-jdk' or" >&2
  echo "'apt-get install openjdk-25-jdk', by what your distribution offers) or point JAVA_HOME at it." >&2
  return 1
}
