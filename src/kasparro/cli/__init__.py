"""The command line: wiring, and nothing that another part could do."""
