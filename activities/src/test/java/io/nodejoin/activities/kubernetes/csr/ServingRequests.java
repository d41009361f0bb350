package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Requests of the node worker-1 for a serving certificate, as the API server shows them. */
final class ServingRequests {
    static final Instant REGISTERED = TestCsrs.ISSUED;
    static final String ADDRESS = "10.0.0.7";
    static final ServingCsrPolicy.RegisteredNode NODE = node(ADDRESS);

    private ServingRequests() {}

    static ServingCsrPolicy.RegisteredNode node(String... addresses) {
        NodeIdentity node = new NodeIdentity(new NodeRef(new ClusterName("c"), new NodeName("worker-1")), "uid-1");
        return new ServingCsrPolicy.RegisteredNode(
                new AllowedServingSans(node, JoinId.of("s", "i"), List.of(addresses)), REGISTERED);
    }

    static X500Name subject() {
        return Pkcs10Forge.subject(TestCsrs.GROUP, TestCsrs.NAME);
    }

    static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    static GeneralName ip(String address) {
        return new GeneralName(GeneralName.iPAddress, address);
    }

    static CertificateSigningRequest honest() {
        return named(dns("worker-1"), ip(ADDRESS));
    }

    static CertificateSigningRequest named(GeneralName... names) {
        return of(Pkcs10Forge.withNames(subject(), TestCsrs.KEY, "SHA256withECDSA", names));
    }

    static CertificateSigningRequest keyed(KeyPair key, String algorithm) {
        return of(Pkcs10Forge.withNames(subject(), key, algorithm, dns("worker-1"), ip(ADDRESS)));
    }

    static CertificateSigningRequest titled(X500Name subject) {
        return of(Pkcs10Forge.withNames(subject, TestCsrs.KEY, "SHA256withECDSA", dns("worker-1"), ip(ADDRESS)));
    }

    static CertificateSigningRequest of(PKCS10CertificationRequest pkcs10) {
        return ofText(Pkcs10Forge.pem(pkcs10));
    }

    static CertificateSigningRequest ofText(String pem) {
        return new CertificateSigningRequestBuilder(TestCsrs.ofText(pem))
                .editSpec()
                .withUsername("system:node:worker-1")
                .withGroups("system:nodes", "system:authenticated")
                .withSignerName(ServingCsrPolicy.SIGNER)
                .withUsages("digital signature", "server auth")
                .endSpec()
                .build();
    }

    static CertificateSigningRequest using(CertificateSigningRequest csr, String... usages) {
        return new CertificateSigningRequestBuilder(csr)
                .editSpec()
                .withUsages(usages)
                .endSpec()
                .build();
    }
}
