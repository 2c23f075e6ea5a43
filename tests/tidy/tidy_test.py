#!/usr/bin/env python3
"""The tidy test tested: every rule on a small input that breaks it and on one that does not."""

import sys
import unittest

import rules
import tidy
from functions import blank, functions


def names(text):
    return [name for name, _, _ in functions(text)]


def broken(check, path, text, allowed=None):
    return [message for _, _, message in check({path: text}, allowed or {})]


def body(lines):
    """A function of exactly `lines` lines."""
    return "void f() {\n" + "  g();\n" * (lines - 2) + "}\n"


class Functions(unittest.TestCase):
    def test_names_and_lengths(self):
        text = "namespace a {\n\nint twice(int x) {\n  return 2 * x;\n}\n\nclass C {\n public:\n  C() : x_(1), y_{2} {\n  }\n" \
               "  int get() const { return x_; }\n\n private:\n  int x_;\n};\n\n}  // namespace a\n"
        self.assertEqual(functions(text), [("twice", 3, 3), ("C", 9, 2), ("get", 11, 1)])

    def test_braces_in_literals_and_comments_do_not_count(self):
        text = "void a() {\n  x = \"}\"; // }\n  y = '}'; /* } */\n  z = R\"j(})\" })j\"; n = 1'000;\n}\nvoid b() {}\n"
        self.assertEqual(functions(text), [("a", 1, 5), ("b", 6, 1)])

    def test_signature_lines_count(self):
        self.assertEqual(functions("static Result<void>\nlong_one(int a,\n         int b) {\n}\n"), [("long_one", 1, 4)])

    def test_forms(self):
        self.assertEqual(names("template <typename T, class U>\nauto f(T t) -> U { return t; }"), ["f"])
        self.assertEqual(names("bool operator==(const A& a, const A& b) { return true; }"), ["operator=="])
        self.assertEqual(names("void A<T>::run() && noexcept { }"), ["A<T>::run"])
        self.assertEqual(names("TEST(Bytes, SortLikeNumbers) { }"), ["Bytes.SortLikeNumbers"])
        self.assertEqual(names("constexpr auto kTwice = [](int x) { return 2 * x; };"), ["kTwice"])
        self.assertEqual(names("struct Foo make_foo() { return {}; }"), ["make_foo"])
        self.assertEqual(names("extern \"C\" {\nint c_function(void) { return 0; }\n}"), ["c_function"])
        self.assertEqual(names("#define BROKEN {{{ \\\n {\nint f() { }\n"), ["f"])

    def test_what_is_no_function(self):
        for text in ("const Row kRows[] = {\n{1}, {2}};", "int x{3};", "enum class E { kA, kB };", "struct S final : Base<int(int)> { int x = 1; };",
                     "constexpr std::array<int, size(3)> kA = {{1}};", "const auto x = make({1, 2});", "namespace a::b { }"):
            self.assertEqual(names(text), [], text)

    def test_a_function_after_an_initialiser_is_found(self):
        self.assertEqual(names("const int kA[] = {1, 2};\nint y{2};\nvoid f() { }\n"), ["f"])

    def test_blank_keeps_lines(self):
        text = "a // b\n\"c\\\"d\" 'e' /* f\ng */ h"
        self.assertEqual(blank(text).count("\n"), text.count("\n"))
        self.assertNotIn("g", blank(text))
        self.assertIn("h", blank(text))


