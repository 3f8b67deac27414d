"""Proof of politeness from the ledger."""
