# The sshd of one connection, on its standard input and output. Runs within the machine; where that has no sshd, on the hub's computer with an argument; what enters the machine stands with each key then.
# Its input begins with four texts, each ended by a line with a dot: 1 the host key, 2 its certificate, 3 the keys that may log in, 4 what is said to who comes. It answers with a line, 'ok' or 'none', first.
umask 077
take() { while IFS= read -r line && [ "$line" != . ]; do printf '%s\n' "$line"; done >"$1"; }
first() { for each in "$@"; do [ -x "$each" ] && break; done; printf %s "$each"; }

sshd=$(command -v sshd || first /usr/sbin/sshd /usr/local/sbin/sshd '')
# What is left unread when it ends may cost the answer (Podman passes both on by one socket).
[ -n "$sshd" ] || { for _ in 1 2 3 4; do take /dev/null; done; echo none; exit 0; }
folder=$(mktemp -d /run/holdfast-ssh.XXXXXX 2>/dev/null || mktemp -d) || { echo "there is no place for its settings"; exit 1; }
trap 'rm -rf "$folder"' EXIT
take "$folder/host_key"
take "$folder/host_key-cert.pub"
take "$folder/keys"
take "$folder/banner"

# sshd gives its sessions an environment of its own making; theirs is the machine's.
unset TERM SHLVL PWD OLDPWD
export -p >"$folder/environment"
cat >"$folder/enter" <<'END'
. "${0%/*}/environment"
cd "$HOME"
command=${SSH_ORIGINAL_COMMAND-}
unset SSH_ORIGINAL_COMMAND SHLVL
[ -n "$command" ] || exec "${SHELL:-/bin/sh}" -l
exec "${SHELL:-/bin/sh}" -c "$command"
END

user=$(id -un)
pam=no
if [ "$(id -u)" = 0 ]; then
  mkdir -p -m 755 /run/sshd
  # An account whose password is locked is none without PAM. By another name it is not Debian's service 'sshd', whose rules are for a whole computer.
  if grep -q "^$user:!" /etc/shadow 2>/dev/null; then
    pam=yes
    [ ! -e /etc/pam.d/common-account ] || { ln -s "$sshd" "$folder/holdfast-sshd"; sshd=$folder/holdfast-sshd; }
  fi
fi
cat >"$folder/sshd_config" <<END
HostKey $folder/host_key
HostCertificate $folder/host_key-cert.pub
AuthorizedKeysFile $folder/keys
AuthenticationMethods publickey
AllowUsers $user
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM $pam
StrictModes no
MaxAuthTries 20
MaxSessions 100
LoginGraceTime 60
ClientAliveInterval 60
ClientAliveCountMax 10
AcceptEnv COLORTERM
PermitUserRC no
X11Forwarding no
PrintMotd no
PrintLastLog no
UseDNS no
PidFile none
LogLevel ERROR
Subsystem sftp $(first /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server /usr/lib/ssh/sftp-server internal-sftp)
END
if [ -z "${1-}" ]; then echo "ForceCommand /bin/sh $folder/enter"; else printf '%s\n' "DisableForwarding yes" "Banner $folder/banner"; fi >>"$folder/sshd_config"
echo ok
"$sshd" -i -e -f "$folder/sshd_config"
