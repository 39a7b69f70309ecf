# The first process of a machine: keeps a lab running. One that is killed comes back and finds its kernels; one that ends by itself (Shut Down in the page) ends the
# machine; one that cannot even start does after the third time. $0 is our program.
quick=0
trap 'ending=yes; kill -TERM $lab 2>/dev/null' TERM INT HUP
while :; do
  began=$(date +%s 2>/dev/null || echo 0)
  "$0" inside lab & lab=$!
  while :; do wait $lab; code=$?; kill -0 $lab 2>/dev/null || break; done
  [ $code = 0 ] || [ -n "$ending" ] && exit $code
  now=$(date +%s 2>/dev/null || echo 0)
  [ $((now - began)) -gt 10 ] && quick=0
  quick=$((quick + 1))
  [ $quick = 3 ] && exit $code
done
