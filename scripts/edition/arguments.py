"""What each command of `rapport` takes, and what it calls: heavy imports wait for that."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from edition import importing  # light: it imports the survey only when it runs

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


def _seconds(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre de secondes")
    return int(text)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog} : {message}\nAide : {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of `rapport`; each command's `run` is what it does."""
    # argparse takes its words from gettext and ships no French catalogue.
    argparse._ = lambda text: FRENCH.get(text, text)  # type: ignore[attr-defined]
    made = _Parser(
        prog="rapport",
        description="Construit et vérifie l'édition reproductible du rapport.",
        epilog="Chaque commande a son aide : rapport construire --help",
    )
    made.add_argument(
        "--debug", action="store_true", help="en cas d'erreur, montre la trace complète"
    )
    commands = made.add_subparsers(
        title="commandes", dest="commande", metavar="COMMANDE", required=True
    )

    build = commands.add_parser("construire", help="HTML, PDF et vérifications, dans _book/")
    build.add_argument(
        "--format",
        choices=("tous", "html", "pdf", "epub", "docx", "tout"),
        default="tous",
        help="tous : HTML et PDF (défaut) ; html : le site seul ; pdf, epub, docx : le site, dont "
        "ses chiffres se vérifient, et ce format ; tout : HTML, PDF, EPUB et DOCX",
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
    build.add_argument(
        "--veille",
        type=_seconds,
        metavar="SECONDES",
        default=None,
        help="combien de temps un processus reste ensuite, qui fait vite la prochaine reprise de "
        "texte (0 : aucun ; défaut : ce que dit _quarto.yml, dans un terminal seulement)",
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

    importing.add_parser(commands)

    rebuild = commands.add_parser("reconstituer", help="recalcule les réponses de data/")
    rebuild.add_argument(
        "--essai", action="store_true", help="compare aux fichiers présents, sans rien écrire"
    )
    rebuild.set_defaults(run=_reconstruct)

    freeze = commands.add_parser(
        "figer", help="rafraîchit les carnets que nbval vérifie, et les empreintes des données"
    )
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
    return made


def _build(options: argparse.Namespace) -> int:
    from edition.commands import build
    from edition.wish import Wish

    wish = Wish(
        options.format,
        cache=not options.sans_cache,
        publication=options.publication,
        draft=options.brouillon,
    )
    return build(wish, options.moteur, options.veille, debug=options.debug)


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
