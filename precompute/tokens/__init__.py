"""Properties of tokens: words, punctuation, patches and their colors."""
