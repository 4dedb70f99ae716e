# Positional parameters.
show() { echo "$#:" "$@"; for p in "$@"; do echo "<$p>"; done; }
show
show one "two three" ""
set -- a "b c" d
echo $# "$1" "$2" $3
for p; do echo "[$p]"; done
for p in $*; do echo "($p)"; done
for p in "$*"; do echo "{$p}"; done
for p in "x$@y"; do echo "/$p/"; done
shift
echo $# $1
shift 2
echo $# "[$1]"
set -- 1 2 3 4 5 6 7 8 9 10 11
echo ${10} ${11} $10
IFS=-
echo "$*"
unset IFS
