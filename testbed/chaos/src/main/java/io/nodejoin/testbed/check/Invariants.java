package io.nodejoin.testbed.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that is promised and can be seen from outside. */
final class Invariants {
    static final String NO_SECRET = "no secret elsewhere";

    private static final List<Invariant> ALL = List.of(
            new Invariant(
                    "token of a running join",
                    "A token is alive only while its join runs.",
                    TokenRules::belongToRunningJoins),
            new Invariant("one token per join", "A join never has two live tokens.", TokenRules::areOnePerJoin),
            new Invariant(
                    "gone token unknown",
                    "With a token that is gone an API server lets nobody in.",
                    TokenRules::openNothingOnceGone),
            new Invariant("token ends", "A token ends within 15 minutes by itself.", TokenRules::expireInTime),
            new Invariant(
                    "token's groups", "A token has Nodejoin's own group and no other.", TokenRules::haveOurGroupAlone),
            new Invariant(
                    "signature of a live token",
                    "cluster-info is signed with live tokens only.",
                    TokenRules::signNothingAfterTheirEnd),
            new Invariant(
                    "ledger of running joins",
                    "The ledger holds entries of running joins, and for minutes those of tokens that may still be made.",
                    TokenRules::areLedgeredWhileTheirJoinRuns),
            new Invariant(
                    "request decided",
                    "A certificate request of a bootstrap token is decided at the latest 30 s after its join's end.",
                    CertificateRules::areDecidedOnceTheirJoinHasEnded),
            new Invariant(
                    "one approval per token",
                    "At most one certificate request of a token is approved.",
                    CertificateRules::areApprovedOncePerToken),
            new Invariant(
                    "approved name",
                    "A certificate is approved for the node of the token's join only.",
                    CertificateRules::areApprovedForTheNodeOfTheirJoin),
            new Invariant(
                    "one decision per request",
                    "A certificate request is not approved and denied.",
                    CertificateRules::areDecidedOneWay),
            new Invariant(
                    "approval on record",
                    "What Nodejoin approves is in its audit log by then.",
                    CertificateRules::areAuditedBefore),
            new Invariant(
                    "one outcome per request",
                    "An admitted request has exactly one outcome once nothing of it runs.",
                    OutcomeRules::areOnePerAdmittedRequest),
            new Invariant(
                    "admitted or rejected",
                    "No copy of an admitted request is rejected.",
                    OutcomeRules::areNotRejectedOnceAdmitted),
            new Invariant("outcome of a request", "No outcome is told unasked.", OutcomeRules::areOfRequests),
            new Invariant(
                    "outcome is the end",
                    "A join that has its outcome runs no more, but for minutes to prove that its token is refused.",
                    OutcomeRules::areOfJoinsThatRunNoMore),
            new Invariant("one text per event", "Copies of an event are equal.", OutcomeRules::areEqualInAllCopies),
            new Invariant(
                    "dead letter told",
                    "A record on the dead-letter topic has its rejected event.",
                    OutcomeRules::areToldOfEachDeadLetter),
            new Invariant(
                    "dead letter whole",
                    "A dead letter has the key and the value of its record.",
                    OutcomeRules::leaveDeadLettersAsTheyCame),
            new Invariant(
                    "committed is settled",
                    "Before an offset is committed, each record below it became a join, a recognised repeat or a dead letter.",
                    OutcomeRules::areOwedForWhatIsCommitted),
            new Invariant("end in time", "A join ends within 60 s of its deadline.", OutcomeRules::comeInTime),
            new Invariant("one join per node", "One join of a node runs at a time.", OutcomeRules::haveOneRunAtATime),
            new Invariant(
                    "newest join of a node",
                    "No join begins for a request that was made before that of an earlier join of its node.",
                    OutcomeRules::haveNoRunForAnOlderRequest),
            new Invariant("join of a request", "No join runs unasked.", OutcomeRules::haveRunsThatWereAskedFor),
            new Invariant("node of a join", "A Node is there only if a join made it.", NodeRules::areMadeByJoins),
            new Invariant("node after success", "A join that succeeded has its Node.", NodeRules::areThereAfterSuccess),
            new Invariant(
                    "approved key",
                    "The host of a node holds the key that was approved for it.",
                    NodeRules::holdTheKeyThatWasApproved),
            new Invariant(
                    "machine of a node",
                    "The Node of a join is on the machine that it enrolled.",
                    NodeRules::areOnTheMachineThatWasEnrolled),
            new Invariant(
                    "node as asked",
                    "A Node has the labels and taints that its request asks for.",
                    NodeRules::areAsTheyWereAskedFor),
            new Invariant(
                    "no bootstrap file",
                    "No host has a bootstrap kubeconfig after its join.",
                    NodeRules::haveNoBootstrapFile),
            new Invariant(
                    "host as before",
                    "After a join that did not succeed the host is as before, or the outcome names what is not.",
                    NodeRules::areAsBeforeWhereTheJoinFailed),
            new Invariant(
                    "name of a live key",
                    "A name is held back while a host has a key that was approved for it in a join that did not succeed.",
                    NodeRules::haveTheirNamesHeldWhileAKeyLives),
            new Invariant(
                    NO_SECRET,
                    "No token, enrollment secret, key or credential is in history, topics or logs.",
                    SecretRules::areNowhereElse),
            new Invariant(
                    "cluster-info unchanged",
                    "The kubeconfig in cluster-info is never changed.",
                    SecretRules::leaveClusterInfoAsItWas));

    private Invariants() {}

    static Map<String, String> promises() {
        Map<String, String> promises = new LinkedHashMap<>();
        ALL.forEach(invariant -> promises.put(invariant.name(), invariant.promise()));
        return promises;
    }

    static List<Violation> violations(ClusterSnapshot snapshot) {
        return ALL.stream()
                .flatMap(invariant -> invariant.violations(snapshot).stream())
                .toList();
    }
}