class Lengths(unittest.TestCase):
    def test_function(self):
        self.assertEqual(broken(tidy.check_lengths, "src/a/a.cc", body(70)), [])
        self.assertEqual(broken(tidy.check_lengths, "src/a/a.cc", body(71)), ["f has 71 lines, at most 70 are allowed"])

    def test_header_and_source(self):
        self.assertEqual(broken(tidy.check_lengths, "src/a/a.h", "\n" * 200), [])
        self.assertEqual(len(broken(tidy.check_lengths, "src/a/a.h", "\n" * 201)), 1)
        self.assertEqual(broken(tidy.check_lengths, "src/a/a.cc", "\n" * 500), [])
        self.assertEqual(len(broken(tidy.check_lengths, "src/a/a.cc", "\n" * 501)), 1)

    def test_the_ratchet_only_goes_down(self):
        allowed = tidy.parse_allowed("# comment\nfunction 90 src/a/a.cc:f\n")
        self.assertEqual(broken(tidy.check_lengths, "src/a/a.cc", body(90), allowed), [])
        self.assertIn("at most 90", broken(tidy.check_lengths, "src/a/a.cc", body(91), allowed)[0])
        self.assertIn("shrank to 80", broken(tidy.check_lengths, "src/a/a.cc", body(80), allowed)[0])
        self.assertIn("within its limit now", broken(tidy.check_lengths, "src/a/a.cc", body(60), allowed)[0])


class Banned(unittest.TestCase):
    def assert_banned(self, *texts, path="src/ledger/block.cc"):
        for text in texts:
            self.assertEqual(len(broken(tidy.check_banned, path, text)), 1, text)

    def assert_fine(self, *texts, path="src/ledger/block.cc"):
        for text in texts:
            self.assertEqual(broken(tidy.check_banned, path, text), [], text)

    def test_calls(self):
        self.assert_banned("strcpy(a, b);", "std::sprintf(a, \"\");", "int x = rand();", "std::mt19937 r;", "system(\"ls\");",
                           "std::system(x);", "popen(x, y)", "std::stoi(text)", "atoi(text)", "time(nullptr)", "std::time(NULL)",
                           "std::chrono::system_clock::now()", "printf(\"x\");", "std::cout << 1;", "fmt::print(\"x\")")
        self.assert_fine("// strcpy(a, b)", "auto s = \"rand()\";", "snprintf(a, 1, b);", "branding();", "boost::system::error_code e;",
                         "file_system(x);", "expiry_time(0);", "std::fprintf(stderr, x);", "custom_stoi(x);", "node.system(x);")

    def test_new_and_delete(self):
        self.assert_banned("auto* a = new Thing();", "new (place) Thing;", "delete thing;", "delete[] things;", "delete (a);")
        self.assert_fine("Thing(const Thing&) = delete;", "http::verb::delete_", "int new_height = 1;", "renew (lease);", "erase_deleted(x);",
                         "auto a = std::unique_ptr<Ledger>(new Ledger(x));")

    def test_throw_is_for_adapters(self):
        self.assert_banned("throw x;")
        self.assert_fine("throw x;", path="src/storage/rocksdb/store.cc")
        self.assert_fine("nothrow(x); // throw", "boost::throw_exception(e);")

    def test_programs_and_tests_may_print(self):
        self.assert_fine("std::cout << 1;", path="src/cli/verbs.cc")
        self.assert_fine("std::cout << 1;", path="src/ledger/block_test.cc")
        self.assert_fine("std::cout << 1;", path="examples/jobs/echo/echo.c")
        self.assert_fine("printf(x);", path="src/wasm/testdata/probe.c")

    def test_the_line_is_told(self):
        self.assertEqual([line for _, line, _ in tidy.check_banned({"src/a.cc": "/*\n*/\n\n throw 1;"}, {})], [4])


class Text(unittest.TestCase):
    def test_open_work_names_its_issue(self):
        word = "TO" + "DO"
        for path in ("src/a.cc", "scripts/a.sh", "Makefile", ".ci/run", "src/CMakeLists.txt"):
            self.assertEqual(len(broken(tidy.check_open_work, path, f"# {word}: later")), 1, path)
        self.assertEqual(broken(tidy.check_open_work, "src/a.cc", f"// {word} #12: later\n// method_{word}S"), [])
        self.assertEqual(len(broken(tidy.check_open_work, "src/a.cc", "// FIX" + "ME soon")), 1)

    def test_hosts(self):
        text = "see https://crates" + ".io/x"
        self.assertEqual(len(broken(tidy.check_hosts, "README.md", text)), 1)
        self.assertEqual(broken(tidy.check_hosts, "native/Cargo.lock", text), [])

    def test_machine_paths(self):
        for path in ("/ro" + "ot/x", "/ho" + "me/ana/x", "/wo" + "rk/main/x"):
            self.assertEqual(len(broken(tidy.check_machine_paths, "README.md", f"cd {path}")), 1, path)
        self.assertEqual(broken(tidy.check_machine_paths, "README.md", "/usr/lib/x ~/.cache/x src/wo" + "rk/x $HOME/ro" + "ot/x"), [])


