"""The built exe, driven under Wine as a user of Windows drives it; ``scripts/test.sh`` builds it first."""
