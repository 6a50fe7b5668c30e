"""The command `tokens`: a text as several models cut it.

It carries its arguments to the room that does the work.
"""

from __future__ import annotations

from lmscope.cli import typed
from lmscope.cli.printing import paper, print_json, show
from lmscope.cli.typed import Json


def tokens(*words: str, as_json: Json = False) -> int:
    """Show how models cut a text into tokens, and where all of them end one.

    Args:
        words: The text, in quotes, then models: known names, hub ids, folders, .gguf files,
            catalogues. Only their tokenizers are loaded. Without a text standard input is read,
            less the line break at its end.
        as_json: Print JSON.
    """
    text, models = typed.text_and_models(words)
    from lmscope.cutting import cut

    found = cut(text, *models).to_json()
    if as_json:
        print_json(found)
    else:
        from lmscope.terminal.tokens import tokens_page

        show(tokens_page(found, paper()))
    return 0
