#!/bin/sh
# Puts this commit and the wheels of requirements.txt into dist/, for a machine of the same kind without Internet or root.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
version=$(git rev-parse --short HEAD)
name=ventanilla-$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name" dist
git archive HEAD | tar -x -C "$work/$name"
"$python" -m pip download -q --require-hashes --only-binary :all: -r requirements.txt -d "$work/$name/wheels"
cat >"$work/$name/install.sh" <<'INSTALL'
#!/bin/sh
# Makes .venv here from the wheels beside this file; needs Python of the version they were fetched with, and no network.
set -eu
cd "$(dirname "$0")"
${PYTHON:-python3} -m venv .venv
.venv/bin/python -m pip install -q --no-index --find-links wheels --require-hashes -r requirements.txt
.venv/bin/python -c 'import hashlib; print(hashlib.sha256(open("requirements.txt", "rb").read()).hexdigest())' >.venv/installed-requirements.txt
echo "Listo. Siga con «Run it for real» de README.md y con deploy/systemd."
INSTALL
chmod +x "$work/$name/install.sh"
tar -czf "dist/$name.tar.gz" -C "$work" "$name"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "dist/$name.tar.gz: $(du -h "dist/$name.tar.gz" | cut -f1)"
