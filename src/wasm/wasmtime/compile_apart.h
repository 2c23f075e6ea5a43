#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

// What a module costs to compile has no bound in its size: 300 KB can be made to ask for more memory than a
// machine has. So all but tiny modules are compiled by a process of their own, under limits on memory and
// processor time.
namespace icn::wasm {

// The one argument of a program that is to compile a module: it then does what run_compiler() does.
inline constexpr std::string_view kCompileWord = "compile-module";

// Machine code of `wasm` for an engine of make_engine(), made by `program`. Waits for it.
//   kModuleInvalid
//   kCompileLimit   it took more memory or time than compiling may
//   kEngine        the program could not be started, or is none that compiles
// Thread: any.
Result<Bytes> compile_apart(const std::string& program, ByteView wasm);

// Reads a module from descriptor 0 and writes its machine code, or what is wrong with it, to 1. Lowers the
// limits of the process for good. Returns its exit code.
int run_compiler();

}  // namespace icn::wasm
