package io.nodejoin.agent;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.preflight.Expectation;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.TokenSeal;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.join.HostProfile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jose4j.jwe.JsonWebEncryption;

/**
 * Walks the paths of a join once, with values of its own, while the agent waits for work: what a join needs is loaded and
 * known to run on this host before a token is at stake. Changes nothing and contacts nobody, but for the host's own name
 * server.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());

    private final HostParts host;
    private final HostProbe probe;
    private final HostChecks checks;
    private final Path certificates;

    WarmUp(HostParts host, HostProbe probe, HostChecks checks, Path certificates) {
        this.host = host;
        this.probe = probe;
        this.checks = checks;
        this.certificates = certificates;
    }

    /** A failure is logged and not more: the command that needs the same will report it. */
    void run() {
        try {
            probe.identity();
            HostPlan.of(HostProfile.CONTAINERD, probe.snapshot(HostPlan.paths(), HostPlan.modules(), HostPlan.units()));
            host.systemd().show(List.of(KubeletPaths.UNIT));
            host.network().kubeletHealthy();
            openDummy();
            checks.lookAhead(Expectation.of(HostProfile.CONTAINERD));
        } catch (HostFailure e) {
            LOG.log(Level.WARNING, "self-test: {0}", e.problem().text());
        } catch (Exception e) {
            // Whatever a defect here is, the agent can still be told to report it.
            LOG.log(Level.WARNING, "self-test failed", e);
        }
    }

    private void openDummy() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        BootstrapToken token = new BootstrapToken(new TokenId("000000"), "0000000000000000");
        JoinId join = JoinId.of("self-test", "self-test");
        Instant end = host.clock().instant().plus(Duration.ofMinutes(1));
        StartKubelet command = new StartKubelet(
                URI.create("https://localhost"),
                List.of(),
                "self-test",
                token.id(),
                seal(key, token, new TokenSeal(join, 1, token.id(), "self-test", end)),
                new KubeletSettings(null, null, List.of(), null));
        NodeName node = new NodeName("self-test");
        Assignment assignment = new Assignment("self-test", join, node, 1, 1, end, command);
        BootstrapToken opened = new SealedTokenOpener(key.getPrivate(), host.clock()).open(assignment, command);
        ClusterInfoSignature.sign(opened, "self-test");
        List<X509Certificate> ca = Pem.certificates(Files.readString(certificates));
        BootstrapKubeconfig bootstrap = new BootstrapKubeconfig(new TrustedCluster(command.apiServer(), ca), opened);
        new KubeletPlan(node, command.kubelet(), bootstrap, "kubelet", false).steps();
    }

    private static String seal(KeyPair key, BootstrapToken token, TokenSeal seal) throws Exception {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(TokenSeal.ALG);
        jwe.setEncryptionMethodHeaderParameter(TokenSeal.ENC);
        jwe.setHeader("typ", TokenSeal.TYP);
        seal.headers().forEach(jwe::setHeader);
        jwe.setKey(key.getPublic());
        jwe.setPayload(token.wire());
        return jwe.getCompactSerialization();
    }
}
