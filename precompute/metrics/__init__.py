"""What a head does and how far to trust its picture, in numbers."""
