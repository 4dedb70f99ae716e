# File name generation.
d=/tmp/sh.globs.$$
mkdir $d $d/sub
cd $d
>a.c >b.c >c.h >.hidden >sub/d.c
echo *
echo *.c
echo ?.h [ab].c [!ab].? [a-c].c
echo .h*
echo */*.c $d/sub/*.c | sed "s,$d,DIR,"
echo no*match "*.c" '*.c' \*.c
x='*.c'
echo $x "$x"
set -f
echo *.c
set +f
for f in *.c; do echo "[$f]"; done
echo */
> "with space"
for f in with*; do echo "[$f]"; done
cd /
rm -r $d
