"""How CSV files are read: their shapes as data, and what decides a number, a time, a coin."""
