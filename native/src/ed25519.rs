//! Ed25519 verification: one signature by ed25519-zebra, batches by the same equation over curve25519-dalek, with the
//! points of known keys kept. Contract: `include/icn_ed25519.h`.

use std::collections::HashMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use ed25519_zebra::{Signature, VerificationKey, VerificationKeyBytes};
use rand_core::{OsRng, RngCore};
use sha2::{Digest, Sha512};

type KeyBytes = [u8; 32];

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
    unsafe fn parts(&self) -> (KeyBytes, [u8; 64], &[u8]) {
        let key: KeyBytes = from_raw_parts(self.public_key, 32).try_into().unwrap();
        let signature: [u8; 64] = from_raw_parts(self.signature, 64).try_into().unwrap();
        let message = if self.message_size == 0 {
            &[]
        } else {
            from_raw_parts(self.message, self.message_size)
        };
        (key, signature, message)
    }
}

/// Points of keys, in two generations: when the young one is full the old one is dropped, and what is found in the
/// old one becomes young.
struct KnownKeys {
    young: HashMap<KeyBytes, EdwardsPoint>,
    old: HashMap<KeyBytes, EdwardsPoint>,
    generation_max: usize,
}

impl KnownKeys {
    fn point(&mut self, key: &KeyBytes) -> Option<EdwardsPoint> {
        if let Some(point) = self.young.get(key) {
            return Some(*point);
        }
        let point = match self.old.remove(key) {
            Some(point) => point,
            None => CompressedEdwardsY(*key).decompress()?,
        };
        if self.young.len() >= self.generation_max {
            self.old = std::mem::take(&mut self.young);
        }
        if self.generation_max > 0 {
            self.young.insert(*key, point);
        }
        Some(point)
    }
}

pub struct Verifier {
    keys: KnownKeys,
}

impl Verifier {
    fn new(keys_max: usize) -> Verifier {
        Verifier {
            keys: KnownKeys { young: HashMap::new(), old: HashMap::new(), generation_max: keys_max / 2 },
        }
    }

    /// Whether 8 * (sum z_i s_i B - sum z_i R_i - sum z_i k_i A_i) = 0 for random z_i of 128 bits. None: not even
    /// points or a scalar.
    unsafe fn verify(&mut self, items: &[Item]) -> Option<bool> {
        let mut random = vec![0u8; items.len() * 16];
        OsRng.try_fill_bytes(&mut random).ok()?;
        let mut base_factor = Scalar::ZERO;
        let mut key_places: HashMap<KeyBytes, usize> = HashMap::with_capacity(items.len());
        let mut factors = Vec::with_capacity(items.len() * 2 + 1);
        let mut points = Vec::with_capacity(items.len() * 2 + 1);
        for (item, random) in items.iter().zip(random.chunks_exact(16)) {
            let (key, signature, message) = item.parts();
            let (r, s) = signature.split_at(32);
            let r: [u8; 32] = r.try_into().unwrap();
            let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s.try_into().unwrap()))?;
            let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
            let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
            let z = Scalar::from(u128::from_le_bytes(random.try_into().unwrap()));
            base_factor -= z * s;
            points.push(CompressedEdwardsY(r).decompress()?);
            factors.push(z);
            // One term for all signatures of a key.
            match key_places.get(&key) {
                Some(&place) => factors[place] += z * k,
                None => {
                    key_places.insert(key, factors.len());
                    points.push(self.keys.point(&key)?);
                    factors.push(z * k);
                }
            }
        }
        points.push(ED25519_BASEPOINT_POINT);
        factors.push(base_factor);
        Some(EdwardsPoint::vartime_multiscalar_mul(&factors, &points).mul_by_cofactor().is_identity())
    }
}

/// # Safety
/// `item` points to one valid `icn_ed25519_item`.
#[no_mangle]
pub unsafe extern "C" fn icn_ed25519_verify(item: *const Item) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let (key, signature, message) = (*item).parts();
        VerificationKey::try_from(VerificationKeyBytes::from(key))
            .and_then(|key| key.verify(&Signature::from_bytes(&signature), message))
            .is_ok()
    }))
    .unwrap_or(false)
}

#[no_mangle]
pub extern "C" fn icn_ed25519_verifier_new(keys_max: usize) -> *mut Verifier {
    Box::into_raw(Box::new(Verifier::new(keys_max)))
}

/// # Safety
/// `verifier` is one that `icn_ed25519_verifier_new` made, and is not used again.
#[no_mangle]
pub unsafe extern "C" fn icn_ed25519_verifier_free(verifier: *mut Verifier) {
    drop(Box::from_raw(verifier));
}

/// # Safety
/// `verifier` is a live one, used by one thread at a time; `items` points to `count` valid `icn_ed25519_item`s.
#[no_mangle]
pub unsafe extern "C" fn icn_ed25519_verifier_verify(
    verifier: *mut Verifier,
    items: *const Item,
    count: usize,
) -> bool {
    if count == 0 {
        return true;
    }
    catch_unwind(AssertUnwindSafe(|| (*verifier).verify(from_raw_parts(items, count)).unwrap_or(false)))
        .unwrap_or(false)
}
