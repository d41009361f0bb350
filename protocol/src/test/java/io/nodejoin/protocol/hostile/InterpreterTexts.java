package io.nodejoin.protocol.hostile;

import java.util.stream.Stream;

/** What shells, service managers, templates, loggers, databases and programs take for orders. */
final class InterpreterTexts {
    private InterpreterTexts() {}

    static Stream<HostileText> all() {
        return Stream.of(shells(), units(), templates(), queries()).flatMap(many -> many);
    }

    private static Stream<HostileText> shells() {
        return HostileText.of(
                "shell",
                "$(id)",
                "`id`",
                "; id",
                "a;reboot",
                "a && reboot",
                "a || reboot",
                "a | sh",
                "a > /etc/passwd",
                "< /etc/shadow",
                "a & sleep 9",
                "$IFS",
                "${PATH}",
                "$HOME",
                "~root",
                "*",
                "?",
                "[a-z]",
                "{a,b}",
                "!!",
                "!$",
                "'",
                "\"",
                "\\",
                "a'b",
                "a\"b",
                "a\\nb",
                "'; DROP",
                "\"; reboot; \"",
                "$'\\x41'",
                "#",
                "a #b",
                "$((1+1))",
                "\n/bin/sh\n",
                "a\r\nreboot",
                "() { :;}; id",
                "%COMSPEC%",
                "cmd /c dir",
                "powershell -enc AAAA");
    }

    private static Stream<HostileText> units() {
        return HostileText.of(
                "unit",
                "%n",
                "%%",
                "%i",
                "%H",
                "%h/.ssh",
                "a%nb",
                "\nExecStartPre=/bin/sh -c id",
                "a\n[Service]\nExecStart=/bin/sh",
                "a \\\n--anonymous-auth=true",
                "a\nEnvironment=LD_PRELOAD=/tmp/x.so",
                "\n[Install]\nAlias=sshd.service",
                "@/bin/sh",
                "+/bin/sh",
                "-/bin/sh",
                ";",
                "\\x20",
                "$MAINPID",
                "a\u0000ExecStart=/bin/sh");
    }

    private static Stream<HostileText> templates() {
        return HostileText.of(
                "template",
                "${jndi:ldap://127.0.0.1/a}",
                "${${lower:j}ndi:rmi://127.0.0.1/a}",
                "${env:HOME}",
                "${sys:user.home}",
                "#{7*7}",
                "${7*7}",
                "{{7*7}}",
                "{{.Values.secret}}",
                "<%= 7*7 %>",
                "#set($x=7)",
                "%s%s%s%n",
                "%1$s",
                "%x%x%x",
                "%99999999d",
                "{0}",
                "{}",
                "{0,number,#}",
                "'{'",
                "$1",
                "\\1",
                "T(java.lang.Runtime).getRuntime()",
                "object.metadata.name",
                "\" + string(oldObject) + \"",
                "__proto__",
                "constructor",
                "hasOwnProperty");
    }

    private static Stream<HostileText> queries() {
        return HostileText.of(
                "query",
                "' OR '1'='1",
                "1; DROP TABLE joins--",
                "\" OR \"\"=\"",
                "admin'--",
                "1 UNION SELECT 1",
                "*)(uid=*",
                "*)(|(objectClass=*)",
                "\\2a",
                "cn=a,dc=b",
                "WorkflowId='x' OR WorkflowId!='x'",
                "NodeJoinNode=\"a\" OR true",
                "%_",
                "a=b,c=d",
                "a in (b)",
                "!a",
                "metadata.name=a",
                "//*",
                "$..*",
                "{\"$gt\":\"\"}");
    }
}
