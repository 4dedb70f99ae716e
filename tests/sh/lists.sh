# Lists, pipelines, groups, subshells, exit statuses.
true && echo and || echo or
false && echo and || echo or
false || true && echo left
! true
echo $?
! false && echo not
true | false
echo $?
false | true
echo $?
echo one two | tr a-z A-Z | tr ' ' '-'
(echo sub; x=1; exit 3)
echo $? "[$x]"
{ echo group; x=2; }
echo $x
{ echo b; echo a; } | sort
(cd /; pwd)
sh -c 'exit 7'
echo $?
no_such_command 2>/dev/null
echo $?
/ 2>/dev/null
echo $?
for i in 3 1 2; do echo $i; done | sort
echo a | while read x; do echo "read $x"; done
echo end; echo of; echo list
