//! Ed25519 verification by ed25519-zebra, single and batch. Contract: `include/icn_ed25519.h`.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;

use ed25519_zebra::{batch, Signature, VerificationKey, VerificationKeyBytes};
use rand_core::OsRng;

/// One signature to check. Mirrors `icn_ed25519_item`.
#[repr(C)]
pub struct Item {
    public_key: *const u8,
    signature: *const u8,
    message: *const u8,
    message_size: usize,
}

impl Item {
    /// # Safety
    /// The pointers hold what `icn_ed25519.h` promises.
    unsafe fn parts(&self) -> (VerificationKeyBytes, Signature, &[u8]) {
        let key: [u8; 32] = from_raw_parts(self.public_key, 32).try_into().unwrap();
        let signature: [u8; 64] = from_raw_parts(self.signature, 64).try_into().unwrap();
        let message = if self.message_size == 0 {
            &[]
        } else {
            from_raw_parts(self.message, self.message_size)
        };
        (key.into(), signature.into(), message)
    }
}

/// # Safety
/// `item` points to one valid `icn_ed25519_item`.
#[no_mangle]
pub unsafe extern "C" fn icn_ed25519_verify(item: *const Item) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let (key, signature, message) = (*item).parts();
        VerificationKey::try_from(key)
            .and_then(|key| key.verify(&signature, message))
            .is_ok()
    }))
    .unwrap_or(false)
}

/// # Safety
/// `items` points to `count` valid `icn_ed25519_item`s.
#[no_mangle]
pub unsafe extern "C" fn icn_ed25519_verify_batch(items: *const Item, count: usize) -> bool {
    if count == 0 {
        return true;
    }
    catch_unwind(AssertUnwindSafe(|| {
        let mut verifier = batch::Verifier::new();
        for item in from_raw_parts(items, count) {
            verifier.queue(item.parts());
        }
        verifier.verify(OsRng).is_ok()
    }))
    .unwrap_or(false)
}
