package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiAuditLogTest {
    private static final String SERVICE = "system:serviceaccount:nodejoin-system:nodejoin";

    @TempDir
    private Path directory;

    @Test
    void shouldTellWhenATokenWasDeletedAndANodeRegisteredItself() throws IOException {
        // when
        ApiAuditLog.Times ends = endsIn(
                event("delete", "secrets", "bootstrap-token-aaaaaa", SERVICE, 503, 1),
                event("delete", "secrets", "bootstrap-token-aaaaaa", SERVICE, 200, 2),
                event("delete", "secrets", "bootstrap-token-aaaaaa", SERVICE, 404, 3),
                event("create", "nodes", "", "system:node:n1", 201, 4),
                event("create", "nodes", "n2", "admin", 201, 5));

        // then
        assertThat(ends.tokenDeletions()).isEqualTo(Map.of("aaaaaa", Instant.parse("2026-11-25T10:00:02Z")));
        assertThat(ends.nodeRegistrations()).isEqualTo(Map.of("n1", Instant.parse("2026-11-25T10:00:04Z")));
    }

    @Test
    void shouldTellTheLastDeletionOfATokenThatWasMadeAnew() throws IOException {
        // when
        ApiAuditLog.Times ends = endsIn(
                event("delete", "secrets", "bootstrap-token-aaaaaa", SERVICE, 200, 2),
                event("create", "secrets", "bootstrap-token-aaaaaa", SERVICE, 201, 3),
                event("delete", "secrets", "bootstrap-token-aaaaaa", SERVICE, 200, 4));

        // then
        assertThat(ends.tokenDeletions()).isEqualTo(Map.of("aaaaaa", Instant.parse("2026-11-25T10:00:04Z")));
    }

    @Test
    void shouldTakeTheHighestOfFewForTheNinetyNinthPercentile() {
        // when
        double p99 = TokenLifetimes.quantile(List.of(0.3, 1.5, 0.1), 0.99);

        // then
        assertThat(p99).isEqualTo(1.5);
    }

    private ApiAuditLog.Times endsIn(String... events) throws IOException {
        Path log = directory.resolve("audit.log");
        Files.write(log, List.of(events));
        return new ApiAuditLog(log).times();
    }

    private static String event(String verb, String resource, String name, String user, int code, int second) {
        return """
                {"verb":"%s","user":{"username":"%s"},"objectRef":{"resource":"%s","name":"%s"},\
                "responseStatus":{"code":%d},"stageTimestamp":"2026-11-25T10:00:0%d.000000Z"}""".formatted(verb, user, resource, name, code, second);
    }
}
