//! Wasmtime's own C API (headers: the crate's `include/`, copied out by CMake), and a limiter for its
//! stores. Contract: `include/icn_wasmtime.h`.

pub use wasmtime_c_api::wasmtime_store_t;
use wasmtime_c_api::wasmtime::{Error, ResourceLimiter, Result};
use wasmtime_c_api::WasmtimeStore;

/// Mirrors `icn_wasm_limits`.
#[repr(C)]
pub struct Limits {
    memory_bytes: u64,
    table_elements: u64,
    memory_peak_bytes: u64,
    host_refused: bool,
}

struct Limiter(*mut Limits);

// The caller promises that the limits are touched only by the thread that runs the store.
unsafe impl Send for Limiter {}
unsafe impl Sync for Limiter {}

impl Limiter {
    fn limits(&mut self) -> &mut Limits {
        unsafe { &mut *self.0 }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let limits = self.limits();
        let allowed =
            desired as u64 <= limits.memory_bytes && maximum.is_none_or(|maximum| desired <= maximum);
        if allowed {
            limits.memory_peak_bytes = limits.memory_peak_bytes.max(desired as u64);
        }
        Ok(allowed)
    }

    /// Also called, before `memory_growing`, for what the module itself has ruled out.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        if error.to_string().contains("memory type's limits") {
            return Ok(());
        }
        self.limits().host_refused = true;
        Err(error)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired as u64 <= self.limits().table_elements)
    }
}

/// # Safety
/// `store` was made by `wasmtime_store_new`; `limits` outlives it.
#[no_mangle]
pub unsafe extern "C" fn icn_wasmtime_store_limits(store: *mut wasmtime_store_t, limits: *mut Limits) {
    // `wasmtime_store_t` is a `repr(C)` struct of this one field.
    const _: () = assert!(size_of::<wasmtime_store_t>() == size_of::<WasmtimeStore>());
    let store = &mut *store.cast::<WasmtimeStore>();
    let mut limiter = Limiter(limits);
    store.limiter(move |_| unsafe { &mut *(&mut limiter as *mut Limiter) });
}
