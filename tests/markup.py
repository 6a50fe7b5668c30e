"""HTML taken apart by the standard library, and texts that would like to be more than text."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = {
    "script": "<script>alert('&lt;div>')</script>",
    "tag": " <div class=\"a\" onclick='b'>",
    "entity": "&lt;b&gt; &amp;#60; &nbsp",
    "comment": "<!-- --> <![CDATA[ ]]> <?php ?>",
    "end": "</script></noscript></style></title></textarea>",
    "attribute": "\" onmouseover=\"alert(1)' x='",
    "right to left": "\u202eevil\u202c \u2067isolate\u2069 \u200f",
    "zero width": "a\u200bb\u200dc\ufeffd\u2060e\u00ad",
    "NUL": "a\x00b",
    "ANSI": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "line separators": "a\u2028b\u2029c\x85d\r\ne",
    "half an emoji": "\\xf0\\x9f",
    "half a pair": "\ud83d",
    "ignorable": "a\u3164\u034f\ufe0fb",
}

_VOID = {"br", "hr", "img", "input", "link", "meta"}


class Markup(HTMLParser):
    """A page as its elements and its text; an AssertionError if it is not well-formed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.texts: dict[str, list[str]] = {}
        """Text right inside the elements of each name."""
        self.declarations: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert [] == self._open

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def attributes(self) -> set[str]:
        return {name for _, attributes in self.elements for name in attributes}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} is there twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> ends nothing"
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")
