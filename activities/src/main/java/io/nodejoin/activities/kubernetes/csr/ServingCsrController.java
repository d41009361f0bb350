package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Decides the serving CSRs of nodes with allowed SANs. Concurrent controllers are harmless: the later write conflicts.
 */
final class ServingCsrController {
    /**
     * Kubernetes deletes decided CSRs after an hour, and an honest kubelet creates one in months. Further CSRs of a
     * node stay pending, so that a node cannot fill the audit log.
     */
    private static final int MAX_DECISIONS = 10;

    private final ServingSansStore store;
    private final CsrDecisionWriter decisionWriter;
    private final Consumer<String> decisionCounter;

    /** @param decisionCounter receives "approved" or "denied" for each decision */
    ServingCsrController(ServingSansStore store, CsrDecisionWriter decisionWriter, Consumer<String> decisionCounter) {
        this.store = store;
        this.decisionWriter = decisionWriter;
        this.decisionCounter = decisionCounter;
    }

    /** Decides each pending CSR of a node with allowed SANs; ignores all others. */
    void reconcile(List<CertificateSigningRequest> requests) {
        Map<String, List<CertificateSigningRequest>> byUser = requests.stream()
                .collect(Collectors.groupingBy(csr -> csr.getSpec().getUsername()));
        byUser.values().removeIf(ofUser -> ofUser.stream().noneMatch(CsrStatus::isPending));
        if (byUser.isEmpty()) {
            return;
        }
        for (AllowedServingSans sans : store.list()) {
            Optional.ofNullable(byUser.get(sans.kubeletUser()))
                    .ifPresent(ofNode -> store.findNode(sans).ifPresent(node -> decide(ofNode, node)));
        }
    }

    /** Decides this node's pending CSRs and returns the result; empty while there is none. */
    Optional<CertificateResult> reconcileNode(AllowedServingSans sans, List<CertificateSigningRequest> requests) {
        Optional<ServingCsrPolicy.RegisteredNode> alive = store.findNode(sans);
        if (alive.isEmpty()) {
            return Optional.of(new CertificateResult.TimedOut(new Problem(
                    ErrorCode.NODE_UID_CHANGED,
                    "Node " + sans.nodeName() + " with UID " + sans.node().uid()
                            + " is gone before it got a serving certificate")));
        }
        Optional<CertificateResult> result = requests.stream()
                .map(csr -> existingResult(csr, alive.get()))
                .flatMap(Optional::stream)
                .findFirst();
        if (result.isEmpty()) {
            decide(requests, alive.get());
        }
        return result;
    }

    /** Ignores a CSR that is older than this Node. */
    private static Optional<CertificateResult> existingResult(
            CertificateSigningRequest csr, ServingCsrPolicy.RegisteredNode node) {
        String name = csr.getMetadata().getName();
        if (CsrStatus.isPending(csr)
                || ServingCsrRule.NEWER_THAN_NODE
                        .violation(csr, Optional.empty(), node)
                        .isPresent()) {
            return Optional.empty();
        }
        if (CsrStatus.isDenied(csr)) {
            return Optional.of(CsrDecisionWriter.existingDenial(csr));
        }
        return switch (ServingCsrPolicy.evaluateContents(csr, node)) {
            case CsrDecision.Deny deny -> Optional.of(new CertificateResult.Denied(name, deny.problem()));
            case CsrDecision.Approve approve ->
                IssuedCertificateReader.readResult(csr, approve.keyDigest())
                        .map(issued -> verifyIssuedNames(issued, csr, node));
            case CsrDecision.NotManaged _ -> Optional.empty();
        };
    }

    private static CertificateResult verifyIssuedNames(
            CertificateResult result, CertificateSigningRequest csr, ServingCsrPolicy.RegisteredNode node) {
        return switch (result) {
            case CertificateResult.Issued issued ->
                ServingCsrRule.namesViolation(IssuedCertificateReader.alternativeNames(csr), node)
                        .<CertificateResult>map(wrong -> new CertificateResult.Denied(issued.csrName(), wrong))
                        .orElse(issued);
            case CertificateResult.Denied denied -> denied;
            case CertificateResult.TimedOut missing -> missing;
        };
    }

    private void decide(List<CertificateSigningRequest> requests, ServingCsrPolicy.RegisteredNode node) {
        JoinId join = node.sans().joinId();
        long approvals = requests.stream().filter(CsrStatus::isApproved).count();
        long denials = requests.stream().filter(CsrStatus::isDenied).count();
        List<CertificateSigningRequest> undecided =
                requests.stream().filter(CsrStatus::isPending).toList();
        for (CertificateSigningRequest csr : CsrClient.oldestFirst(undecided)) {
            switch (ServingCsrPolicy.evaluate(csr, node)) {
                case CsrDecision.Approve approve -> {
                    if (approvals++ < MAX_DECISIONS) {
                        count("approved", decisionWriter.approve(join, csr, approve, approvalReason(node.sans())));
                    }
                }
                case CsrDecision.Deny deny -> {
                    if (denials++ < MAX_DECISIONS) {
                        count("denied", decisionWriter.deny(join, csr, deny));
                    }
                }
                case CsrDecision.NotManaged _ -> {}
            }
        }
    }

    /** For people, and for the admission policies, which compare its end with the request and with the cluster. */
    private static String approvalReason(AllowedServingSans sans) {
        return "the names are exactly those that it declared, for the node's own key; for " + sans.kubeletUser()
                + " at "
                + sans.addresses().stream()
                        .map(InetAddress::ofLiteral)
                        .map(InetAddress::getHostAddress)
                        .collect(Collectors.joining(", "));
    }

    private void count(String decision, boolean made) {
        if (made) {
            decisionCounter.accept(decision);
        }
    }
}
