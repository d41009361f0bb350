package io.nodejoin.activities.certificate;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.NodeName;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The certificate signing requests of one cluster, read and decided. */
final class RequestBoard {
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests/";

    private final KubernetesClient client;

    RequestBoard(KubernetesClient client) {
        this.client = client;
    }

    /** The requests of this user to this signer, the oldest first. */
    List<CertificateSigningRequest> of(String signer, String user) {
        return oldestFirst(all(signer).stream()
                .filter(request -> user.equals(request.getSpec().getUsername()))
                .toList());
    }

    /** All requests to this signer. */
    List<CertificateSigningRequest> all(String signer) {
        return client.certificates()
                .v1()
                .certificateSigningRequests()
                .withField("spec.signerName", signer)
                .list()
                .getItems();
    }

    static List<CertificateSigningRequest> oldestFirst(List<CertificateSigningRequest> requests) {
        return requests.stream()
                .sorted(Comparator.<CertificateSigningRequest, String>comparing(
                                request -> request.getMetadata().getCreationTimestamp())
                        .thenComparing(request -> request.getMetadata().getName()))
                .toList();
    }

    /** What holds the node's name, if anything does. */
    Optional<String> holderOf(NodeName node) {
        if (client.nodes().withName(node.value()).get() != null) {
            return Optional.of("a Node");
        }
        boolean pods = !client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node.value())
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getItems()
                .isEmpty();
        return pods ? Optional.of("pods that are bound to it") : Optional.empty();
    }

    /**
     * Decides the request as it was read, UID and resource version included.
     *
     * @return false if it has changed or gone since
     */
    boolean decide(CertificateSigningRequest request, String condition, String reason, String message) {
        CertificateSigningRequest decided = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
        try {
            client.raw(PATH + request.getMetadata().getName() + "/approval", "PUT", decided);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}
