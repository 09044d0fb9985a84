"""The ledger of one chapter: every figure it prints, computed, judged and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from enquete import compute, reads
from enquete.affirmations import Affirmations, bind, read_affirmations
from enquete.claims import claim, fact
from enquete.compute import Place
from enquete.distribute import Options, heading, kept_back, options
from enquete.errors import EnqueteError, TooFew, Undetermined
from enquete.evidence import Evidence
from enquete.figure import Figure
from enquete.implied import implied_figure
from enquete.ledger_file import append, read_ledger
from enquete.paths import data_dir
from enquete.provenance import entry
from enquete.readings import CountOf, DifferenceOf, MeanOf, Reading, ShareOf, reading_from_json
from enquete.selection import Selection
from enquete.shares import Count, as_count
from enquete.source import Locator
from enquete.suggest import suggestion
from enquete.tabulate import Row, Table
from enquete.vocabulary import Vocabulary, read_vocabulary
from enquete.words import name, say

__all__ = ["Ledger", "read_ledger"]

Counted = Selection | Count


class Ledger:
    """
    Compute the figures of a chapter and write each one down.

    Creating a ledger empties the chapter's file: one run, one ledger.  An id
    names one computation; asked again with the same one it is the same figure,
    so a cell can be run twice.
    """

    def __init__(self, evidence: Evidence, chapter: str, directory: Path) -> None:
        self.chapter = chapter
        self._evidence = evidence
        self._path = directory / f"{chapter}.jsonl"
        self._figures: dict[str, Figure] = {}
        self._locator = Locator(chapter, evidence.root)
        directory.mkdir(parents=True, exist_ok=True)
        self._path.write_text("", encoding="utf-8")

    def __getitem__(self, figure: str) -> Figure:
        """Return a figure already made."""
        if figure not in self._figures:
            raise EnqueteError(
                f"Le chiffre {figure!r} n’est pas calculé dans {self.chapter}."
                f"{suggestion(figure, self._figures)}",
                "",
                "le calculer dans une cellule qui précède.",
            )
        return self._figures[figure]

    def __len__(self) -> int:
        return len(self._figures)

    def share(
        self, figure: str, numerator: Counted, *, base: Counted, decimals: int | None = None
    ) -> Figure:
        """Compute the share of *numerator* inside *base*."""
        reading = ShareOf(as_count(numerator), as_count(base))
        return self._known(figure, reading) or self._keep(
            compute.share(self._evidence, self._place(figure), reading, decimals)
        )

    def count(self, figure: str, counted: Counted) -> Figure:
        """Count respondents, answers or ticks."""
        reading = CountOf(as_count(counted))
        return self._known(figure, reading) or self._keep(
            compute.count(self._evidence, self._place(figure), reading)
        )

    def difference(
        self, figure: str, a: Figure, b: Figure, *, decimals: int | None = None
    ) -> Figure:
        """
        Subtract two shares, in points.

        The register says whether the printed percentages are subtracted or the
        exact ones; a new difference subtracts the printed ones, as a reader does.
        """
        published = self._evidence.register.get(figure)
        declared = published.reading if published else None
        rounding = declared.round if isinstance(declared, DifferenceOf) else "each"
        terms = (reading_from_json(a.computation), reading_from_json(b.computation))
        reading = DifferenceOf(*terms, rounding)
        return self._known(figure, reading) or self._keep(
            compute.difference(self._evidence, self._place(figure), a, b, reading, decimals)
        )

    def mean(
        self,
        figure: str,
        of: Sequence[tuple[Counted, Counted]],
        *,
        decimals: int | None = None,
    ) -> Figure:
        """Average shares given as (numerator, base) pairs, each weighing the same."""
        reading = MeanOf(tuple(ShareOf(as_count(num), as_count(base)) for num, base in of))
        return self._known(figure, reading) or self._keep(
            compute.mean(self._evidence, self._place(figure), reading, decimals)
        )

    def words(self, figure: str, *, of: Figure | None = None, words: str | None = None) -> Figure:
        """
        Print published words (« plus de la moitié ») if they hold; raise otherwise.

        *words* replaces them where the sentence needs another grammatical form;
        the condition checked stays the register's.
        """
        if figure in self._figures and self._figures[figure].text == (words or str(self[figure])):
            return self._figures[figure]
        return self._keep(claim(self._evidence, self._place(figure), of, words))

    def say(self, words: str, *figures: Figure, claim: str | None = None) -> Figure:
        """
        Print words of the vocabulary (``data/mots.yml``) said of figures already made.

        Raises when the words are false or not settled, and proposes those that
        hold.  *claim* ties them to a statement of ``data/affirmations.yml``,
        which is checked too.
        """
        place = self._place(name(words, figures))
        made = say(self._evidence, self._vocabulary, place, words, figures)
        if claim is not None:
            where = f"{place.source.file}, ligne {place.source.line}"
            bind(self._evidence, self._affirmations, claim, figures, where)
            made = replace(made, claim=claim)
        known = self._figures.get(made.id)
        if known is not None and (known.text, known.claim) == (made.text, made.claim):
            return known
        return self._keep(made)

    def fact(self, name: str, *, spelled: bool = False) -> Figure:
        """
        Print something the report says that no answer gives: a date, a procedure.

        *spelled* writes a number up to sixteen in words.
        """
        made = fact(self._evidence, self._place(name), spelled=spelled)
        known = self._figures.get(name)
        return known if known is not None and known.text == made.text else self._keep(made)

    def implied(self, name: str) -> Figure:
        """Print what published figures imply, as ``data/deductions.yml`` declares it."""
        known = self._figures.get(name)
        return known or self._keep(implied_figure(self._evidence, self._place(name)))

    def distribution(
        self,
        table: str,
        question: str | Sequence[str],
        *,
        base: Counted | None = None,
        decimals: int | None = None,
    ) -> Table:
        """
        Tabulate every published option of a question.

        An option prints the published figure that has the same computation; one
        that nothing published fixes is « détail non publié », and so is one of few
        people, with those that would give it back.
        """
        asked = (question,) if isinstance(question, str) else tuple(question)
        chosen = options(self._evidence, self.chapter, table, asked, base)
        secret = kept_back(self._evidence, chosen)
        rows = tuple(
            Row(option.code, option.label, None, option.level)
            if at in secret
            else self._row(option, decimals)
            for at, option in enumerate(chosen)
        )
        return heading(self._evidence, self.chapter, table, asked, chosen, rows)

    def table(
        self,
        table: str,
        rows: Sequence[Row | tuple[str, Sequence[Figure | None]]],
        *,
        columns: Sequence[str] = (),
    ) -> Table:
        """Make a table of figures already made; a row is (label, figures of its columns)."""
        made = tuple(
            row if isinstance(row, Row) else Row("", row[0], row[1][0], others=tuple(row[1][1:]))
            for row in rows
        )
        return Table(
            table, made, tuple(columns), origin=self._evidence.origin, chapter=self.chapter
        )

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return read_vocabulary(data_dir(self._evidence.root))

    @cached_property
    def _affirmations(self) -> Affirmations:
        return read_affirmations(data_dir(self._evidence.root), self._evidence.register)

    def _row(self, option: Options, decimals: int | None) -> Row:
        if option.figure is None:
            return Row(option.code, option.label, None, option.level)
        numerator, base = option.reading.numerator, option.reading.base
        try:
            made = self.share(option.figure, numerator, base=base, decimals=decimals)
        except (Undetermined, TooFew):
            if option.figure in self._evidence.register.figures:
                raise  # a published figure that no longer computes must be seen
            return Row(option.code, option.label, None, option.level)
        return Row(option.code, option.label, made, option.level)

    def _place(self, figure: str) -> Place:
        return Place(figure, self.chapter, self._locator.here())

    def _known(self, figure: str, reading: Reading) -> Figure | None:
        made = self._figures.get(figure)
        if made is None or made.computation == reading.to_json():
            return made
        raise EnqueteError(
            f"Le chiffre {figure!r} est déjà calculé autrement dans ce chapitre.",
            made.source.file + (f", ligne {made.source.line}" if made.source.line else ""),
            "donner un autre identifiant à l’un des deux.",
        )

    def _keep(self, figure: Figure) -> Figure:
        with reads.unrecorded():  # the files' hashes in an entry are those of the build
            hashes = self._evidence.answers.hashes
            append(self._path, entry(figure, self._evidence.questionnaire, hashes))
        self._figures[figure.id] = figure
        return figure
