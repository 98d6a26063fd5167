# Recipes for the tasks of every day; `just` alone lists them. No `just`? `pip install rust-just`, or read the command here.

_default:
    @"{{ just_executable() }}" --list

# The simulated shop with its incidents
demo:
    cargo run --bin stackseer -- demo

# All tests: what a change must pass
test:
    tests/run

# Format and lints alone
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# The template corpus: resources found and watched, edges right, per template and in sum
templates:
    cargo test -p stackseer-aws corpus -- --nocapture

# PetShop: which issues does an insight name, and does an ordinary time stay quiet? Looks in ../shared/data/petshop or $PETSHOP_DIR
petshop:
    tests/venv >/dev/null
    .cache/venv/bin/python tests/replay/petshop_table.py "$(tests/binary)"

# NAB: scores of every series, and NAB's own score of them. Looks in ../shared or $STACKSEER_DATA and $STACKSEER_TOOLS
nab out=".cache/nab":
    tests/nab {{ out }}

# What the line finds, and what it opens for nothing: ordinary months and incidents of simulated applications
quality *args:
    cargo run --profile quality -p stackseer-quality -- {{ args }}

# All that docs/quality.md reports: ordinary months and incidents of four seeds, field cases, PetShop and NAB; half an hour on two idle cores
suite data=env("STACKSEER_DATA", "../shared/data"):
    @for set in field petshop nab; do [ -e "{{ data }}/$set" ] || { echo "just suite: no {{ data }}/$set; say where it is: just suite FOLDER" >&2; exit 1; }; done
    "{{ just_executable() }}" quality --field "{{ data }}/field/incidents"
    PETSHOP_DIR="{{ data }}/petshop" "{{ just_executable() }}" petshop
    STACKSEER_DATA="{{ data }}" "{{ just_executable() }}" nab

# The same in two minutes, held to floors
quality-quick *args:
    cargo run --profile quality -p stackseer-quality -- --quick --floors tests/quality/floors.toml {{ args }}

# Speed, instructions, memory and sizes of detection, planning and reading, beside a z-score and AWS's Random Cut Forest: ten minutes, and the build
bench *args:
    cargo bench -p stackseer-bench -- {{ args }}

# How long each operation of the API takes over the embedded store of 10,000 insights, and what it reads: ten minutes, and the build
api-bench:
    cargo bench -p stackseer-aws --bench api

# Binary sizes, cold starts, memory, CloudWatch calls, DynamoDB units and dollars of the functions as they ship
performance:
    tests/performance/run
