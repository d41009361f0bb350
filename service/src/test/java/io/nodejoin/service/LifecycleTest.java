package io.nodejoin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> said = new ArrayList<>();

    @Test
    void shouldStopInReverseOrder() throws Exception {
        // given
        Lifecycle lifecycle = new Lifecycle(List.of(part("a"), part("b"), part("c")));
        lifecycle.start();
        // when
        lifecycle.stop();
        // then
        assertThat(said).containsExactly("+a", "+b", "+c", "-c", "-b", "-a");
    }

    @Test
    void shouldTryEveryStopAndThrowTheFirstFailureWithTheOthers() throws Exception {
        // given
        Lifecycle lifecycle = new Lifecycle(List.of(part("a"), failingStop("b"), failingStop("c")));
        lifecycle.start();
        // when, then
        assertThatThrownBy(lifecycle::stop)
                .hasMessage("c")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("b"));
        assertThat(said).endsWith("-a");
    }

    @Test
    void shouldStopWhatHasStartedWhenAPartCannotStart() {
        // given
        Lifecycle lifecycle = new Lifecycle(List.of(part("a"), new Lifecycle.Part("b", () -> fail("b"), () -> {})));
        // when, then
        assertThatThrownBy(lifecycle::start).hasMessage("b");
        assertThat(said).containsExactly("+a", "-a");
    }

    @Test
    void shouldStopOnlyOnce() throws Exception {
        // given
        Lifecycle lifecycle = new Lifecycle(List.of(part("a")));
        lifecycle.start();
        lifecycle.stop();
        // when
        lifecycle.stop();
        // then
        assertThat(said).containsExactly("+a", "-a");
    }

    private Lifecycle.Part part(String name) {
        return new Lifecycle.Part(name, () -> said.add("+" + name), () -> said.add("-" + name));
    }

    private Lifecycle.Part failingStop(String name) {
        return new Lifecycle.Part(name, () -> {}, () -> fail(name));
    }

    private static void fail(String name) throws IOException {
        throw new IOException(name);
    }
}
