//! One static library, one module a concern, each with its own C header in `include/`.
//! Rules of the cooperative are never written here: these modules only join C++ to a library.

mod ed25519;
mod network;
mod sled;
mod wasmtime;
