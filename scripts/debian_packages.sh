#!/usr/bin/env bash
# Make sure that programs the tests drive are there: a real browser, a real database server, npm.
#
#   scripts/debian_packages.sh
#
# On Debian and Ubuntu what is missing is installed (as root, or by sudo without a password);
# elsewhere the script says what to install.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null ||
    missing+=(postgresql)
command -v npm >/dev/null || missing+=(nodejs npm) # for axe, which checks the pages' access
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    echo "The tests need: ${missing[*]}. Install them, then run make test again." >&2
    exit 1
fi
echo "Installing for the tests: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
