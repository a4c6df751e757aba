#!/usr/bin/env bash
# Runs scripts/test.sh in a Debian in which nothing is installed yet: the commit that is checked out, in a folder
# of debootstrap that is removed afterwards. Needs root, debootstrap and git; nothing is installed on this machine.
#
#   scripts/fresh.sh                    Debian 12 and 13, everything, as root
#   scripts/fresh.sh 13 --user          as an ordinary user; root installs what test.sh tells that user to ask for
#   scripts/fresh.sh 13 --user --bare   as an ordinary user who gets Python and nothing else
#   scripts/fresh.sh 12 --only "tests/core tests/store"    only these tests
#   scripts/fresh.sh 12 --run "scripts/run.sh --demo"      this command instead of the tests
#   scripts/fresh.sh 13 --run "scripts/test.sh --exe"    the exe alone, built and driven in Wine
#
# The mirror and its proxy are those of this machine's apt, or $MIRROR; pip's settings come along too. What was
# printed stays in build/fresh-*.log. The mounts are in a namespace of their own: they end with the script.
set -uo pipefail

release_names=([11]=bullseye [12]=bookworm [13]=trixie [14]=forky)

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@" && exit 2; }

# ── outside: makes the folder, starts the inside in namespaces of its own, reports, removes the folder

# The mirror from which this machine has its own release, if that is a Debian.
mirror_of_apt() {
    local VERSION_CODENAME=
    # shellcheck source=/dev/null
    source /etc/os-release
    # shellcheck disable=SC2016 # apt's own words
    apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null |
        awk -v release="$VERSION_CODENAME" '$2 == release { print $1; exit }'
}

# What tells pip where packages are and whom to trust, as NAME=VALUE; its files lie below /outside in the chroot, where
# no package of Debian writes.
below_outside() { sed -E 's,(^|[ =])(file://)?/,\1\2/outside/,g'; }
network_settings() {
    env | grep -E '^(PIP_[A-Z_]*|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' | below_outside
    env | grep -E '^([a-z]*_proxy|[A-Z]*_PROXY)='
}

# lend ROOT: the files and folders that those settings and pip's own name, copied or mounted to be read alone.
lend() {
    local root=$1/outside path
    while read -r path; do
        case $path in */simple | */simple/) path=$(dirname "$path") ;; esac # an index has its files beside it
        if [ -d "$path" ]; then
            mkdir -p "$root$path" && mount --bind "$path" "$root$path" && mount -o remount,bind,ro "$root$path"
        elif [ -f "$path" ]; then
            mkdir -p "$root$(dirname "$path")" && cp -L "$path" "$root$path"
        fi
    done < <({ env | grep -E '^(PIP_|SSL_CERT_FILE=|REQUESTS_CA_BUNDLE=)' && python3 -m pip config list; } 2>/dev/null |
        cut -d= -f2- | tr -d "'" | tr ' ' '\n' | sed 's,^file://,,' | grep '^/' | sort -u)
}

# settings ROOT: what this machine needs to reach its mirrors.
settings() {
    local root=$1
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    apt-config dump | grep '^Acquire::\(http\|https\|ftp\|Check[^:]*\|Retries\)\b.* "[^"]' >"$root/etc/apt/apt.conf.d/90outside"
    python3 -m pip config list 2>/dev/null | grep -v '^:env:' | awk -F= '
        { split($1, name, "."); value = substr($0, length($1) + 2); gsub(/^.|.$/, "", value)
          if (name[1] != section) print "[" name[1] "]"
          section = name[1]; print name[2], "=", value }' | below_outside >"$root/etc/pip.conf"
    # What this machine trusts beside Debian's authorities: its ca-certificates takes them up when it is installed,
    # and Wine, which knows no other list.
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -L /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null
    lend "$root"
}

megabytes() { du -sxm --exclude="$1/outside" "$1" 2>/dev/null | cut -f1; }

# ── inside: mounts, debootstrap, the command

