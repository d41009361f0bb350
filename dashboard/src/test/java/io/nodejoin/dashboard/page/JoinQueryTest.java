package io.nodejoin.dashboard.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.hostile.HostileText;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JoinQueryTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    @Test
    void shouldFilterByEverythingThatTheFormHas() {
        // given
        Map<String, String> form = Map.of(
                "cluster", "fra-1",
                "pool", "batch",
                "kind", "join",
                "phase", "TokenIssued",
                "code", "CSR_TIMEOUT",
                "node", "worker-",
                "since", "2h",
                "older", "90s",
                "open", "on");

        // when
        JoinQuery query = query(form);

        // then
        assertThat(query.problems()).isEmpty();
        assertThat(query.filter(NOW))
                .isEqualTo(JoinFilter.open()
                        .withKind(RequestKind.JOIN)
                        .withCluster(new ClusterName("fra-1"))
                        .withPool(new PoolName("batch"))
                        .withPhases(Set.of(Phase.TokenIssued))
                        .withReason(ErrorCode.CSR_TIMEOUT)
                        .withNodePrefix("worker-")
                        .withSince(NOW.minus(Duration.ofHours(2)))
                        .withBefore(NOW.minusSeconds(90)));
    }

    @Test
    void shouldKeepTheFilterOnTheNextPage() {
        assertThat(query(Map.of("cluster", "fra-1", "pool", "batch", "open", "on"))
                        .href("abc"))
                .isEqualTo("/joins?cluster=fra-1&pool=batch&open=on&page=abc");
        assertThat(query(Map.of()).href("")).isEqualTo("/joins");
    }

    static Iterable<HostileText> hostile() {
        return HostileText.all();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldLeaveOutWhatIsNoFilterAndSayIt(HostileText hostile) {
        // given
        String text = hostile.text().strip();

        // when
        JoinQuery query = query(Map.of("phase", text));

        // then
        assertThat(query.filter(NOW)).isEqualTo(JoinFilter.all());
        assertThat(query.problems()).hasSize(text.isEmpty() ? 0 : 1);
    }

    private static JoinQuery query(Map<String, String> form) {
        return JoinQuery.of(name -> form.getOrDefault(name, ""));
    }
}
