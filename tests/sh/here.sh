# Here-documents.
x=value
cat <<END
x is $x, $(echo command), $((1 + 1)), \$x, "quoted" 'too'
a line that \
goes on
END
cat <<'END'
x is $x, $(echo command), \$x
END
cat <<-END
	tabs	go
		all of them in front
	END
cat <<ONE; cat <<TWO
first
ONE
second
TWO
for i in 1 2; do
    cat <<END
round $i
END
done
cat <<END | tr a-z A-Z
to a pipe
END
read a b <<END
one two three
END
echo "$a/$b"
cat <<END
END
i=0
while [ $i -lt 200 ]; do
    echo "a line of forty characters, or near to it"
    i=$((i + 1))
done >/tmp/sh.here
eval "cat <<END
$(cat /tmp/sh.here)
END" | wc -c | tr -d ' '
rm /tmp/sh.here
