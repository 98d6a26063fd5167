//! Formulas of queueing theory.

/// Mean wait for one of `servers` at this use of them, in service times (Sakasegawa's approximation; exact for one server).
pub fn wait(servers: f64, usage: f64) -> f64 {
    let usage = usage.clamp(0.0, 0.985);
    let servers = servers.max(1.0);
    usage.powf((2.0 * (servers + 1.0)).sqrt() - 1.0) / (servers * (1.0 - usage))
}

/// Little's law: how many are inside.
pub fn inside(per_minute: f64, seconds: f64) -> f64 {
    per_minute / 60.0 * seconds
}

/// What is retried at once: how many calls one becomes.
pub fn attempts(fail: f64, retries: i32) -> f64 {
    (0..=retries).map(|n| fail.powi(n)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_waits_as_the_textbook_has_it() {
        for usage in [0.1, 0.5, 0.8, 0.95] {
            let known = usage / (1.0 - usage);
            assert!((wait(1.0, usage) - known).abs() < 1e-9, "M/M/1 at {usage}");
        }
    }

    #[test]
    fn several_servers_wait_about_as_erlang_has_it() {
        // Erlang C for c servers at a offered load a: C(c, a) / (c - a), in service times.
        let erlang = |c: u32, usage: f64| {
            let a = f64::from(c) * usage;
            let (mut term, mut sum) = (1.0, 1.0);
            for k in 1..c {
                term *= a / f64::from(k);
                sum += term;
            }
            let last = term * a / f64::from(c) / (1.0 - usage);
            last / (sum + last) / (f64::from(c) - a)
        };
        for (servers, usage) in [(2, 0.7), (4, 0.8), (8, 0.9), (20, 0.95)] {
            let (mine, known) = (wait(f64::from(servers), usage), erlang(servers, usage));
            assert!((mine / known - 1.0).abs() < 0.15, "M/M/{servers} at {usage}: {mine} against {known}");
        }
    }

    #[test]
    fn little_and_retries() {
        assert_eq!(inside(120.0, 3.0), 6.0);
        assert_eq!(attempts(0.0, 3), 1.0);
        assert!((attempts(0.5, 2) - 1.75).abs() < 1e-12);
    }
}
