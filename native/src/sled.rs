//! One sled tree behind a C interface. Contract: `include/icn_sled.h`.

use std::ffi::{c_char, c_void, CStr};
use std::io::ErrorKind;
use std::ops::Bound;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;

const MESSAGE_SIZE: usize = 512;
/// ENOSPC and EDQUOT.
const FULL: [i32; 2] = [28, 122];

#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
pub enum Status {
    Ok = 0,
    Corrupt = 1,
    Io = 2,
    Full = 3,
    Broken = 4,
}

pub struct Tree {
    db: sled::Db,
    entries: sled::Tree,
}

/// Mirrors `icn_sled_options`.
#[repr(C)]
pub struct Options {
    path: *const c_char,
    cache_capacity: u64,
    flush_every_ms: u64,
    compression: i32,
}

/// Mirrors `icn_sled_change`.
#[repr(C)]
pub struct Change {
    key: *const u8,
    key_size: usize,
    value: *const u8,
    value_size: usize,
    is_removal: bool,
}

type Take = unsafe extern "C" fn(*mut c_void, *const u8, usize, *const u8, usize);

struct Failure {
    status: Status,
    text: String,
}

impl From<sled::Error> for Failure {
    fn from(error: sled::Error) -> Failure {
        let status = match &error {
            sled::Error::Corruption { .. } => Status::Corrupt,
            sled::Error::Io(io) if io.raw_os_error().is_some_and(|code| FULL.contains(&code)) => Status::Full,
            sled::Error::Io(io) if matches!(io.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                Status::Corrupt
            }
            sled::Error::Io(_) => Status::Io,
            _ => Status::Broken,
        };
        Failure { status, text: error.to_string() }
    }
}

unsafe fn view<'a>(bytes: *const u8, size: usize) -> &'a [u8] {
    if size == 0 {
        &[]
    } else {
        from_raw_parts(bytes, size)
    }
}

unsafe fn say(message: *mut c_char, text: &str) {
    let size = text.len().min(MESSAGE_SIZE - 1);
    std::ptr::copy_nonoverlapping(text.as_ptr(), message.cast::<u8>(), size);
    *message.add(size) = 0;
}

/// Runs `work`; a failure or a panic becomes a status and a message.
unsafe fn guarded<T>(message: *mut c_char, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Status> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => {
            say(message, &failure.text);
            Err(failure.status)
        }
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("sled panicked");
            say(message, text);
            Err(Status::Broken)
        }
    }
}

fn status_of(done: Result<(), Status>) -> Status {
    done.err().unwrap_or(Status::Ok)
}

fn open(path: &str, options: &Options, is_compressed: bool) -> sled::Result<sled::Db> {
    let flush_every_ms = (options.flush_every_ms > 0).then_some(options.flush_every_ms);
    sled::Config::default()
        .path(path)
        .cache_capacity(options.cache_capacity)
        .flush_every_ms(flush_every_ms)
        .use_compression(is_compressed)
        .compression_factor(options.compression.clamp(1, 22))
        .open()
}

/// # Safety
/// `options`, `status` and `message` are what `icn_sled.h` says.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_open(
    options: *const Options,
    status: *mut Status,
    message: *mut c_char,
) -> *mut Tree {
    let opened = guarded(message, || {
        let options = &*options;
        let path = CStr::from_ptr(options.path).to_string_lossy();
        let wanted = options.compression > 0;
        let db = match open(&path, options, wanted) {
            Err(sled::Error::Unsupported(_)) => open(&path, options, !wanted)?,
            other => other?,
        };
        let entries = db.open_tree("entries")?;
        Ok(Tree { db, entries })
    });
    *status = Status::Ok;
    match opened {
        Ok(tree) => Box::into_raw(Box::new(tree)),
        Err(failed) => {
            *status = failed;
            std::ptr::null_mut()
        }
    }
}

/// # Safety
/// `tree` is one that `icn_sled_open` made, and is not used again.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_close(tree: *mut Tree) {
    let tree = Box::from_raw(tree);
    let _ = catch_unwind(AssertUnwindSafe(move || drop(tree)));
}

