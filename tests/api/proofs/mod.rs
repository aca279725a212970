//! Proofs over the whole contract: that each caller reaches exactly what is theirs, and that nothing tells of the rest.
//!
//! They take what there is to call from the contract itself, so that an operation added later is held to the same.

mod assignment;
mod estate;
mod oracle;
mod plans;
mod requests;
mod sweep;
mod timing;
mod unknown;
mod worlds;

/// How many cases a proof takes: a few, unless an environment variable asks for more.
fn cases(variable: &str, few: usize) -> usize {
    std::env::var(variable).ok().map_or(few, |number| number.parse().unwrap())
}

/// Runs jobs on two threads.
fn side_by_side<T: Sync>(jobs: &[T], work: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || {
            while let Some(job) = jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                work(job);
            }
        };
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
