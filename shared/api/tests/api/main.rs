//! The API over a store in memory, asked as clients ask it.

mod errors;
mod events;
mod handling;
mod health;
mod insights;
mod limits;
mod resources;
mod scene;
mod settings;
mod trying;
