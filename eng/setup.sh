# Shared by ./run and ./test: finds what is missing, says why it is needed, installs it. Quick when all is there.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 NPM_CONFIG_UPDATE_NOTIFIER=false

say() { printf '%s\n' "$*" >&2; }
fail() { printf 'holdfast: %s\n' "$*" >&2; exit 1; }

need_sdk() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing. Install it (Microsoft's package dotnet-sdk-10.0) and start again."
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20 or newer with npm is missing; it builds the JupyterLab page. Install it and start again."
}

# need_packages NAME:WHY ...: Debian packages.
need_packages() {
  local missing=() pair
  for pair in "$@"; do
    [ -e "/var/lib/dpkg/info/${pair%%:*}.list" ] || [ -e "/var/lib/dpkg/info/${pair%%:*}:$(dpkg --print-architecture).list" ] || missing+=("$pair")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "needed and not found, and this is no Debian: ${missing[*]%%:*}"
  say "Missing Debian packages:"
  for pair in "${missing[@]}"; do say "  ${pair%%:*}: ${pair#*:}"; done
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "install them as root: apt-get install ${missing[*]%%:*}"
    sudo=(sudo)
  fi
  if [ -t 0 ]; then
    read -r -p "Install them now? [Y/n] " answer
    case "$answer" in [nN]*) fail "nothing was installed. By hand: apt-get install ${missing[*]%%:*}" ;; esac
  fi
  "${sudo[@]}" apt-get update -q >&2
  # Services among them are not to run on this computer (policy-rc.d: invoke-rc.d(8)); who needs one starts its own.
  local policy=/usr/sbin/policy-rc.d code=0
  if [ -e "$policy" ]; then policy=; else "${sudo[@]}" sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"; fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]%%:*}" >&2 || code=$?
  [ -z "$policy" ] || "${sudo[@]}" rm -f "$policy"
  # Nor from its next boot on, where nobody had sshd before.
  case " ${missing[*]%%:*} " in *" openssh-server "*) [ ! -d /run/systemd/system ] || "${sudo[@]}" systemctl disable -q ssh.service ssh.socket >&2 || true ;; esac
  return "$code"
}

# newer MARK PATH...: whether a file below the paths is newer than the mark. The next mark is of now: what is written while it is built is newer.
newer() {
  local mark=$1; shift
  [ ! -e "$mark" ] || [ -n "$(find "$@" \( -name bin -o -name obj -o -name lib -o -name node_modules -o -name dist \) -prune -o -type f -newer "$mark" -print -quit)" ] || return 1
  mkdir -p "${mark%/*}"
  touch "$mark.new"
}

# built MARK: it was.
built() { mv "$1.new" "$1"; }

# The JupyterLab page: web/lab/dist, copied to out/lab beside the program.
build_page() {
  newer "$here/out/.page" "$here/web/lab" || return 0
  say "Building the JupyterLab page (about two minutes, once) ..."
  (
    cd "$here/web/lab"
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    node build.mjs >&2
  )
  rm -rf "$here/out/lab"
  mkdir -p "$here/out"
  cp -R "$here/web/lab/dist" "$here/out/lab"
  built "$here/out/.page"
}

# What sets formulas in pages that are made of notebooks: web/publish/dist, copied to out/publish beside the program.
build_publish() {
  newer "$here/out/.publish" "$here/web/publish" || return 0
  (
    cd "$here/web/publish"
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    node build.mjs >&2
  )
  rm -rf "$here/out/publish"
  mkdir -p "$here/out"
  cp -R "$here/web/publish/dist" "$here/out/publish"
  built "$here/out/.publish"
}

# The page of a machine's desktop: web/desktop/dist, copied to out/desktop beside the program.
build_desktop() {
  newer "$here/out/.desktop" "$here/web/desktop" || return 0
  (
    cd "$here/web/desktop"
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    node build.mjs >&2
  )
  rm -rf "$here/out/desktop"
  mkdir -p "$here/out"
  cp -R "$here/web/desktop/dist" "$here/out/desktop"
  built "$here/out/.desktop"
}

# A server that speaks S3's protocol, for the tests.
install_s3() {
  cd "$here/tests/Hub/Stores"
  [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
}

# The Python package that jobs import: out/python beside the program.
build_python() {
  newer "$here/out/.python" "$here/python" || return 0
  rm -rf "$here/out/python"
  mkdir -p "$here/out/python/holdfast/data"
  cp "$here/python/holdfast/"*.py "$here/out/python/holdfast/"
  cp "$here/python/holdfast/data/"*.py "$here/out/python/holdfast/data/"
  built "$here/out/.python"
}

# The program: out/holdfast.
build_program() {
  newer "$here/out/.program" "$here/src" "$here"/Directory.*.props "$here/global.json" || return 0
  say "Building holdfast (about a minute, when its source has changed) ..."
  dotnet publish "$here/src/Cli" -c Release -r "$(rid)" --self-contained -o "$here/out" -v q --nologo >&2
  built "$here/out/.program"
}

rid() { case "$(uname -m)" in aarch64) echo linux-arm64 ;; *) echo linux-x64 ;; esac; }
