package io.nodejoin.activities.kubernetes.csr;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host whose key the join knows, and thieves with its token. */
class KnownKeyControllerTest {
    private static final ClusterName CLUSTER = TestCsrs.ORDER.token().cluster();
    private static final CertificateSigningRequest HOST = TestCsrs.named("host", TestCsrs.honest());
    private static final CertificateSigningRequest THIEF = TestCsrs.named("a-thief", TestCsrs.withAnotherKey());
    /** What the rules allow no kubelet. */
    private static final Duration TOO_LONG = Duration.ofDays(3_650);

    private final StubApiServer server = new StubApiServer("");
    private final CsrClient csrClient = new CsrClient(server.client(CLUSTER), ClientCsrPolicy.SIGNER);
    private final List<AuditEntry> audit = new ArrayList<>();
    private final List<ClusterName> counted = new ArrayList<>();
    private final ClientCsrController controller = controller(TestCsrs.KNOWN_KEY_ORDER);

    @BeforeEach
    void showNoPods() {
        server.show("/api/v1/pods", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldApproveTheHostThoughAThiefAskedFirst() {
        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(THIEF, HOST));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).containsExactly("csr.approve host", "csr.deny a-thief");
        assertThat(audit.getLast().results()).containsKey("expected-key");
        assertThat(counted).containsExactly(CLUSTER);
    }

