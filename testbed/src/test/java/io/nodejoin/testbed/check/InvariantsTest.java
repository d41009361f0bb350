package io.nodejoin.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.check.Scene.AuditLine;
import io.nodejoin.testbed.check.Scene.CertificateRequest;
import io.nodejoin.testbed.check.Scene.Condition;
import io.nodejoin.testbed.check.Scene.DeadLetter;
import io.nodejoin.testbed.check.Scene.Event;
import io.nodejoin.testbed.check.Scene.Host;
import io.nodejoin.testbed.check.Scene.LedgerEntry;
import io.nodejoin.testbed.check.Scene.Node;
import io.nodejoin.testbed.check.Scene.Overlap;
import io.nodejoin.testbed.check.Scene.Place;
import io.nodejoin.testbed.check.Scene.Request;
import io.nodejoin.testbed.check.Scene.Run;
import io.nodejoin.testbed.check.Scene.Token;
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
    record Bug(String name, String invariant, Consumer<SceneSketch> plant) {
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
                        sketch -> sketch.tokens.add(SceneSketch.token("aaaaaa", SceneSketch.JOINED))),
                new Bug(
                        "OLD_TOKEN_OF_NO_JOIN",
                        "token of a running join",
                        sketch -> sketch.tokens.add(new Token(
                                SceneSketch.ref("Secret", "orphan", "orphan"),
                                "orphan",
                                SceneSketch.UNASKED,
                                SceneSketch.NOW.minusSeconds(61),
                                SceneSketch.NOW.plusSeconds(60).toString(),
                                SceneSketch.GROUP))),
                new Bug(
                        "SECOND_TOKEN",
                        "one token per join",
                        sketch -> sketch.overlaps.add(new Overlap(
                                SceneSketch.token("cccccc", SceneSketch.RUNNING),
                                SceneSketch.token("dddddd", SceneSketch.RUNNING)))),
                new Bug(
                        "TOKEN_THAT_OPENS_WHEN_IT_IS_GONE",
                        "gone token unknown",
                        sketch -> sketch.openingTokens.add(SceneSketch.token("aaaaaa", SceneSketch.JOINED))),
                new Bug("TOKEN_WITH_A_FOREIGN_GROUP", "token's groups", sketch -> {
                    Token token = sketch.tokens.getFirst();
                    sketch.tokens.set(
                            0,
                            new Token(
                                    token.ref(),
                                    token.id(),
                                    token.join(),
                                    token.created(),
                                    token.expiration(),
                                    "system:masters"));
                }),
                new Bug("SIGNATURE_LEFT", "signature of a live token", sketch -> sketch.signed.add("aaaaaa")),
                new Bug(
                        "LEDGER_ENTRY_LEFT",
                        "ledger of running joins",
                        sketch -> sketch.ledger.add(new LedgerEntry(
                                SceneSketch.ref("ConfigMap", "nodejoin-system/token-bbbbbb", "left"),
                                "nobody",
                                SceneSketch.NOW.minusSeconds(200)))),
                new Bug(
                        "LEDGER_ENTRY_OF_AN_OUTCOME_LEFT",
                        "ledger of running joins",
                        sketch -> sketch.ledger.add(new LedgerEntry(
                                SceneSketch.ref("ConfigMap", "nodejoin-system/join-failed", "left"),
                                SceneSketch.FAILED,
                                SceneSketch.NOW))));
    }

    private static List<Bug> tokenEndBugs() {
        return List.of(
                new Bug(
                        "TOKEN_WITHOUT_END_THAT_IS_GONE",
                        "token ends",
                        sketch -> sketch.goneTokens.add(expiring(null))),
                new Bug("TOKEN_WITHOUT_END", "token ends", tokenEnding(null)),
                new Bug("TOKEN_WITH_UNREADABLE_END", "token ends", tokenEnding("tomorrow")),
                new Bug(
                        "TOKEN_FOR_AN_HOUR",
                        "token ends",
                        tokenEnding(SceneSketch.NOW.plusSeconds(3600).toString())),
                new Bug(
                        "TOKEN_THAT_HAD_ENDED_LONG_BEFORE_IT_WAS_MADE",
                        "token ends",
                        tokenEnding(SceneSketch.NOW.minusSeconds(60).toString())));
    }

    private static List<Bug> certificateBugs() {
        return List.of(
                new Bug(
                        "UNDECIDED_AFTER_THE_END",
                        "request decided",
                        sketch -> sketch.certificateRequests.add(
                                SceneSketch.undecided("bbbbbb", SceneSketch.NOW.minusSeconds(150)))),
                new Bug(
                        "UNDECIDED_OF_AN_UNKNOWN_TOKEN",
                        "request decided",
                        sketch -> sketch.certificateRequests.add(
                                SceneSketch.undecided("zzzzzz", SceneSketch.NOW.minusSeconds(31)))),
                new Bug(
                        "TWO_APPROVALS",
                        "one approval per token",
                        sketch -> sketch.certificateRequests.add(
                                SceneSketch.approved("aaaaaa", "csr-2", "system:node:joined"))),
                new Bug(
                        "FOREIGN_NAME_APPROVED",
                        "approved name",
                        sketch -> sketch.certificateRequests.add(
                                SceneSketch.approved("cccccc", "csr-3", "system:node:joined"))),
                new Bug(
                        "APPROVED_FOR_NO_JOIN",
                        "approved name",
                        sketch -> sketch.certificateRequests.add(
                                SceneSketch.approved("zzzzzz", "csr-4", "system:node:joined"))),
                new Bug("APPROVED_AND_DENIED", "one decision per request", sketch -> {
                    CertificateRequest request = sketch.certificateRequests.getFirst();
                    sketch.certificateRequests.set(
                            0,
                            new CertificateRequest(
                                    request.ref(),
                                    request.tokenId(),
                                    request.created(),
                                    request.commonName(),
                                    request.keyDigest(),
                                    List.of(
                                            new Condition("Approved", "NodejoinApproved", SceneSketch.NOW),
                                            new Condition("Denied", "Else", SceneSketch.NOW))));
                }),
                new Bug("DECIDED_LONG_AFTER_THE_END", "request decided", sketch -> {
                    CertificateRequest request = SceneSketch.undecided("bbbbbb", SceneSketch.NOW.minusSeconds(150));
                    sketch.certificateRequests.add(new CertificateRequest(
                            request.ref(),
                            request.tokenId(),
                            request.created(),
                            request.commonName(),
                            request.keyDigest(),
                            List.of(new Condition("Denied", "NodejoinDenied", SceneSketch.NOW.minusSeconds(69)))));
                }),
                new Bug("APPROVAL_OFF_THE_RECORD", "approval on record", sketch -> sketch.audit.clear()),
                new Bug("APPROVAL_BEFORE_ITS_RECORD", "approval on record", sketch -> {
                    AuditLine line = sketch.audit.getFirst();
                    sketch.audit.set(
                            0, new AuditLine(line.time().plusSeconds(1), line.join(), line.action(), line.object()));
                }));
    }

    private static List<Bug> outcomeBugs() {
        return List.of(
                new Bug(
                        "SECOND_OUTCOME",
                        "one outcome per request",
                        sketch -> sketch.events.add(SceneSketch.event(9, "failed", "joined", SceneSketch.JOINED, ""))),
                new Bug(
                        "NO_OUTCOME",
                        "one outcome per request",
                        sketch -> sketch.events.removeIf(event -> event.type().equals("failed"))),
                new Bug(
                        "OUTCOME_UNASKED",
                        "outcome of a request",
                        sketch -> sketch.events.add(SceneSketch.event(9, "failed", "nobody", SceneSketch.UNASKED, ""))),
                new Bug(
                        "OUTCOME_OF_A_RUNNING_JOIN",
                        "outcome is the end",
                        sketch ->
                                sketch.events.add(SceneSketch.event(9, "failed", "running", SceneSketch.RUNNING, ""))),
                new Bug("ONE_ID_FOR_TWO_EVENTS", "one text per event", sketch -> {
                    Event first = sketch.events.getFirst();
                    sketch.events.add(new Event(
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
                        sketch -> sketch.events.removeIf(event -> event.type().equals("rejected"))),
                new Bug(
                        "DEAD_LETTER_CHANGED",
                        "dead letter whole",
                        sketch -> sketch.requests.set(
                                3,
                                new Request(
                                        sketch.requests.get(3).place(), "", "", "", Set.of(), null, "what was sent"))),
                new Bug("COMMITTED_AND_FORGOTTEN", "committed is settled", sketch -> {
                    sketch.requests.add(SceneSketch.request(4, "forgotten", SceneSketch.UNASKED));
                    sketch.committed.put(0, 5L);
                }));
    }

    private static List<Bug> runBugs() {
        return List.of(
                new Bug(
                        "BEYOND_ITS_DEADLINE",
                        "end in time",
                        sketch -> sketch.events.set(2, SceneSketch.accepted(2, SceneSketch.NOW.minusSeconds(61)))),
                new Bug(
                        "ENDED_BEYOND_ITS_DEADLINE",
                        "end in time",
                        sketch -> sketch.events.add(SceneSketch.accepted(
                                9, "failed", SceneSketch.FAILED, SceneSketch.NOW.minusSeconds(161)))),
                new Bug("ADMITTED_AND_REJECTED", "admitted or rejected", sketch -> {
                    sketch.events.add(SceneSketch.accepted(9, "failed", SceneSketch.FAILED, SceneSketch.NOW));
                    sketch.deadLetters.add(
                            new DeadLetter(new Place("nodejoin.requests.v1-dlt", 0, 1), 0, 1, true, "content 1"));
                }),
                new Bug(
                        "TWO_RUNS",
                        "one join per node",
                        sketch ->
                                sketch.runs.add(SceneSketch.run("running", SceneSketch.RUNNING, "RUNNING", "dddddd"))),
                new Bug(
                        "RUN_FOR_AN_OLDER_REQUEST",
                        "newest join of a node",
                        sketch -> addOlderJoinOfTheJoinedNode(sketch, SceneSketch.NOW.minusSeconds(90))),
                new Bug(
                        "RUN_UNASKED",
                        "join of a request",
                        sketch ->
                                sketch.runs.add(SceneSketch.run("nobody", SceneSketch.UNASKED, "RUNNING", "dddddd"))));
    }

    private static List<Bug> nodeBugs() {
        return List.of(
                new Bug(
                        "NODE_WITHOUT_A_JOIN",
                        "node of a join",
                        sketch -> sketch.nodes.add(SceneSketch.node("stray", "stray", Set.of()))),
                new Bug(
                        "NODE_LEFT_BY_A_FAILED_JOIN",
                        "node of a join",
                        sketch -> sketch.nodes.add(SceneSketch.node("failed", "left", Set.of()))),
                new Bug(
                        "NODE_WITHOUT_ITS_LABEL",
                        "node as asked",
                        sketch -> sketch.nodes.set(0, SceneSketch.node("joined", "node-uid", Set.of()))),
                new Bug("NODE_OF_ANOTHER_MACHINE", "machine of a node", sketch -> {
                    Node node = sketch.nodes.getFirst();
                    sketch.nodes.set(0, new Node(node.ref(), node.created(), "machine of a thief", node.marks()));
                }),
                new Bug("NODE_GONE", "node after success", sketch -> sketch.nodes.clear()));
    }

    private static List<Bug> hostBugs() {
        return List.of(
                new Bug(
                        "KEY_OF_A_THIEF",
                        "approved key",
                        sketch -> sketch.hosts.set(0, SceneSketch.host("joined", Map.of(), "key of a thief"))),
                new Bug(
                        "BOOTSTRAP_FILE_LEFT",
                        "no bootstrap file",
                        sketch -> sketch.hosts.set(0, SceneSketch.withKubelet(sketch.hosts.getFirst(), true))),
                new Bug(
                        "FILE_LEFT",
                        "host as before",
                        sketch -> sketch.hosts.set(
                                1, SceneSketch.host("failed", Map.of("/etc/kubernetes", "directory"), null))),
                new Bug("FILE_LEFT_BESIDE_RESIDUE", "host as before", sketch -> {
                    sketch.hosts.set(1, SceneSketch.host("failed", Map.of("/etc/kubernetes", "directory"), null));
                    sketch.events.set(1, SceneSketch.leaving("Host: NEEDS_ATTENTION: /etc/kubernetes2 is still there"));
                }),
                new Bug("KEY_LEFT", "name of a live key", InvariantsTest::leaveAKey),
                new Bug("KEY_LEFT_AND_THE_NAME_HELD_FOR_ANOTHER_MACHINE", "name of a live key", sketch -> {
                    leaveAKey(sketch);
                    sketch.holds.put("failed", "another machine");
                }),
                new Bug(
                        "KUBELET_LEFT",
                        "host as before",
                        sketch -> sketch.hosts.set(1, SceneSketch.withKubelet(sketch.hosts.get(1), false))));
    }

    /** A join that nobody has taken back on its host. */
    private static void leaveAKey(SceneSketch sketch) {
        sketch.certificateRequests.add(SceneSketch.approved("bbbbbb", "csr-2", "system:node:failed"));
        sketch.audit.add(new AuditLine(
                SceneSketch.NOW.minusSeconds(191),
                SceneSketch.FAILED,
                "certificate.approve",
                "certificatesigningrequests/csr-2#csr-2"));
        sketch.hosts.set(1, SceneSketch.host("failed", Map.of(), "key of csr-2"));
        sketch.events.set(1, SceneSketch.leaving("Host: not reset: whatever was prepared on it is still there"));
    }

    private static List<Bug> secretBugs() {
        return List.of(
                new Bug(
                        "SECRET_IN_A_LOG",
                        "no secret elsewhere",
                        sketch -> sketch.sinks.put("a log", "token abcdef." + SceneSketch.SECRET)),
                new Bug(
                        "SECRET_IN_BASE64",
                        "no secret elsewhere",
                        sketch -> sketch.sinks.put(
                                "a log", Base64.getEncoder().encodeToString(bytes("xy" + SceneSketch.SECRET + "z")))),
                new Bug(
                        "SECRET_IN_HEX",
                        "no secret elsewhere",
                        sketch -> sketch.sinks.put("a log", HexFormat.of().formatHex(bytes(SceneSketch.SECRET)))),
                new Bug("CLUSTER_INFO_CHANGED", "cluster-info unchanged", sketch -> sketch.kubeconfig = "another one"));
    }

    private static Consumer<SceneSketch> tokenEnding(@Nullable String end) {
        return sketch -> sketch.tokens.set(0, expiring(end));
    }

    private static Token expiring(@Nullable String end) {
        Token token = SceneSketch.token("cccccc", SceneSketch.RUNNING);
        return new Token(token.ref(), token.id(), token.join(), token.created(), end, token.groups());
    }

    private static void addOlderJoinOfTheJoinedNode(SceneSketch sketch, Instant started) {
        String join = "44444444444444444444444444444444";
        sketch.requests.add(new Request(
                new Place("nodejoin.requests.v1", 0, 4),
                "io.nodejoin.join.requested.v1",
                join,
                "joined",
                Set.of(),
                SceneSketch.NOW.minusSeconds(400),
                "content 4"));
        sketch.runs.add(new Run(
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
        SceneSketch sketch = new SceneSketch();
        bug.plant().accept(sketch);

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).anySatisfy(violation -> {
            assertThat(violation.invariant()).isEqualTo(bug.invariant());
            assertThat(violation.evidence()).isNotEmpty();
        });
        assertThat(violations.toString()).doesNotContain(SceneSketch.SECRET);
    }

    @Test
    void shouldFindNothingWhereEveryPromiseHolds() {
        // when
        List<Violation> violations = Invariants.violations(new SceneSketch().scene());

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
        SceneSketch sketch = new SceneSketch();
        leaveAKey(sketch);
        sketch.holds.put("failed", machine);

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldTakeARepeatedOutcomeForOne() {
        // given
        SceneSketch sketch = new SceneSketch();
        sketch.events.add(sketch.events.getFirst());

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowARunForAnOlderRequestBeforeTheNewerOne() {
        // given
        SceneSketch sketch = new SceneSketch();
        addOlderJoinOfTheJoinedNode(sketch, SceneSketch.NOW.minusSeconds(390));

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowATokenThatEndsWhileItIsMade() {
        // given
        SceneSketch sketch = new SceneSketch();
        tokenEnding(sketch.tokens.getFirst().created().toString()).accept(sketch);

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowTheEntryOfATokenThatMayStillBeMade() {
        // given
        SceneSketch sketch = new SceneSketch();
        sketch.ledger.add(new LedgerEntry(
                SceneSketch.ref("ConfigMap", "nodejoin-system/token-bbbbbb", "late"),
                SceneSketch.FAILED,
                SceneSketch.NOW));

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowWhatTheOutcomeNamesAsResidue() {
        // given
        SceneSketch sketch = new SceneSketch();
        sketch.hosts.set(1, SceneSketch.host("failed", Map.of("/etc/kubernetes", "directory"), null));
        sketch.events.set(1, SceneSketch.leaving("Host: NEEDS_ATTENTION: /etc/kubernetes is still there"));

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldAllowAHostThatTheOutcomeCallsNotReset() {
        // given
        SceneSketch sketch = new SceneSketch();
        Host left = SceneSketch.host("failed", Map.of("/etc/kubernetes", "directory"), null);
        sketch.hosts.set(1, SceneSketch.withKubelet(left, true));
        sketch.events.set(1, SceneSketch.leaving("Host: not reset: whatever was prepared on it is still there"));

        // when
        List<Violation> violations = Invariants.violations(sketch.scene());

        // then
        assertThat(violations).isEmpty();
    }
}
