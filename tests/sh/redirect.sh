# Redirections.
f=/tmp/sh.redirect.$$
echo one >$f
echo two >>$f
cat <$f
cat <$f >$f.copy
wc -l <$f.copy | tr -d ' '
{ echo out; echo err >&2; } >$f 2>&1
cat $f
{ echo out; echo err >&2; } 2>/dev/null
exec 3>$f
echo three >&3
echo four >&3
exec 3>&-
exec 4<$f
read a <&4
read b <&4
exec 4<&-
echo $a $b
echo front >$f word
cat $f
>$f
[ -s $f ] || echo empty
echo swap 3>&1 >/dev/null 1>&3
while read line; do echo "($line)"; done <<END
first
second
END
: 5<>$f && echo both
cat /no/such/file 2>/dev/null || echo failed
(echo x >/no/such/file) 2>/dev/null || echo failed
(echo x 999>$f) 2>/dev/null || echo failed
rm $f $f.copy
