# Functions.
greet() { echo "hello, $1"; return 3; }
greet world
echo $?
fact() {
    if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi
}
fact 10
x=global
change() { x=changed; local y=inner z; echo $x $y [$z]; }
y=outer
change
echo $x $y
sub() (x=insub; echo $x)
sub
echo $x
loop() for i in 1 2; do echo l$i; done
loop
early() { for i in 1 2 3; do [ $i = 2 ] && return; echo e$i; done; }
early
outer() { inner() { echo inner $#; }; inner a b; }
outer
inner
echo() { printf 'mine %s\n' "$*"; }
echo a b
unset -f echo
echo plain
redirected() { echo to file; } >/tmp/sh.functions
redirected
cat /tmp/sh.functions
rm /tmp/sh.functions
