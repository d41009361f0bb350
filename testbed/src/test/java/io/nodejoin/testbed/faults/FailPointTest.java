package io.nodejoin.testbed.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailPointTest {
    private static final Instant NOW = Instant.parse("2026-11-26T01:02:03Z");

    @TempDir
    private Path directory;

    @Test
    void shouldReadWhatItWrites() {
        // given
        FailPlan plan = plan(
                FailPoint.first("Token_Issue", Cut.RECORDED, FailAction.DELAY, "node-join/a/b")
                        .atHit(2)
                        .holding(Duration.ofMillis(5)),
                FailPoint.errorOnceEach(Cut.AFTER).until(NOW));

        // when
        FailPlan read = FailPlan.of(plan.write());

        // then
        assertThat(read).isEqualTo(plan);
    }

    @Test
    void shouldRefuseAFileThatHoldsNoPoints() throws IOException {
        // given
        Path file = Files.writeString(directory.resolve("points"), "Token_Issue:before");

        // when
        Throwable refusal = catchThrowable(() -> FailPlan.of(Map.of("NODEJOIN_FAILPOINTS", file.toString())));

        // then
        assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no fail points");
    }

    @Test
    void shouldStrikeAtTheHitThatIsMeantAndLeaveAMarker() {
        // given
        Trap trap = trap(FailPoint.first("Token_Issue", Cut.AFTER, FailAction.ERROR, "node-join/a/b")
                .atHit(2));

        // when
        trap.reached("Token_Issue", Cut.AFTER, "node-join/a/b", "", IllegalStateException::new);
        trap.reached("Token_Issue", Cut.BEFORE, "node-join/a/b", "", IllegalStateException::new);
        trap.reached("Token_Issue", Cut.AFTER, "node-join/a/c", "", IllegalStateException::new);
        trap.reached("Token_Revoke", Cut.AFTER, "node-join/a/b", "", IllegalStateException::new);

        // then
        assertThat(new Marker(marker()).fired()).isFalse();
        assertThat(strikes(trap, "Token_Issue", "node-join/a/b", "")).isOne();
        assertThat(strikes(trap, "Token_Issue", "node-join/a/b", "")).isZero();
        assertThat(new Marker(marker()).lines()).containsExactly("Token_Issue after node-join/a/b");
    }

    @Test
    void shouldSayWhenTheServiceHasGoneOnFromAHold() {
        // given
        Trap trap = trap(FailPoint.first("Token_Issue", Cut.BEFORE, FailAction.DELAY, "a")
                .holding(Duration.ofMillis(1)));

        // when
        trap.reached("Token_Issue", Cut.BEFORE, "a", "", IllegalStateException::new);

        // then
        assertThat(new Marker(marker()).lines())
                .containsExactly("Token_Issue before a", FailPoint.past("Token_Issue before a"));
    }

    @Test
    void shouldStrikeAgainAndAgainUntilItsTimeIsOver() {
        // given
        FailPoint point = FailPoint.first("Token_Issue", Cut.AFTER, FailAction.ERROR, "");
        Trap early = trap(point.until(NOW.plusMillis(1)));
        Trap late = trap(point.until(NOW));

        // when
        int strikes = strikes(early, "Token_Issue", "a", "") + strikes(early, "Token_Issue", "b", "");

        // then
        assertThat(strikes).isEqualTo(2);
        assertThat(strikes(late, "Token_Issue", "a", "")).isZero();
    }

    @Test
    void shouldStrikeEachOfSeveralPointsByItself() {
        // given
        Trap trap = trap(
                FailPoint.first("Token_Issue", Cut.AFTER, FailAction.ERROR, "a"),
                FailPoint.first("Token_Issue", Cut.AFTER, FailAction.REFUSE, "b"));

        // when
        int strikes = strikes(trap, "Token_Issue", "b", "") + strikes(trap, "Token_Issue", "a", "");

        // then
        assertThat(strikes).isEqualTo(2);
        assertThat(new Marker(marker()).lines()).containsExactly("Token_Issue after b", "Token_Issue after a");
    }

    @Test
    void shouldStrikeOnlyWhereItsWordsAreAskedFor() {
        // given
        Trap trap = trap(FailPoint.first("Event_Publish", Cut.AFTER, FailAction.ERROR, "a")
                .asking("=JoinSucceeded["));

        // when
        int others = strikes(trap, "Event_Publish", "a", "event=JoinAccepted[]");
        int meant = strikes(trap, "Event_Publish", "a", "event=JoinSucceeded[]");

        // then
        assertThat(others).isZero();
        assertThat(meant).isOne();
    }

    @Test
    void shouldStrikeOnceAtEachStepOfEachWorkflowWithEachInput() {
        // given
        Trap trap = trap(FailPoint.errorOnceEach(Cut.AFTER));

        // when
        int strikes = 0;
        for (int round = 0; round < 2; round++) {
            strikes += strikes(trap, "Event_Publish", "a", "accepted");
            strikes += strikes(trap, "Event_Publish", "a", "succeeded");
            strikes += strikes(trap, "Event_Publish", "b", "accepted");
        }

        // then
        assertThat(strikes).isEqualTo(3);
    }

    private static int strikes(Trap trap, String step, String workflow, String input) {
        return catchThrowable(() -> trap.reached(step, Cut.AFTER, workflow, input, IllegalStateException::new)) == null
                ? 0
                : 1;
    }

    private Trap trap(FailPoint... points) {
        return new Trap(plan(points), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private FailPlan plan(FailPoint... points) {
        return new FailPlan(List.of(points), marker());
    }

    private Path marker() {
        return directory.resolve("marker");
    }
}
