#!/usr/bin/env bash
# A service whose machine gets another address and says so (update_service). Expected: a browser elsewhere that asks for it
# when it hears Updated gets the new address.
# Seen with 0.154.0: it gets both, the new one first, though the announcement says that the old one is to be flushed: that
# takes effect a second later, and Updated is told before. Who asks once keeps a dead address.
# Source: RFC 6762, 10.2: the cache-flush bit; records "one second old or more" go, one second from then.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages zeroconf==0.154.0 ifaddr==0.2.0
answer=$("$python" - <<'PY'
import sys, threading, time
from zeroconf import ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

KIND, NAME = "_finding._tcp.local.", "den._finding._tcp.local."
heard, asked, there = [], threading.Event(), threading.Event()


def service(address):
    return ServiceInfo(KIND, NAME, port=9, server="den-finding.local.", parsed_addresses=[address])


def addresses():
    info = ServiceInfo(KIND, NAME)
    info.request(far, 3000)
    return info.parsed_addresses()


def changed(zeroconf, service_type, name, state_change):
    if name == NAME and state_change is ServiceStateChange.Added:
        there.set()
    if name == NAME and state_change is ServiceStateChange.Updated:
        threading.Thread(target=lambda: (heard.append(addresses()), asked.set())).start()


near, far = Zeroconf(interfaces=["127.0.0.1"]), Zeroconf(interfaces=["127.0.0.1"])
ServiceBrowser(far, KIND, handlers=[changed])
near.register_service(service("10.9.9.1"))
if not there.wait(10):
    sys.exit("no multicast on the loopback")
time.sleep(3)
near.update_service(service("10.9.9.7"))
asked.wait(10)
time.sleep(3)
print(*heard[0], "then", *addresses())
near.close()
far.close()
PY
) || cannot "$answer no announcement was seen"
printf '  zeroconf 0.154.0\n'
expect "addresses at Updated, and three seconds later" "10.9.9.7 10.9.9.1 then 10.9.9.7" "$answer"
finish
