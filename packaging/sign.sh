#!/usr/bin/env bash
# Signs one file where a certificate is given, and does nothing, saying so, where none is. installer.nsi calls it for the
# installer and the uninstaller (makensis -DSIGN=packaging/sign.sh).
#   QUAKEGUI_CERTIFICATE  PKCS#12 file      QUAKEGUI_CERTIFICATE_PASSWORD_FILE  file with its password
#   QUAKEGUI_TIMESTAMP    address of a time-stamp service (RFC 3161); without it the signature dies with the certificate
set -euo pipefail
file=$1
if [ -z "${QUAKEGUI_CERTIFICATE:-}" ]; then
  echo "Not signed: QUAKEGUI_CERTIFICATE is not set: $file"
  exit 0
fi
arguments=(-pkcs12 "$QUAKEGUI_CERTIFICATE" -h sha256 -n quakegui)
[ -z "${QUAKEGUI_CERTIFICATE_PASSWORD_FILE:-}" ] || arguments+=(-readpass "$QUAKEGUI_CERTIFICATE_PASSWORD_FILE")
[ -z "${QUAKEGUI_TIMESTAMP:-}" ] || arguments+=(-ts "$QUAKEGUI_TIMESTAMP")
signed=$(mktemp "$file.XXXXXX")
rm -f "$signed"
osslsigncode sign "${arguments[@]}" -in "$file" -out "$signed"
mv "$signed" "$file"
echo "Signed: $file"
