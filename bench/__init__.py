"""How fast Mundap is beside its rivals, measured on this machine: `make bench`."""