class ErrorCodes(unittest.TestCase):
    KIND = 'inline constexpr ErrorKind kGone{Category::kNotFound, "E001", "it is gone"};\n'
    ABSENT = "## Not answered\n" + "".join(f"| {letter}{number:03} | x | y |\n" for letter, last in tidy.rules.PROTOCOL_CODES.items()
                                             for number in range(1, last + 1) if letter + str(number) != "E1")

    def found(self, code, page="| E001 | 404 | it is gone |\n"):
        files = {"src/dag/errors.h": self.KIND, "src/dag/get.cc": code, "docs/reference/errors.md": page + self.ABSENT}
        return [path for path, _, _ in tidy.check_error_codes(files, {})]

    def test_every_kind_is_answered(self):
        self.assertEqual(self.found("return Error(kGone);"), [])
        self.assertEqual(self.found("// kGone"), ["src/dag/errors.h"])
        elsewhere = {"src/dag/errors.h": self.KIND, "src/http/a.cc": "return Error({});", "docs/reference/errors.md": "| E001 | 404 | it is gone |\n" + self.ABSENT}
        for text, count in (("kGone", 1), ("dag::kGone", 0)):
            files = elsewhere | {"src/http/a.cc": elsewhere["src/http/a.cc"].format(text)}
            self.assertEqual(len(list(tidy.check_error_codes(files, {}))), count, text)

    def test_the_page_has_the_codes_and_no_others(self):
        errors, page = "src/dag/errors.h", "docs/reference/errors.md"
        self.assertEqual(self.found("Error(kGone)", page="| E001 | 404 | it is lost |\n"), [errors, page])
        self.assertEqual(self.found("Error(kGone)", page="| E001 | 404 | it is gone |\n| E002 | 500 | damaged |\n"), [page])
        self.ABSENT = self.ABSENT + "| E001 | x | y |\n"
        self.assertEqual(self.found("Error(kGone)"), [page])
        self.ABSENT = self.ABSENT.replace("| E001 | x | y |\n", "").replace("| E003 | x | y |\n", "")
        self.assertEqual(self.found("Error(kGone)"), [page])


