//! What each operation does, by what it is about.

pub mod insights;
