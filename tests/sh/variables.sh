# Parameters and their operators.
x=hello
echo $x ${x} ${#x} ${x}world "${x} there"
echo ${none:-default} ${none-unset} [${none:+no}] [${x:+yes}]
echo ${made:=assigned} $made
empty=
echo [${empty:-colon}] [${empty-nocolon}] [${empty+set}]
path=/usr/lib/name.tar.gz
echo ${path##*/} ${path#*/} ${path%.*} ${path%%.*}
echo "${path%"name"*}" ${x#?} ${x%[l-p]}
a=1 b=2 c=$a$b
echo $a $b $c
unset a
echo ${a-gone}
x=outer
y=$x true
echo $x [$y]
readonly fixed=1
(fixed=2) 2>/dev/null || echo "fixed is $fixed"
(: ${none?message}) 2>/dev/null || echo missing
