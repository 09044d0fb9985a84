# make       : environnement, puis HTML + PDF + vérifications dans _book/
# make test  : tous les tests
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PRET   := $(VENV)/.pret

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

# Paquets vérifiés par empreinte ; le projet lui-même s'installe sans rien télécharger.
$(PRET): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(PRET)
