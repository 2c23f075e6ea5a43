"""The rules of the tidy test as data: what is banned where, and how large things may be."""

import re

FUNCTION_LINES_MAX = 70
HEADER_LINES_MAX = 200
SOURCE_LINES_MAX = 500
FILE_BYTES_MAX = 1024 * 1024

CODE = (".h", ".cc", ".c")
TESTS = r"_(test|bench|fuzz)\.cc$|^tests/"
TEST_SUPPORT = r"(_testing|/test_support)\.h$"
# Folders that wrap a library which throws: the exceptions stop there.
ADAPTERS = r"^src/(storage/(rocksdb|sled|sqlite|postgresql|redis)|wasm/wasmtime|consensus/cometbft)/"
PROGRAMS = r"^src/(cli|bench|devnet)/"

# (what, pattern over text without comments and literals, paths it does not apply to, what to do instead).
# They apply to C and C++ below src/.
BANNED = [
    ("C string functions", r"\b(strcpy|strcat|strtok|sprintf|vsprintf|gets)\s*\(", None, "std::string, fmt::format"),
    ("rand", r"\b(rand|srand|random_shuffle)\s*\(|\bstd::(random_device|mt19937(_64)?)\b", TESTS + r"|^src/base/random\.|" + PROGRAMS,
     "a Random passed in"),
    ("system", r"(?<![\w.>:])(std::)?(system|popen)\s*\(", None, "posix_spawn with arguments"),
    ("throwing parsers", r"\bstd::(sto(i|l|ul|ll|ull|f|d|ld))\s*\(|\b(atoi|atol|atoll|atof)\s*\(", TESTS, "std::from_chars"),
    ("time(nullptr)", r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\bsystem_clock::now\b", TESTS + r"|^src/base/|" + PROGRAMS,
     "a Clock passed in"),
    # A factory of a private constructor may write std::unique_ptr<T>(new T(...)): it is owned at once.
    ("new", r"(?<![\w:])(?<!>\()new\s+(\(|[A-Za-z_:])", r"^src/base/assert\.", "std::make_unique"),
    ("delete", r"\bdelete\b\s*(\[\s*\]\s*)?[A-Za-z_(*]", None, "std::unique_ptr"),
    ("std::cout", r"\bstd::(cout|cerr)\b|\bfmt::print\s*\(|(?<![\w:.>])(std::)?(printf|puts)\s*\(", TESTS + "|" + PROGRAMS, "the log passed in"),
    ("throw", r"\bthrow\b", TESTS + "|" + ADAPTERS, "return an Error"),
]
BANNED = [(what, re.compile(pattern), paths and re.compile(paths), instead) for what, pattern, paths, instead in BANNED]

# Included only below its owner (and by node/, which wires; tests and benches elsewhere may open real stores).
ENGINES = re.compile(r'#\s*include\s*"storage/(memory|rocksdb|sled|sqlite|postgresql)/')
ENGINES_MAY = re.compile(r"^src/(storage|node|bench)/")
# (library header, folder that may include it).
WRAPPED = [
    (re.compile(r"#\s*include\s*[<\"]rocksdb/"), re.compile(r"^src/storage/rocksdb/|^src/bench/"), "storage/rocksdb"),
    (re.compile(r"#\s*include\s*[<\"]sqlite3\.h"), re.compile(r"^src/storage/sqlite/|^src/bench/"), "storage/sqlite"),
    (re.compile(r"#\s*include\s*[<\"](postgresql/)?libpq-fe\.h"), re.compile(r"^src/storage/postgresql/|^src/bench/"), "storage/postgresql"),
    (re.compile(r"#\s*include\s*[<\"]hiredis/"), re.compile(r"^src/storage/redis/|^src/bench/"), "storage/redis"),
    (re.compile(r"#\s*include\s*[<\"](wasmtime|wasi|wasm)\.h(h)?[>\"]"), re.compile(r"^src/(wasm/wasmtime|bench)/|^src/wasm/test_support\.h$|^native/"), "wasm/wasmtime"),
    (re.compile(r"#\s*include\s*[<\"]icn_sled\.h"), re.compile(r"^src/storage/sled/|^src/bench/|^native/"), "storage/sled"),
    (re.compile(r"#\s*include\s*[<\"]zstd\.h"), re.compile(r"^src/backup/"), "backup"),
    (re.compile(r"#\s*include\s*[<\"]icn_network\.h"), re.compile(r"^src/network/libp2p/|^native/"), "network/libp2p"),
]

# An ErrorKind's name, category, code and title.
ERROR_KIND = re.compile(r'\bErrorKind\s+(k\w+)\s*\{\s*(?:icn::)?Category::(\w+),\s*"([^"]+)",\s*"([^"]+)"')
STATUSES = {"kMalformed": 400, "kUnauthenticated": 401, "kPayment": 402, "kForbidden": 403, "kNotFound": 404, "kConflict": 409, "kTooLarge": 413,
            "kRule": 422, "kRateLimited": 429, "kInternal": 500, "kUnavailable": 503, "kStorageFull": 507}
# The protocol's codes: letter and how many.
PROTOCOL_CODES = {"E": 12, "F": 10, "G": 10, "I": 10, "J": 10}

# Settings that no code need read, and why.
UNREAD_SETTINGS = {"tls_min": "has one value; the server speaks nothing older"}

# Spelled in parts, so that this file does not break its own rules.
OPEN_WORK = re.compile(r"\b(" + "|".join(a + b for a, b in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"))) + r")\b(?!.*#\d)")
OPEN_WORK_FILES = re.compile(r"\.(h|cc|c|def|rs|py|sh|cmake|ts|tsx|toml|yml|yaml|proto)$|(CMakeLists\.txt|Makefile|run)$")
HOSTS = re.compile("|".join(re.escape(a + b) for a, b in (
    ("crates", ".io"), ("pypi", ".org"), ("files.pythonhosted", ".org"), ("registry.npmjs", ".org"), ("proxy.golang", ".org"),
    ("sum.golang", ".org"), ("deb.debian", ".org"), ("security.debian", ".org"), ("repo.maven", ".org"), ("repo1.maven", ".org"))))
MACHINE_PATHS = re.compile(r"(?<![\w.~}/-])/(" + "|".join(("ro" + "ot", "wo" + "rk", "ho" + r"me/\w+", "Us" + r"ers/\w+")) + r")/\w")
# First bytes of what a compiler makes: such a file is never committed.
OBJECTS = ("\x7fELF", "!<arch>\n", "\0asm")
LOCK_FILES = re.compile(r"\.lock$|package-lock\.json$|go\.sum$")
