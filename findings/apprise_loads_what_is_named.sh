#!/usr/bin/env bash
# Apprise, which sends messages to more than a hundred services. Expected: an address loads the one module that its schema names.
# Seen with apprise 2.3.0: the first address of any kind has all of its modules imported, well above a hundred, also where the
# schema is known and one is needed. Whoever imports that one module and makes its service by itself pays for one.
# Source: counting sys.modules; apprise's wiki on its plugin manager.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages apprise==2.3.0 requests==2.34.2 requests-oauthlib==2.0.0 oauthlib==4.0.1 Markdown==3.11.3 click==8.5.1 PyYAML==6.0.4 \
    certifi==2026.10.19.post1 idna==3.20 urllib3==2.8.0 charset-normalizer==3.5.3
"$python" - > "$work/told" <<'P' || cannot "no answer"
import sys
import apprise
def loaded():
    return sum(name.startswith("apprise.plugins.") and name.count(".") == 2 for name in sys.modules)
before = loaded()
apprise.Apprise().add("ntfy://some-topic")
print(apprise.__version__, before, loaded())
P
read -r version before after < "$work/told"
echo "apprise $version: $before modules of services before an address, $after after it"
expect "more than a hundred after one address" yes "$([ "$after" -gt 100 ] && echo yes)"
expect "hardly any before it" yes "$([ "$before" -lt 20 ] && echo yes)"
finish
