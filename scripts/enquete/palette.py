"""
The colours of the edition: one list of roles, each with a light and a dark value.

A chart, a table or a style sheet asks for a role (`theme`, `likert-2`), never for a colour:
the site swaps the values with the reader's theme, paper always takes the light column. The
site's sheet declares the same names; a test holds the two lists together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Token:
    """A colour named by what it is for."""

    name: str
    light: str
    dark: str

    def value(self, theme: Theme) -> str:
        """Return the hexadecimal value under a theme."""
        return self.light if theme == "light" else self.dark

    @property
    def variable(self) -> str:
        """The colour as CSS, following the page's theme where the page has one."""
        return f"var(--{self.name}, {self.light})"


_TOKENS = (
    Token("page", "#ffffff", "#15191e"),
    Token("surface", "#f5f3ef", "#1e242b"),
    Token("card", "#ffffff", "#232a32"),
    Token("ink", "#1b1f24", "#e9ecef"),
    Token("ink-2", "#474f59", "#bcc4cc"),
    Token("ink-3", "#5d6671", "#a3adb7"),
    Token("link", "#0b4a8f", "#8fc1f2"),
    Token("link-hover", "#0b3c6f", "#bcdcff"),
    Token("link-visited", "#5b3a86", "#c9b3ec"),
    Token("rule", "#d8dbdf", "#343c45"),
    Token("edge", "#7f8893", "#75808b"),
    Token("num-line", "#7b8590", "#8893a0"),
    Token("num-open", "#e6eef7", "#2b3a4c"),
    Token("focus", "#0b3c6f", "#ffd166"),
    Token("recon", "#4a4f7a", "#b9bdf0"),
    Token("recon-field", "#eeeef6", "#262941"),
    Token("ecart", "#8c3a00", "#f2b27c"),
    Token("ecart-field", "#fdf0e4", "#3a2614"),
    Token("ok", "#1f6a3a", "#8fd3a6"),
    Token("likert-1", "#8c3a00", "#d06c28"),
    Token("likert-2", "#e8a15c", "#f3c79c"),
    Token("likert-3", "#8fb8de", "#b9d5ee"),
    Token("likert-4", "#0b3c6f", "#4a8acb"),
    # What is written on a step of the scale, and the line that bounds the two middle ones:
    # they are too pale to stand alone on white.
    Token("likert-1-label", "#ffffff", "#15191e"),
    Token("likert-2-label", "#1b1f24", "#15191e"),
    Token("likert-3-label", "#1b1f24", "#15191e"),
    Token("likert-4-label", "#ffffff", "#15191e"),
    Token("likert-2-edge", "#a85c16", "#f3c79c"),
    Token("likert-3-edge", "#3f74a8", "#b9d5ee"),
    Token("theme", "#0b3c6f", "#7fb2e6"),
    Token("subtheme", "#5b86b3", "#4f7fb0"),
    Token("other", "#7f8893", "#8893a0"),
    Token("focus-bar", "#8c3a00", "#f2a56b"),
    Token("no-answer", "#c9cdd2", "#4d5660"),
    Token("hatch", "#7f8893", "#8893a0"),
    Token("hatch-field", "#eceef0", "#1e242b"),
)
TOKENS = {token.name: token for token in _TOKENS}
LIKERT = ("likert-1", "likert-2", "likert-3", "likert-4")
