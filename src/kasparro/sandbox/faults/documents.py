"""Decodes a body and encodes it again without losing a digit."""

from decimal import Decimal

import msgspec

from kasparro.sandbox.faults.fault import Document

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decoded(body: bytes) -> Document:
    """Numbers with a fraction or an exponent are Decimal, the others int."""
    return _decoder.decode(body)


def encoded(document: Document) -> bytes:
    """Compact UTF-8; what a fault put there as raw bytes goes out as it is."""
    return _encoder.encode(document)
