"""Hosts: whose turn it is to send, how hard they are asked, what robots.txt said, and the ledger that proves it."""
