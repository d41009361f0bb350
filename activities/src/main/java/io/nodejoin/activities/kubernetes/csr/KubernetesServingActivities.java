package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stores the allowed SANs, and decides serving CSRs by {@link ServingCsrPolicy} while a join waits, so that a join
 * depends on no other part of the service. {@link ServingCsrWatcher} does the same for the rest of the node's life.
 */
public final class KubernetesServingActivities implements ServingCertificateActivities, AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    private static final int MAX_ATTEMPTS = 3;

    private final ClusterClients clients;
    private final Function<ClusterName, CsrClient> csrClients;
    private final AuditLog audit;
    private final Consumer<String> decisionCounter;
    private final CsrDecisionListener listener;
    private final WatchTriggers<CertificateSigningRequest> triggers;

    /** As the other constructor, with decisions that nobody is told of. */
    public KubernetesServingActivities(ClusterClients clients, AuditLog audit, Consumer<String> decisionCounter) {
        this(clients, audit, decisionCounter, CsrDecisionListener.NONE);
    }

    /** @param decisionCounter receives "approved" or "denied" for each decision */
    public KubernetesServingActivities(
            ClusterClients clients, AuditLog audit, Consumer<String> decisionCounter, CsrDecisionListener listener) {
        this.listener = listener;
        this.clients = clients;
        this.csrClients = CsrClient.perCluster(clients, ServingCsrPolicy.SIGNER);
        this.audit = audit;
        this.decisionCounter = decisionCounter;
        this.triggers = CsrClient.watchTriggers(
                clients, ServingCsrPolicy.SIGNER, csr -> csr.getSpec().getUsername());
    }

    @Override
    public void allowSans(AllowedServingSans sans) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        ServingSansStore store = entries(sans);
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            recordEffect(fence, sans, "serving.allow-sans");
            if (store.create(sans)) {
                return;
            }
            recordEffect(fence, sans, "serving.replace-sans");
            store.delete(sans.nodeName());
        }
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.OBJECT_CONFLICT,
                        "another writer keeps changing " + ServingSansStore.resourceName(sans)));
    }

    @Override
    public CertificateResult awaitIssued(ServingCertificateRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        AllowedServingSans sans = request.sans();
        ClusterName cluster = sans.node().ref().cluster();
        KubernetesClient client = clients.client(cluster);
        CsrClient csrClient = csrClients.apply(cluster);
        ServingCsrController controller = new ServingCsrController(
                new ServingSansStore(cluster, client),
                new CsrDecisionWriter(cluster, csrClient, audit, fence, listener),
                decisionCounter);
        try (var trigger = triggers.subscribe(cluster, sans.kubeletUser())) {
            List<CertificateSigningRequest> requests = csrClient.listByUser(sans.kubeletUser());
            while (true) {
                Optional<CertificateResult> end = controller.reconcileNode(sans, requests);
                if (end.isPresent()) {
                    return end.get();
                }
                Duration left = fence.timeUntil(request.deadline());
                if (!left.isPositive()) {
                    return timedOut(request, requests);
                }
                fence.heartbeatIfDue("waiting for a serving certificate of " + sans.nodeName());
                boolean changed = trigger.await(left.compareTo(POLL_INTERVAL) < 0 ? left : POLL_INTERVAL);
                requests = changed ? CsrClient.oldestFirst(trigger.cached()) : csrClient.listByUser(sans.kubeletUser());
            }
        }
    }

    @Override
    public void disallowSans(AllowedServingSans sans) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        ServingSansStore store = entries(sans);
        boolean ours = store.get(sans.nodeName())
                .filter(entry -> entry.joinId().equals(sans.joinId()))
                .isPresent();
        if (ours) {
            recordEffect(fence, sans, "serving.disallow-sans");
            store.delete(sans.nodeName());
        }
    }

    /** Stops the watches. */
    @Override
    public void close() {
        triggers.close();
    }

    private ServingSansStore entries(AllowedServingSans sans) {
        ClusterName cluster = sans.node().ref().cluster();
        return new ServingSansStore(cluster, clients.client(cluster));
    }

    private void recordEffect(ActivityFence fence, AllowedServingSans sans, String action) {
        fence.recordEffect(
                new AuditEntry(
                        sans.node().ref().cluster(),
                        sans.joinId().value(),
                        action,
                        ServingSansStore.resourceName(sans)),
                audit);
    }

    private static CertificateResult timedOut(
            ServingCertificateRequest request, List<CertificateSigningRequest> requests) {
        boolean approved = requests.stream().anyMatch(CsrStatus::isApproved);
        return new CertificateResult.TimedOut(
                approved
                        ? new Problem(
                                ErrorCode.CERTIFICATE_NOT_ISSUED,
                                "the serving certificate is approved, but was not signed")
                        : new Problem(
                                ErrorCode.CSR_TIMEOUT,
                                "the kubelet of " + request.sans().nodeName()
                                        + " requested no serving certificate by the deadline "
                                        + request.deadline()));
    }
}
