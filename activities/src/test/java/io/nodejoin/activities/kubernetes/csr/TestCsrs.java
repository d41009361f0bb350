package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.token.TokenRef;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Signing requests as the API server shows them. */
final class TestCsrs {
    static final Instant ISSUED = Instant.parse("2026-11-25T10:00:00Z");
    static final String NAME = "system:node:worker-1";
    static final String GROUP = "system:nodes";
    static final KeyPair KEY = Pkcs10Forge.ec("secp256r1");
    static final CsrDecisionRequest ORDER = new CsrDecisionRequest(
            new TokenRef(new ClusterName("c"), JoinId.of("s", "i"), new TokenId("abc123")),
            new NodeName("worker-1"),
            ApprovalMode.NODEJOIN,
            ISSUED,
            ISSUED.plusSeconds(300),
            ISSUED.plusSeconds(300));

    private TestCsrs() {}

    static PKCS10CertificationRequest honestPkcs10() {
        return Pkcs10Forge.signed(Pkcs10Forge.subject(GROUP, NAME), KEY, "SHA256withECDSA");
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
                .endCondition()
                .endStatus()
                .build();
    }
}
