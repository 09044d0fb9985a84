# make       : environnement, puis HTML + PDF + vérifications dans _book/
# make test  : tous les tests
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PRET   := $(VENV)/.pret
PAQUETS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rapport-action-sociale
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
VERROU := --require-hashes --only-binary :all: -r requirements.txt

.PHONY: construire test mutation fuzz bench captures verrou propre aide

construire: $(PRET) ## construit le livre (défaut)
	$(BIN)/rapport construire

test: $(PRET) ## lance tous les tests
	$(BIN)/python -m edition.testing

mutation: $(PRET) ## plante des fautes dans des copies du livre : chaque vérification doit trouver la sienne
	$(BIN)/python tests/mutation

fuzz: $(PRET) ## importe dix minutes d'exports abîmés : aucun plantage, aucune écriture à moitié
	$(BIN)/python tests/fuzz_import.py --secondes 600

bench: $(PRET) ## mesure nos constructions et celles de nbconvert
	$(BIN)/python bench/mesurer.py

captures: $(PRET) ## photographie six pages du site et huit du PDF, dans captures/
	$(BIN)/python bench/captures.py

verrou: ## recalcule uv.lock et requirements.txt (demande uv)
	uv lock
	uv export --frozen --no-emit-project --no-header --output-file requirements.txt > /dev/null

propre: ## efface ce qui se reconstruit
	rm -rf $(VENV) _book .rapport captures

aide: ## montre ces lignes
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

# Paquets vérifiés par empreinte, téléchargés une fois dans PAQUETS, puis repris sans réseau (le
# cache de pip n'y suffit pas : pip demande toujours l'index). Le projet lui-même n'en demande pas.
REPRENDRE = $(PIP) install --no-index --find-links "$(PAQUETS)" $(VERROU)
$(PRET): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	@$(REPRENDRE) 2>/dev/null || { echo "Téléchargement des paquets dans $(PAQUETS)"; \
	  $(PIP) download --no-cache-dir --dest "$(PAQUETS)" $(VERROU) && $(REPRENDRE); } || { \
	  echo "Les paquets de requirements.txt ne s'installent pas : ils ne sont pas tous dans $(PAQUETS)."; \
	  echo "  que faire : reliez la machine au réseau, ou copiez ce dossier d'une machine où make a réussi."; \
	  exit 1; } >&2
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	touch $(PRET)
