"""The command line. Commands import what they need when they run, so that small ones start at once."""
