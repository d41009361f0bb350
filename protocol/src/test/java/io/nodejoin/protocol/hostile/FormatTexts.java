package io.nodejoin.protocol.hostile;

import java.util.stream.Stream;

/** What breaks out of YAML, JSON, XML, PEM and log lines. */
final class FormatTexts {
    private FormatTexts() {}

    static Stream<HostileText> all() {
        return Stream.of(yaml(), json(), markup(), logs()).flatMap(many -> many);
    }

    private static Stream<HostileText> yaml() {
        return HostileText.of(
                "YAML",
                "!!javax.script.ScriptEngineManager []",
                "!!python/object/apply:os.system [id]",
                "!!binary aGk=",
                "!tag a",
                "&a",
                "*a",
                "&a *a",
                ": ",
                "a: b",
                "a:",
                "- ",
                "- a",
                "---",
                "--- a",
                "...",
                "\n---\napiVersion: v1",
                "\nevil: true",
                "x://\"\nevil: true",
                "| ",
                "|\n a",
                ">\n a",
                "? a",
                "{a: b}",
                "[a, b]",
                "<<: *a",
                "%YAML 1.1",
                "@a",
                "`a",
                "a # b",
                "#a",
                "yes",
                "no",
                "on",
                "off",
                "y",
                "n",
                "0x1f",
                "0o17",
                "017",
                "1_000",
                "1:30",
                "1.5",
                ".inf",
                ".nan",
                "2026-11-25",
                "=",
                "\t- a",
                "a\u0085b: c",
                "a\u2028b: c",
                "a\u2029b: c",
                "\"\\u0041\"",
                "'a''b'",
                "\\e[31m");
    }

    private static Stream<HostileText> json() {
        return HostileText.of(
                "JSON",
                "\",\"evil\":\"x",
                "\"}",
                "\\u0022",
                "\\",
                "\\\"",
                "{\"a\":1}",
                "[1]",
                "/*",
                "//",
                "\u0000",
                "\\ud800",
                "[".repeat(200),
                "\"".repeat(100));
    }

    private static Stream<HostileText> markup() {
        return HostileText.of(
                "markup",
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
                "<!ENTITY % a SYSTEM \"http://127.0.0.1/\">",
                "&lt;",
                "&#x41;",
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "javascript:alert(1)",
                "<![CDATA[a]]>",
                "]]>",
                "[a](javascript:b)",
                "=cmd|'/c calc'!A1",
                "@SUM(1)",
                "-----BEGIN CERTIFICATE-----",
                "-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----");
    }

    private static Stream<HostileText> logs() {
        return HostileText.of(
                "log",
                "a\n10:00:00.000 INFO  RecordProcessor join started",
                "a\r\n\r\nHTTP/1.1 200 OK",
                "\u001b[2J\u001b[H",
                "\u001b]0;title\u0007",
                "\u009b31m",
                "a\b\b\bb",
                "a\rb",
                "a\u000bb\fc",
                "\u202egpj.exe",
                "a\n\tat java.lang.Thread.run",
                "Bearer abcdef.0123456789abcdef");
    }
}
