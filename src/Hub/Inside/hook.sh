# Sources a hook, so that what it exports reaches the lab, and ends with its first command that fails (as bash -e does).
# $1 the hook, $2 where its environment goes, $3 where its failure goes: code, line, command, how it was noticed.
__holdfast_see() {
  if [[ ${BASH_SOURCE[1]-} == "$HOLDFAST_HOOK" ]]; then
    # The last that is seen is the trap at the exit itself: the one before is the hook's.
    __holdfast_line=$__holdfast_next_line __holdfast_command=$__holdfast_next_command
    __holdfast_next_line=${BASH_LINENO[0]} __holdfast_next_command=$1
  fi
}
__holdfast_end() {
  local code=$1 line=$__holdfast_line command=$__holdfast_command depth
  trap - DEBUG ERR EXIT
  if [ "$code" != 0 ]; then
    if [ "$2" = error ]; then
      command=$3
      for ((depth = 1; depth < ${#BASH_SOURCE[@]}; depth++)); do
        if [[ ${BASH_SOURCE[depth]} == "$HOLDFAST_HOOK" ]]; then line=${BASH_LINENO[depth - 1]}; break; fi
      done
    fi
    printf '%s\0%s\0%s\0%s' "$code" "$line" "$command" "$2" > "$__holdfast_failure"
  else
    unset HOLDFAST_HOOK
    env -0 > "$__holdfast_environment"
  fi
  exit "$code"
}
HOLDFAST_HOOK=$1 __holdfast_environment=$2 __holdfast_failure=$3 __holdfast_line=0 __holdfast_command= __holdfast_next_line=0 __holdfast_next_command=
set -eET
trap '__holdfast_see "$BASH_COMMAND"' DEBUG
trap '__holdfast_end $? error "$BASH_COMMAND"' ERR
trap '__holdfast_end $? exit' EXIT
. "$HOLDFAST_HOOK"