inside() { # FOLDER RELEASE MIRROR WHO BARE COMMAND
    local root=$1 release=$2 mirror=$3 who=$4 bare=$5 command=$6 began=$SECONDS
    debootstrap --variant=minbase "$release" "$root" "$mirror" >"$root.log" 2>&1 || {
        tail -n 5 "$root.log" >&2
        stop "debootstrap could not make a Debian ($release from $mirror)."
    }
    rm -f "$root.log"
    # A mount point of its own, without which no other namespace of mounts can be made inside.
    if ! { mount --bind "$root" "$root" && mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev" &&
        mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"; }; then
        stop "The chroot's /proc, /sys and /dev cannot be mounted."
    fi
    settings "$root"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/quick" # nobody keeps this Debian
    say "A Debian $(cat "$root/etc/debian_version") in $((SECONDS - began)) s, $(megabytes "$root") MB."

    local home=/root
    if [ "$who" != root ]; then
        home=/home/$who
        chroot "$root" useradd --create-home --shell /bin/bash "$who"
    fi
    git clone --quiet "$project" "$root$home/MediaProcessor" || stop "git could not copy the project."
    chroot "$root" chown -R "$who:" "$home"

    # as USER COMMAND: in the project's folder, with the settings of the network and no others. The Debian is the root
    # of all mounts there, not a folder below another root: in a chroot no user may make namespaces.
    # shellcheck disable=SC2016 # the inner bash's words
    local enter='cd "$0" && pivot_root . mnt && umount --lazy /mnt && cd / && exec "$@"'
    as() {
        local kept=()
        mapfile -t kept < <(network_settings)
        unshare --mount --propagation private bash -c "$enter" "$root" runuser -u "$1" -- env -i "${kept[@]}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            HOME="$([ "$1" = root ] && echo /root || echo "$home")" USER="$1" LANG=C.UTF-8 \
            bash -c "cd $home/MediaProcessor && $2" </dev/null
    }
    if [ "$who" != root ]; then
        local wanted
        began=$SECONDS
        if [ "$bare" = yes ]; then
            wanted="apt-get install python3-venv python3-tk"
        else
            wanted=$(as "$who" "scripts/test.sh --missing")
        fi
        say "Root installs what $who asks for: $wanted"
        as root "apt-get update -qq && DEBIAN_FRONTEND=noninteractive ${wanted/install/install -qq -y --no-install-recommends}" >/dev/null 2>&1 ||
            stop "That could not be installed."
        say "That took $((SECONDS - began)) s; the Debian has $(megabytes "$root") MB now."
    fi

    local status=0
    began=$SECONDS
    as "$who" "$command" || status=$?
    say "── $who on Debian $(cat "$root/etc/debian_version"): $command"
    local packages=$root$home/MediaProcessor/.venv
    [ ! -d "$packages" ] || say "$(megabytes "$packages") MB in .venv."
    say "$((SECONDS - began)) s, exit code $status; $(megabytes "$root") MB in all."
    return "$status"
}

if [ "${1:-}" = --inside ]; then
    shift
    project=$PWD
    inside "$@"
    exit
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
numbers=() who=root bare=no command="scripts/test.sh"
while [ $# -gt 0 ]; do
    case $1 in
    11 | 12 | 13 | 14) numbers+=("$1") ;;
    --user) who=tester ;;
    --bare) bare=yes ;;
    --only) command="scripts/test.sh ${2:?--only needs the tests}" && shift ;;
    --run) command=${2:?--run needs a command} && shift ;;
    *) stop "Unknown: $1 (12, 13, --user, --bare, --only TESTS, --run COMMAND)." ;;
    esac
    shift
done
[ ${#numbers[@]} -gt 0 ] || numbers=(12 13)

[ "$(id -u)" -eq 0 ] || stop "Only root can make a chroot: sudo scripts/fresh.sh"
for program in debootstrap git unshare; do
    command -v "$program" >/dev/null || stop "$program is missing: apt-get install debootstrap git util-linux"
done
mirror=${MIRROR:-$(mirror_of_apt)}
[ -n "$mirror" ] || stop "No Debian mirror is known here: set MIRROR to the address of one."

folder=$(mktemp -d "${TMPDIR:-/tmp}/fresh.XXXXXX")
# Once the namespace has ended there are no mounts left below it; another file system is left alone all the same.
# unshare passes over SIGTERM; what it started is the first process of its namespace and takes all others along.
running=
trap '[ -z "$running" ] || { kill -KILL "$running" && wait; } 2>/dev/null; rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$folder"
mkdir -p build
failed=()
for number in "${numbers[@]}"; do
    log=build/fresh-$number-$who.log
    say "── Debian $number, as $who: $command ($log)"
    mkdir "$folder/$number"
    unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
        bash scripts/fresh.sh --inside "$folder/$number" "${release_names[$number]}" "$mirror" "$who" "$bare" "$command" \
        > >(tee "$log") 2>&1 &
    running=$!
    wait "$running" || failed+=("Debian $number")
    running=
    rm -rf --one-file-system "${folder:?}/$number"
done
[ ${#failed[@]} -eq 0 ] || { say "FAILED: ${failed[*]}" && exit 1; }
say "Everything passed: Debian ${numbers[*]}, as $who."
