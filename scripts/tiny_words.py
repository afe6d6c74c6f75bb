"""Write the demo inputs of the tiny GPT-2: sentences, random repeated segments, and both mixed.

``python -m scripts.tiny_words --out precompute/data/tiny-words.jsonl``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scripts.tiny_language import PADDING, PUNCTUATION, UNKNOWN, sentence, vocabulary

LONGEST = 48


def readable(words: Sequence[str]) -> str:
    """Return words as running text with normal spacing, which the tokenizer splits into the same words."""
    text, quoted, glued = "", False, True
    for word in words:
        closes = word == '"' and quoted
        text += word if glued or closes or word in {".", ",", "?", "!"} else f" {word}"
        quoted ^= word == '"'
        glued = word == '"' and quoted
    return text


def instances(rng: np.random.Generator, *, n_sentences: int, n_repeats: int, n_mixed: int) -> Iterator[dict[str, str]]:
    """Draw distinct demo inputs.

    Parameters
    ----------
    n_sentences, n_repeats, n_mixed : int
        Passages of one to three sentences; segments of 6 to 24 different words, read two to four times; sentences
        followed by such a segment.

    Yields
    ------
    dict
        ``text``, at most 48 words, and ``form``: sentence, repeat or mixed.
    """
    seen: set[str] = set()
    for form, count in (("sentence", n_sentences), ("repeat", n_repeats), ("mixed", n_mixed)):
        left = count
        while left:
            text = readable(_draw(form, rng))
            if text not in seen:
                seen.add(text)
                left -= 1
                yield {"text": text, "form": form}


def _draw(form: str, rng: np.random.Generator) -> list[str]:
    if form == "repeat":
        return _repeated(rng, room=LONGEST)
    if form == "mixed":
        opening = sentence(rng)
        return opening + _repeated(rng, room=LONGEST - len(opening))
    words = sentence(rng)
    for following in (sentence(rng) for _ in range(int(rng.integers(3)))):
        if len(words) + len(following) <= LONGEST:
            words += following
    return words


def _repeated(rng: np.random.Generator, room: int) -> list[str]:
    words = [word for word in vocabulary() if word not in {UNKNOWN, PADDING, *PUNCTUATION}]
    segment = [words[number] for number in rng.permutation(len(words))[: rng.integers(6, room // 2 + 1)]]
    return segment * int(rng.integers(2, min(4, room // len(segment)) + 1))


def main() -> None:
    """Write the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a .jsonl file")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    lines = [json.dumps(instance) for instance in instances(rng, n_sentences=44, n_repeats=24, n_mixed=16)]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
