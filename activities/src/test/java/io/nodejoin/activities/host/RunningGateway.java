package io.nodejoin.activities.host;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A gateway on loopback with CAs of its own, and agents for it. */
final class RunningGateway implements AutoCloseable {
    final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final HostGateway gateway;
    private final TestPki.Credential serverCa = TestPki.ca("CN=gateway CA");
    private final Path directory;
    private final Path agentCaCertificate;
    private final Path agentCaKey;

    RunningGateway() throws IOException {
        directory = Files.createTempDirectory("gateway");
        TestPki.Credential agentCa = TestPki.ca("CN=agents");
        TestPki.Credential server = TestPki.server(serverCa);
        agentCaCertificate = TestPki.writeCertificate(directory, "agent-ca.crt", agentCa.certificate());
        agentCaKey = TestPki.writeKey(directory, "agent-ca.key", agentCa.key());
        GatewaySettings settings = new GatewaySettings(
                "test",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TestPki.writeCertificate(directory, "server.crt", server.certificate()),
                TestPki.writeKey(directory, "server.key", server.key()),
                agentCaCertificate,
                agentCaKey,
                Samples.timesOverTheWire());
        gateway = new HostGateway(settings, workflows, Clock.systemUTC(), registry);
        gateway.start();
    }

    /** An agent without a certificate. */
    AgentClient stranger() {
        return stranger("TLSv1.3");
    }

    AgentClient stranger(String protocol) {
        return new AgentClient(uri(), AgentClient.tls(protocol, serverCa.certificate(), null, ""));
    }

    /** An agent with this key and chain. */
    AgentClient agent(KeyPair keys, String chain) {
        return new AgentClient(uri(), AgentClient.tls("TLSv1.3", serverCa.certificate(), keys, chain));
    }

    /** An agent of this identity with a certificate of the gateway's CA in force. */
    AgentClient agent(AgentIdentity identity) {
        KeyPair keys = TestPki.keyPair();
        return agent(keys, certificate(identity, keys, Instant.now(), agentCaCertificate, agentCaKey));
    }

    AgentClient agentWithExpiredCertificate(AgentIdentity identity) {
        KeyPair keys = TestPki.keyPair();
        Instant longAgo = Instant.now().minus(Duration.ofHours(3));
        return agent(keys, certificate(identity, keys, longAgo, agentCaCertificate, agentCaKey));
    }

    /** Its CA even bears the name of the gateway's. */
    AgentClient agentOfOtherCa(AgentIdentity identity) throws IOException {
        KeyPair keys = TestPki.keyPair();
        TestPki.Credential other = TestPki.ca("CN=agents");
        Path certificate = TestPki.writeCertificate(directory, "other.crt", other.certificate());
        Path key = TestPki.writeKey(directory, "other.key", other.key());
        return agent(keys, certificate(identity, keys, Instant.now(), certificate, key));
    }

    private static String certificate(
            AgentIdentity identity, KeyPair keys, Instant at, Path caCertificate, Path caKey) {
        return new AgentCertificateAuthority(
                        caCertificate, caKey, Duration.ofHours(1), Clock.fixed(at, ZoneOffset.UTC), new SecureRandom())
                .issue(
                        identity,
                        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
                .chain();
    }

    private URI uri() {
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
    }
}
