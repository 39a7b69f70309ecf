# The desktop of a machine: an X server that nobody has to look at, and a session that comes back when it ends. It ends with the machine, or by 'holdfast desktop NAME --stop'.
# $1 the folder of its files, $2 the socket, $3 the size, $4 the name, $5 the X server, $6 and on the session.
folder=$1 socket=$2 size=$3 name=$4 server=$5
shift 5
rm -f "$socket" "$folder/display" "$folder/environment"
# Only by the socket, which the hub alone opens: no TCP, no name that others in this network have.
"$server" -displayfd 5 -geometry "$size" -depth 24 -desktop "$name" -auth "$folder/authority" -rfbport -1 -rfbunixpath "$socket" -rfbunixmode 0600 \
  -Log "*:stderr:0" -SecurityTypes None -AlwaysShared -nolisten tcp -nolisten local 5>"$folder/display" & pid=$!
echo "$pid" >"$folder/pid"
trap 'kill "$pid"' TERM INT
until [ -s "$folder/display" ]; do kill -0 "$pid" 2>/dev/null || exit 1; sleep 0.05; done
# What a shell elsewhere in the machine reads to open windows here.
echo "export DISPLAY=:$(cat "$folder/display") XAUTHORITY='$folder/authority'" >"$folder/environment.new"
mv "$folder/environment.new" "$folder/environment"
. "$folder/environment"
cd || cd /
while kill -0 "$pid" 2>/dev/null; do
  # What programs say is nobody's here: a log that grows for days would be in memory.
  "$@" 5>&- >/dev/null 2>&1
  sleep 1
done &
while kill -0 "$pid" 2>/dev/null; do wait "$pid"; done
