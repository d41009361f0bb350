package io.nodejoin.protocol.hostile;

import java.util.stream.Stream;

/** What leads a file name, an address, a URL or a header elsewhere. */
final class NetworkTexts {
    private NetworkTexts() {}

    static Stream<HostileText> all() {
        return Stream.of(paths(), addresses(), urls(), times()).flatMap(many -> many);
    }

    private static Stream<HostileText> paths() {
        return HostileText.of(
                "path",
                "../../etc",
                "../../../../etc/shadow",
                "/etc/passwd",
                "/",
                "./a",
                "a/../b",
                "a/b",
                "a//b",
                "a/",
                "..\\..\\windows",
                "C:\\",
                "\\\\host\\share",
                "%2e%2e%2f",
                "..%2f",
                "%252e%252e",
                "..%c0%af",
                "/proc/self/environ",
                "/dev/zero",
                "file:///etc/passwd",
                "a\u0000.yaml",
                "CON",
                "nul.txt",
                "~/.kube/config",
                ".git/config");
    }

    private static Stream<HostileText> addresses() {
        return HostileText.of(
                "address",
                "10.0.0.1",
                "010.0.0.1",
                "0x7f.1",
                "2130706433",
                "10.1",
                "256.1.1.1",
                "999.1.1.1",
                "1.2.3.4.5",
                "1.2.3.4:443",
                "1.2.3.4/24",
                "1.2.3.4,5.6.7.8",
                "1.2.3.4 --v=9",
                "10.0.0.1\nExecStartPre=/bin/sh",
                "::1",
                "[::1]",
                "fe80::1%eth0",
                "fe80::1%25eth0",
                "::ffff:10.0.0.1",
                "::ffff:010.0.0.1",
                "1::2::3",
                "12345::",
                ":::",
                "::g",
                "localhost",
                "metadata.google.internal",
                "169.254.169.254",
                "127.0.0.1.example");
    }

    private static Stream<HostileText> urls() {
        return HostileText.of(
                "URL",
                "http://127.0.0.1/",
                "https://user:pass@host/",
                "https://host@evil/",
                "https://host#@evil/",
                "https://host\\@evil/",
                "//evil",
                "///evil",
                "gopher://127.0.0.1:25/",
                "ldap://127.0.0.1/",
                "jar:file:/a!/b",
                "data:text/html,a",
                "fleet:///a b",
                "fleet://i-1",
                "fleet:///zone/i-1?x=y",
                "fleet://i-1#a",
                "://a",
                "a:/b",
                "a://",
                "1a://b",
                "a\u0000://b",
                "aws:///eu-1a/i-0\n--anonymous-auth=true",
                "a\r\nSet-Cookie: b=c",
                "a\r\nContent-Length: 0\r\n\r\n");
    }

    private static Stream<HostileText> times() {
        return HostileText.of(
                "time",
                "2026-11-25T10:15:30",
                "2026-13-25T10:15:30Z",
                "2026-02-30T10:15:30Z",
                "2026-11-25T24:00:00Z",
                "2026-11-25T10:15:60Z",
                "2026-11-25 10:15:30Z",
                "2026-11-25T10:15:30+99:99",
                "2026-11-25T10:15:30.1234567890123Z",
                "2126-11-25T10:15:30.123456789Z",
                "2126-11-25t10:15:30z",
                "+999999999-01-01T00:00:00Z",
                "-999999999-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "0000-01-01T00:00:00Z",
                "1970-01-01T00:00:00Z",
                "2126-11-25T10:15:30Z\n",
                "PT1H",
                "tomorrow",
                "99999999999999999999");
    }
}
