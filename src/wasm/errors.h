#pragma once

#include "base/result.h"

// Why a module is not run at all. What happens to a run that has started is a Trap (outcome.h).
namespace icn::wasm::errors {

inline constexpr ErrorKind kModuleTooLarge{Category::kTooLarge, "module_too_large",
                                           "the module is larger than allowed"};
inline constexpr ErrorKind kModuleInvalid{Category::kMalformed, "module_invalid",
                                          "not a valid WebAssembly module"};
inline constexpr ErrorKind kModuleLimit{Category::kRule, "module_limit",
                                        "the module exceeds a limit on modules"};
// How much it takes depends on the machine: no result of a job.
inline constexpr ErrorKind kCompileLimit{Category::kUnavailable, "compile_limit",
                                         "compiling the module takes more than is given for it"};
inline constexpr ErrorKind kUnknownImport{Category::kRule, "unknown_import",
                                          "the module imports a function that does not exist"};
inline constexpr ErrorKind kUnknownFunction{Category::kRule, "unknown_function",
                                            "the module exports no such function"};
inline constexpr ErrorKind kArguments{Category::kRule, "job_arguments",
                                      "the arguments do not fit the function"};
inline constexpr ErrorKind kEngine{Category::kInternal, "wasm_engine", "the engine failed"};

}  // namespace icn::wasm::errors
