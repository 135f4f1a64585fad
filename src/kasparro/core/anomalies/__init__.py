"""How a run is held against the runs before it. Pure: figures come in, findings go out."""
