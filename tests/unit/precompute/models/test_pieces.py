"""Word pieces read as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from precompute.models.pieces import Scheme, piece_scheme, readable_piece


def byte_tokenizer() -> Tokenizer:
    alphabet = {character: i for i, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(alphabet, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


@pytest.mark.parametrize(
    ("token", "scheme", "expected"),
    [
        ("##ing", "wordpiece", "ing"),
        ("the", "wordpiece", "the"),
        ("#", "wordpiece", "#"),
        ("Ġthe", "bytes", " the"),
        ("Ċ", "bytes", "\n"),
        ("Ã©", "bytes", "é"),
        ("ðŁ", "bytes", r"\xf0\x9f"),
        ("<|end▁of▁text|>", "bytes", "<|end▁of▁text|>"),
        ("▁the", "metaspace", " the"),
        ("ing", "metaspace", "ing"),
        ("<0x0A>", "metaspace", "\n"),
        ("<0xE2>", "metaspace", r"\xe2"),
    ],
)
def test_known_pieces(token: str, scheme: Scheme, expected: str) -> None:
    assert readable_piece(token, scheme) == expected


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=20))
def test_byte_pieces_of_ascii_join_to_the_text(text: str) -> None:
    tokens = byte_tokenizer().encode(text).tokens
    assert "".join(readable_piece(token, "bytes") for token in tokens) == text


def test_scheme_is_read_from_the_decoder() -> None:
    tokenizer = byte_tokenizer()
    assert piece_scheme(tokenizer.to_str()) == "bytes"
    tokenizer.decoder = decoders.WordPiece()
    assert piece_scheme(tokenizer.to_str()) == "wordpiece"
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    assert piece_scheme(tokenizer.to_str()) == "metaspace"
    tokenizer.decoder = None
    assert piece_scheme(tokenizer.to_str()) == "metaspace"
