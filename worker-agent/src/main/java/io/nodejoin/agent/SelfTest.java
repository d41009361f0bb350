package io.nodejoin.agent;

import io.nodejoin.agent.csr.CsrObject;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.ClientCertificate;
import io.nodejoin.agent.kubelet.ClientKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletCredential;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;

/** Executes the code path of a token once, with a generated token and key: seal, open, verify, request, plan. */
record SelfTest(Clock clock) {
    /** Runs the self-test. Throws what a join would throw. */
    void run(List<X509Certificate> authorities) throws GeneralSecurityException, JoseException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        proveIdentity(key);
        BootstrapToken token = new BootstrapToken(new TokenId("000000"), "0000000000000000");
        JoinId join = JoinId.of("self-test", "self-test");
        Instant end = clock.instant().plus(Duration.ofMinutes(1));
        StartKubelet command = new StartKubelet(
                URI.create("https://localhost"),
                List.of(),
                "self-test",
                token.id(),
                seal(key, token, new SealedTokenHeader(join, 1, token.id(), "self-test", end)),
                TlsBootstrap.AGENT,
                new KubeletSettings(null, null, List.of(), null),
                List.of(),
                null,
                null,
                null);
        NodeName node = new NodeName("self-test");
        Assignment assignment = new Assignment("self-test", join, node, 1, 1, end, command);
        BootstrapToken opened = new SealedTokenOpener(key.getPrivate(), clock).open(assignment, command);
        ClusterInfoSignature.sign(opened, "self-test");
        new CsrObject(node, key, null).json("self-test");
        TrustedCluster cluster = new TrustedCluster(command.apiServer(), authorities);
        plan(node, command, new BootstrapKubeconfig(cluster, opened)).steps();
        ClientKubeconfig kubeconfig = new ClientKubeconfig(cluster);
        plan(node, command, kubeconfig).fileSteps();
        kubeconfig.steps(new ClientCertificate(authorities, key.getPrivate(), end));
    }

    private static KubeletPlan plan(NodeName node, StartKubelet command, KubeletCredential credential) {
        return new KubeletPlan(
                node, command.kubelet(), HostSettings.DEFAULT, credential, "kubelet", CriEndpoint.CONTAINERD, false);
    }

    /** Signs as TLS does when the gateway requests a client certificate. */
    private static void proveIdentity(KeyPair key) throws GeneralSecurityException {
        byte[] text = "self-test".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key.getPrivate());
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(key.getPublic());
        signature.update(text);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("a signature of this machine's own does not verify");
        }
    }

    private static String seal(KeyPair key, BootstrapToken token, SealedTokenHeader seal) throws JoseException {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(SealedTokenHeader.ALG);
        jwe.setEncryptionMethodHeaderParameter(SealedTokenHeader.ENC);
        jwe.setHeader("typ", SealedTokenHeader.TYP);
        seal.parameters().forEach(jwe::setHeader);
        jwe.setKey(key.getPublic());
        jwe.setPayload(token.bearerToken());
        return jwe.getCompactSerialization();
    }
}
