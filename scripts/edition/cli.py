"""The `rapport` command: thin, French, and quick to start (heavy imports wait for their use)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

FRENCH = {
    "usage: ": "utilisation : ",
    "options": "options",
    "positional arguments": "arguments",
    "show this help message and exit": "montre cette aide",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "argument inconnu : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n'existe pas ; choix possibles : %(choices)s"
    ),
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\nAide : %(prog)s --help\n",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog} : {message}\nAide : {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    # argparse takes its words from gettext and ships no French catalogue.
    argparse._ = lambda text: FRENCH.get(text, text)  # type: ignore[attr-defined]
    parser = _Parser(
        prog="rapport",
        description="Construit et vérifie l'édition reproductible du rapport.",
        epilog="Chaque commande a son aide : rapport construire --help",
    )
    parser.add_argument(
        "--debug", action="store_true", help="en cas d'erreur, montre la trace complète"
    )
    commands = parser.add_subparsers(
        title="commandes", dest="commande", metavar="COMMANDE", required=True
    )

    build = commands.add_parser("construire", help="HTML, PDF et vérifications, dans _book/")
    build.add_argument(
        "--format",
        choices=("tous", "html", "pdf", "epub", "docx", "tout"),
        default="tous",
        help="tous : HTML et PDF (défaut) ; epub, docx : le site et ce format ; "
        "tout : HTML, PDF, EPUB et DOCX",
    )
    build.add_argument(
        "--moteur",
        choices=("integre", "quarto"),
        default="integre",
        help="moteur de rendu (défaut : integre)",
    )
    build.add_argument(
        "--sans-cache", action="store_true", help="exécute tous les chapitres et refait tout"
    )
    build.add_argument(
        "--publication",
        action="store_true",
        help="exécute tous les chapitres et prouve que le cache aurait donné le même livre",
    )
    build.add_argument(
        "--brouillon",
        action="store_true",
        help="publie même un livre en défaut, avec un filigrane qui le dit",
    )
    build.set_defaults(run=_build)

    preview = commands.add_parser("apercu", help="montre le site et le refait à chaque sauvegarde")
    preview.add_argument(
        "--port", type=int, default=None, help="port de cette machine (défaut : 8421)"
    )
    preview.add_argument("--sans-ouvrir", action="store_true", help="n'ouvre pas le navigateur")
    preview.set_defaults(run=_preview)

    verify = commands.add_parser("verifier", help="mène toutes les vérifications d'un livre")
    verify.add_argument(
        "--livre", metavar="DOSSIER", default=None, help="livre à vérifier (défaut : _book)"
    )
    verify.add_argument(
        "--reproductible",
        action="store_true",
        help="construit plusieurs fois ailleurs et autrement, et compare octet par octet",
    )
    verify.add_argument(
        "--fois", type=int, default=2, help="nombre de constructions à comparer (défaut : 2)"
    )
    verify.set_defaults(run=_verify)

    trace = commands.add_parser("tracer", help="dit tout d'un chiffre, ou d'une question")
    trace.add_argument(
        "id", metavar="ID", nargs="?", help="identifiant du chiffre : p1-2-surcharge…"
    )
    trace.add_argument("--question", metavar="Q", help="liste ce qui repose sur une question : Q4…")
    trace.add_argument(
        "--reponses",
        action="store_true",
        help="liste les identifiants des répondantes comptées, jamais leurs mots",
    )
    trace.add_argument(
        "--livre", metavar="DOSSIER", default=None, help="livre à lire (défaut : _book)"
    )
    trace.set_defaults(run=_trace, parser=trace)

    compare = commands.add_parser(
        "comparer",
        help="dit ce qui a changé entre deux éditions",
        epilog="Une édition est un dossier de livre, un provenance.json, ou une révision git "
        "(l'édition acceptée à cette révision). Code de sortie, comme diff : 0 si rien n'a "
        "changé, 1 sinon.",
    )
    compare.add_argument("avant", metavar="A", help="première édition : HEAD~1, v1, un dossier…")
    compare.add_argument("apres", metavar="B", help="seconde édition : _book, HEAD…")
    compare.add_argument("--markdown", metavar="FICHIER", help="écrit aussi des tableaux Markdown")
    compare.add_argument(
        "--erratum",
        metavar="FICHIER",
        help="écrit la page « Erratum », prête à publier (.html, ou .md)",
    )
    compare.set_defaults(run=_compare)

    accept = commands.add_parser("accepter", help="fait du livre l'édition acceptée")
    accept.add_argument("--raison", metavar="TEXTE", required=True, help="pourquoi il change")
    accept.add_argument(
        "--livre", metavar="DOSSIER", default=None, help="livre à accepter (défaut : _book)"
    )
    accept.set_defaults(run=_accept)

    bring = commands.add_parser(
        "importer",
        help="prend les réponses d'origine dans un export",
        description="Lit un export (CSV, XLSX, SPSS), dit tout ce qui ne va pas, et remplace les "
        "réponses de data/ si tout va bien. Les textes libres ne sont pas gardés.",
    )
    bring.add_argument("fichier", metavar="FICHIER", nargs="?", help="l'export à importer")
    bring.add_argument("--essai", action="store_true", help="dit tout, sans rien écrire")
    bring.add_argument(
        "--correspondance",
        metavar="FICHIER",
        help="colonnes et libellés de l'export (défaut : EXPORT.correspondance.yml, à côté)",
    )
    bring.add_argument(
        "--themes", metavar="FICHIER", help="thèmes des réponses libres : un par ligne"
    )
    bring.add_argument("--feuille", metavar="NOM", help="feuille du classeur XLSX")
    bring.add_argument(
        "--separateur",
        choices=("virgule", "point-virgule", "tabulation"),
        help="séparateur du CSV, quand il est ambigu",
    )
    bring.add_argument(
        "--garder-textes",
        action="store_true",
        help="garde les textes libres dans .rapport/, qui n'est jamais versé",
    )
    bring.add_argument(
        "--retablir", action="store_true", help="remet les données d'avant le dernier import"
    )
    bring.set_defaults(run=_import)

    rebuild = commands.add_parser("reconstituer", help="recalcule les réponses de data/")
    rebuild.add_argument(
        "--essai", action="store_true", help="compare aux fichiers présents, sans rien écrire"
    )
    rebuild.set_defaults(run=_reconstruct)

    freeze = commands.add_parser("figer", help="rafraîchit les carnets que nbval vérifie")
    freeze.set_defaults(run=_freeze)

    test = commands.add_parser("tester", help="lance tous les tests")
    test.add_argument("pytest", nargs="*", help="arguments passés à pytest, après --")
    test.set_defaults(run=_test)

    diagnose = commands.add_parser("diagnostic", help="dit l'état de l'installation et des données")
    diagnose.add_argument(
        "--confidentialite",
        action="store_true",
        help="petits effectifs, soustractions, profils rares, politique en vigueur",
    )
    diagnose.add_argument(
        "--livre", metavar="DOSSIER", default=None, help="livre à examiner (défaut : _book)"
    )
    diagnose.set_defaults(run=_diagnose)
    return parser


def _build(options: argparse.Namespace) -> int:
    from edition.commands import build

    return build(
        formats=options.format,
        engine=options.moteur,
        cache=not options.sans_cache,
        publication=options.publication,
        draft=options.brouillon,
    )


def _preview(options: argparse.Namespace) -> int:
    from edition.preview import PORT, preview
    from enquete.paths import root

    port = PORT if options.port is None else options.port
    return preview(root(), port=port, open_browser=not options.sans_ouvrir)


def _verify(options: argparse.Namespace) -> int:
    if options.reproductible:
        from edition.reproducible import check
        from enquete.paths import root

        print(check(root(), options.fois).said)
        return 0
    from edition.commands import verify

    return verify(options.livre)


def _trace(options: argparse.Namespace) -> int:
    from edition.commands import trace

    if bool(options.id) == bool(options.question):
        options.parser.error(
            "donnez un identifiant ou --question, pas les deux" if options.id else "il manque : ID"
        )
    return trace(options.id, options.livre, question=options.question, answers=options.reponses)


def _compare(options: argparse.Namespace) -> int:
    from edition.commands import compare

    return compare(options.avant, options.apres, options.markdown, options.erratum)


def _accept(options: argparse.Namespace) -> int:
    from edition.commands import accept

    return accept(options.livre, options.raison)


def _import(options: argparse.Namespace) -> int:
    from edition.importing import run

    return run(options)


def _reconstruct(options: argparse.Namespace) -> int:
    from edition.commands import reconstruct

    return reconstruct(dry_run=options.essai)


def _freeze(_: argparse.Namespace) -> int:
    from edition.commands import freeze

    return freeze()


def _test(options: argparse.Namespace) -> int:
    from edition.testing import run

    return run(options.pytest)


def _diagnose(options: argparse.Namespace) -> int:
    if options.confidentialite:
        from edition.privacy import diagnose as examine

        return examine(options.livre)
    from edition.commands import diagnose

    return diagnose()


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code: 0 only when all is well.

    An expected error (bad data, bad chapter) prints three French lines and returns 1;
    the traceback of an unexpected one shows only with ``--debug``.
    """
    _speak_utf8()
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except BrokenPipeError:  # the reader of a pipe (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrompu. Le livre et les données d'avant sont intacts.", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            raise
        print(_explain(error), file=sys.stderr)
        return 1


def _speak_utf8() -> None:
    # A Windows console may default to cp1252, which has no U+202F.
    os.environ.setdefault("PYTHONUTF8", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _explain(error: Exception) -> str:
    from enquete.errors import EnqueteError, EnqueteErrors

    if isinstance(error, EnqueteError | EnqueteErrors):
        return str(error)
    return (
        f"Erreur inattendue : {type(error).__name__} : {error}\n"
        "Où : dans le programme, pas dans vos fichiers.\n"
        "Que faire : relancez avec « rapport --debug … » et joignez la trace à un signalement."
    )


if __name__ == "__main__":
    sys.exit(main())
