# set -e, -u, -x; eval; exec; source; exit.
sh -c 'set -e; true; false; echo no'
echo $?
sh -c 'set -e; if false; then :; fi; false || true; ! true; echo yes'
sh -c 'set -e; f() { false; echo in f; }; f && echo and; f; echo no'
echo $?
sh -e -c '(exit 4); echo no'
echo $?
sh -c 'set -u; echo $undefined; echo no' 2>/dev/null
echo $?
sh -c 'set -x; echo traced "a b"' 2>&1
sh -c 'echo $0 $1 $#' name arg
echo 'echo $1 sourced; y=1; return 2; echo no' >/tmp/sh.options
set -- param
. /tmp/sh.options
echo $? $y
sh /tmp/sh.options argument 2>/dev/null
rm /tmp/sh.options
eval 'x=1; echo eval $x'
false
eval 'echo $?'
eval ''
echo $?
(exec echo replaced; echo no)
(exit 6)
echo $?
sh -c 'echo "unclosed' 2>/dev/null
echo $?
sh -c 'if true; echo' 2>/dev/null
echo $?
sh -xc 'echo one' 2>&1
sh -ec 'false; echo no'
echo $?
echo 'echo $0 $1' | sh -s first
