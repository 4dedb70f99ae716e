# test and [.
f=/tmp/sh.test.$$
check() { if "$@"; then echo yes; else echo no; fi; }
check [ 1 -eq 1 ]
check [ 1 -gt 2 ]
check [ -5 -lt 3 ]
check [ abc = abc ]
check [ abc != abc ]
check [ -z "" ]
check [ -n "" ]
check [ word ]
check [ "" ]
check [ ! "" ]
check [ a = a -a b = c ]
check [ a = b -o b = b ]
check [ \( a = b -o c = c \) -a d = d ]
check [ -d /tmp ]
check [ -f /tmp ]
check [ -e $f ]
echo text >$f
check test -s $f
check test -f $f
check test -x $f
chmod 755 $f
check test -x $f
ln -s $f $f.link
check [ -L $f.link ]
check [ -L $f ]
check [ $f -ef $f.link ]
check [ -c /dev/null ]
check [ = = = ]
check [ ! = x ]
check [ -n = -n ]
[ 1 -eq x ] 2>/dev/null
echo $?
[ 1 = 1 2>/dev/null
echo $?
rm $f $f.link
