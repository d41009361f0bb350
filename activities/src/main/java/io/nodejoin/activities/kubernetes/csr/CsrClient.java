package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.Conflicts;
import io.nodejoin.activities.kubernetes.ResourceVersions;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists and decides the CSRs of one cluster. */
final class CsrClient {
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests/";

    private static final long PAGE_SIZE = 500;

    private final KubernetesClient client;
    private final String signer;
    private final CoalescedList<CertificateSigningRequest> requests = CoalescedList.onVirtualThreads(this::list);

    CsrClient(KubernetesClient client, String signer) {
        this.client = client;
        this.signer = signer;
    }

    /** Creates one client per cluster when it is first used, so that all joins share its coalesced lists. */
    static Function<ClusterName, CsrClient> perCluster(ClusterClients clients, String signer) {
        Map<ClusterName, CsrClient> byCluster = new ConcurrentHashMap<>();
        return cluster -> byCluster.computeIfAbsent(cluster, name -> new CsrClient(clients.client(name), signer));
    }

    /**
     * Creates triggers that watch the CSRs of the signer.
     *
     * @param key the property of a CSR by which waiters subscribe
     */
    static WatchTriggers<CertificateSigningRequest> watchTriggers(
            ClusterClients clients, String signer, Function<CertificateSigningRequest, String> key) {
        return new WatchTriggers<>(
                clients,
                client ->
                        client.certificates().v1().certificateSigningRequests().withField("spec.signerName", signer),
                key);
    }

    /** Creates triggers that watch the CSRs of all signers but these two. */
    static WatchTriggers<CertificateSigningRequest> watchOthers(
            ClusterClients clients, String one, String other, Function<CertificateSigningRequest, String> key) {
        return new WatchTriggers<>(
                clients,
                client -> client.certificates()
                        .v1()
                        .certificateSigningRequests()
                        .withoutField("spec.signerName", one)
                        .withoutField("spec.signerName", other),
                key);
    }

    /** Returns this user's CSRs for the signer, the oldest first. Concurrent calls share one list. */
    List<CertificateSigningRequest> listByUser(String user) {
        return oldestFirst(requests.get(user));
    }

    /** Returns all CSRs for the signer. */
    List<CertificateSigningRequest> listAll() {
        return list(_ -> true);
    }

    private Map<String, List<CertificateSigningRequest>> list(Set<String> users) {
        return list(csr -> users.contains(csr.getSpec().getUsername())).stream()
                .collect(Collectors.groupingBy(csr -> csr.getSpec().getUsername()));
    }

    /** Restarts the list if its continue token has expired (410). */
    private List<CertificateSigningRequest> list(Predicate<CertificateSigningRequest> wanted) {
        while (true) {
            try {
                return listPages(wanted);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_GONE) {
                    throw e;
                }
            }
        }
    }

    private List<CertificateSigningRequest> listPages(Predicate<CertificateSigningRequest> wanted) {
        List<CertificateSigningRequest> found = new ArrayList<>();
        String page = null;
        do {
            ListOptions options = new ListOptionsBuilder()
                    .withLimit(PAGE_SIZE)
                    .withContinue(page)
                    .build();
            CertificateSigningRequestList list = client.certificates()
                    .v1()
                    .certificateSigningRequests()
                    .withField("spec.signerName", signer)
                    .list(options);
            list.getItems().stream().filter(wanted).forEach(found::add);
            page = list.getMetadata().getContinue();
        } while (page != null && !page.isEmpty());
        return found;
    }

    /**
     * Sorts CSRs by their creation, which is dated in whole seconds. In the same second the resourceVersion tells the order
     * of those that nobody has changed; the name does not, since the requester chooses it.
     */
    static List<CertificateSigningRequest> oldestFirst(List<CertificateSigningRequest> requests) {
        return requests.stream()
                .sorted(Comparator.<CertificateSigningRequest, String>comparing(
                                csr -> csr.getMetadata().getCreationTimestamp())
                        .thenComparing(ResourceVersions.ORDER)
                        .thenComparing(csr -> csr.getMetadata().getName()))
                .toList();
    }

    /**
     * Returns what uses the node's name, if anything does.
     *
     * @param createdUid the UID of the join's own Node, which may have pods already: some tolerate every taint
     */
    Optional<String> findNameHolder(NodeName node, @Nullable String createdUid) {
        Node found = client.nodes().withName(node.value()).get();
        if (found != null) {
            boolean own =
                    createdUid != null && createdUid.equals(found.getMetadata().getUid());
            return own ? Optional.empty() : Optional.of("a Node");
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
     * Writes the decision, preconditioned on UID and resourceVersion of the CSR as it was read.
     *
     * @return false if it has changed or has been deleted
     */
    boolean updateApproval(CertificateSigningRequest csr, String condition, String reason, String message) {
        CertificateSigningRequest decided = new CertificateSigningRequestBuilder(csr)
                .editOrNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
        return Conflicts.succeedsUnlessChanged(
                () -> client.raw(PATH + csr.getMetadata().getName() + "/approval", "PUT", decided));
    }
}
