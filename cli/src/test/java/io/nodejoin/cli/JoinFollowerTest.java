package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.LeaveSucceeded;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinFollowerTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "1");

    private static LeaveSucceeded left(@Nullable String nodeUid) {
        return new LeaveSucceeded(CLUSTER, NODE, JOIN, List.of(), List.of(), nodeUid);
    }

    @Test
    void shouldTellARequestThatNobodyHasAcceptedFromOneThatRuns() {
        // given
        JoinAccepted accepted = new JoinAccepted(CLUSTER, NODE, JOIN, Instant.EPOCH);

        // when
        String unanswered = JoinFollower.outcome(null);
        String running = JoinFollower.outcome(accepted);

        // then
        assertThat(unanswered).isEqualTo("NotAccepted");
        assertThat(running).isEqualTo("StillRunning");
        assertThat(JoinFollower.exitCode(null)).isEqualTo(ExitCodes.STILL_RUNNING);
    }

    @Test
    void shouldNotFindANodeThatWasNotThereToLeave() {
        // given
        LeaveSucceeded absent = left(null);
        LeaveSucceeded gone = left("uid-1");

        // when
        int notFound = JoinFollower.exitCode(absent);
        int ok = JoinFollower.exitCode(gone);

        // then
        assertThat(notFound).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(ok).isEqualTo(ExitCodes.OK);
        assertThat(JoinFollower.outcome(absent)).isEqualTo("NotFound");
        assertThat(JoinFollower.outcome(gone)).isEqualTo("Left");
    }
}
