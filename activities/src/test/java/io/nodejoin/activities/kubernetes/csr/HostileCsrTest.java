package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicy.ClusterState;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a thief can do with a token of ours, against the rules alone; the same requests go to a real API server as well. */
class HostileCsrTest {
    private static final ClusterState QUIET = new ClusterState(Optional.empty(), List.of());

    /** A request with honest contents, in circumstances in which it must be denied. */
    record Occasion(
            String name,
            CsrDecisionRequest order,
            CertificateSigningRequest request,
            ClusterState circumstances,
            ErrorCode code,
            String rule) {
        /** The same where the key is known. */
        Occasion withKnownKey() {
            return new Occasion(
                    name + ", with a known key", TestCsrs.KNOWN_KEY_ORDER, request, circumstances, code, rule);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<HostileCase> requests() {
        return HostileCase.all();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldDenyByTheRuleThatIsBroken(HostileCase hostile) {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(hostile.request(), TestCsrs.ORDER, QUIET);

        // then
        assertDenied(decision, hostile.code(), hostile.rule());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldDenyByTheKeyUnlessItIsTheKnownOneOrAnEarlierRuleIsBroken(HostileCase hostile) {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(hostile.request(), TestCsrs.KNOWN_KEY_ORDER, QUIET);

        // then
        boolean denied = isBroken(hostile) || hasKnownKey(hostile.request());
        assertDenied(
                decision,
                denied ? hostile.code() : ErrorCode.CSR_KEY_MISMATCH,
                denied ? hostile.rule() : ClientCsrRule.EXPECTED_KEY.ruleName());
    }

    /** Whether it breaks a rule before that about the expected key. */
    private static boolean isBroken(HostileCase hostile) {
        return EnumSet.range(ClientCsrRule.CSR_LIMIT, ClientCsrRule.PROOF_OF_POSSESSION).stream()
                .anyMatch(rule -> rule.ruleName().equals(hostile.rule()));
    }

    private static boolean hasKnownKey(CertificateSigningRequest csr) {
        return ParsedCsr.keyDigest(csr)
                .filter(digest -> digest.equals(TestCsrs.KNOWN_KEY_ORDER.keyDigest()))
                .isPresent();
    }

    static Stream<Occasion> occasions() {
        return Stream.concat(occasionsOfAnyKey(), occasionsOfAKnownKey());
    }

    private static Stream<Occasion> occasionsOfAKnownKey() {
        CertificateSigningRequest honest = TestCsrs.honest();
        return Stream.concat(
                Stream.of(
                        mismatched("another key than the known one", TestCsrs.withAnotherKey(), QUIET),
                        mismatched(
                                "another key than the known one, after the host has asked",
                                TestCsrs.withAnotherKey(),
                                new ClusterState(Optional.empty(), List.of(honest))),
                        mismatched(
                                "another key than the known one, approved by others before",
                                TestCsrs.withAnotherKey(),
                                new ClusterState(
                                        Optional.empty(),
                                        List.of(TestCsrs.decided(TestCsrs.withAnotherKey(), CsrStatus.APPROVED))))),
                Stream.of(
                                occasion(
                                        "a Node of the name",
                                        held("a Node"),
                                        ErrorCode.NODE_NAME_IN_USE,
                                        "name-unused"),
                                at("a minute and a second before the token", -61),
                                at("a minute and a second after the end", 361))
                        .map(Occasion::withKnownKey));
    }

    private static Occasion mismatched(String name, CertificateSigningRequest csr, ClusterState circumstances) {
        return new Occasion(
                name, TestCsrs.KNOWN_KEY_ORDER, csr, circumstances, ErrorCode.CSR_KEY_MISMATCH, "expected-key");
    }

    private static Stream<Occasion> occasionsOfAnyKey() {
        CertificateSigningRequest honest = TestCsrs.honest();
        CertificateSigningRequest other = TestCsrs.withAnotherKey();
        CertificateSigningRequest garbage = TestCsrs.ofText("junk");
        return Stream.of(
                occasion("a Node of the name", held("a Node"), ErrorCode.NODE_NAME_IN_USE, "name-unused"),
                occasion("pods bound to the name", held("pods"), ErrorCode.NODE_NAME_IN_USE, "name-unused"),
                at("a minute and a second before the token", -61),
                at("a day before the token", -86_400),
                at("a minute and a second after the end", 361),
                at("a day after the end", 86_400),
                rivalled("another key, undecided", other),
                occasion(
                        "another key, whose Node has the name by now",
                        new ClusterState(Optional.of("a Node"), List.of(other)),
                        ErrorCode.CSR_KEY_MISMATCH,
                        "single-key"),
                rivalled("another key, approved", TestCsrs.decided(other, CsrStatus.APPROVED)),
                rivalled("the same key, approved", TestCsrs.decided(honest, CsrStatus.APPROVED)),
                rivalled("something unreadable", garbage),
                rivalled("something unreadable that is approved", TestCsrs.decided(garbage, CsrStatus.APPROVED)),
                rivalled("the same key and another one", honest, other),
                flooded("a fourth request", honest, Collections.nCopies(3, honest)),
                flooded("a fourth request after three denied ones", honest, Collections.nCopies(3, denied(other))),
                flooded("ten thousand requests", honest, Collections.nCopies(10_000, garbage)),
                flooded("a fourth request that is garbage", garbage, Collections.nCopies(3, garbage)));
    }

    @ParameterizedTest
    @MethodSource("occasions")
    void shouldDenyAnHonestRequestOnTheWrongOccasion(Occasion occasion) {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(occasion.request(), occasion.order(), occasion.circumstances());

        // then
        assertDenied(decision, occasion.code(), occasion.rule());
    }

    @Test
    void shouldHoldAtLeast120CasesWithNamesOfTheirOwn() {
        // when
        List<String> names = Stream.concat(
                        requests().map(HostileCase::name), occasions().map(Occasion::name))
                .toList();

        // then
        assertThat(names).hasSizeGreaterThanOrEqualTo(120).doesNotHaveDuplicates();
    }

    @Test
    void shouldBreakEachRule() {
        // when
        List<String> broken = Stream.concat(
                        requests().map(HostileCase::rule), occasions().map(Occasion::rule))
                .distinct()
                .toList();

        // then
        assertThat(broken)
                .containsExactlyInAnyOrderElementsOf(Stream.of(ClientCsrRule.values())
                        .map(ClientCsrRule::ruleName)
                        .toList());
    }

    private static void assertDenied(CsrDecision decision, ErrorCode code, String rule) {
        assertThat(decision).isInstanceOfSatisfying(CsrDecision.Deny.class, denied -> {
            assertThat(denied.problem().code()).isEqualTo(code);
            assertThat(denied.rule()).isEqualTo(rule);
        });
    }

    private static Occasion occasion(String name, ClusterState clusterState, ErrorCode code, String rule) {
        return new Occasion(name, TestCsrs.ORDER, TestCsrs.honest(), clusterState, code, rule);
    }

    private static Occasion at(String name, int seconds) {
        CertificateSigningRequest csr = new CertificateSigningRequestBuilder(TestCsrs.honest())
                .editMetadata()
                .withCreationTimestamp(TestCsrs.ISSUED.plusSeconds(seconds).toString())
                .endMetadata()
                .build();
        return new Occasion(name, TestCsrs.ORDER, csr, QUIET, ErrorCode.CSR_TIMEOUT, "within-join-window");
    }

    private static Occasion rivalled(String name, CertificateSigningRequest... rivals) {
        return occasion(
                name, new ClusterState(Optional.empty(), List.of(rivals)), ErrorCode.CSR_KEY_MISMATCH, "single-key");
    }

    private static Occasion flooded(
            String name, CertificateSigningRequest csr, List<CertificateSigningRequest> others) {
        return new Occasion(
                name,
                TestCsrs.ORDER,
                csr,
                new ClusterState(Optional.empty(), others),
                ErrorCode.TOO_MANY_CSRS,
                "csr-limit");
    }

    private static ClusterState held(String by) {
        return new ClusterState(Optional.of(by), List.of());
    }

    private static CertificateSigningRequest denied(CertificateSigningRequest csr) {
        return TestCsrs.decided(csr, CsrStatus.DENIED);
    }
}
