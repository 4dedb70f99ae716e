# if, while, until, for, case, break, continue.
if true; then echo then; else echo else; fi
if false; then echo then; elif true; then echo elif; fi
if false; then :; fi
echo $?
for i in 1 2 3; do echo $i; done
for i in; do echo never; done
i=0
while [ $i -lt 6 ]; do
    i=$((i + 1))
    [ $i -eq 2 ] && continue
    [ $i -eq 5 ] && break
    echo $i
done
until [ $i -eq 0 ]; do i=$((i - 1)); done
echo $i
for a in 1 2 3; do
    for b in 1 2 3; do
        [ $b = 2 ] && continue 2
        [ $a = 3 ] && break 2
        echo $a$b
    done
done
for w in foo.c bar.h baz "two words" '*'; do
    case $w in
    *.c | *.cc) echo source ;;
    (*.h) echo header ;;
    "two words") echo words ;;
    \*) echo star ;;
    ba[!x]) echo bracket ;;
    *) echo other ;;
    esac
done
case nothing in a) echo a ;; esac
echo $?
