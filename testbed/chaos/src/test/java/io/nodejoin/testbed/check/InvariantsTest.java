package io.nodejoin.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.check.ClusterSnapshot.AuditLine;
import io.nodejoin.testbed.check.ClusterSnapshot.CertificateRequest;
import io.nodejoin.testbed.check.ClusterSnapshot.Condition;
import io.nodejoin.testbed.check.ClusterSnapshot.DeadLetter;
import io.nodejoin.testbed.check.ClusterSnapshot.Event;
import io.nodejoin.testbed.check.ClusterSnapshot.Host;
import io.nodejoin.testbed.check.ClusterSnapshot.LedgerEntry;
import io.nodejoin.testbed.check.ClusterSnapshot.Node;
import io.nodejoin.testbed.check.ClusterSnapshot.Overlap;
import io.nodejoin.testbed.check.ClusterSnapshot.Place;
import io.nodejoin.testbed.check.ClusterSnapshot.Request;
import io.nodejoin.testbed.check.ClusterSnapshot.Run;
import io.nodejoin.testbed.check.ClusterSnapshot.Token;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvariantsTest {

    /** A bug, by what it leaves behind, and the promise that it breaks. */
    record Bug(String name, String invariant, Consumer<SnapshotBuilder> plant) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Bug> bugs() {
        return Stream.of(
                        tokenBugs(),
                        tokenEndBugs(),
                        certificateBugs(),
                        outcomeBugs(),
                        runBugs(),
                        nodeBugs(),
                        hostBugs(),
                        secretBugs())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Bug> tokenBugs() {
        return List.of(
                new Bug(
                        "TOKEN_OF_AN_ENDED_JOIN",
                        "token of a running join",
                        builder -> builder.tokens.add(SnapshotBuilder.token("aaaaaa", SnapshotBuilder.JOINED))),
                new Bug(
                        "OLD_TOKEN_OF_NO_JOIN",
                        "token of a running join",
                        builder -> builder.tokens.add(new Token(
                                SnapshotBuilder.ref("Secret", "orphan", "orphan"),
                                "orphan",
                                SnapshotBuilder.UNASKED,
                                SnapshotBuilder.NOW.minusSeconds(61),
                                SnapshotBuilder.NOW.plusSeconds(60).toString(),
                                SnapshotBuilder.GROUP))),
                new Bug(
                        "SECOND_TOKEN",
                        "one token per join",
                        builder -> builder.overlaps.add(new Overlap(
                                SnapshotBuilder.token("cccccc", SnapshotBuilder.RUNNING),
                                SnapshotBuilder.token("dddddd", SnapshotBuilder.RUNNING)))),
                new Bug(
                        "TOKEN_THAT_OPENS_WHEN_IT_IS_GONE",
                        "gone token unknown",
                        builder -> builder.acceptedGoneTokens.add(
                                SnapshotBuilder.token("aaaaaa", SnapshotBuilder.JOINED))),
                new Bug("TOKEN_WITH_A_FOREIGN_GROUP", "token's groups", builder -> {
                    Token token = builder.tokens.getFirst();
                    builder.tokens.set(
                            0,
                            new Token(
                                    token.ref(),
                                    token.id(),
                                    token.join(),
                                    token.created(),
                                    token.expiration(),
                                    "system:masters"));
                }),
                new Bug("SIGNATURE_LEFT", "signature of a live token", builder -> builder.signed.add("aaaaaa")),
                new Bug(
                        "LEDGER_ENTRY_LEFT",
                        "ledger of running joins",
                        builder -> builder.ledger.add(new LedgerEntry(
                                SnapshotBuilder.ref("ConfigMap", "nodejoin-system/token-bbbbbb", "left"),
                                "nobody",
                                SnapshotBuilder.NOW.minusSeconds(200)))),
                new Bug(
                        "LEDGER_ENTRY_OF_AN_OUTCOME_LEFT",
                        "ledger of running joins",
                        builder -> builder.ledger.add(new LedgerEntry(
                                SnapshotBuilder.ref("ConfigMap", "nodejoin-system/join-failed", "left"),
                                SnapshotBuilder.FAILED,
                                SnapshotBuilder.NOW))));
    }

    private static List<Bug> tokenEndBugs() {
        return List.of(
                new Bug(
                        "TOKEN_WITHOUT_END_THAT_IS_GONE",
                        "token ends",
                        builder -> builder.goneTokens.add(expiring(null))),
                new Bug("TOKEN_WITHOUT_END", "token ends", tokenEnding(null)),
                new Bug("TOKEN_WITH_UNREADABLE_END", "token ends", tokenEnding("tomorrow")),
                new Bug(
                        "TOKEN_FOR_AN_HOUR",
                        "token ends",
                        tokenEnding(SnapshotBuilder.NOW.plusSeconds(3600).toString())),
                new Bug(
                        "TOKEN_THAT_HAD_ENDED_LONG_BEFORE_IT_WAS_MADE",
                        "token ends",
                        tokenEnding(SnapshotBuilder.NOW.minusSeconds(60).toString())));
    }

    private static List<Bug> certificateBugs() {
        return List.of(
                new Bug(
                        "UNDECIDED_AFTER_THE_END",
                        "request decided",
                        builder -> builder.certificateRequests.add(
                                SnapshotBuilder.undecided("bbbbbb", SnapshotBuilder.NOW.minusSeconds(150)))),
                new Bug(
                        "UNDECIDED_OF_AN_UNKNOWN_TOKEN",
                        "request decided",
                        builder -> builder.certificateRequests.add(
                                SnapshotBuilder.undecided("zzzzzz", SnapshotBuilder.NOW.minusSeconds(31)))),
                new Bug(
                        "TWO_APPROVALS",
                        "one approval per token",
                        builder -> builder.certificateRequests.add(
                                SnapshotBuilder.approved("aaaaaa", "csr-2", "system:node:joined"))),
                new Bug(
                        "FOREIGN_NAME_APPROVED",
                        "approved name",
                        builder -> builder.certificateRequests.add(
                                SnapshotBuilder.approved("cccccc", "csr-3", "system:node:joined"))),
                new Bug(
                        "APPROVED_FOR_NO_JOIN",
                        "approved name",
                        builder -> builder.certificateRequests.add(
                                SnapshotBuilder.approved("zzzzzz", "csr-4", "system:node:joined"))),
                new Bug("APPROVED_AND_DENIED", "one decision per request", builder -> {
                    CertificateRequest request = builder.certificateRequests.getFirst();
                    builder.certificateRequests.set(
                            0,
                            new CertificateRequest(
                                    request.ref(),
                                    request.tokenId(),
                                    request.created(),
                                    request.commonName(),
                                    request.keyDigest(),
                                    List.of(
                                            new Condition("Approved", "NodejoinApproved", SnapshotBuilder.NOW),
                                            new Condition("Denied", "Else", SnapshotBuilder.NOW))));
                }),
                new Bug("DECIDED_LONG_AFTER_THE_END", "request decided", builder -> {
                    CertificateRequest request =
                            SnapshotBuilder.undecided("bbbbbb", SnapshotBuilder.NOW.minusSeconds(150));
                    builder.certificateRequests.add(new CertificateRequest(
                            request.ref(),
                            request.tokenId(),
                            request.created(),
                            request.commonName(),
                            request.keyDigest(),
                            List.of(new Condition("Denied", "NodejoinDenied", SnapshotBuilder.NOW.minusSeconds(69)))));
                }),
                new Bug("APPROVAL_OFF_THE_RECORD", "approval on record", builder -> builder.audit.clear()),
                new Bug("APPROVAL_BEFORE_ITS_RECORD", "approval on record", builder -> {
                    AuditLine line = builder.audit.getFirst();
                    builder.audit.set(
                            0, new AuditLine(line.time().plusSeconds(1), line.join(), line.action(), line.object()));
                }));
    }

    private static List<Bug> outcomeBugs() {
        return List.of(
                new Bug(
                        "SECOND_OUTCOME",
                        "one outcome per request",
                        builder -> builder.events.add(
                                SnapshotBuilder.event(9, "failed", "joined", SnapshotBuilder.JOINED, ""))),
                new Bug(
                        "NO_OUTCOME",
                        "one outcome per request",
                        builder -> builder.events.removeIf(event -> event.type().equals("failed"))),
                new Bug(
                        "OUTCOME_UNASKED",
                        "outcome of a request",
                        builder -> builder.events.add(
                                SnapshotBuilder.event(9, "failed", "nobody", SnapshotBuilder.UNASKED, ""))),
                new Bug(
                        "OUTCOME_OF_A_RUNNING_JOIN",
                        "outcome is the end",
                        builder -> builder.events.add(
                                SnapshotBuilder.event(9, "failed", "running", SnapshotBuilder.RUNNING, ""))),
                new Bug("ONE_ID_FOR_TWO_EVENTS", "one text per event", builder -> {
                    Event first = builder.events.getFirst();
                    builder.events.add(new Event(
                            new Place("nodejoin.events.v1", 0, 9),
                            first.id(),
                            first.type(),
                            first.join(),
                            first.node(),
                            first.nodeUid(),
                            List.of(),
                            null,
                            null,
                            "another content"));
                }),
                new Bug(
                        "DEAD_LETTER_UNTOLD",
                        "dead letter told",
                        builder -> builder.events.removeIf(event -> event.type().equals("rejected"))),
                new Bug(
                        "DEAD_LETTER_CHANGED",
                        "dead letter whole",
                        builder -> builder.requests.set(
                                3,
                                new Request(
                                        builder.requests.get(3).place(), "", "", "", Set.of(), null, "what was sent"))),
                new Bug("COMMITTED_AND_FORGOTTEN", "committed is settled", builder -> {
                    builder.requests.add(SnapshotBuilder.request(4, "forgotten", SnapshotBuilder.UNASKED));
                    builder.committed.put(0, 5L);
                }));
    }

    private static List<Bug> runBugs() {
        return List.of(
                new Bug(
                        "BEYOND_ITS_DEADLINE",
                        "end in time",
                        builder -> builder.events.set(
                                2, SnapshotBuilder.accepted(2, SnapshotBuilder.NOW.minusSeconds(61)))),
                new Bug(
                        "ENDED_BEYOND_ITS_DEADLINE",
                        "end in time",
                        builder -> builder.events.add(SnapshotBuilder.accepted(
                                9, "failed", SnapshotBuilder.FAILED, SnapshotBuilder.NOW.minusSeconds(161)))),
                new Bug("ADMITTED_AND_REJECTED", "admitted or rejected", builder -> {
                    builder.events.add(
                            SnapshotBuilder.accepted(9, "failed", SnapshotBuilder.FAILED, SnapshotBuilder.NOW));
                    builder.deadLetters.add(
                            new DeadLetter(new Place("nodejoin.requests.v1-dlt", 0, 1), 0, 1, true, "content 1"));
                }),
                new Bug(
                        "TWO_RUNS",
                        "one join per node",
                        builder -> builder.runs.add(
                                SnapshotBuilder.run("running", SnapshotBuilder.RUNNING, "RUNNING", "dddddd"))),
                new Bug(
                        "RUN_FOR_AN_OLDER_REQUEST",
                        "newest join of a node",
                        builder -> addOlderJoinOfTheJoinedNode(builder, SnapshotBuilder.NOW.minusSeconds(90))),
                new Bug(
                        "RUN_UNASKED",
                        "join of a request",
                        builder -> builder.runs.add(
                                SnapshotBuilder.run("nobody", SnapshotBuilder.UNASKED, "RUNNING", "dddddd"))));
    }

    private static List<Bug> nodeBugs() {
        return List.of(
                new Bug(
                        "NODE_WITHOUT_A_JOIN",
                        "node of a join",
                        builder -> builder.nodes.add(SnapshotBuilder.node("stray", "stray", Set.of()))),
                new Bug(
                        "NODE_LEFT_BY_A_FAILED_JOIN",
                        "node of a join",
                        builder -> builder.nodes.add(SnapshotBuilder.node("failed", "left", Set.of()))),
                new Bug(
                        "NODE_WITHOUT_ITS_LABEL",
                        "node as asked",
                        builder -> builder.nodes.set(0, SnapshotBuilder.node("joined", "node-uid", Set.of()))),
                new Bug("NODE_OF_ANOTHER_MACHINE", "machine of a node", builder -> {
                    Node node = builder.nodes.getFirst();
                    builder.nodes.set(
                            0, new Node(node.ref(), node.created(), "machine of a thief", node.labelsAndTaints()));
                }),
                new Bug("NODE_GONE", "node after success", builder -> builder.nodes.clear()));
    }

    private static List<Bug> hostBugs() {
        return List.of(
                new Bug(
                        "KEY_OF_A_THIEF",
                        "approved key",
                        builder -> builder.hosts.set(0, SnapshotBuilder.host("joined", Map.of(), "key of a thief"))),
                new Bug(
                        "BOOTSTRAP_FILE_LEFT",
                        "no bootstrap file",
                        builder -> builder.hosts.set(0, SnapshotBuilder.withKubelet(builder.hosts.getFirst(), true))),
                new Bug(
                        "FILE_LEFT",
                        "host as before",
                        builder -> builder.hosts.set(
                                1, SnapshotBuilder.host("failed", Map.of("/etc/kubernetes", "directory"), null))),
                new Bug("FILE_LEFT_BESIDE_RESIDUE", "host as before", builder -> {
                    builder.hosts.set(1, SnapshotBuilder.host("failed", Map.of("/etc/kubernetes", "directory"), null));
                    builder.events.set(
                            1,
                            SnapshotBuilder.leaving("Host: HOST_ROLLBACK_INCOMPLETE: /etc/kubernetes2 is still there"));
                }),
                new Bug("KEY_LEFT", "name of a live key", InvariantsTest::leaveAKey),
                new Bug("KEY_LEFT_AND_THE_NAME_HELD_FOR_ANOTHER_MACHINE", "name of a live key", builder -> {
                    leaveAKey(builder);
                    builder.nameQuarantines.put("failed", "another machine");
                }),
                new Bug(
                        "KUBELET_LEFT",
                        "host as before",
                        builder -> builder.hosts.set(1, SnapshotBuilder.withKubelet(builder.hosts.get(1), false))));
    }

    /** A join that nobody has taken back on its host. */
    private static void leaveAKey(SnapshotBuilder builder) {
        builder.certificateRequests.add(SnapshotBuilder.approved("bbbbbb", "csr-2", "system:node:failed"));
        builder.audit.add(new AuditLine(
                SnapshotBuilder.NOW.minusSeconds(191),
                SnapshotBuilder.FAILED,
                "csr.approve",
                "certificatesigningrequests/csr-2#csr-2"));
        builder.hosts.set(1, SnapshotBuilder.host("failed", Map.of(), "key of csr-2"));
        builder.events.set(1, SnapshotBuilder.leaving("Host: not reset: what was prepared on it is still there"));
    }

    private static List<Bug> secretBugs() {
        return List.of(
                new Bug(
                        "SECRET_IN_A_LOG",
                        "no secret elsewhere",
                        builder -> builder.sinks.put("a log", "token abcdef." + SnapshotBuilder.SECRET)),
                new Bug(
                        "SECRET_IN_BASE64",
                        "no secret elsewhere",
                        builder -> builder.sinks.put(
                                "a log",
                                Base64.getEncoder().encodeToString(bytes("xy" + SnapshotBuilder.SECRET + "z")))),
                new Bug(
                        "SECRET_IN_HEX",
                        "no secret elsewhere",
                        builder -> builder.sinks.put("a log", HexFormat.of().formatHex(bytes(SnapshotBuilder.SECRET)))),
                new Bug(
                        "CLUSTER_INFO_CHANGED",
                        "cluster-info unchanged",
                        builder -> builder.kubeconfig = "another one"));
    }

    private static Consumer<SnapshotBuilder> tokenEnding(@Nullable String end) {
        return builder -> builder.tokens.set(0, expiring(end));
    }

    private static Token expiring(@Nullable String end) {
        Token token = SnapshotBuilder.token("cccccc", SnapshotBuilder.RUNNING);
        return new Token(token.ref(), token.id(), token.join(), token.created(), end, token.groups());
    }

    private static void addOlderJoinOfTheJoinedNode(SnapshotBuilder builder, Instant started) {
        String join = "44444444444444444444444444444444";
        builder.requests.add(new Request(
                new Place("nodejoin.requests.v1", 0, 4),
                "io.nodejoin.join.requested.v1",
                join,
                "joined",
                Set.of(),
                SnapshotBuilder.NOW.minusSeconds(400),
                "content 4"));
        builder.runs.add(new Run(
                "node-join/testbed/joined",
                "run-" + join,
                "COMPLETED",
                started,
                started.plusSeconds(10),
                join,
                Set.of()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void shouldCatchBug(Bug bug) {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        bug.plant().accept(builder);

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).anySatisfy(violation -> {
            assertThat(violation.invariant()).isEqualTo(bug.invariant());
            assertThat(violation.evidence()).isNotEmpty();
        });
        assertThat(violations.toString()).doesNotContain(SnapshotBuilder.SECRET);
    }

    @Test
    void shouldFindNothingWhereEveryPromiseHolds() {
        // when
        List<Violation> violations = Invariants.violations(new SnapshotBuilder().snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldHaveABugForEachInvariant() {
        // when
        List<String> planted = bugs().stream().map(Bug::invariant).distinct().toList();

        // then
        assertThat(planted)
                .containsExactlyInAnyOrderElementsOf(Invariants.promises().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"machine of failed", ""})
    void shouldAllowALiveKeyWhoseNameIsHeldForItsMachineOrForNobody(String machine) {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        leaveAKey(builder);
        builder.nameQuarantines.put("failed", machine);

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldTakeARepeatedOutcomeForOne() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        builder.events.add(builder.events.getFirst());

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowARunForAnOlderRequestBeforeTheNewerOne() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        addOlderJoinOfTheJoinedNode(builder, SnapshotBuilder.NOW.minusSeconds(390));

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowATokenThatEndsWhileItIsMade() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        tokenEnding(builder.tokens.getFirst().created().toString()).accept(builder);

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowTheEntryOfATokenThatMayStillBeMade() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        builder.ledger.add(new LedgerEntry(
                SnapshotBuilder.ref("ConfigMap", "nodejoin-system/token-bbbbbb", "late"),
                SnapshotBuilder.FAILED,
                SnapshotBuilder.NOW));

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowWhatTheOutcomeNamesAsResidue() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        builder.hosts.set(1, SnapshotBuilder.host("failed", Map.of("/etc/kubernetes", "directory"), null));
        builder.events.set(
                1, SnapshotBuilder.leaving("Host: HOST_ROLLBACK_INCOMPLETE: /etc/kubernetes is still there"));

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowAHostThatTheOutcomeCallsNotReset() {
        // given
        SnapshotBuilder builder = new SnapshotBuilder();
        Host left = SnapshotBuilder.host("failed", Map.of("/etc/kubernetes", "directory"), null);
        builder.hosts.set(1, SnapshotBuilder.withKubelet(left, true));
        builder.events.set(1, SnapshotBuilder.leaving("Host: not reset: what was prepared on it is still there"));

        // when
        List<Violation> violations = Invariants.violations(builder.snapshot());

        // then
        assertThat(violations).isEmpty();
    }
}
