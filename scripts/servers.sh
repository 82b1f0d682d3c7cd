#!/bin/sh
# Sees that the servers and programs of the tests are on this machine; as root on Debian or Ubuntu it installs them.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
there() { command -v "$1" >/dev/null 2>&1; }
postgres_there() {
    for folder in /usr/lib/postgresql/*/bin; do
        number=${folder#/usr/lib/postgresql/}
        [ -x "$folder/initdb" ] && [ "${number%%/*}" -ge 15 ] 2>/dev/null && return 0
    done
    there initdb && there postgres && [ "$(initdb --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 15 ]
}
browser_there() { there chromium || there chromium-browser || there google-chrome || [ -n "$(ls -d .venv/browsers/chromium-* 2>/dev/null)" ]; }
# Ubuntu's chromium package is only a door to a snap, which neither containers nor root can open.
ubuntu() { grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; }

missing() {
    postgres_there || echo postgresql
    there redis-server || echo redis-server
    # The package of the program alone starts no IMAP: that is a module of its own.
    { there dovecot && [ -x /usr/lib/dovecot/imap ]; } || echo dovecot-imapd
    there clamd || echo clamav-daemon
    there ffmpeg || echo ffmpeg
    there ip || echo iproute2
    browser_there || ubuntu || echo "chromium fonts-dejavu-core"
}

install() {
    export DEBIAN_FRONTEND=noninteractive
    say "Instalando con apt-get para las pruebas: $*"
    # The tests start servers of their own: those of the packages must not start by themselves on the usual ports.
    guard=/usr/sbin/policy-rc.d
    if [ ! -e "$guard" ]; then
        trap 'rm -f "$guard"' EXIT INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$guard"
        chmod 755 "$guard"
    fi
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends "$@" >&2
}

wanted=$(missing)
if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && there apt-get; then
    # The names are split into words on purpose.
    # shellcheck disable=SC2086
    install $wanted || true
    wanted=$(missing)
fi
if ! browser_there && ubuntu && [ "$(id -u)" = 0 ]; then
    say "Bajando Chromium para las pruebas…"
    PLAYWRIGHT_BROWSERS_PATH=.venv/browsers .venv/bin/playwright install --with-deps chromium >&2 || true
fi
browser_there || wanted=$(printf '%s\n' "$wanted" chromium)
if [ -n "$(echo "$wanted" | tr -d '[:space:]')" ]; then
    say "Para las pruebas falta: $(echo "$wanted" | tr '\n' ' ')"
    say "Instálelo y repita la orden:"
    say "    sudo apt-get install --no-install-recommends $(echo "$wanted" | tr '\n' ' ')"
    if ubuntu; then
        say "En Ubuntu, Chromium se instala así: PLAYWRIGHT_BROWSERS_PATH=.venv/browsers .venv/bin/playwright install --with-deps chromium"
    fi
    say "(PostgreSQL tiene que ser 15 o posterior; Debian 12 y Ubuntu 24.04 lo traen.)"
    exit 1
fi
