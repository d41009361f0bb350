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
            new Problem(ErrorCode.E_CLUSTER_AUTOAPPROVES, "cluster a: ClusterRoleBinding \"planted\" approves");

    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private @Nullable String unreachable;
    private List<Problem> problems = List.of(PROBLEM);

    @Test
    void shouldRefuseWithCodeAndBinding() throws Exception {
        // given
        ClusterProbe probe = probe(true);
        probe.obstacle();
        now = now.plusSeconds(60);

        // when
        String obstacle = probe.obstacle();

        // then
        assertThat(obstacle)
                .startsWith(
                        "joins are refused: E_CLUSTER_AUTOAPPROVES: cluster a: ClusterRoleBinding \"planted\" approves")
                .contains(ErrorCode.E_CLUSTER_AUTOAPPROVES.remedy());
    }

    @Test
    void shouldOnlyWarnIfNotStrict() throws Exception {
        // given
        ClusterProbe probe = probe(false);

        // when
        String obstacle = probe.obstacle();

        // then
        assertThat(obstacle).isNull();
        assertThat(probe.warning()).startsWith("joins go on, but E_CLUSTER_AUTOAPPROVES: cluster a");
    }

    @Test
    void shouldSeeWithinTenSecondsThatTheProblemIsGone() throws Exception {
        // given
        ClusterProbe probe = probe(true);
        probe.obstacle();
        problems = List.of();
        now = now.plus(Duration.ofSeconds(9));
        String tooEarly = probe.obstacle();
        now = now.plus(Duration.ofSeconds(1));

        // when
        String obstacle = probe.obstacle();

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
        String obstacle = probe(true).obstacle();

        // then
        assertThat(obstacle).isEqualTo("connection refused");
    }

    private ClusterProbe probe(boolean strict) {
        return new ClusterProbe(new ClusterName("a"), strict, () -> unreachable, () -> problems, () -> now);
    }
}