    @Test
    void shouldApproveTheHostFirstThoughFiftyThievesAskedBefore() {
        // when
        Optional<CertificateResult> result = controller.reconcile(followedByHost(thieves(50)));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions())
                .startsWith("csr.approve host", "csr.deny thief-0", "csr.deny thief-1")
                .hasSize(1 + KnownKeyController.MAX_DENIALS_PER_PASS);
    }

    @Test
    void shouldFindTheHostAmongTwoHundred() {
        // given
        List<CertificateSigningRequest> crowd = new ArrayList<>(thieves(199));
        crowd.add(120, HOST);

        // when
        Optional<CertificateResult> result = controller.reconcile(crowd);

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).startsWith("csr.approve host");
    }

    @Test
    void shouldDenyTheRestInLaterPasses() {
        // given
        List<CertificateSigningRequest> requests = followedByHost(thieves(50));

        // when
        for (int pass = 0; pass < 3; pass++) {
            assertThat(controller.reconcile(requests)).isEmpty();
            requests = asDecided(requests);
        }

        // then
        assertThat(decisions()).hasSize(51).doesNotHaveDuplicates();
        assertThat(requests).noneMatch(CsrStatus::isPending);
    }

    @Test
    void shouldDenyAThiefBeforeTheHostAsksAndGoOnWaiting() {
        // when
        Optional<CertificateResult> first = controller.reconcile(List.of(THIEF));
        Optional<CertificateResult> second = controller.reconcile(asDecided(List.of(THIEF)));
        Optional<CertificateResult> third = controller.reconcile(followedByHost(asDecided(List.of(THIEF))));

        // then
        assertThat(List.of(first, second, third)).containsOnly(Optional.empty());
        assertThat(decisions()).containsExactly("csr.deny a-thief", "csr.approve host");
    }

    @Test
    void shouldIgnoreAThiefThatOthersDenied() {
        // given
        CertificateSigningRequest denied = TestCsrs.decided(THIEF, CsrStatus.DENIED);

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(denied, HOST));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).containsExactly("csr.approve host");
    }

    @Test
    void shouldSayThatSomebodyElseDeniedTheHost() {
        // given
        CertificateSigningRequest denied = TestCsrs.decided(HOST, CsrStatus.DENIED);

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(denied));

        // then
        assertThat(result).hasValueSatisfying(denial -> assertDenied(denial, "host", ErrorCode.CSR_DENIED_EXTERNALLY));
    }

    @Test
    void shouldEndTheAttemptIfTheHostAsksForAnotherNode() {
        // given
        PKCS10CertificationRequest other = Pkcs10Forge.signed(
                Pkcs10Forge.subject(TestCsrs.GROUP, "system:node:victim"), TestCsrs.KEY, "SHA256withECDSA");
        CertificateSigningRequest wrong = TestCsrs.named("host", TestCsrs.of(other));

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(THIEF, wrong));

        // then
        assertThat(result).hasValueSatisfying(denial -> assertDenied(denial, "host", ErrorCode.NODE_IDENTITY_MISMATCH));
        assertThat(decisions()).containsExactly("csr.deny host", "csr.deny a-thief");
    }

    @Test
    void shouldEndTheAttemptIfTheNameIsInUse() {
        // given
        server.show("/api/v1/nodes/worker-1", "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{}}");

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(HOST));

        // then
        assertThat(result).hasValueSatisfying(denial -> assertDenied(denial, "host", ErrorCode.NODE_NAME_IN_USE));
    }

    @Test
    void shouldNotTakeACopiedPublicKeyForTheHosts() {
        // given
        CertificateSigningRequest copied = TestCsrs.named("copied", HostileKeys.withoutProof());

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(copied, HOST));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).containsExactly("csr.approve host", "csr.deny copied");
    }

    @Test
    void shouldApproveTheHostThoughACopyWithALongerLifeComesBefore() {
        // given
        CertificateSigningRequest copy = TestCsrs.named("a-copy", TestCsrs.living(TOO_LONG, HOST));

        // when
        Optional<CertificateResult> first = controller.reconcile(List.of(copy, HOST));
        Optional<CertificateResult> second = controller.reconcile(asDecided(List.of(copy, HOST)));

        // then
        assertThat(List.of(first, second)).containsOnly(Optional.empty());
        assertThat(decisions()).containsExactly("csr.approve host", "csr.deny a-copy");
        assertThat(audit.getLast().results()).containsKey("expiration");
    }

    @Test
    void shouldDenyACopyUnderAnotherNameWithoutEndingTheAttempt() {
        // given
        CertificateSigningRequest copy = TestCsrs.named("copy", HOST);

        // when
        Optional<CertificateResult> result =
                controller.reconcile(List.of(issued(TestCsrs.decided(HOST, CsrStatus.APPROVED)), copy));

        // then
        assertThat(result).containsInstanceOf(CertificateResult.Issued.class);
        assertThat(decisions()).containsExactly("csr.deny copy");
        assertThat(audit.getLast().results()).containsKey("one-approval");
        assertThat(counted).isEmpty();
    }

    @Test
    void shouldNotDecideAgainWhatAWatchStillShowsAsPending() {
        // given
        CertificateSigningRequest copy = TestCsrs.named("copy", HOST);
        controller.reconcile(List.of(THIEF, HOST));

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(THIEF, HOST, copy));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).containsExactly("csr.approve host", "csr.deny a-thief");
    }

    @Test
    void shouldDecideAgainWhatOthersHaveChangedInTheSameMoment() {
        // given
        server.answerChanges(409);
        Optional<CertificateResult> first = controller.reconcile(List.of(THIEF, HOST));
        server.answerChanges(200);

        // when
        Optional<CertificateResult> second = controller.reconcile(List.of(THIEF, HOST));

        // then
        assertThat(List.of(first, second)).containsOnly(Optional.empty());
        assertThat(decisions())
                .containsExactly("csr.approve host", "csr.deny a-thief", "csr.approve host", "csr.deny a-thief");
    }

    @Test
    void shouldTakeBackAnotherKeyThatOthersApproved() {
        // given
        CertificateSigningRequest approved = issued(TestCsrs.decided(THIEF, CsrStatus.APPROVED));

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(approved, HOST));

        // then
        assertThat(result).hasValueSatisfying(denial -> assertDenied(denial, "a-thief", ErrorCode.CSR_KEY_MISMATCH));
        assertThat(decisions()).isEmpty();
    }

    @Test
    void shouldTakeBackAnotherKeyThatOthersApprovedAfterTheHost() {
        // given
        CertificateSigningRequest host = issued(TestCsrs.decided(HOST, CsrStatus.APPROVED));
        CertificateSigningRequest thief = TestCsrs.decided(THIEF, CsrStatus.APPROVED);

        // when
        Optional<CertificateResult> atTheEnd = controller.denyOthers(List.of(host, thief));

        // then
        assertThat(atTheEnd).hasValueSatisfying(denial -> assertDenied(denial, "a-thief", ErrorCode.CSR_KEY_MISMATCH));
    }

    @Test
    void shouldTakeBackALongerLifeThatOthersApproved() {
        // given
        CertificateSigningRequest approved = TestCsrs.decided(TestCsrs.living(TOO_LONG, HOST), CsrStatus.APPROVED);

        // when
        Optional<CertificateResult> result = controller.reconcile(List.of(approved));

        // then
        assertThat(result).hasValueSatisfying(denial -> assertDenied(denial, "host", ErrorCode.CSR_RULE_VIOLATED));
    }

    @Test
    void shouldDecideNothingWhereTheClusterApproves() {
        // given
        ClientCsrController watching =
                controller(TestCsrs.order(ApprovalMode.CLUSTER, TestCsrs.KNOWN_KEY_ORDER.keyDigest()));

        // when
        Optional<CertificateResult> before = watching.reconcile(List.of(THIEF, HOST));
        Optional<CertificateResult> after =
                watching.reconcile(List.of(THIEF, issued(TestCsrs.decided(HOST, CsrStatus.APPROVED))));

        // then
        assertThat(before).isEmpty();
        assertThat(after).containsInstanceOf(CertificateResult.Issued.class);
        assertThat(decisions()).isEmpty();
    }

    @Test
    void shouldReturnTheCertificateWhileThievesAreLeft() {
        // given
        List<CertificateSigningRequest> requests =
                followedBy(issued(TestCsrs.decided(HOST, CsrStatus.APPROVED)), thieves(50));

        // when
        Optional<CertificateResult> result = controller.reconcile(requests);

        // then
        assertThat(result).hasValueSatisfying(KnownKeyControllerTest::assertIssuedToHost);
        assertThat(decisions()).hasSize(KnownKeyController.MAX_DENIALS_PER_PASS);
    }

    @Test
    void shouldDenyAllOthersAtTheEndAndReturnTheCertificate() {
        // given
        List<CertificateSigningRequest> requests =
                followedBy(issued(TestCsrs.decided(HOST, CsrStatus.APPROVED)), thieves(50));

        // when
        Optional<CertificateResult> first = controller.denyOthers(requests);
        Optional<CertificateResult> second =
                controller(TestCsrs.KNOWN_KEY_ORDER).denyOthers(asDecided(requests));

        // then
        assertThat(first).hasValueSatisfying(KnownKeyControllerTest::assertIssuedToHost);
        assertThat(second).isEqualTo(first);
        assertThat(decisions()).hasSize(50).allMatch(decision -> decision.startsWith("csr.deny thief-"));
    }

    @Test
    void shouldNotCountARequestAsDeniedAtTheEndThatOthersChange() {
        // given
        CertificateSigningRequest approved = issued(TestCsrs.decided(HOST, CsrStatus.APPROVED));
        server.answerChanges(409);

        // when
        Throwable thrown = catchThrowable(() -> controller.denyOthers(List.of(approved, THIEF)));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }

    @Test
    void shouldDecideNothingAtTheEndIfNothingIsApproved() {
        // when
        Optional<CertificateResult> result = controller.denyOthers(List.of(THIEF, HOST));

        // then
        assertThat(result).isEmpty();
        assertThat(decisions()).isEmpty();
    }

    private ClientCsrController controller(CsrDecisionRequest request) {
        return ClientCsrController.of(
                request,
                csrClient,
                new CsrDecisionWriter(CLUSTER, csrClient, audit::add, _ -> {}, CsrDecisionListener.NONE),
                new ForeignKeyReporter(request, counted::add));
    }

    /** The decisions so far, such as "csr.deny thief-1". */
    private List<String> decisions() {
        return audit.stream()
                .map(entry -> entry.action() + " " + entry.object().replaceAll(".*/|#.*", ""))
                .toList();
    }

    /** The requests as the API server shows them after the decisions so far. */
    private List<CertificateSigningRequest> asDecided(List<CertificateSigningRequest> requests) {
        return requests.stream().map(this::asDecided).toList();
    }

    private CertificateSigningRequest asDecided(CertificateSigningRequest csr) {
        String name = csr.getMetadata().getName();
        if (!CsrStatus.isPending(csr)) {
            return csr;
        }
        if (decisions().contains("csr.approve " + name)) {
            return TestCsrs.decided(csr, CsrStatus.APPROVED);
        }
        return decisions().contains("csr.deny " + name) ? TestCsrs.decided(csr, CsrStatus.DENIED) : csr;
    }

    private static List<CertificateSigningRequest> thieves(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> TestCsrs.named("thief-" + i, TestCsrs.withAnotherKey()))
                .toList();
    }

    private static List<CertificateSigningRequest> followedByHost(List<CertificateSigningRequest> requests) {
        return followedBy(HOST, requests);
    }

    private static List<CertificateSigningRequest> followedBy(
            CertificateSigningRequest last, List<CertificateSigningRequest> requests) {
        return Stream.concat(requests.stream(), Stream.of(last)).toList();
    }

    private static CertificateSigningRequest issued(CertificateSigningRequest approved) {
        String pem = TestPki.pem(TestPki.selfSigned(TestCsrs.KEY, "urn:test"));
        return new CertificateSigningRequestBuilder(approved)
                .editStatus()
                .withCertificate(Base64.getEncoder().encodeToString(pem.getBytes(US_ASCII)))
                .endStatus()
                .build();
    }

    private static void assertIssuedToHost(CertificateResult result) {
        assertThat(result).isInstanceOfSatisfying(CertificateResult.Issued.class, issued -> {
            assertThat(issued.csrName()).isEqualTo("host");
            assertThat(issued.keyDigest()).isEqualTo(Objects.requireNonNull(TestCsrs.KNOWN_KEY_ORDER.keyDigest()));
        });
    }

    private static void assertDenied(CertificateResult result, String name, ErrorCode code) {
        assertThat(result).isInstanceOfSatisfying(CertificateResult.Denied.class, denied -> {
            assertThat(denied.csrName()).isEqualTo(name);
            assertThat(denied.problem().code()).isEqualTo(code);
        });
    }
}
