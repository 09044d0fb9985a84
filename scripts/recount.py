"""Recount a book from its CSV files alone: exit 0 when all agrees, 1 if not, 2 if unreadable."""

import ast
import csv
import hashlib
import json
import re
import sys
from collections import defaultdict
from fractions import Fraction as F  # noqa: N817
from functools import reduce
from itertools import chain, count, islice, product
from pathlib import Path
from typing import Any

NBSP, THIN, MINUS, HAIR = "\u00a0", "\u202f", "\u2212", F(1, 10**9)
SPELLED = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
SIGNS = {"Add": F.__add__, "Sub": F.__sub__, "Mult": F.__mul__, "Div": F.__truediv__}
NOUNS = {"pourcentage": "%", "points": "point", "effectif": "", "rapport": ""}
KINDS = {"share": "part", "count": "effectif", "difference": "écart", "mean": "moyenne"}
KINDS |= {"rank": "rang", "words": "expression", "implied": "déduction", "fact": "fait"}
LETTERS, ONE = bytes({*range(256)} - {*b'\0\n\r",'}), ord("1")  # LETTERS: of a plain cell
TODO = "reconstruire le livre, puis python3 recount.py DOSSIER_DU_LIVRE [DOSSIER_DES_DONNEES]"


class Recount:
    """Hold who gave each code, as the bits of a whole number; compute each entry again."""

    def __init__(self, ledger: Any, data: Path) -> None:
        self.faults, self.searched, self.taken = list[str](), 0, set[str]()
        self.files, entries = ledger["edition"]["files"], ledger["entries"]
        self.entries = {entry["id"]: entry for entry in entries}
        self.printed = {each["id"]: each["value"] for e in entries for each in e["published"]}
        place, chosen = dict[str, int](), dict[str, tuple[dict[str, int], bytearray]]()
        for rows in _table(data, "reponses"):
            place |= {who: number for number, who in enumerate(rows.pop("id"), len(place))}
            for q, codes in rows.items():
                known, column = chosen.setdefault(q, (defaultdict(count().__next__), bytearray()))
                column += bytes(map(known.__getitem__, codes))
        given = defaultdict[str, Any](lambda: defaultdict(lambda: bytearray(b"0" * len(place))))
        for q, (own, x) in chosen.items():
            given[q] |= {c: x.translate((b"0" * n + b"1").ljust(256, b"0")) for c, n in own.items()}
        for t in chain(_table(data, "coches"), _table(data, "themes")):
            for who, q, c in zip(t.pop("repondant"), t.pop("question"), *t.values(), strict=True):
                given[q][c][place[who]] = ONE
        self.held = {q: {c: int(x[::-1], 2) for c, x in of.items() if c} for q, of in given.items()}
        self.everyone = (1 << len(place)) - 1
        self.parents = {q: dict[str, str]() for t in _table(data, "questions") for q in t["id"]}
        for t in _table(data, "modalites"):
            for q, code, parent in zip(t["question"], t["code"], t["parent"], strict=True):
                self.parents[q][code] = parent

    def _chain(self, question: str, code: str) -> list[str]:  # a code and those above it
        return [code, *self._chain(question, self.parents[question][code])] if code else []

    def _sides(self, question: str, codes: list[str]) -> tuple[set[str], set[str]]:
        below = {c for c in self.parents[question] if {*codes} & {*self._chain(question, c)}}
        return below, {each for code in codes for each in self._chain(question, code)} - below

    def _union(self, question: str, codes: set[str] | None = None) -> int:
        held = self.held.get(question, {}).items()
        return reduce(int.__or__, (who for c, who in held if codes is None or c in codes), 0)

    def where(self, selection: Any, no: bool = False) -> tuple[int, int]:
        """Return those for whom it is sure, and possible: « bien » may be « très bien »."""
        match selection:
            case {"not": part}:
                return self.where(part, not no)
            case {"q": question, "answered": True} if question in self.parents:
                return (self._union(question) ^ self.everyone * no,) * 2
            case {"q": question, "in": [*codes]}:
                below, above = self._sides(question, codes)
                sure, possible = self._union(question, below), self._union(question, below | above)
                given = self._union(question)  # not to give it is another answer, not silence
                return (given & ~possible, given & ~sure) if no else (sure, possible)
            case {"all": [*parts]} | {"any": [*parts]}:
                both = ("all" in selection) != no
                join, start = (int.__and__, self.everyone) if both else (int.__or__, 0)
                sides = [(start, start), *(self.where(part, no) for part in parts)]
                return reduce(join, [a for a, _ in sides]), reduce(join, [b for _, b in sides])
        raise ValueError(f"sélection inconnue {selection}")

    def count(self, spec: Any, within: Any = None) -> Any:
        """Count respondents, answers or ticks inside another count: sure, possible."""
        people = self.where({"all": [x["where"] for x in (spec, within or {}) if "where" in x]})
        held = [[self._union(q) for q in spec.get("of", [])] or [self.everyone]] * 2
        if spec["unit"] == "ticks":  # not who ticked, but each tick
            options = self.held.get(spec["of"], {})
            asked, above = self._sides(spec["of"], spec.get("option") or spec.get("option_not", []))
            asked = asked if "option" in spec else {*options} - asked - above
            held = [[options.get(code, 0) for code in each] for each in (asked, asked | above)]
        return tuple(sum((h & people[i]).bit_count() for h in held[i]) for i in (0, 1))

    def measure(self, form: Any) -> tuple[F, list[int]]:
        """Compute what is printed (shares and differences on 100), and its integers."""
        if "num" in form:
            found = [self.count(form["num"], form.get("base"))]
            found += [self.count(form["base"])] if "base" in form else []
            if any(low != high for low, high in found):
                raise ValueError("les réponses ne disent pas ce détail")
            count, *base = (low for low, _ in found)
            return F(100 * count, *base) if base else F(count), [count, *base]
        values = [self.measure(each)[0] for each in form.get("of") or (form["a"], form["b"])]
        if form["type"] == "mean":
            return sum(values, F(0)) / len(values), []
        a, b = map(_half_up, values) if form["round"] == "each" else values
        return a - b, []

    def _same(self, name: str, told: object, found: object) -> None:
        self.faults += [f"{name} : « {told} » au livre, « {found} » recompté"] * (told != found)

    def check(self, entry: Any) -> list[str]:
        """Return what is wrong with an entry of any kind."""
        self.faults, form, kind, text = [], entry["computation"] or {}, entry["kind"], entry["text"]
        said = [_typeset(each["value"]) for each in entry["published"]]
        chosen = {"numerator": form["num"], "base": form.get("base")} if "num" in form else None
        self._same("calcul", [kind, entry["selection"]], [form.get("type", kind), chosen])
        if kind == "fact":
            said += [SPELLED.split()[int(n)] for n in _numbers(said[0]) if n < 16]
            self._same("fait", text, text if text in said else said[0])
        elif kind == "implied":
            self._deduction(entry, entry["deduction"])
        else:
            digests = {name: self.files[name] for name in entry["data"]["files"]}
            self._same("empreintes", entry["data"]["files"], digests)
            for term, other in ((term, self.entries[term["id"]]) for term in entry["terms"]):
                chosen = other["selection"] or {"numerator": None, "base": None}
                self._same("terme", [term["text"], term["selection"]], [other["text"], chosen])
            if kind in ("words", "rank"):
                self._words(entry, form)
                said += map(_typeset, re.findall(r'"([^"]*)"', entry["source"]["code"]))
                self._same("mots", text, text if text in said else "ni publiés, ni dans le code")
            else:
                self._number(entry, form)
        return self.faults

    def _number(self, entry: Any, form: Any) -> None:
        kind, status, (value, counts) = entry["kind"], entry["status"], self.measure(form)
        noun, scale = {"count": ("", 1), "difference": ("point", 100)}.get(kind, ("%", 100))
        self._same("texte", entry["text"], _french(value, entry["decimals"], noun))
        told, known = list[int](), [bool(counts)]
        for name, part, found in zip(("numerator", "base"), ("count", "base"), counts):  # noqa: B905
            low, high, sure = (status[part][key] for key in ("min", "max", "status"))
            known += [low is not None and low == high and sure in ("published", "deduced")]
            self._same(name, entry[name], found if known[-1] else None)
            if low is not None and not low <= found <= high:
                self.faults.append(f"{part} : {found} n'est pas entre {low} et {high}")
            told += dict.fromkeys((low, high))
        self._same("phrase", said := _numbers(entry["sentence"]), told if said else [])
        real = entry["data"]["origin"] == "original" and "masked" not in entry["flags"]
        settled = real or all(known)
        half, shown = F(10) ** -entry["decimals"] / 2, _half_up(value, entry["decimals"])
        ends = [F(status["value"][side]) * scale for side in ("min", "max")]
        self._same("intervalle", ends, [value] * 2 if settled else [shown - half, shown + half])
        exact = entry["value"] and F(entry["value"]) * scale
        self._same("valeur exacte", exact, value if settled else None)

    def _known(self, entry: Any) -> set[F]:  # what is known of a figure, what the answers give
        status, form = entry["status"]["value"], entry["computation"]
        scale = 1 if entry["kind"] == "count" or not (form or "%" in entry["text"]) else 100
        low, high = (F(status[side]) * scale for side in ("min", "max"))
        return {low, high - HAIR * (low < high), *([self.measure(form)[0]] if form else [])}

    def _words(self, entry: Any, form: Any) -> None:
        terms = [self._known(self.entries[term["id"]]) for term in entry["terms"]]
        word = entry["words"] or {"sense": "part", "interval": None}
        sense, interval = word["sense"], word["interval"] or "]0 ; ∞["
        if form.get("type") == "rank":
            codes, sense = [form["first"], *sorted({*form["among"]} - {form["first"]})], "rang"
            options = ({"all": [form["where"], {"q": form["question"], "in": [c]}]} for c in codes)
            terms = [{F(who.bit_count()) for who in self.where(each)} for each in options]
        elif form:
            terms = [{self.measure(form["of"])[0]}.union(*terms)]
            interval = f"]{form.get('gt', '-∞')} ; {form.get('lt', '∞')}["
        for a, *others in product(*terms):
            tested = [a / others[0]] if sense == "rapport" else [a - b for b in others] or [a]
            if not all(_inside(-x if sense == "derriere" else x, interval) for x in tested):
                self._same("mots", entry["text"], f"faux pour {_french(a, 2)}")
                break

    def _deduction(self, entry: Any, rule: Any) -> None:
        terms, ends, unit, sense = {}, ("min", "max"), rule["unit"], rule["sense"]
        for term in rule["terms"]:
            value, low, high = terms[term["role"]] = [F(term[k]) for k in ("value", *ends)]
            other = self.entries.get(term["id"], entry)
            if other["kind"] == "implied" and other is not entry:
                self._same(term["id"], [low, high], [F(other["status"]["value"][k]) for k in ends])
            elif unit != "jours" and (read := _numbers(self.printed.get(term["id"], ""))[:1]):
                middle, times = (low + high) / 2, 100 if low < high else 1
                self._same(term["id"], [value * times, middle * times], read * 2)
            else:
                self.taken.add(term["id"])
        low, high = (F(entry["status"]["value"][k]) for k in ends)
        found = [_reckon(text, terms, rule["integers"]) for text in rule["expressions"]]
        self.searched += not found  # by trying whole numbers, or by counting rows
        values, lows, highs = zip(*(found or [[low, low, high]]), strict=True)
        least, most = (max(lows), min(highs)) if rule["join"] == "meet" else map(sum, (lows, highs))
        least, most = (F(-(-least // 1)), F(most // 1)) if unit == "effectif" else (least, most)
        self._same("minimum", low, low if sense == "au plus" else least)
        self._same("maximum", high, high if sense == "au moins" else most)
        scale = F(100 if unit in ("pourcentage", "points") else 1)
        printed = (entry["decimals"], NOUNS.get(unit, unit))
        first, last, shown = (_french(x * scale, *printed) for x in (low, high, sum(values, F(0))))
        between = first if first == last else f"entre {first.partition(NBSP)[0]} et {last}"
        texts = {"au moins": f"au moins {first}", "au plus": f"au plus {last}", "valeur": shown}
        self._same("texte", entry["text"], texts.get(sense, between))


def _table(data: Path, name: str) -> Any:  # some rows at a time, as columns
    with (data / f"{name}.csv").open("rb") as file:
        header = next(csv.reader([file.readline().decode()], strict=True), [])
        line, wide, plain = 2, len(header), b"," * (len(header) - 1) + b"\n"
        while block := file.read(1 << 15) + file.readline():  # what the processor's cache holds
            if (signs := block.translate(None, LETTERS)) != plain * (len(signs) // len(plain)):
                break  # quotation marks, other ends of line, damage: for the careful reader
            cells, line = block.decode().replace("\n", ",").split(","), line + len(signs) // wide
            yield {column: cells[rank:-1:wide] for rank, column in enumerate(header)}
        made = csv.reader(map(bytes.decode, chain(block.splitlines(True), file)), strict=True)
        while rows := list(islice(filter(None, made), 200)) if header else [[""]]:
            if {*map(len, rows)} != {wide}:  # a row too short or too long is damage
                raise ValueError(f"{name}.csv, avant la ligne {line + made.line_num} : colonnes")
            yield dict(zip(header, zip(*rows, strict=True), strict=True))


def _half_up(value: F, decimals: int = 0) -> F:  # halves go away from zero
    return (abs(value) * (scale := F(10) ** decimals) + F(1, 2)) // 1 / scale * (1, -1)[value < 0]


def _french(value: F, decimals: int = 0, noun: str = "") -> str:  # « points » starts at two
    whole, rest = divmod(abs(shown := _half_up(value, decimals)), 1)
    text = MINUS * (shown < 0) + re.sub(r"(?<=\d)(?=(\d{3})+$)", THIN, str(whole))
    text += "," + str(int(rest * 10**decimals)).zfill(decimals) if decimals > 0 else ""
    return text + NBSP * bool(noun) + noun + "s" * (noun == "point" and abs(shown) >= 2)


def _typeset(text: str) -> str:  # the spaces and apostrophes of French
    text = re.sub(r"(?<=\d)[ \xa0\u202f](?=\d{3}(?!\d))", THIN, text)
    return re.sub(r"(?<=\w)'(?=\w)", "’", re.sub(r"(?<=\d)[ \xa0\u202f]?%", f"{NBSP}%", text))


def _numbers(text: str) -> list[F]:  # in digits
    found = re.findall(r"\d+(?:[ \xa0\u202f]\d{3})*(?:,\d+)?", text)
    return [F(re.sub(r"\s", "", each).replace(",", ".")) for each in found]


def _inside(value: F, span: str) -> bool:  # « [90 ; 100[ »
    low, high = map(F, span[1:-1].replace(",", ".").replace("∞", "1e15").split(" ; "))
    return low < value < high or (value, span[0]) == (low, "[") or (value, span[-1]) == (high, "]")


def _eval(node: ast.expr, terms: dict[str, F]) -> F:  # names, numbers, four operations
    if isinstance(node, ast.BinOp):
        return F(SIGNS[type(node.op).__name__](_eval(node.left, terms), _eval(node.right, terms)))
    return terms[node.id] if isinstance(node, ast.Name) else F(ast.unparse(node))


def _reckon(text: str, terms: Any, integers: str | None) -> list[F]:  # as printed, least, greatest
    tree = ast.parse(text, mode="eval").body
    names = [name for name in terms if re.search(rf"\b{name}\b", text)]
    corners = product(*({*terms[name][1:]} for name in names))
    ends = [_eval(tree, dict(zip(names, corner, strict=True))) for corner in corners]
    value, low, high = _eval(tree, {n: terms[n][0] for n in names}), min(ends), max(ends)
    whole = value // 1 + 1 if integers == "above" else -(-low // 1), -(-high // 1) - 1
    return [value, *map(F, whole)] if integers else [value, low, high]  # that round to the share


def main(arguments: list[str]) -> int:
    """Recount a book, say in French what differs, and return the exit code."""
    faults, place = list[tuple[str, str]](), Path(*arguments[:1])
    try:
        book, *others = map(Path, arguments)
        near = (book / "donnees" / "enquete", book.parent / "data")
        data = [*others, *filter(Path.is_dir, near), book][0]
        ledger = json.loads((place := book / "provenance.json").read_text("utf-8"))
        recount, kinds = Recount(ledger, place := data), [e["kind"] for e in ledger["entries"]]
        for name, written in sorted(ledger["edition"]["files"].items()):
            differs = written != hashlib.sha256((data / name).read_bytes()).hexdigest()
            faults += [("empreinte différente de celle du registre", str(data / name))] * differs
    except Exception as error:
        print(f"Illisible : {error!r}\n  où : {place}\n  que faire : {TODO}")
        return 2
    for entry in ledger["entries"]:
        where = f"{entry['id']}, {entry['chapter']}, ligne {entry['source']['line']}"
        try:
            faults += [(what, where) for what in recount.check(entry)]
        except Exception as error:
            faults.append((f"entrée qui ne se recompte pas ({error!r})", where))
    for what, where in faults:
        print(f"{what}\n  où : {where}\n  que faire : {TODO}")
    print(f"{len(kinds)} chiffres recomptés, {len(faults)} écart{'s' * (len(faults) > 1)}")
    print(", ".join(f"{said} : {kinds.count(kind)}" for kind, said in KINDS.items()))
    partial = f"{recount.searched} déductions sans formule, {len(recount.taken)} nombres cités"
    print(f"En partie : texte des faits, choix des mots, {partial}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
