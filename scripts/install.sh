#!/usr/bin/env bash
# Makes MediaProcessor a program of this user: an entry with an icon in the desktop's menu, and a service of systemd
# for machines without a window. Everything lies in the user's own folders; root is not needed.
#
#   scripts/install.sh             the menu's entry, and the service's unit, which is not started
#   scripts/install.sh --service   the same, and the service is started, now and whenever the user's programs are
#   scripts/install.sh --remove    takes both away; settings, queue, originals and films stay
#
# Arguments of the service, such as --role slave --master HOST: scripts/install.sh --service -- ARGUMENT…
if [ -z "${BASH_VERSION:-}" ]; then # started as "sh install.sh", where sh is another shell
    command -v bash >/dev/null || { echo "scripts/install.sh needs bash: please install it." >&2 && exit 1; }
    exec bash "$0" "$@"
fi
set -euo pipefail
project=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=scripts/environment.sh
source "$project/scripts/environment.sh"

service=no remove=no arguments=(--headless --watch)
while [ $# -gt 0 ]; do
    case $1 in
    --service) service=yes ;;
    --remove) remove=yes ;;
    --)
        shift
        arguments+=("$@")
        break
        ;;
    *) say "Unknown: $1 (--service, --remove, -- ARGUMENT…)." && exit 2 ;;
    esac
    shift
done

# Some sessions have no HOME; the system knows the user's folder.
home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
if [ -z "$home" ] || ! [ -d "$home" ]; then
    say "This account has no home folder, in which its menu and services lie. Start scripts/run.sh instead."
    exit 1
fi
export HOME=$home
data=${XDG_DATA_HOME:-$home/.local/share}
unit=${XDG_CONFIG_HOME:-$home/.config}/systemd/user/mediaprocessor.service
entry=$data/applications/mediaprocessor.desktop
icon=$data/icons/hicolor/256x256/apps/mediaprocessor.png
program_data=$data/MediaProcessor

# systemd: the user's own one, where it runs.
user_systemd() {
    command -v systemctl >/dev/null || return 1
    XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user "$@"
}
systemd_runs() { user_systemd show-environment >/dev/null 2>&1; }
refresh_menu() {
    ! command -v update-desktop-database >/dev/null || update-desktop-database -q "$(dirname "$entry")" || true
}

if [ "$remove" = yes ]; then
    if [ -e "$unit" ] && systemd_runs; then
        user_systemd disable --now mediaprocessor.service >/dev/null 2>&1 || true # it ends politely
    fi
    rm -f "$unit" "$(dirname "$unit")/default.target.wants/mediaprocessor.service" "$entry" "$icon"
    ! systemd_runs || user_systemd daemon-reload
    refresh_menu
    # A login that still starts it from here.
    autostart=${XDG_CONFIG_HOME:-$home/.config}/autostart/mediaprocessor.desktop
    if [ -e "$autostart" ] && grep -qF "$project/main.py" "$autostart"; then
        "$project/.venv/bin/python" "$project/main.py" settings set window.start_with_system no >/dev/null 2>&1 || rm -f "$autostart"
    fi
    say "Removed: the menu's entry and the service. $project itself can be deleted."
    if [ -d "$program_data" ]; then
        say "Kept: settings, queue, history and logs in $program_data."
        if [ -e "$program_data/mediaprocessor.db" ] && [ -x "$project/.venv/bin/python" ]; then
            list=$program_data/originals.txt
            "$project/.venv/bin/python" "$project/main.py" originals list --to "$list" >/dev/null &&
                say "Kept: $(head -n 1 "$list") Where each lies stands in $list."
        fi
    fi
    exit 0
fi

# The program has to be able to start before anything points to it.
"$project/scripts/run.sh" --version

# One word of Exec= of a desktop entry: freedesktop's rules, whose backslashes are escaped twice.
quoted_for_desktop() { printf '"%s"' "$(sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g' <<<"$1")"; }
# One word of ExecStart= of a unit; of the first one systemd refuses quotes, so that bash is it.
quoted_for_systemd() { printf '"%s"' "$(sed -e 's/[\\"]/\\&/g' -e 's/%/%%/g' -e 's/\$/$$/g' <<<"$1")"; }

mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$(dirname "$unit")"
cp "$project/assets/app_icon.png" "$icon"
# No MimeType: a film that is double-clicked must not be processed because no player is the default one.
cat >"$entry" <<END
[Desktop Entry]
Type=Application
Version=1.0
Name=MediaProcessor
Comment=Makes a film library smaller and tidier
Comment[nl]=Maakt een filmverzameling kleiner en netter
Comment[tr]=Film arşivini küçültür ve düzenler
Exec=$(quoted_for_desktop "$project/scripts/run.sh") --from-menu open %F
Icon=mediaprocessor
Terminal=false
Categories=AudioVideo;Video;
Keywords=video;encode;HEVC;AV1;Opus;Matroska;
StartupWMClass=MediaProcessor
END
refresh_menu
say "MediaProcessor is in the desktop's menu."

words=''
for word in "${arguments[@]}"; do words+=" $(quoted_for_systemd "$word")"; done
cat >"$unit" <<END
[Unit]
Description=MediaProcessor

[Service]
ExecStart=$(command -v bash) $(quoted_for_systemd "$project/scripts/run.sh")$words
# SIGTERM to the program alone: it ends its encoders itself, and goes on with the films at its next start.
KillMode=mixed
TimeoutStopSec=2min
Restart=on-failure
RestartSec=1min
# The command line or a setting is wrong, which another start does not mend.
RestartPreventExitStatus=2

[Install]
WantedBy=default.target
END
if [ "$service" = no ]; then
    say "As a service, without a window: scripts/install.sh --service"
elif systemd_runs; then
    user_systemd daemon-reload
    user_systemd enable --quiet mediaprocessor.service
    user_systemd restart mediaprocessor.service # also one of another folder, or with other arguments
    say "The service runs. What it says: journalctl --user -u mediaprocessor -f"
    if [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null)" != yes ]; then
        say "So that it also runs while you are not logged in: sudo loginctl enable-linger $(id -un)"
    fi
else
    mkdir -p "$(dirname "$unit")/default.target.wants"
    ln -sfn ../mediaprocessor.service "$(dirname "$unit")/default.target.wants/mediaprocessor.service"
    say "systemd does not run for this user now. The service starts with it, at the next login."
fi
