# Background commands and wait.
true &
wait $!
echo $?
sh -c 'exit 4' &
wait $!
echo $?
{ sleep 0.3; echo late; } &
echo early
wait
echo done
sleep 100 &
kill $!
wait $! 2>/dev/null
echo $?
(exit 2) & (exit 3) & 
wait
echo $?
sh -c 'kill -9 $$' 2>/dev/null
echo $?
x=$(sleep 0.1 & echo fore)
echo $x
cat </dev/null &
wait $!
echo $?
