# Recipes for the tasks of every day; `just` alone lists them. No `just`? `pip install rust-just`, or read the command here.

_default:
    @"{{ just_executable() }}" --list

# All tests: what a change must pass
test:
    tests/run

# Format and lints alone
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
