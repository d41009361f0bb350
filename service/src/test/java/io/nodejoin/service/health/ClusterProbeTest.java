package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterProbeTest {
    private static final Problem PROBLEM =
            new Problem(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS, "cluster a: ClusterRoleBinding \"planted\" approves");

    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private @Nullable String unreachable;
    private List<Problem> problems = List.of(PROBLEM);

    @Test
    void shouldRefuseWithCodeAndBinding() throws Exception {
        // given
        ClusterProbe probe = probe(true);
        probe.notReadyReason();
        now = now.plusSeconds(60);

        // when
        String obstacle = probe.notReadyReason();

        // then
        assertThat(obstacle)
                .startsWith(
                        "joins are refused: CLUSTER_AUTO_APPROVES_CSRS: cluster a: ClusterRoleBinding \"planted\" approves")
                .contains(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS.remedy());
    }

    @Test
    void shouldOnlyWarnIfNotStrict() throws Exception {
        // given
        ClusterProbe probe = probe(false);

        // when
        String obstacle = probe.notReadyReason();

        // then
        assertThat(obstacle).isNull();
        assertThat(probe.warning()).startsWith("joins are not refused, but CLUSTER_AUTO_APPROVES_CSRS: cluster a");
    }

    @Test
    void shouldSeeWithinTenSecondsThatTheProblemIsGone() throws Exception {
        // given
        ClusterProbe probe = probe(true);
        probe.notReadyReason();
        problems = List.of();
        now = now.plus(Duration.ofSeconds(9));
        String tooEarly = probe.notReadyReason();
        now = now.plus(Duration.ofSeconds(1));

        // when
        String obstacle = probe.notReadyReason();

        // then
        assertThat(tooEarly).isNotNull();
        assertThat(obstacle).isNull();
        assertThat(probe.warning()).isNull();
    }

    @Test
    void shouldNotAskAClusterThatCannotBeReached() throws Exception {
        // given
        unreachable = "connection refused";

        // when
        String obstacle = probe(true).notReadyReason();

        // then
        assertThat(obstacle).isEqualTo("connection refused");
    }

    private ClusterProbe probe(boolean strict) {
        return new ClusterProbe(new ClusterName("a"), strict, () -> unreachable, () -> problems, () -> now);
    }
}
