#!/bin/sh
# The one list of what quakegui wants of a Linux system: Python's venv, what Qt's windows load, fonts, a screen for the tests.
# Debian and Ubuntu: what is missing is installed, by sudo where need be; where nothing is missing, nothing is done or asked.
# Elsewhere, or without the right to install, it says what is wanted and ends well: a desktop has most of it, and
# `quakegui demo --headless` needs nothing but the venv. It fails where an installation was tried and failed.
set -eu

# One row each: Debian's package, and what the others know it by.
wanted() {
  cat <<'END'
python3-venv          Python 3 with venv and pip
libglib2.0-0          libglib-2.0.so.0
libdbus-1-3           libdbus-1.so.3
libfontconfig1        libfontconfig.so.1
libegl1               libEGL.so.1
libgl1                libGL.so.1
libxkbcommon-x11-0    libxkbcommon-x11.so.0
libxcb-cursor0        libxcb-cursor.so.0
libxcb-icccm4         libxcb-icccm.so.4
libxcb-image0         libxcb-image.so.0
libxcb-keysyms1       libxcb-keysyms.so.1
libxcb-randr0         libxcb-randr.so.0
libxcb-render-util0   libxcb-render-util.so.0
libxcb-shape0         libxcb-shape.so.0
libxcb-xkb1           libxcb-xkb.so.1
fonts-dejavu-core     the fonts DejaVu
fonts-noto-cjk        the fonts Noto CJK (for Chinese)
xvfb                  Xvfb with xvfb-run (for the tests)
xauth                 xauth (for the tests)
poppler-utils         pdftotext (for the tests)
END
}

# Usage: not_installed REASON
not_installed() {
  others=$(wanted | while read -r _ name; do printf '%s, ' "$name"; done)
  echo "Nothing was installed, because $1; quakegui's windows and tests want ${others%, }." >&2
  exit 0
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  not_installed "this is not Debian or Ubuntu"
fi

# What provides a package counts as well: newer systems have libglib2.0-0t64.
installed=$(dpkg-query -W -f='${db:Status-Status}, ${Package}, ${Provides},\n' | while read -r row; do
  case $row in installed,*) echo "$row" ;; esac
done)
missing=$(wanted | while read -r package _; do
  case $installed in *", $package,"* | *", $package ("*) ;; *) printf ' %s' "$package" ;; esac
done)
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || not_installed "that takes root or sudo"
  as_root=sudo
fi
apt_get() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >/dev/null; }

echo "To be installed:$missing" >&2
apt_get --version || not_installed "sudo refused"
apt_get update || echo "The lists of packages are not all new; those at hand will do if they name what is missing." >&2
# shellcheck disable=SC2086 # one word each
apt_get install -y --no-install-recommends $missing
