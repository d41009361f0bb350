package io.nodejoin.testbed.failpoint;

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
                FailPoint.first("Token_Issue", FailPosition.RECORDED, FailAction.DELAY, "node-join/a/b")
                        .atHit(2)
                        .withDelay(Duration.ofMillis(5)),
                FailPoint.errorOnceEach(FailPosition.AFTER).until(NOW));

        // when
        FailPlan read = FailPlan.readFromEnvironment(plan.writeToEnvironment());

        // then
        assertThat(read).isEqualTo(plan);
    }

    @Test
    void shouldRefuseAFileThatHoldsNoPoints() throws IOException {
        // given
        Path file = Files.writeString(directory.resolve("points"), "Token_Issue:before");

        // when
        Throwable refusal =
                catchThrowable(() -> FailPlan.readFromEnvironment(Map.of("NODEJOIN_FAILPOINTS", file.toString())));

        // then
        assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no fail points");
    }

    @Test
    void shouldStrikeAtTheHitThatIsMeantAndLeaveAMarker() {
        // given
        FailPointTrigger trigger =
                trap(FailPoint.first("Token_Issue", FailPosition.AFTER, FailAction.ERROR, "node-join/a/b")
                        .atHit(2));

        // when
        trigger.onReached("Token_Issue", FailPosition.AFTER, "node-join/a/b", "", IllegalStateException::new);
        trigger.onReached("Token_Issue", FailPosition.BEFORE, "node-join/a/b", "", IllegalStateException::new);
        trigger.onReached("Token_Issue", FailPosition.AFTER, "node-join/a/c", "", IllegalStateException::new);
        trigger.onReached("Token_Revoke", FailPosition.AFTER, "node-join/a/b", "", IllegalStateException::new);

        // then
        assertThat(new FailPointMarker(marker()).hasFired()).isFalse();
        assertThat(strikes(trigger, "Token_Issue", "node-join/a/b", "")).isOne();
        assertThat(strikes(trigger, "Token_Issue", "node-join/a/b", "")).isZero();
        assertThat(new FailPointMarker(marker()).lines()).containsExactly("Token_Issue after node-join/a/b");
    }

    @Test
    void shouldSayWhenTheServiceHasGoneOnFromAHold() {
        // given
        FailPointTrigger trigger = trap(FailPoint.first("Token_Issue", FailPosition.BEFORE, FailAction.DELAY, "a")
                .withDelay(Duration.ofMillis(1)));

        // when
        trigger.onReached("Token_Issue", FailPosition.BEFORE, "a", "", IllegalStateException::new);

        // then
        assertThat(new FailPointMarker(marker()).lines())
                .containsExactly("Token_Issue before a", FailPoint.releaseLine("Token_Issue before a"));
    }

    @Test
    void shouldStrikeAgainAndAgainUntilItsTimeIsOver() {
        // given
        FailPoint point = FailPoint.first("Token_Issue", FailPosition.AFTER, FailAction.ERROR, "");
        FailPointTrigger early = trap(point.until(NOW.plusMillis(1)));
        FailPointTrigger late = trap(point.until(NOW));

        // when
        int strikes = strikes(early, "Token_Issue", "a", "") + strikes(early, "Token_Issue", "b", "");

        // then
        assertThat(strikes).isEqualTo(2);
        assertThat(strikes(late, "Token_Issue", "a", "")).isZero();
    }

    @Test
    void shouldStrikeEachOfSeveralPointsByItself() {
        // given
        FailPointTrigger trigger = trap(
                FailPoint.first("Token_Issue", FailPosition.AFTER, FailAction.ERROR, "a"),
                FailPoint.first("Token_Issue", FailPosition.AFTER, FailAction.REJECT, "b"));

        // when
        int strikes = strikes(trigger, "Token_Issue", "b", "") + strikes(trigger, "Token_Issue", "a", "");

        // then
        assertThat(strikes).isEqualTo(2);
        assertThat(new FailPointMarker(marker()).lines()).containsExactly("Token_Issue after b", "Token_Issue after a");
    }

    @Test
    void shouldStrikeOnlyWhereItsWordsAreAskedFor() {
        // given
        FailPointTrigger trigger = trap(FailPoint.first("Event_Publish", FailPosition.AFTER, FailAction.ERROR, "a")
                .withInput("=JoinSucceeded["));

        // when
        int others = strikes(trigger, "Event_Publish", "a", "event=JoinAccepted[]");
        int meant = strikes(trigger, "Event_Publish", "a", "event=JoinSucceeded[]");

        // then
        assertThat(others).isZero();
        assertThat(meant).isOne();
    }

    @Test
    void shouldStrikeOnceAtEachStepOfEachWorkflowWithEachInput() {
        // given
        FailPointTrigger trigger = trap(FailPoint.errorOnceEach(FailPosition.AFTER));

        // when
        int strikes = 0;
        for (int round = 0; round < 2; round++) {
            strikes += strikes(trigger, "Event_Publish", "a", "accepted");
            strikes += strikes(trigger, "Event_Publish", "a", "succeeded");
            strikes += strikes(trigger, "Event_Publish", "b", "accepted");
        }

        // then
        assertThat(strikes).isEqualTo(3);
    }

    private static int strikes(FailPointTrigger trigger, String step, String workflow, String input) {
        return catchThrowable(() -> trigger.onReached(
                                step, FailPosition.AFTER, workflow, input, IllegalStateException::new))
                        == null
                ? 0
                : 1;
    }

    private FailPointTrigger trap(FailPoint... points) {
        return new FailPointTrigger(plan(points), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private FailPlan plan(FailPoint... points) {
        return new FailPlan(List.of(points), marker());
    }

    private Path marker() {
        return directory.resolve("marker");
    }
}
