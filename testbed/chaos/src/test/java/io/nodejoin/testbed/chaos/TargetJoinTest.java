package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetJoinTest {
    private static final TargetJoin TARGET = TargetJoin.first(
            new KillPoint("S9", "Token_Issue", FailPosition.AFTER, "", ExpectedOutcome.SUCCESS),
            "kafka-kills0-token-issue");

    @Test
    void shouldBeHeldFromItsMarkUntilItHasGoneOn() {
        // given
        String mark = mark(TARGET);

        // then
        assertThat(TARGET.isHeld(List.of())).isFalse();
        assertThat(TARGET.isHeld(List.of(mark))).isTrue();
        assertThat(TARGET.isHeld(List.of(mark, FailPoint.releaseLine(mark)))).isFalse();
        assertThat(TARGET.isMissed(List.of(mark), false)).isFalse();
        assertThat(TARGET.isMissed(List.of(mark, FailPoint.releaseLine(mark)), false))
                .isTrue();
    }

    @Test
    void shouldBeMissedOnceItsJoinIsOverWithoutItsStep() {
        assertThat(TARGET.isMissed(List.of(), false)).isFalse();
        assertThat(TARGET.isMissed(List.of(), true)).isTrue();
        assertThat(TARGET.isMissed(List.of(mark(TARGET)), true)).isFalse();
    }

    @Test
    void shouldBeAnotherJoinWithEachAttempt() {
        // given
        TargetJoin next = TARGET.substitute();

        // then
        assertThat(next.killPoint()).isEqualTo(TARGET.killPoint());
        assertThat(next.node()).isNotEqualTo(TARGET.node());
        assertThat(next.isHeld(List.of(mark(TARGET)))).isFalse();
    }

    @Test
    void shouldHaveFourAttempts() {
        assertThat(TARGET.withSubstitutes()).extracting(TargetJoin::attempt).containsExactly(1, 2, 3, 4);
        assertThat(TARGET.substitute().withSubstitutes())
                .extracting(TargetJoin::attempt)
                .containsExactly(2, 3, 4);
    }

    @Test
    void shouldHaveOneAttemptWhereAnyWorkflowMayBe() {
        // given
        TargetJoin commit = TargetJoin.first(
                new KillPoint("S4", "Intake_Commit", FailPosition.BEFORE, "", ExpectedOutcome.SUCCESS), "commit");

        // then
        assertThat(commit.withSubstitutes()).containsExactly(commit);
        assertThat(commit.isHeld(List.of("Intake_Commit before "))).isTrue();
    }

    private static String mark(TargetJoin target) {
        return FailPoint.markerLine("Token_Issue", FailPosition.AFTER, target.workflowId());
    }
}
