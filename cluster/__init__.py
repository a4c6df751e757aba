"""The wire between a master and its slaves: proofs, messages, leases, transfers; sockets at the edge."""
