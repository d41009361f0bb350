package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.ServingInventory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Decides what nodes of the inventory ask of the serving signer. Two desks at once are harmless: one of them is late. */
final class ServingDesk {
    private static final String GROUNDS = "the names are exactly those that it declared, for the node's own key";
    /**
     * Kubernetes deletes decided requests after an hour, and an honest kubelet makes one in months. A node that has so many
     * of a kind gets no more of it: further ones stay undecided, so that nobody can fill the audit by asking.
     */
    private static final int MAX_DECISIONS = 10;

    private final ServingEntries entries;
    private final DecisionDesk decisions;
    private final Consumer<String> count;

    /** @param count hears "approved" or "denied" of each decision that is made */
    ServingDesk(ServingEntries entries, DecisionDesk decisions, Consumer<String> count) {
        this.entries = entries;
        this.decisions = decisions;
        this.count = count;
    }

    /** Decides each request that is undecided and of a node in the inventory; whatever else there is is left alone. */
    void decideAll(List<CertificateSigningRequest> requests) {
        Map<String, List<CertificateSigningRequest>> byUser = requests.stream()
                .collect(Collectors.groupingBy(request -> request.getSpec().getUsername()));
        byUser.values().removeIf(ofUser -> ofUser.stream().noneMatch(RequestStatus::isUndecided));
        if (byUser.isEmpty()) {
            return;
        }
        for (ServingInventory inventory : entries.all()) {
            Optional.ofNullable(byUser.get(inventory.user()))
                    .ifPresent(ofNode -> entries.alive(inventory).ifPresent(node -> decide(ofNode, node)));
        }
    }

    /** What became of this node's requests, deciding those that nobody has decided; empty if there is more to wait for. */
    Optional<CertificateDecision> look(ServingInventory inventory, List<CertificateSigningRequest> requests) {
        Optional<ServingNode> alive = entries.alive(inventory);
        if (alive.isEmpty()) {
            return Optional.of(new CertificateDecision.Missing(new Problem(
                    ErrorCode.NODE_UID_CHANGED,
                    "Node " + inventory.name() + " with UID " + inventory.node().uid()
                            + " is gone before it got a serving certificate")));
        }
        Optional<CertificateDecision> end = requests.stream()
                .map(request -> end(request, alive.get()))
                .flatMap(Optional::stream)
                .findFirst();
        if (end.isEmpty()) {
            decide(requests, alive.get());
        }
        return end;
    }

    /** An old request's end says nothing of this Node. */
    private static Optional<CertificateDecision> end(CertificateSigningRequest request, ServingNode node) {
        String name = request.getMetadata().getName();
        if (RequestStatus.isUndecided(request)
                || ServingRule.IN_TIME.broken(request, Optional.empty(), node).isPresent()) {
            return Optional.empty();
        }
        if (RequestStatus.isDenied(request)) {
            return Optional.of(DecisionDesk.earlierDenial(request));
        }
        return switch (ServingRules.examine(request, node)) {
            case Verdict.Deny wrong -> Optional.of(new CertificateDecision.Denied(name, wrong.problem()));
            case Verdict.Approve right ->
                IssuedCertificate.of(request, right.keyDigest()).map(issued -> checked(issued, request, node));
            case Verdict.Foreign _ -> Optional.empty();
        };
    }

    private static CertificateDecision checked(
            CertificateDecision end, CertificateSigningRequest request, ServingNode node) {
        return switch (end) {
            case CertificateDecision.Issued issued ->
                ServingRule.notOwned(IssuedCertificate.names(request), node)
                        .<CertificateDecision>map(wrong -> new CertificateDecision.Denied(issued.request(), wrong))
                        .orElse(issued);
            case CertificateDecision.Denied denied -> denied;
            case CertificateDecision.Missing missing -> missing;
        };
    }

    private void decide(List<CertificateSigningRequest> requests, ServingNode node) {
        JoinId join = node.inventory().joinId();
        long approvals = requests.stream().filter(RequestStatus::isApproved).count();
        long denials = requests.stream().filter(RequestStatus::isDenied).count();
        List<CertificateSigningRequest> undecided =
                requests.stream().filter(RequestStatus::isUndecided).toList();
        for (CertificateSigningRequest request : RequestBoard.oldestFirst(undecided)) {
            switch (ServingRules.judge(request, node)) {
                case Verdict.Approve right -> {
                    if (approvals++ < MAX_DECISIONS) {
                        count("approved", decisions.approve(join, request, right, GROUNDS));
                    }
                }
                case Verdict.Deny wrong -> {
                    if (denials++ < MAX_DECISIONS) {
                        count("denied", decisions.deny(join, request, wrong));
                    }
                }
                case Verdict.Foreign _ -> {}
            }
        }
    }

    private void count(String decision, boolean made) {
        if (made) {
            count.accept(decision);
        }
    }
}
