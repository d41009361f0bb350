package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.token.TokenRef;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** Signing requests as the API server shows them. */
final class TestCsrs {
    static final Instant ISSUED = Instant.parse("2026-11-25T10:00:00Z");
    static final String NAME = "system:node:worker-1";
    static final String GROUP = "system:nodes";
    static final KeyPair KEY = Pkcs10Forge.ec("secp256r1");
    /** The kubelet creates its key itself. */
    static final CsrDecisionRequest ORDER = order(ApprovalMode.NODEJOIN, null);
    /** The host has created {@link #KEY}. */
    static final CsrDecisionRequest KNOWN_KEY_ORDER = knowing(KEY);

    private TestCsrs() {}

    /** As {@link #ORDER}, for a host that has created this key. */
    static CsrDecisionRequest knowing(KeyPair key) {
        return order(ApprovalMode.NODEJOIN, Sha256.hex(key.getPublic().getEncoded()));
    }

    static CsrDecisionRequest order(ApprovalMode approval, @Nullable String keyDigest) {
        return new CsrDecisionRequest(
                new TokenRef(new ClusterName("c"), JoinId.of("s", "i"), new TokenId("abc123")),
                new NodeName("worker-1"),
                approval,
                keyDigest,
                null,
                ISSUED,
                ISSUED.plusSeconds(300),
                ISSUED.plusSeconds(300),
                null);
    }

    static PKCS10CertificationRequest honestPkcs10() {
        return pkcs10(KEY);
    }

    private static PKCS10CertificationRequest pkcs10(KeyPair key) {
        return Pkcs10Forge.signed(Pkcs10Forge.subject(GROUP, NAME), key, "SHA256withECDSA");
    }

    /** As the honest one, for a new key. */
    static CertificateSigningRequest withAnotherKey() {
        return of(pkcs10(Pkcs10Forge.ec("secp256r1")));
    }

    /** The same request under another name. */
    static CertificateSigningRequest named(String name, CertificateSigningRequest csr) {
        return new CertificateSigningRequestBuilder(csr)
                .editMetadata()
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .build();
    }

    /** The same request for a certificate that lives so long. */
    static CertificateSigningRequest living(Duration life, CertificateSigningRequest csr) {
        return new CertificateSigningRequestBuilder(csr)
                .editSpec()
                .withExpirationSeconds(Math.toIntExact(life.toSeconds()))
                .endSpec()
                .build();
    }

    static CertificateSigningRequest honest() {
        return of(honestPkcs10());
    }

    static CertificateSigningRequest of(PKCS10CertificationRequest pkcs10) {
        return ofText(Pkcs10Forge.pem(pkcs10));
    }

    static CertificateSigningRequest ofText(String pem) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withName("csr-x")
                .withUid("uid-x")
                .withCreationTimestamp(ISSUED.plusSeconds(10).toString())
                .endMetadata()
                .withNewSpec()
                .withUsername("system:bootstrap:abc123")
                .withGroups("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated")
                .withSignerName(ClientCsrPolicy.SIGNER)
                .withUsages("digital signature", "client auth")
                .withRequest(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)))
                .endSpec()
                .build();
    }

    static CertificateSigningRequest decided(CertificateSigningRequest csr, String condition) {
        return new CertificateSigningRequestBuilder(csr)
                .editOrNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withLastUpdateTime(ISSUED.plusSeconds(11).toString())
                .endCondition()
                .endStatus()
                .build();
    }
}
