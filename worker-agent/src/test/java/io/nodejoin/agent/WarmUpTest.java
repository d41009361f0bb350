package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.GatewayAddresses;
import io.nodejoin.agent.gateway.GatewayServer;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.preflight.HostChecks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
    private static final Logger LOG = Logger.getLogger(WarmUp.class.getName());

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord told) {
            said.add(new SimpleFormatter().formatMessage(told));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @TempDir
    Path root;

    @BeforeEach
    void listen() {
        LOG.addHandler(listener);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(listener);
    }

    @Test
    void shouldReportNothingOnAHealthyHost() throws IOException {
        // given
        Path authority =
                Files.writeString(root.resolve("ca.pem"), Pem.encode(List.of(new TestTls().certificate("ca"))));

        // when
        warmUp(authority).run();

        // then
        assertThat(said).containsExactly("self-test: done");
    }

    @Test
    void shouldExerciseTheOtherPathsIfOneFails() {
        // when
        warmUp(root.resolve("missing.pem")).run();

        // then
        assertThat(said).containsExactly("self-test of gateway failed", "self-test of token failed", "self-test: done");
    }

    private WarmUp warmUp(Path authority) {
        HostPorts host = new FakeHost(root).parts();
        KubeletBinary kubelet = new KubeletBinary(host.commands(), host.files());
        HostProbe probe = new HostProbe(host, kubelet);
        GatewayServer gateway = new GatewayServer(
                URI.create("https://localhost"), GatewayAddresses.ofThisMachine(new SplittableRandom(1)), authority);
        return new WarmUp(
                host,
                probe,
                new HostChecks(host, probe, kubelet, _ -> Optional.empty(), Set.of()),
                gateway,
                AgentIdentity.load(host.files()),
                () -> {});
    }
}
