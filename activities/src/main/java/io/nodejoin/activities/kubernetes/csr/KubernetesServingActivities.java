package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ResourceHints;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.certificate.ServingOrder;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps the inventory, and decides by {@link ServingRules} while a join waits. So a join depends on no other part of the
 * service; {@link ServingApprover} does the same for the rest of the node's life.
 */
public final class KubernetesServingActivities implements ServingActivities, AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final int TRIES = 3;

    private final ClusterClients clients;
    private final RequestBoards boards;
    private final AuditLog audit;
    private final Consumer<String> count;
    private final ResourceHints<CertificateSigningRequest> hints;

    /** @param count hears "approved" or "denied" of each decision that is made */
    public KubernetesServingActivities(ClusterClients clients, AuditLog audit, Consumer<String> count) {
        this.clients = clients;
        this.boards = new RequestBoards(clients, ServingRules.SIGNER);
        this.audit = audit;
        this.count = count;
        this.hints = RequestHints.to(
                ServingRules.SIGNER, clients, request -> request.getSpec().getUsername());
    }

    @Override
    public void declare(ServingInventory inventory) {
        ActivityLease lease = ActivityLease.begin();
        ServingEntries entries = entries(inventory);
        for (int i = 0; i < TRIES; i++) {
            before(lease, inventory, "serving.declare");
            if (entries.enter(inventory)) {
                return;
            }
            before(lease, inventory, "serving.replace");
            entries.strike(inventory.name());
        }
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.SUPERSEDED,
                        "someone else keeps writing " + ServingEntries.object(inventory) + " beside this join"));
    }

    @Override
    public CertificateDecision awaitIssued(ServingOrder order) {
        ActivityLease lease = ActivityLease.begin();
        ServingInventory inventory = order.inventory();
        ClusterName cluster = inventory.node().node().cluster();
        KubernetesClient client = clients.client(cluster);
        RequestBoard board = boards.of(cluster);
        ServingDesk desk = new ServingDesk(
                new ServingEntries(cluster, client), new DecisionDesk(cluster, board, audit, lease), count);
        try (var hint = hints.on(cluster, inventory.user())) {
            List<CertificateSigningRequest> requests = board.of(inventory.user());
            while (true) {
                Optional<CertificateDecision> end = desk.look(inventory, requests);
                if (end.isPresent()) {
                    return end.get();
                }
                Duration left = lease.left(order.deadline());
                if (!left.isPositive()) {
                    return missing(order, requests);
                }
                lease.pulse("waiting for a serving certificate of " + inventory.name());
                boolean changed = hint.await(left.compareTo(POLL) < 0 ? left : POLL);
                requests = changed ? RequestBoard.oldestFirst(hint.seen()) : board.of(inventory.user());
            }
        }
    }

    @Override
    public void withdraw(ServingInventory inventory) {
        ActivityLease lease = ActivityLease.begin();
        ServingEntries entries = entries(inventory);
        boolean ours = entries.of(inventory.name())
                .filter(entry -> entry.joinId().equals(inventory.joinId()))
                .isPresent();
        if (ours) {
            before(lease, inventory, "serving.withdraw");
            entries.strike(inventory.name());
        }
    }

    /** Ends the watches. */
    @Override
    public void close() {
        hints.close();
    }

    private ServingEntries entries(ServingInventory inventory) {
        ClusterName cluster = inventory.node().node().cluster();
        return new ServingEntries(cluster, clients.client(cluster));
    }

    private void before(ActivityLease lease, ServingInventory inventory, String action) {
        lease.beforeEffect(
                new AuditEntry(
                        inventory.node().node().cluster(),
                        inventory.joinId().value(),
                        action,
                        ServingEntries.object(inventory)),
                audit);
    }

    private static CertificateDecision missing(ServingOrder order, List<CertificateSigningRequest> requests) {
        boolean approved = requests.stream().anyMatch(RequestStatus::isApproved);
        return new CertificateDecision.Missing(
                approved
                        ? new Problem(
                                ErrorCode.CERT_NOT_ISSUED, "the serving certificate is approved, but was not signed")
                        : new Problem(
                                ErrorCode.CSR_TIMEOUT,
                                "the kubelet of " + order.inventory().name()
                                        + " did not ask for a serving certificate by the deadline "
                                        + order.deadline()));
    }
}
