# shellcheck shell=bash
# Shared by provisioning/run and provisioning/test; sourced, never run.
# Everything here may be repeated at will: what is in place already is left alone.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV="$ROOT/.venv"
LOG="$ROOT/build/provisioning.log"
NEEDED_KB=$((700 * 1024)) # the environment with the tests' tools takes about 600 MB

# What apt must give: an interpreter, the scanner's programs, a voice, and compilers for the libraries that
# come without a wheel: python-sane, and lgpio (by swig) on Python 3.13.
# shellcheck disable=SC2034 # used by the scripts that source this
RUN_PACKAGES=(python3 python3-venv python3-dev gcc libc6-dev swig libsane-dev libsane-common sane-utils
    tesseract-ocr tesseract-ocr-ind tesseract-ocr-eng espeak-ng alsa-utils)
# shellcheck disable=SC2034
TEST_PACKAGES=(chromium faketime fonts-noto-core iproute2 poppler-utils postgresql qpdf
    shellcheck)

# say INDONESIAN ENGLISH: one line to the person at the screen.
say() { printf '%s (%s)\n' "$1" "$2"; }

# fail INDONESIAN ENGLISH: the same on stderr, and the end.
fail() {
    say "$1" "$2" >&2
    exit 1
}

# Stops early where nothing could be written, and lets one provisioning at a time go on.
enter_checkout() {
    cd "$ROOT" || exit 1
    if [ ! -w "$ROOT" ]; then
        fail "Folder $ROOT tidak dapat ditulisi oleh $(id -un); salin ke folder milik sendiri atau ubah pemiliknya." \
            "$ROOT is not writable for $(id -un): copy it to a folder of your own or change its owner"
    fi
    mkdir -p "$ROOT/build" 2>/dev/null || fail_for_log "membuat folder build" "creating build/"
    exec 9>"$ROOT/build/provisioning.lock"
    if ! flock --nonblock 9; then
        say "Menunggu penyiapan lain yang sedang berjalan." "waiting for another provisioning to end"
        flock --timeout 1800 9 ||
            fail "Penyiapan lain belum selesai setelah 30 menit." "another provisioning still runs after 30 minutes"
    fi
}

# What follows may run beside another provisioning.
leave_checkout() { exec 9>&-; }

# install_packages PACKAGE...: by apt, only those that are missing; asks for root only then.
install_packages() {
    command -v dpkg-query >/dev/null ||
        fail "Sistem ini bukan Debian atau Raspberry Pi OS." "this system is neither Debian nor Raspberry Pi OS"
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    say "Memasang paket Debian: ${missing[*]}" "installing Debian packages"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "Paket berikut perlu dipasang oleh root: ${missing[*]}" \
                "these packages must be installed by root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    # A failed update is not the end: the lists on disk may do. Installing decides.
    logged "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update || true
    logged "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install --yes --no-install-recommends "${missing[@]}" ||
        fail_for_log "memasang paket Debian" "installing Debian packages"
}

# Makes .venv, or makes it anew when its Python went away or the checkout was moved.
ensure_venv() {
    is_venv_usable && return
    local python
    python=$(find_python) ||
        fail "Diperlukan Python 3.11, 3.12 atau 3.13; pada sistem ini: $(python3 --version 2>&1)." \
            "Python 3.11, 3.12 or 3.13 is needed"
    require_disk_space
    say "Membuat lingkungan Python di .venv; beberapa menit pada Raspberry Pi" \
        "creating the Python environment in .venv; some minutes on a Raspberry Pi"
    logged "$python" -m venv --clear "$VENV" || fail_for_log "membuat .venv" "creating .venv"
}

is_venv_usable() {
    is_supported_python "$VENV/bin/python" && head -n 3 "$VENV/bin/pip" 2>/dev/null | grep -qF "$VENV/bin/python"
}

is_supported_python() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if is_supported_python "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

require_disk_space() {
    local free_kb
    free_kb=$(df -Pk "$ROOT" | awk 'NR == 2 { print $4 }')
    [ "$free_kb" -ge "$NEEDED_KB" ] ||
        fail "Ruang disk hampir habis: tersedia $((free_kb / 1024)) MB, perlu $((NEEDED_KB / 1024)) MB." \
            "disk is full: $((free_kb / 1024)) MB free, $((NEEDED_KB / 1024)) MB needed"
}

# install_locked NAME...: requirements/NAME.txt, exact to the hash, when it changed since last time.
# setuptools and wheel come first so that building python-sane reaches for nothing unlocked.
install_locked() {
    local name
    for name in "$@"; do
        when_changed "lock-$name" "requirements/$name.txt" || continue
        say "Memasang pustaka Python dari requirements/$name.txt" "installing Python libraries"
        require_disk_space
        # PYPI=1: lgpio, where it must be built, brings its C library along; Debian has none.
        logged env PYPI=1 "$VENV/bin/pip" install --no-input --disable-pip-version-check --require-hashes \
            --no-build-isolation --progress-bar off -r "requirements/$name.txt" ||
            fail_for_log "memasang pustaka Python" "installing Python libraries"
        done_with "lock-$name" "requirements/$name.txt"
    done
}

# The command `ruangbaca`, as a link into this checkout.
install_project() {
    when_changed project pyproject.toml || return 0
    logged "$VENV/bin/pip" install --no-input --disable-pip-version-check --no-deps --no-index \
        --no-build-isolation -e "$ROOT" || fail_for_log "memasang ruangbaca" "installing ruangbaca"
    done_with project pyproject.toml
}

# What browsers get, and byte code, so that the first page is as quick as the second.
build_assets() {
    "$VENV/bin/python" -m web.build || exit 1
    "$VENV/bin/python" -m compileall -q appliance hardware web
}

# when_changed STAMP FILE: true when FILE is not the one done_with was told of. The stamp goes
# first, so an interrupted installation is repeated.
when_changed() {
    local stamp="$VENV/.$1.sha256"
    [ "$(cat "$stamp" 2>/dev/null)" = "$(sha256sum <"$2")" ] && return 1
    rm -f -- "$stamp"
}

done_with() { sha256sum <"$2" >"$VENV/.$1.sha256"; }

# logged COMMAND...: its output into the log of this step alone.
logged() { "$@" >"$LOG" 2>&1 9>&-; }

# fail_for_log INDONESIAN ENGLISH: says why the step failed, as far as its output tells.
fail_for_log() {
    local reason
    if grep -qiE 'no space left|errno 28|not enough free (disk )?space|enough free space' "$LOG" 2>/dev/null; then
        fail "Gagal $1: disk penuh." "$2 failed: the disk is full"
    elif grep -qiE 'do not match the hashes' "$LOG" 2>/dev/null; then
        fail "Gagal $1: isi unduhan tidak sama dengan yang dikunci; jangan dipasang, laporkan." \
            "$2 failed: a download is not what the lock says; do not install it, report it"
    elif grep -qiE 'temporary failure|could not (resolve|connect)|failed to (fetch|establish)|unable to (locate|fetch|connect)|connection (refused|broken|timed out|error)|max retries|timed out|no matching distribution|has no installation candidate|network is unreachable' "$LOG" 2>/dev/null; then
        fail "Gagal $1: sumber paket tidak dapat dihubungi. Periksa sambungan Internet, lalu ulangi." \
            "$2 failed: the package source cannot be reached; check the connection and run this again"
    fi
    reason=$(grep -vE '^[[:space:]]*$|^(WARNING|W|N):' "$LOG" 2>/dev/null | tail -n 1 || true)
    fail "Gagal $1: ${reason:-terhenti}. Rincian: $LOG" "$2 failed; the log has more"
}
