package io.nodejoin.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.AdminServer;
import io.nodejoin.service.health.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final ManualScheduler time = new ManualScheduler();
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
    void shouldStopWhatHasStartedWhenAPartMeetsAnError() {
        // given
        Lifecycle lifecycle = new Lifecycle(List.of(part("a"), new Lifecycle.Part("b", () -> lack("b"), () -> {})));
        // when, then
        assertThatThrownBy(lifecycle::start).isInstanceOf(NoClassDefFoundError.class);
        assertThat(said).containsExactly("+a", "-a");
    }

    @Test
    void shouldTryEveryStopWhenAPartMeetsAnError() throws Exception {
        // given
        Lifecycle lifecycle =
                new Lifecycle(List.of(part("a"), new Lifecycle.Part("b", () -> {}, () -> lack("b")), failingStop("c")));
        lifecycle.start();
        // when, then
        assertThatThrownBy(lifecycle::stop)
                .hasMessage("c")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getCause)
                        .hasOnlyElementsOfType(NoClassDefFoundError.class));
        assertThat(said).endsWith("-a");
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

    @Test
    void shouldNameTheSettingOfAPortThatIsTaken() throws IOException {
        // given
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ListenAddress taken = new ListenAddress("127.0.0.1", other.getLocalPort());
            AdminServer admin = new AdminServer(
                    new ServiceConfig.Http(taken, List.of()),
                    List.of(),
                    new Readiness(Map.of(), time::nanoTime, time),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                    new DefaultHandler(false, false),
                    time);
            Lifecycle lifecycle = new Lifecycle(
                    List.of(part("a"), Lifecycle.Part.listening("http.listen", taken, admin::start, admin::stop)));
            // when, then
            assertThatThrownBy(lifecycle::start)
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("http.listen is " + taken + ", which cannot be bound: Address already in use");
            assertThat(said).containsExactly("+a", "-a");
        }
    }

    private Lifecycle.Part part(String name) {
        return new Lifecycle.Part(name, () -> said.add("+" + name), () -> said.add("-" + name));
    }

    private Lifecycle.Part failingStop(String name) {
        return new Lifecycle.Part(name, () -> {}, () -> fail(name));
    }

    private static void lack(String name) {
        throw new NoClassDefFoundError(name);
    }

    private static void fail(String name) throws IOException {
        throw new IOException(name);
    }
}
