//! Re-exports Wasmtime's own C API (headers: the crate's `include/`, copied out by CMake).

pub use wasmtime_c_api::*;
