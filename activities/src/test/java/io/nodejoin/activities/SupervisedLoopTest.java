package io.nodejoin.activities;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupervisedLoopTest {
    private static final String WENT_ON = "went on";

    /** A process with one thread that fails as it is told to. */
    static final class Failing {
        private Failing() {}

        public static void main(String[] arguments) {
            SupervisedLoop.runIteration("the test", () -> fail(arguments[0]));
            System.out.println(WENT_ON);
        }

        private static void fail(String how) {
            switch (how) {
                case "class" -> throw new NoClassDefFoundError("gone");
                case "initializer" -> throw new ExceptionInInitializerError("bad");
                case "thread" -> throw new OutOfMemoryError("unable to create native thread");
                case "recursion" -> throw new StackOverflowError();
                case "assertion" -> throw new AssertionError("impossible");
                default -> throw new IllegalStateException(how);
            }
        }
    }

    @Test
    void shouldSayThatItSucceeded() {
        assertThat(SupervisedLoop.runIteration("the test", () -> {})).isTrue();
    }

    @Test
    void shouldLeaveExpectedExceptionsToTheCaller() {
        assertThatThrownBy(() -> SupervisedLoop.runIteration("the test", () -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"defect", "recursion", "assertion"})
    void shouldLogAndGoOnAfter(String failure) throws IOException, InterruptedException {
        // when
        Process process = start(failure);
        // then
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                .contains("the test failed; it is tried again")
                .contains(WENT_ON);
        assertThat(process.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"class", "initializer", "thread"})
    void shouldEndTheProcessWithoutItsClassesOrThreads(String failure) throws IOException, InterruptedException {
        // when
        Process process = start(failure);
        // then
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                .contains("the test failed and this process cannot continue; it exits")
                .doesNotContain(WENT_ON);
        assertThat(process.waitFor()).isEqualTo(3);
    }

    private static Process start(String failure) throws IOException {
        return new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Failing.class.getName(),
                        failure))
                .redirectErrorStream(true)
                .start();
    }
}
