package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** One join as its host and its workflow see it: names, keys, and what they ask for. */
final class Joiner {
    private static final String CLUSTER_UID = "cluster-uid";
    private static final int TOKEN_ID_LENGTH = 6;
    static final String MACHINE = "00112233445566778899aabbccddeeff";

    final NodeName node = new NodeName("it-" + UUID.randomUUID());
    final JoinId joinId = JoinId.of("it", node.value());
    final Instant expiresAt = Instant.now().plus(Duration.ofMinutes(10));
    final TokenRef token = drawToken();
    private final KeyPair key = keyPair();

    /** Another token of the join. */
    TokenRef drawToken() {
        String id = UUID.randomUUID().toString().substring(0, TOKEN_ID_LENGTH);
        return new TokenRef(LiveCluster.NAME, joinId, new TokenId(id));
    }

    TokenRequest request(String kubeconfig) {
        return request(token, 1, kubeconfig, null);
    }

    /** For a host that has created the kubelet's key. */
    TokenRequest request(TokenRef token, int attempt, String kubeconfig, @Nullable String kubeletKeyDigest) {
        return new TokenRequest(
                token,
                node,
                MACHINE,
                attempt,
                CLUSTER_UID,
                kubeconfig,
                Base64.getEncoder().encodeToString(key.getPublic().getEncoded()),
                kubeletKeyDigest,
                Duration.ofMinutes(15),
                expiresAt);
    }

    /** Issues the token of this join. */
    SealedToken issue(TokenActivities tokens, String kubeconfig) {
        return issued(tokens.issue(request(kubeconfig)));
    }

    /** Issues the token of this join for a host that has created the kubelet's key. */
    SealedToken issue(TokenActivities tokens, String kubeconfig, String kubeletKeyDigest) {
        return issued(tokens.issue(request(token, 1, kubeconfig, kubeletKeyDigest)));
    }

    /** Returns the token, which must have been issued. */
    static SealedToken issued(TokenIssue result) {
        return switch (result) {
            case TokenIssue.Issued(SealedToken sealed) -> sealed;
            case TokenIssue.IdInUse _ -> throw new AssertionError("the id is in use");
        };
    }

    /** Opens the seal as the agent does. */
    BootstrapToken open(SealedToken sealed) {
        Assignment assignment = new Assignment("it", joinId, node, 1, 1, expiresAt, startKubelet(sealed));
        return new SealedTokenOpener(key.getPrivate(), Clock.systemUTC()).open(assignment, startKubelet(sealed));
    }

    private static StartKubelet startKubelet(SealedToken sealed) {
        return new StartKubelet(
                URI.create("https://127.0.0.1"),
                List.of(),
                CLUSTER_UID,
                sealed.id(),
                sealed.jwe(),
                TlsBootstrap.KUBELET,
                new KubeletSettings(null, null, List.of(), null),
                List.of(),
                null,
                null,
                null);
    }

    /** Asks for a certificate of this node, with a new key, as a kubelet does. */
    static CertificateSigningRequest askForCertificate(KubernetesClient client, NodeName node) {
        return askForCertificate(client, node, keyPair());
    }

    /** Asks for a certificate of this node and this key. */
    static CertificateSigningRequest askForCertificate(KubernetesClient client, NodeName node, KeyPair kubelet) {
        return askForCertificate(client, node, kubelet, null);
    }

    /** Asks for a certificate of this node and this key with this lifetime. */
    static CertificateSigningRequest askForCertificate(
            KubernetesClient client, NodeName node, KeyPair kubelet, @Nullable Integer expirationSeconds) {
        return ask(
                client,
                "kubernetes.io/kube-apiserver-client-kubelet",
                "client auth",
                pem(node, kubelet, List.of()),
                expirationSeconds);
    }

    /** Asks this signer for a certificate of this node, with a new key. */
    static CertificateSigningRequest askSigner(KubernetesClient client, String signer, String usage, NodeName node) {
        return ask(client, signer, usage, pem(node, keyPair(), List.of()));
    }

    /** Asks for the certificate of a kubelet with alternative names of this size, which the API server itself accepts. */
    static CertificateSigningRequest askLarge(KubernetesClient client, NodeName node, int size) {
        List<GeneralName> names = List.of(new GeneralName(GeneralName.dNSName, "x".repeat(size)));
        return ask(client, "kubernetes.io/kube-apiserver-client-kubelet", "client auth", pem(node, keyPair(), names));
    }

    /** Asks for a certificate to serve as this node at this address, with a new key, as a kubelet does. */
    static CertificateSigningRequest askToServe(KubernetesClient client, NodeName node, String address) {
        return askToServe(
                client,
                node,
                List.of(
                        new GeneralName(GeneralName.dNSName, node.value()),
                        new GeneralName(GeneralName.iPAddress, address)));
    }

    /** Asks for a certificate to serve as all that these names say, with a new key. */
    static CertificateSigningRequest askToServe(KubernetesClient client, NodeName node, List<GeneralName> names) {
        return ask(client, "kubernetes.io/kubelet-serving", "server auth", pem(node, keyPair(), names));
    }

    /** Returns the request of a kubelet of this node, with a new key. */
    static String pem(NodeName node) {
        return pem(node, keyPair(), List.of());
    }

    /** Sends this request as it is. */
    static CertificateSigningRequest ask(KubernetesClient client, String signer, String usage, String pem) {
        return ask(client, signer, usage, pem, null);
    }

    private static CertificateSigningRequest ask(
            KubernetesClient client, String signer, String usage, String pem, @Nullable Integer expirationSeconds) {
        CertificateSigningRequest csr = new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withGenerateName("csr-")
                .endMetadata()
                .withNewSpec()
                .withRequest(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                .withSignerName(signer)
                .withUsages("digital signature", usage)
                .withExpirationSeconds(expirationSeconds)
                .endSpec()
                .build();
        return client.resource(csr).create();
    }

    private static String pem(NodeName node, KeyPair kubelet, List<GeneralName> names) {
        try {
            var request = new JcaPKCS10CertificationRequestBuilder(
                    new X500NameBuilder()
                            .addRDN(BCStyle.O, "system:nodes")
                            .addRDN(BCStyle.CN, new DERUTF8String("system:node:" + node))
                            .build(),
                    kubelet.getPublic());
            if (!names.isEmpty()) {
                var extensions = new ExtensionsGenerator();
                extensions.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
                request.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            StringWriter text = new StringWriter();
            try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
                pem.writeObject(
                        request.build(new JcaContentSignerBuilder("SHA256withECDSA").build(kubelet.getPrivate())));
            }
            return text.toString().replace("\r\n", "\n");
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("a P-256 key signs a request on every Java platform", e);
        }
    }

    /** Approves a request as this client, whatever it asks for. */
    static void approve(KubernetesClient client, CertificateSigningRequest csr, String message) {
        client.raw(
                "/apis/certificates.k8s.io/v1/certificatesigningrequests/"
                        + csr.getMetadata().getName() + "/approval",
                "PUT",
                new CertificateSigningRequestBuilder(csr)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType("Approved")
                        .withStatus("True")
                        .withReason("Thief")
                        .withMessage(message)
                        .endCondition()
                        .endStatus()
                        .build());
    }

    /** How the parties of a join name this key. */
    static String digest(KeyPair key) {
        return Sha256.hex(key.getPublic().getEncoded());
    }

    static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }
}
