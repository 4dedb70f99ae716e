# Field splitting.
v=' lead  and trail '
for w in $v; do echo "[$w]"; done
echo "[$v]"
IFS=:
v=a:b::c:
for w in $v; do echo "[$w]"; done
for w in x$v; do echo "($w)"; done
IFS=' :'
v=' a : b c'
for w in $v; do echo "<$w>"; done
IFS=
v='a b'
for w in $v; do echo "{$w}"; done
unset IFS
set -- $(echo 1 2; echo 3)
echo $#
w="x y"
set -- $w"z q"$w
echo $# "$1" "$2" "$3"
