#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Run cmocka programs; print PASS or FAIL and a name for each test in them, and
# for a failing one the output and the seed.  Exit status 1 if any failed.

[ -n "$SEED" ] || SEED=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
export SEED CMOCKA_MESSAGE_OUTPUT=STDOUT
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
failed=0

for program; do
    timeout "${HOST_TIMEOUT:-300}" "$program" >"$log" 2>&1
    status=$?
    awk -v status=$status -v seed="$SEED" -v program="${program##*/}" '
        function name(s) { gsub("_", "-", s); return "host-" s }
        /^\[ RUN      \]/ && running != "" { fail("") }
        /^\[ RUN      \]/ { running = $4; text = ""; next }
        /^\[       OK \]/ { print "PASS " name($4); running = ""; n++; next }
        /^\[  (FAILED|ERROR ) *\]/ && running != "" { fail(""); next }
        /^\[  SKIPPED \]/ { print "SKIP " name($4); running = ""; n++; next }
        running != "" || /ERROR|error/ { text = text $0 "\n" }
        function fail(why) {
            bad++
            print "FAIL " name(running) why
            printf "%s", text
            print "  (again: make -C tests/host check T=" \
                substr(program, 6) " TEST=" running " SEED=" seed ")"
            running = ""
        }
        END {
            if (running != "")
                fail(" (crashed, status " status ")")
            else if (status && !bad) {
                running = substr(program, 6)
                fail(" (status " status ")")
            } else if (!n && !bad && ENVIRON["TEST"] == "") {
                running = substr(program, 6)
                fail(" (has no tests)")
            }
            exit bad > 0
        }' "$log" || failed=1
done
exit $failed
