"""What tokens are: words, punctuation, patches and their colors."""
