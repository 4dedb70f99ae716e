# Command substitution.
echo $(echo a b) "$(echo 'a  b')"
echo `echo back` `echo \`echo nested\``
echo "$(echo "inner $(echo "more")")"
x=$(printf 'a\n\nb\n\n\n')
echo "[$x]"
x=$(exit 5)
echo $?
$(exit 9)
echo $?
echo $(
    echo several
    echo lines # with a comment )
)
x=1
y=$(x=2; echo $x)
echo $x $y
echo "$(cat <<END
here in substitution
END
)"
echo ")" "$(echo ")")" $(echo \))
set -- $(for i in 1 2 3; do echo $i; done)
echo $#
cmd='echo from variable'
$cmd
echo "$(echo '*')" "$(echo '$x')"
