package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.check.Violation;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What bugs of Nodejoin would leave behind is made by hand on a real bed: the checker, which saw nothing before, sees all of it. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckerE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    /** What an undecided request and a token without a join may be young enough for. */
    private static final Duration OLD_ENOUGH = Duration.ofSeconds(90);

    /** All but three, for which an API server and a Temporal that are sound themselves take no plant. */
    private static final List<String> PLANTED = List.of(
            "token of a running join",
            "one token per join",
            "token ends",
            "token's groups",
            "signature of a live token",
            "ledger of running joins",
            "request decided",
            "one approval per token",
            "approved name",
            "approval on record",
            "one outcome per request",
            "admitted or rejected",
            "outcome of a request",
            "outcome is the end",
            "one text per event",
            "dead letter told",
            "dead letter whole",
            "committed is settled",
            "end in time",
            "newest join of a node",
            "join of a request",
            "node of a join",
            "node after success",
            "approved key",
            "machine of a node",
            "node as asked",
            "no bootstrap file",
            "host as before",
            "name of a live key",
            "no secret elsewhere",
            "cluster-info unchanged");

    private ChaosBed bed;

    @BeforeAll
    void raise() {
        Optional<String> obstacle = TestBed.unavailableReason(BedMode.LOCAL);
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "no test bed here: " + obstacle);
        bed = ChaosBed.raise();
    }

    @AfterAll
    void lower() {
        if (bed != null) {
            bed.close();
        }
    }

    @Test
    void shouldSeeEveryBugThatIsPlanted() {
        // given joins that have ended, and nobody who would repair what is planted
        InFlightJoin joined = bed.bootAndRequest("planted-joined", ExpectedOutcome.SUCCESS);
        InFlightJoin spoilt = bed.bootAndRequest("planted-spoilt", ExpectedOutcome.SUCCESS);
        InFlightJoin unlike = bed.bootAndRequest("planted-unlike", ExpectedOutcome.SUCCESS);
        InFlightJoin unheld = bed.bootAndRequest("planted-unheld", ExpectedOutcome.SUCCESS);
        InFlightJoin failed = bed.bootAndRequest("planted-failed", ExpectedOutcome.FAILURE);
        assertThat(bed.awaitAndCheck(List.of(joined, spoilt, unlike, unheld, failed), TIMEOUT))
                .isEmpty();
        bed.testBed().service().stop();
        bed.testBed().controlPlane().controllerManager().kill();

        // when
        try (PlantedBugs bugs = new PlantedBugs(bed)) {
            bugs.emptyGroup();
            plantInCluster(bugs, joined, spoilt);
            plantOnTopics(bugs, joined);
            plantOnHosts(bugs, joined, spoilt, failed);
            onAnotherMachine(bugs, unlike.node());
            failedWithItsKey(bugs, unheld);
            bugs.run("planted-unasked", PlantedBugs.nobody());
            olderJoin(bugs, joined);
        }
        Set<String> seen = new TreeSet<>();
        bed.checker().scanForSecrets().found().stream()
                .map(Violation::invariant)
                .forEach(seen::add);
        Await.until(OLD_ENOUGH, () -> {
            bed.checker().violations().stream().map(Violation::invariant).forEach(seen::add);
            return seen.containsAll(PLANTED);
        });

        // then
        assertThat(seen).containsExactlyInAnyOrderElementsOf(PLANTED);
        assertThat(bed.outcomes().all())
                .as("ends by a reader that planted events have not ended")
                .containsKey(unheld.joinId());
    }

    private static void plantInCluster(PlantedBugs bugs, InFlightJoin joined, InFlightJoin spoilt) {
        String old = joined.joinId().value();
        bugs.orphanToken("zzzzz1", old);
        bugs.orphanToken("zzzzz2", old);
        bugs.token("zzzzz3", old, "system:bootstrappers:admins", "");
        bugs.clusterInfo("jws-kubeconfig-zzzzz9", "not..signed");
        bugs.clusterInfo("kubeconfig", "apiVersion: v1\nkind: Config\n");
        bugs.ledgerEntry("zzzzz1", PlantedBugs.join("planted-nowhere"));
        bugs.request("planted-undecided", "zzzzz4", "planted-victim");
        bugs.approve(bugs.request("planted-approved-1", "zzzzz5", "planted-victim"));
        bugs.approve(bugs.request("planted-approved-2", "zzzzz5", "planted-victim"));
        bugs.node("planted-stray");
        bugs.deleteNode(spoilt.node());
    }

    private static void plantOnTopics(PlantedBugs bugs, InFlightJoin joined) {
        bugs.accepted("planted-unasked", PlantedBugs.nobody(), Instant.now().minusSeconds(100));
        bugs.accepted("planted-forgotten", PlantedBugs.join("planted-forgotten"), Instant.now());
        bugs.outcome("planted-1", joined.node().value(), joined.joinId().value(), "second outcome");
        bugs.outcome("planted-2", "planted-nobody", PlantedBugs.nobody(), "one");
        bugs.outcome("planted-2", "planted-nobody", PlantedBugs.nobody(), "other");
        var forgotten = bugs.forgottenRequest("planted-forgotten");
        bugs.deadLetter(forgotten.partition(), forgotten.offset());
        bugs.forgottenRequest("planted-lost");
    }

    private void plantOnHosts(PlantedBugs bugs, InFlightJoin joined, InFlightJoin spoilt, InFlightJoin failed) {
        PlantedBugs.copyKey(bugs.root(joined.node()), bugs.root(spoilt.node()));
        PlantedBugs.file(bugs.root(failed.node()).resolve("etc/kubernetes/left"), "left");
        PlantedBugs.file(bugs.root(joined.node()).resolve("var/lib/kubelet/bootstrap-kubeconfig"), "left");
        bed.checker().addSecret("a planted secret", "planted-0123456789");
        PlantedBugs.file(bed.testBed().service().process().log(), "token planted-0123456789\n");
    }

    private void olderJoin(PlantedBugs bugs, InFlightJoin joined) {
        bugs.forgottenRequest(joined.node().value(), "planted-older", Instant.EPOCH);
        bugs.run(joined.node().value(), PlantedBugs.join("planted-older"));
        assertThat(bed.runWorkflowCommand("terminate", joined)).isTrue();
    }

    private static void failedWithItsKey(PlantedBugs bugs, InFlightJoin unheld) {
        bugs.deleteNode(unheld.node());
        bugs.outcome("planted-3", unheld.node().value(), unheld.joinId().value(), "taken back");
    }

    private static void onAnotherMachine(PlantedBugs bugs, NodeName node) {
        bugs.removeLabel(node);
        PlantedBugs.file(bugs.root(node).resolve("etc/machine-id"), "0123456789abcdef0123456789abcdef");
    }
}
