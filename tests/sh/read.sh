# The builtin command read.
echo 'one two  three four ' | { read a b c; echo "[$a] [$b] [$c]"; }
echo 'one' | { read a b; echo "[$a] [$b]"; }
echo '  padded  ' | { read a; echo "[$a]"; }
echo 'a\ b c' | { read x y; echo "[$x] [$y]"; }
echo 'a\ b c' | { read -r x y; echo "[$x] [$y]"; }
echo 'a:b:c' | { IFS=: read x y; echo "[$x] [$y]"; }
echo ':b' | { IFS=: read x y; echo "[$x] [$y]"; }
printf 'no newline' | { read a; echo "$? [$a]"; }
read a </dev/null
echo "$? [$a]"
printf '1\n2\n3\n' | while read n; do echo "n=$n"; done
printf 'first\nsecond\n' | { read a; cat; }
