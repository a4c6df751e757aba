#!/usr/bin/env bash
# zeroconf with ip_version=V4Only, as most examples have it, on a machine whose one network is IPv6. Expected: an error from
# Zeroconf or from register_service, which waits to hear of others with that name.
# Seen with 0.154.0: both succeed: the announcement goes to the loopback alone. With IPVersion.All the same machine is
# heard, and All starts without complaint where IPv6 is missing as well.
# Source: zeroconf's documentation of ip_version says "IP versions to support".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system ip iproute2
packages zeroconf==0.154.0 ifaddr==0.2.0
own net
cat >"$work/announce.py" <<'PY'
import sys, threading
from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

kind = "_finding._tcp.local."
heard = threading.Event()
near = Zeroconf(ip_version=getattr(IPVersion, sys.argv[1]))
far = Zeroconf(ip_version=IPVersion.V6Only if sys.argv[2] == "6" else IPVersion.V4Only)
ServiceBrowser(far, kind, handlers=[lambda zeroconf, service_type, name, state_change: heard.set()])
near.register_service(ServiceInfo(kind, f"attic.{kind}", port=9, server="attic.local.", parsed_addresses=["fe80::7"]))
print("registered", "heard" if heard.wait(4) else "deaf")
PY
cat >"$work/network" <<'SH'
ip link set lo up
ip link add near type veth peer name far
if [ "$1" = 6 ]; then
    for end in near far; do echo 0 >/proc/sys/net/ipv6/conf/$end/accept_dad; done
else
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
    ip addr add 10.9.9.1/24 dev near && ip addr add 10.9.9.2/24 dev far
fi
ip link set near up && ip link set far up && sleep 1
exec "$3" "$4" "$2" "$1"
SH
seen() { "${own[@]}" sh "$work/network" "$1" "$2" "$python" "$work/announce.py" || cannot "no network of its own"; }
printf '  zeroconf 0.154.0\n'
expect "IPv6 alone, V4Only" "registered deaf" "$(seen 6 V4Only)"
expect "IPv6 alone, All" "registered heard" "$(seen 6 All)"
expect "IPv4 alone, All" "registered heard" "$(seen 4 All)"
finish
