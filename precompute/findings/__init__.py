"""What the heads of a run do: registered behaviors, the heads that show them, examples, a map and clusters."""
