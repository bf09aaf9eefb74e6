# The developers' habits. Each one goes through dev.py, so there is one way to do a thing.
.DEFAULT_GOAL := help
CHECKS := lint types order templates security migrations settings whole generated
.PHONY: help demo test check $(CHECKS) fmt proofs faults bench pictures diagrams lock

RUN := python3 dev.py run
TEMPLATES := git ls-files -z -- '*.html' | xargs -0 -r
PYTHON_FILES := dev.py manage.py $(shell git ls-files -- '*/__init__.py' | cut -d/ -f1 | sort -u)

help:  ## list these
	@awk -F ':.*## ' '/^[a-z]+:.*  ## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## the whole site with a made-up company
	python3 dev.py demo

test:  ## every test, on a PostgreSQL of its own
	python3 dev.py test

proofs:  ## the long versions of the proofs whose short ones are among the tests
	UPWELL_LONG_PROOFS=1 python3 dev.py test disclosure dashboards/tests/test_attack.py people programs/tests/test_documents.py matching/engine notifications/tests/test_rules.py surveys/tests/test_questions.py surveys/tests/test_round_trip.py surveys/tests/test_linked.py surveys/tests/test_no_path.py pairings/tests/test_life.py pairings/tests/test_clicks.py pairings/tests/test_privacy.py mentoring/local/tests/test_demo.py mentoring/tests/test_access.py mentoring/tests/test_bad_input.py mentoring/tests/test_desk.py mentoring/tests/test_odd_forms.py mentoring/tests/test_journey.py mentoring/tests/test_killed_tasks.py mentoring/tests/test_journey_in_a_browser.py ui/tests/test_pages.py

faults:  ## kill, wipe and crash everything while ten thousand messages leave, and count what arrived
	$(RUN) python -m mentoring.faults

check: $(CHECKS)  ## lint, types, order of the apps, templates, security, migrations, settings, who sees what, the demo from nothing, generated files

lint:
	$(RUN) ruff check
	$(RUN) ruff format --check

types:
	$(RUN) mypy $(PYTHON_FILES)

order:
	$(RUN) lint-imports

templates:
	$(TEMPLATES) $(RUN) djade --target-version 5.2 --check
	$(TEMPLATES) $(RUN) djlint --lint --quiet

# Left out: what ruff's S308, S310 and S608 judge already, place by place.
security:
	$(RUN) bandit --quiet --recursive --severity-level medium --skip B308,B310,B608,B703 --exclude '*/tests/*' $(PYTHON_FILES)

migrations:
	$(RUN) --database python manage.py makemigrations --check --dry-run

settings:
	$(RUN) --production python manage.py check --deploy --fail-level WARNING

# Every address as everybody, and the demo from nothing: too dear for each run of the tests, and to get wrong once.
whole:
	UPWELL_LONG_PROOFS=1 python3 dev.py test --quiet mentoring/local/tests/test_demo.py mentoring/tests/test_access.py pairings/tests/test_privacy.py

generated: diagrams
	git diff --exit-code -- docs

fmt:  ## put code and templates in order
	$(RUN) ruff check --fix
	$(RUN) ruff format
	$(TEMPLATES) $(RUN) djade --target-version 5.2

bench:  ## how fast it is, against bare Django, SciPy, lapx, OR-Tools, COPY and django-import-export on this machine
	$(RUN) --site python -m mentoring.bench

pictures:  ## take the README's pictures again
	$(RUN) --site python -m mentoring.pictures

diagrams:  ## draw the map of the apps and the life cycles again
	$(RUN) python -m mentoring.diagrams

COMPILE := uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11
lock:  ## compile requirements.txt, requirements-dev.txt and those of the benchmarks afresh
	$(RUN) sh -c '$(COMPILE) requirements.in -o requirements.txt && $(COMPILE) requirements-dev.in -o requirements-dev.txt && $(COMPILE) mentoring/bench/requirements.in -o mentoring/bench/requirements.txt && $(COMPILE) mentoring/bench/peers.in -o mentoring/bench/peers.txt'
