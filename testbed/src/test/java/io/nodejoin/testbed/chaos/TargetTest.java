package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {
    private static final Target TARGET =
            Target.first(new Cell("S9b", "Token_Issue", Cut.AFTER, "", Course.SOUND), "kafka-kills0-token-issue");

    @Test
    void shouldBeHeldFromItsMarkUntilItHasGoneOn() {
        // given
        String mark = mark(TARGET);

        // then
        assertThat(TARGET.isHeld(List.of())).isFalse();
        assertThat(TARGET.isHeld(List.of(mark))).isTrue();
        assertThat(TARGET.isHeld(List.of(mark, FailPoint.past(mark)))).isFalse();
        assertThat(TARGET.isMissed(List.of(mark), false)).isFalse();
        assertThat(TARGET.isMissed(List.of(mark, FailPoint.past(mark)), false)).isTrue();
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
        Target next = TARGET.next();

        // then
        assertThat(next.cell()).isEqualTo(TARGET.cell());
        assertThat(next.node()).isNotEqualTo(TARGET.node());
        assertThat(next.isHeld(List.of(mark(TARGET)))).isFalse();
    }

    @Test
    void shouldHaveFourAttempts() {
        assertThat(TARGET.thisAndLater()).extracting(Target::attempt).containsExactly(1, 2, 3, 4);
        assertThat(TARGET.next().thisAndLater()).extracting(Target::attempt).containsExactly(2, 3, 4);
    }

    @Test
    void shouldHaveOneAttemptWhereAnyWorkflowMayBe() {
        // given
        Target commit = Target.first(new Cell("S4", "Intake_Commit", Cut.BEFORE, "", Course.SOUND), "commit");

        // then
        assertThat(commit.thisAndLater()).containsExactly(commit);
        assertThat(commit.isHeld(List.of("Intake_Commit before "))).isTrue();
    }

    private static String mark(Target target) {
        return FailPoint.mark("Token_Issue", Cut.AFTER, target.workflow());
    }
}
