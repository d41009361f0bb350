package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Checks that approved CSRs are signed. Issues no certificate: approves a CSR that is for no node, which a working
 * signer marks as failed. The CSR's key is discarded.
 */
record CertificateSigning(KubernetesClient client, Poll poll) implements Check {
    private static final Duration SIGNED_WITHIN = Duration.ofSeconds(10);

    @Override
    public Finding run() {
        CertificateSigningRequest csr = client.resource(request()).create();
        String name = csr.getMetadata().getName();
        try {
            approve(name);
            return poll.until(SIGNED_WITHIN, () -> isHandled(name)) ? evaluate(name) : notSigned();
        } finally {
            client.resource(csr).delete();
        }
    }

    private Finding evaluate(String name) {
        boolean refused = conditions(name).stream().anyMatch(condition -> "Failed".equals(condition.getType()));
        return refused
                ? new Finding.Passed("the signer of kubelet certificates works, and keeps to its rules")
                : Finding.warned(
                        "the signer of kubelet certificates has signed a request that is for no node",
                        "it is not the signer of Kubernetes, or not as strict; the key of that certificate does not exist",
                        "check the signer of kubernetes.io/kube-apiserver-client-kubelet");
    }

    private static Finding notSigned() {
        return Finding.failed(
                "an approved CSR for kubernetes.io/kube-apiserver-client-kubelet gets no response",
                "no node would get its certificate",
                "start kube-controller-manager with --cluster-signing-cert-file and --cluster-signing-key-file, and with "
                        + "csrsigning among its --controllers");
    }

    private boolean isHandled(String name) {
        CertificateSigningRequest now = read(name);
        return now.getStatus().getCertificate() != null
                || now.getStatus().getConditions().stream().anyMatch(condition -> "Failed".equals(condition.getType()));
    }

    private List<CertificateSigningRequestCondition> conditions(String name) {
        return read(name).getStatus().getConditions();
    }

    private CertificateSigningRequest read(String name) {
        return client.certificates()
                .v1()
                .certificateSigningRequests()
                .withName(name)
                .require();
    }

    private void approve(String name) {
        client.certificates()
                .v1()
                .certificateSigningRequests()
                .withName(name)
                .approve(new CertificateSigningRequestConditionBuilder()
                        .withType("Approved")
                        .withStatus("True")
                        .withReason("NodejoinDoctor")
                        .withMessage("Checks whether the signer responds; this request must not be signed.")
                        .build());
    }

    private static CertificateSigningRequest request() {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withGenerateName("nodejoin-doctor-")
                .endMetadata()
                .withNewSpec()
                .withRequest(Base64.getEncoder().encodeToString(pem()))
                .withSignerName("kubernetes.io/kube-apiserver-client-kubelet")
                .withUsages("digital signature", "client auth")
                .withExpirationSeconds(600)
                .endSpec()
                .build();
    }

    private static byte[] pem() {
        try (InputStream pem = Objects.requireNonNull(
                CertificateSigning.class.getResourceAsStream("unsignable-request.pem"),
                "the jar contains the request")) {
            return pem.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
