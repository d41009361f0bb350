package io.nodejoin.activities.certificate;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.NodeName;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The certificate signing requests of one cluster, read and decided. */
final class RequestBoard {
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests/";

    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final SharedListing<CertificateSigningRequest> requests = SharedListing.of(this::list);

    RequestBoard(KubernetesClient client) {
        this.client = client;
    }

    /** The requests of this user to the kubelet client signer, the oldest first. */
    List<CertificateSigningRequest> of(String user) {
        return oldestFirst(requests.of(user));
    }

    /** A list that took longer than the API server keeps its pages begins anew. */
    private Map<String, List<CertificateSigningRequest>> list(Set<String> users) {
        while (true) {
            try {
                return pages(users);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_GONE) {
                    throw e;
                }
            }
        }
    }

    private Map<String, List<CertificateSigningRequest>> pages(Set<String> users) {
        Map<String, List<CertificateSigningRequest>> byUser = new HashMap<>();
        String page = null;
        do {
            ListOptions options =
                    new ListOptionsBuilder().withLimit(PAGE).withContinue(page).build();
            CertificateSigningRequestList list = client.certificates()
                    .v1()
                    .certificateSigningRequests()
                    .withField("spec.signerName", CertificateRules.SIGNER)
                    .list(options);
            for (CertificateSigningRequest request : list.getItems()) {
                String user = request.getSpec().getUsername();
                if (users.contains(user)) {
                    byUser.computeIfAbsent(user, _ -> new ArrayList<>()).add(request);
                }
            }
            page = list.getMetadata().getContinue();
        } while (page != null && !page.isEmpty());
        return byUser;
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
