package io.nodejoin.testbed.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailPointTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadWhatItWrites() {
        // given
        FailPoint point = new FailPoint(
                "Token_Issue", Cut.RECORDED, 2, FailAction.DELAY, "node-join/a/b", Duration.ofMillis(5), marker());

        // when
        FailPoint read = FailPoint.of(point.environment());

        // then
        assertThat(read).isEqualTo(point);
    }

    @Test
    void shouldRefuseAPointWithoutACut() {
        // when
        Throwable refusal = catchThrowable(() -> FailPoint.of(Map.of("NODEJOIN_FAILPOINT", "Token_Issue")));

        // then
        assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("step:cut");
    }

    @Test
    void shouldStrikeAtTheHitThatIsMeantAndLeaveAMarker() {
        // given
        Trap trap = new Trap(
                new FailPoint("Token_Issue", Cut.AFTER, 2, FailAction.ERROR, "node-join/a/b", Duration.ZERO, marker()));

        // when
        trap.reached("Token_Issue", Cut.AFTER, "node-join/a/b", "", IllegalStateException::new);
        trap.reached("Token_Issue", Cut.BEFORE, "node-join/a/b", "", IllegalStateException::new);
        trap.reached("Token_Issue", Cut.AFTER, "node-join/a/c", "", IllegalStateException::new);
        trap.reached("Token_Revoke", Cut.AFTER, "node-join/a/b", "", IllegalStateException::new);

        // then
        assertThat(new Marker(marker()).fired()).isFalse();
        assertThatThrownBy(
                        () -> trap.reached("Token_Issue", Cut.AFTER, "node-join/a/b", "", IllegalStateException::new))
                .isInstanceOf(IllegalStateException.class);
        assertThat(new Marker(marker()).lines()).containsExactly("Token_Issue after node-join/a/b");
    }

    @Test
    void shouldStrikeOnceAtEachStepOfEachWorkflowWithEachInput() {
        // given
        Trap trap = new Trap(FailPoint.errorOnceEach(Cut.AFTER, marker()));

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

    private Path marker() {
        return directory.resolve("marker");
    }
}
