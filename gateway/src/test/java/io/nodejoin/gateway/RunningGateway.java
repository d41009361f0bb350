package io.nodejoin.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.enrollment.FakeRejoinHandler;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.gateway.temporal.FakeMachinePools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;

/** A gateway on loopback with CAs of its own, and agents for it. */
final class RunningGateway implements AutoCloseable {
    final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    final FakeMachinePools pools = new FakeMachinePools();
    final FakeRejoinHandler rejoining = new FakeRejoinHandler();
    final FakeAuditLog audit = new FakeAuditLog();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final TestPki.Credential agentCa = TestPki.ca("CN=agents");
    final Path directory;
    final HostGateway gateway;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final TestPki.Credential serverCa = TestPki.ca("CN=gateway CA");

    RunningGateway() throws IOException {
        this(Clock.systemUTC());
    }

    RunningGateway(Clock clock) throws IOException {
        this(clock, ConnectionLimits.defaults());
    }

    RunningGateway(ConnectionLimits limits) throws IOException {
        this(Clock.systemUTC(), limits);
    }

    private RunningGateway(Clock clock, ConnectionLimits limits) throws IOException {
        this(new ListenAddress("127.0.0.1", 0), List.of(), clock, limits);
    }

    /** One that has these proxies before it. */
    RunningGateway(ConnectionLimits limits, List<String> proxies) throws IOException {
        this(new ListenAddress("127.0.0.1", 0), proxies, Clock.systemUTC(), limits);
    }

    RunningGateway(ListenAddress listen, ConnectionLimits limits) throws IOException {
        this(listen, List.of(), Clock.systemUTC(), limits);
    }

    private RunningGateway(ListenAddress listen, List<String> proxies, Clock clock, ConnectionLimits limits)
            throws IOException {
        directory = Files.createTempDirectory("gateway");
        GatewaySettings settings = Samples.settings(directory, listen, proxies, TestPki.server(serverCa), agentCa);
        gateway = new HostGateway(
                settings,
                Samples.timesOverTheWire(),
                limits,
                workflows,
                pools,
                rejoining,
                audit,
                clock,
                System::nanoTime,
                scheduler,
                registry);
        gateway.start();
    }

    /** An agent without a certificate. */
    AgentClient stranger() {
        return stranger("TLSv1.3");
    }

    AgentClient stranger(String protocol) {
        return new AgentClient(uri(), AgentClient.tls(protocol, serverCa.certificate(), null, ""));
    }

    /** An agent without a certificate at this address of loopback. */
    AgentClient strangerAt(String address) throws IOException {
        return new AgentClient(
                uri(), AgentClient.tls("TLSv1.3", serverCa.certificate(), null, ""), InetAddress.getByName(address));
    }

    /** An agent without a certificate at this address of loopback that connects to the proxy. */
    AgentClient strangerBehind(TestProxy proxy, String address) throws IOException {
        return new AgentClient(
                proxy.uri(),
                AgentClient.tls("TLSv1.3", serverCa.certificate(), null, ""),
                InetAddress.getByName(address));
    }

    /** TLS of an agent without a certificate over a connection that is open. */
    SSLSocket tlsOver(Socket socket) throws IOException {
        return (SSLSocket) AgentClient.tls("TLSv1.3", serverCa.certificate(), null, "")
                .getSocketFactory()
                .createSocket(socket, "127.0.0.1", gateway.port(), true);
    }

    /** An agent without a certificate that connects to this host, which may be an IPv6 address in brackets. */
    AgentClient strangerOf(String host) {
        return new AgentClient(
                URI.create("https://" + host + ":" + gateway.port()),
                AgentClient.tls("TLSv1.3", serverCa.certificate(), null, ""));
    }

    /** An agent that trusts this CA of gateways alone. */
    AgentClient strangerThatTrusts(TestPki.Credential otherServerCa) {
        return new AgentClient(uri(), AgentClient.tls("TLSv1.3", otherServerCa.certificate(), null, ""));
    }

    /** An agent with this key and chain. */
    AgentClient agent(KeyPair keys, String chain) {
        return new AgentClient(uri(), AgentClient.tls("TLSv1.3", serverCa.certificate(), keys, chain));
    }

    /** An agent of this identity with a certificate of the gateway's CA in force. */
    AgentClient agent(AgentIdentity identity) {
        return agent(ClientCertificate.of(agentCa, identity));
    }

    /** An agent with such a certificate. */
    AgentClient agent(ClientCertificate certificate) {
        KeyPair keys = TestPki.keyPair();
        return agent(keys, certificate.chain(keys));
    }

    AgentClient agentWithExpiredCertificate(AgentIdentity identity) {
        return agent(
                ClientCertificate.of(agentCa, identity).validFrom(Instant.now().minus(Duration.ofHours(3))));
    }

    /** Its CA even bears the name of the gateway's. */
    AgentClient agentOfOtherCa(AgentIdentity identity) {
        return agent(ClientCertificate.of(TestPki.ca("CN=agents"), identity));
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + gateway.port());
    }

    double count(String meter, String tag, String value) {
        return registry.find(meter).tag(tag, value).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Override
    public void close() {
        gateway.stop();
        scheduler.shutdownNow();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
