#!/bin/sh
# Makes .venv and installs a lock file in it, with hashes, unless it is there already: scripts/setup.sh LOCKFILE
set -eu
cd "$(dirname "$0")/.."
lock=${1:-requirements.txt}
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_REQUIRE_VIRTUALENV || true
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '%s\n' "$*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

# Only root can install a package, and only where there is apt; everybody else is told what to type.
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    say "Instalando $* con apt-get…"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2
}

python=$(find_python)
if [ -z "$python" ]; then
    apt_install python3 python3-venv || true
    python=$(find_python)
fi
if [ -z "$python" ]; then
    say "Hace falta Python 3.11 o posterior y no está. En Debian 12, Ubuntu 24.04 o posteriores:"
    say "    sudo apt-get install python3 python3-venv"
    say "Si está en otro sitio: make setup PYTHON=/ruta/a/python3.11"
    exit 1
fi

# An environment that was moved, or whose Python is gone, starts nothing: it is made anew.
if ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        apt_install "$version" || apt_install python3-venv || true
        if ! "$python" -m venv .venv; then
            rm -rf .venv
            say "A Python le falta el módulo venv. Instálelo y repita la orden:"
            say "    sudo apt-get install $version"
            exit 1
        fi
    fi
fi

sum_of() { .venv/bin/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }
sum=$(sum_of "$lock")
stamp=.venv/installed-$lock
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

say "Instalando las dependencias de $lock (más o menos un minuto la primera vez)…"
if ! .venv/bin/python -m pip install -q --no-compile --require-hashes -r "$lock"; then
    say "No se han podido instalar las dependencias de $lock. ¿Hay conexión con el índice de paquetes (PyPI)?"
    exit 1
fi
# Compiled now, on every core, so that the first start is as quick as the others; what only a call needs can wait.
.venv/bin/python -m compileall -q -j 0 -x '/(twilio/rest|phonenumbers|numpy|babel/locale-data|pip|playwright)/' \
    .venv/lib app channels kb triage >/dev/null 2>&1 || true
echo "$sum" >"$stamp"
# The development lock holds everything that the other one does, at the same versions.
if [ "$lock" = requirements-dev.txt ]; then sum_of requirements.txt >.venv/installed-requirements.txt; fi
