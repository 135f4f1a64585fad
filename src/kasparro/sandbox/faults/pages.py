"""Answers to another question: pages that come twice or are skipped."""

from collections.abc import Mapping
from typing import Literal

from kasparro.sandbox.faults.fault import RequestFault


class OtherPage(RequestFault):
    """Another page than was asked for: the one before it, unless told otherwise."""

    name: Literal["other_page"] = "other_page"
    by: int = -1

    def asked(self, params: Mapping[str, str]) -> dict[str, str]:
        page = params.get("page", "1")
        there = max(1, int(page) + self.by) if page.isdecimal() else 1
        return {**params, "page": str(there)}
