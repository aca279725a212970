.PHONY: bench
# Every promised figure beside what it is held against; the table is also in target/bench.md. BENCH_QUICK=1 is shorter.
bench:
	cargo build --release --features bench
	target/release/bench
