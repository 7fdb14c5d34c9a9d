#!/usr/bin/env bash
# Run once, as root, when Gradescope builds the autograder's image (Ubuntu).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
home=/opt/handgrad

# handgrad needs Python 3.11 or newer; Ubuntu 22.04 has an older one under the name python3
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$home"

# the wheel in this folder, if there is one; else this version from the package index
shopt -s nullglob
wheels=("$here"/handgrad-*.whl)
if [ "${#wheels[@]}" -gt 0 ]; then
    "$home/bin/pip" install --no-cache-dir "${wheels[0]}"
else
    "$home/bin/pip" install --no-cache-dir 'handgrad==@version@'
fi

# what a submission may import beside NumPy
packages=(@packages@)
if [ "${#packages[@]}" -gt 0 ]; then
    "$home/bin/pip" install --no-cache-dir "${packages[@]}"
fi

# submissions run as another user: they may use Python, and may not read the images' labels
chmod -R a+rX "$home"
"$home/bin/handgrad" data fetch --data-dir "$home/data"
chmod -R go-rwx "$home/data"
