package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.preflight.HostCheck;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/hosts.md}, made from the code; run with -Dnodejoin.docs.write=true to make it anew. */
class HostsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "hosts.md");
    private static final String COMMAND =
            "./mvnw -pl worker-agent -am test -Dtest=HostsPageTest -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dnodejoin.docs.write=true";

    @Test
    void shouldKeepThePageOfHostsUpToDate() throws IOException {
        // given
        String made = "# Hosts\n\nMade from the code by `" + COMMAND + "`.\n";

        // when
        String page = made + checks();

        // then
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("make it anew: " + COMMAND).hasContent(page);
    }

    private static String checks() {
        return """

                ## Checks

                `nodejoin-agent preflight` looks at all of these and changes nothing; `--output json` is for programs, and
                `--api-server URL` and `--kubernetes-version VERSION` add what the agent cannot know before a join. It exits with 1 if a
                check of severity error fails. Each join begins with the same checks: an error ends it before there is a token, with all
                findings in its outcome. A check that the host's owner does not want goes by its name into `ignoredChecks` of
                `/etc/nodejoin/agent.json`, a list; its failure is then reported and ends nothing.

                | check | severity | the host should have | otherwise | error code |
                |---|---|---|---|---|
                """ + HostChecks.ALL.stream().map(HostsPageTest::row).collect(Collectors.joining());
    }

    /** A warning ends no join. */
    private static String code(HostCheck check) {
        return check.severity() == Severity.ERROR ? "`" + check.code() + "`" : "";
    }

    private static String row(HostCheck check) {
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        check.name(),
                        check.severity().name().toLowerCase(Locale.ROOT),
                        check.wants(),
                        check.remedy(),
                        code(check));
    }
}