class Tree(unittest.TestCase):
    def test_readmes(self):
        files = {"src/README.md": "# src\n", "src/a/README.md": "#a\n", "src/a/tx/x.cc": "", "docs/x.md": "", ".ci/run": ""}
        self.assertEqual([path for path, _, _ in tidy.check_readmes(files, {})], ["docs", "src/a/README.md", "src/a/tx"])

    def test_pragma_once(self):
        self.assertEqual(len(broken(tidy.check_pragma_once, "src/a/a.h", "// #pragma once\n")), 1)
        self.assertEqual(broken(tidy.check_pragma_once, "src/a/a.h", "#pragma once\n"), [])
        guard = "#ifndef ICN_H\n#define ICN_H\n#endif\n"
        self.assertEqual(broken(tidy.check_pragma_once, "sdk/c/icn.h", guard), [])
        self.assertEqual(len(broken(tidy.check_pragma_once, "src/a/a.h", guard)), 1)

    def test_include_direction(self):
        engine = '#include "storage/rocksdb/store.h"\n'
        memory = '#include "storage/memory/store.h"\n'
        self.assertEqual(len(broken(tidy.check_includes, "src/ledger/view.cc", engine)), 1)
        self.assertEqual(broken(tidy.check_includes, "src/ledger/view_test.cc", engine), [])
        self.assertEqual(len(broken(tidy.check_includes, "src/ledger/view.cc", memory)), 1)
        self.assertEqual(broken(tidy.check_includes, "src/ledger/view_test.cc", memory), [])
        self.assertEqual(broken(tidy.check_includes, "src/node/node.cc", engine), [])
        self.assertEqual(len(broken(tidy.check_includes, "src/storage/store.h", "#include <rocksdb/db.h>\n")), 1)
        self.assertEqual(broken(tidy.check_includes, "src/storage/rocksdb/store.cc", "#include <rocksdb/db.h>\n"), [])
        self.assertEqual(len(broken(tidy.check_includes, "src/mesh/job.h", "#include <wasmtime.h>\n")), 1)

    def test_files(self):
        self.assertEqual(broken(tidy.check_files, "a.json", "x" * rules.FILE_BYTES_MAX), [])
        self.assertEqual(len(broken(tidy.check_files, "a.json", "x" * (rules.FILE_BYTES_MAX + 1))), 1)
        self.assertEqual(len(broken(tidy.check_files, "lib.a", "!<arch>\nxx")), 1)
        self.assertEqual(len(broken(tidy.check_files, "job.wasm", "\0asm\1")), 1)

    def test_settings(self):
        table = 'SETTING(Text, node_name, "node_name", "x", 1, 64, "", kNode, kOpen,\n        "Name.")\n'
        files = {"src/config/settings.def": table, "src/config/row.cc": "settings.node_name", "src/a_test.cc": "settings.node_name"}
        self.assertEqual(len(list(tidy.check_settings(files, {}))), 1)
        files["src/node/node.cc"] = "use(settings.node_name);"
        self.assertEqual(list(tidy.check_settings(files, {})), [])
        files["src/config/settings.def"] += 'SETTING(TlsVersion, tls_min, "tls.min", k13, 0, 0, "", kNode, kOpen, "")\n'
        self.assertEqual(list(tidy.check_settings(files, {})), [])
        files["src/node/node.cc"] += "use(settings.tls_min);"
        self.assertEqual(len(list(tidy.check_settings(files, {}))), 1)

    def test_metrics(self):
        files = {"src/telemetry/metrics.def": 'METRIC(Counter, rate_limited, "icn_rate_limited_total", "", "Help.")\n',
                 "src/a_test.cc": "Metric::rate_limited"}
        self.assertEqual(len(list(tidy.check_metrics(files, {}))), 1)
        files["src/a.cc"] = "metrics.counter(Metric::rate_limited)"
        self.assertEqual(list(tidy.check_metrics(files, {})), [])

    def test_schema_names(self):
        line = 'static constexpr std::string_view schema_name = "Leave";\n'
        self.assertEqual(list(tidy.check_schema_names({"src/a.h": line, "src/b.h": line.replace("Leave", "Join")}, {})), [])
        self.assertEqual(len(list(tidy.check_schema_names({"src/a.h": line, "src/b.h": line}, {}))), 1)

    def test_named_tests(self):
        files = {"tests/a/README.md": 'A flood: `Gate.Refuses`, `Gate.Scores`, `checks.mjs` "a flood", "another".\n',
                 "src/a/a_test.cc": "TEST(Gate, Refuses) {\n}\nTEST_F(Gate,\n       Scores) {\n}\n",
                 "tests/b/checks.mjs": "await check('a flood: refused', f)\nawait check('another', f)\n"}
        self.assertEqual(list(tidy.check_named_tests(files, {})), [])
        files["src/a/a_test.cc"] = "TEST(Gate, Refuses) {\n}\n"
        files["tests/b/checks.mjs"] = "await check('another', f)\n"
        found = [message for _, _, message in tidy.check_named_tests(files, {})]
        self.assertEqual(found, ["there is no test Gate.Scores", 'checks.mjs has no check "a flood"'])


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
