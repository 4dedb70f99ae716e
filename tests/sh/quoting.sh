# Quotes and backslashes.
x='a  b'
echo $x "$x" '$x' \$x "\$x" "\\" '\'
echo "double 'single' inside" 'single "double" inside'
echo "a""b"'c'd\ e
echo "line one
line two"
echo joined\
words
echo "joined\
in quotes"
echo a#b # a comment
echo "" '' end
echo \* "*" '?' "[a]"
