#pragma once

#include <memory>

#include "storage/store.h"

// Who reads holds the store it reads from; who opens a store again waits until nobody does.
namespace icn::storage {

// A snapshot that keeps its store open. Thread: any.
std::unique_ptr<Reader> held_snapshot(std::shared_ptr<Store> store);

// Waits, 10 s at most, until nobody holds the store. unavailable: somebody still does.
Result<void> wait_for_readers(const std::weak_ptr<Store>& store);

}  // namespace icn::storage
