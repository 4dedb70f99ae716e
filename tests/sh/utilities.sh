# What the programs say and return when something is wrong.
d=$(mktemp -d) && cd "$d" || exit 1
try() { echo "\$ $*"; eval "$@"; echo "= $?"; }

# A failure is not "different" or "none selected".
for c in 'grep o' 'sort -c' 'cut -c1' 'tail -n +2' 'tail -n 1' 'hexdump'; do
    $c </etc >/dev/null 2>&1
    echo "$c: $?"
done
for c in 'grep o' 'cmp /etc/profile' 'diff /etc/profile' sort head tail 'tr a b'; do
    $c /etc/motd </etc/motd >/dev/full 2>/dev/null
    echo "$c: $?"
done
expr 1 >/dev/full 2>/dev/null
echo "expr: $?"

# What is there stays when what should replace it cannot be made.
echo A >a
echo B >b
try 'ln -f a a'
try 'ln -f missing b'
try 'ln -f a c; cat c'
try 'ln -f b c; cat a c'
try 'ln -sf x c; readlink c'
try 'rm -rf /'
mkdir dir dir/sub empty
echo x >dir/sub/x
try 'cp -r empty a'
try 'cp -r dir dir/sub'
find dir | sort
mkdir -p p/q/r
try 'rmdir -p p/q//r/'
try 'mkdir -m what new'
ls

# Names with dashes, many files, numbers out of range.
try 'basename -- -x'
try 'dirname -- -x/y'
tee $(seq 40 | sed 's/^/t/') </dev/null
ls t* | wc -l
rm t*
yes | head -c 100000 | tee /dev/full 2>&1 >/dev/null
try 'kill -0 4294967297'
try 'sleep 20000000000000'
sleep 20000 &
try 'kill $!; wait $!'
try "echo x | xargs -I '' echo"
try 'seq 9223372036854775806 9223372036854775807'
try 'echo junk | sha256sum -c'

# The rest of the input, no more; and more of it than there is memory.
seq 9 >s
try '(read x; tail -n +3 | head -n 1; cat) <s'
try '(read x; tail -n 20 | head -n 1) <s'
try 'tail -n +8 s; tail -c 3 s; tail -n 1 s; tail -n 0 s'
try 'dd if=/dev/zero bs=64k count=640 status=none | tail -c 3 | od -c'
try 'seq 100000 | tail -n 3000 | head -n 1'
cd / && rm -r "$d"
