# Sourced by mvnw: what the tests of a build took and left out, from the reports that Surefire and Failsafe have written.

# usage: nodejoin_test_reports ROOT STAMP: the reports that are newer than the file STAMP.
nodejoin_test_reports() {
  find "$1" -path '*/target/*-reports/TEST-*.xml' -newer "$2" -type f
}

# usage: nodejoin_slowest_classes ROOT STAMP: the twenty slowest test classes, and what all of them took together.
nodejoin_slowest_classes() {
  nodejoin_test_reports "$1" "$2" | while IFS= read -r report; do
    sed -n '/<testsuite /{s/.* name="\([^"]*\)".* time="\([^"]*\)".*tests="\([^"]*\)".*/\2 \3 \1/p;q;}' "$report"
  done | sort -rn | awk '
    { seconds += $1; tests += $2; if (NR <= 20) line[NR] = sprintf("%8.1f s  %5d  %s", $1, $2, $3) }
    END {
      if (NR == 0) exit
      printf "\nslowest test classes (seconds, tests):\n"
      for (i = 1; i <= NR && i <= 20; i++) print line[i]
      printf "%8.1f s  %5d  in all %d classes\n", seconds, tests, NR
    }'
}

# usage: nodejoin_skipped_tests ROOT STAMP: each test that was skipped for want of something, with the reason.
nodejoin_skipped_tests() {
  nodejoin_test_reports "$1" "$2" | while IFS= read -r report; do
    awk -v file="$report" '
      /<testcase /{ match($0, / name="[^"]*"/); name = substr($0, RSTART + 7, RLENGTH - 8) }
      /<skipped/ && !/message="System property/ {
        reason = match($0, /message="[^"]*"/) ? substr($0, RSTART + 9, RLENGTH - 10) : "no reason given"
        n = split(file, part, "/"); print part[n] " " name ": " reason
      }' "$report"
  done
}
