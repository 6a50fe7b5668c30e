"""Small words of four languages, side by side, for texts that say the same in another one.

Only a word's most usual counterpart: enough to ask whether a neuron fires on a word or on what it
means, not enough to translate.
"""

from __future__ import annotations

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}

_ROWS = """
I          ich      je        yo
you        du       tu        tú
he         er       il        él
she        sie      elle      ella
we         wir      nous      nosotros
they       sie      ils       ellos
me         mich     moi       mí
him        ihn      le        lo
her        ihr      la        la
us         uns      nous      nos
them       sie      les       los
my         mein     mon       mi
your       dein     ton       tu
his        sein     son       su
our        unser    notre     nuestro
their      ihr      leur      su
it         es       ça        ello
this       dies     ceci      esto
that       das      cela      eso
who        wer      qui       quién
what       was      quoi      qué
where      wo       où        dónde
when       wann     quand     cuándo
why        warum    pourquoi  porqué
how        wie      comment   cómo
the        der      le        el
a          ein      un        un
and        und      et        y
or         oder     ou        o
but        aber     mais      pero
if         wenn     si        si
because    weil     car       porque
not        nicht    pas       no
no         nein     non       no
yes        ja       oui       sí
with       mit      avec      con
without    ohne     sans      sin
in         in       dans      en
on         auf      sur       sobre
of         von      de        de
for        für      pour      para
to         zu       à         a
is         ist      est       es
are        sind     sont      son
was        war      était     era
have       haben    avoir     tener
one        eins     un        uno
two        zwei     deux      dos
three      drei     trois     tres
very       sehr     très      muy
always     immer    toujours  siempre
never      nie      jamais    nunca
here       hier     ici       aquí
there      dort     là        allí
all        alle     tous      todos
some       einige   quelques  algunos
more       mehr     plus      más
"""
_PACK = [dict(zip(LANGUAGES, row.split(), strict=True)) for row in _ROWS.strip().splitlines()]


def counterpart(word: str, language: str, other: str) -> str | None:
    """Give a small word in another language; None if it is not known or the same there.

    Example:
        >>> counterpart("We", "en", "de"), counterpart("ja", "de", "fr")
        ('Wir', 'oui')
    """
    for row in _PACK:
        if row[language].casefold() == word.casefold():
            found = row[other]
            if word[0].isupper() and word != "I":
                found = found[0].upper() + found[1:]
            return found if found.casefold() != word.casefold() else None
    return None