/// # Safety
/// `tree` is open.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_give_up(tree: *mut Tree) -> bool {
    /// Several segments of sled's log, of which each is written when it is full.
    const BYTES_MAX: usize = 16 << 20;
    const VALUE_SIZE: usize = 4 << 10;
    const WAITS_MAX: usize = 500;
    catch_unwind(AssertUnwindSafe(|| {
        let db = &(*tree).db;
        let mut state = 1u64;
        for number in 0..BYTES_MAX / VALUE_SIZE {
            if db.context.global_error().is_err() {
                return true;
            }
            // Compressed they would fill nothing.
            let value: Vec<u8> = (0..VALUE_SIZE / 8)
                .flat_map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state.to_le_bytes()
                })
                .collect();
            // To the database's own tree, which nobody reads.
            let _ = db.insert((number as u64 % 8).to_be_bytes(), value);
        }
        for _ in 0..WAITS_MAX {
            if db.context.global_error().is_err() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        false
    }))
    .unwrap_or(false)
}

/// # Safety
/// `tree` is open; `changes` points to `count` valid changes.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_apply(
    tree: *mut Tree,
    changes: *const Change,
    count: usize,
    message: *mut c_char,
) -> Status {
    status_of(guarded(message, || {
        let tree = &*tree;
        let changes = if count == 0 { &[] } else { from_raw_parts(changes, count) };
        if let [only] = changes {
            let key = view(only.key, only.key_size);
            if only.is_removal {
                tree.entries.remove(key)?;
            } else {
                tree.entries.insert(key, view(only.value, only.value_size))?;
            }
            return Ok(());
        }
        let mut batch = sled::Batch::default();
        for change in changes {
            let key = view(change.key, change.key_size);
            if change.is_removal {
                batch.remove(key);
            } else {
                batch.insert(key, view(change.value, change.value_size));
            }
        }
        Ok(tree.entries.apply_batch(batch)?)
    }))
}

/// # Safety
/// `tree` is open.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_flush(tree: *mut Tree, message: *mut c_char) -> Status {
    status_of(guarded(message, || {
        (*tree).entries.flush()?;
        Ok(())
    }))
}

/// # Safety
/// `tree` is open; `key` has `key_size` bytes; `take` may be called with `context`.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_get(
    tree: *const Tree,
    key: *const u8,
    key_size: usize,
    take: Take,
    context: *mut c_void,
    message: *mut c_char,
) -> Status {
    status_of(guarded(message, || {
        if let Some(value) = (*tree).entries.get(view(key, key_size))? {
            take(context, key, key_size, value.as_ptr(), value.len());
        }
        Ok(())
    }))
}

/// # Safety
/// `tree` is open; the bounds have their sizes; `take` may be called with `context`; `is_more` is writable.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_range(
    tree: *const Tree,
    from: *const u8,
    from_size: usize,
    to: *const u8,
    to_size: usize,
    is_reverse: bool,
    limit: usize,
    take: Take,
    context: *mut c_void,
    is_more: *mut bool,
    message: *mut c_char,
) -> Status {
    status_of(guarded(message, || {
        *is_more = false;
        let (from, to) = (view(from, from_size), view(to, to_size));
        if from >= to {
            return Ok(());
        }
        let mut entries = (*tree).entries.range::<&[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        for _ in 0..limit {
            let entry = if is_reverse { entries.next_back() } else { entries.next() };
            match entry {
                None => return Ok(()),
                Some(found) => {
                    let (key, value) = found?;
                    take(context, key.as_ptr(), key.len(), value.as_ptr(), value.len());
                }
            }
        }
        *is_more = true;
        Ok(())
    }))
}

/// # Safety
/// `tree` is open.
#[no_mangle]
pub unsafe extern "C" fn icn_sled_size(tree: *const Tree) -> u64 {
    catch_unwind(AssertUnwindSafe(|| (*tree).db.size_on_disk().unwrap_or(0))).unwrap_or(0)
}
