package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ErrorCode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a thief can do with a token of ours, against the rules alone; the same requests go to a real API server as well. */
class HostileCsrTest {
    private static final Circumstances QUIET = new Circumstances(Optional.empty(), List.of());

    /** A request with honest contents, in circumstances in which it must be denied. */
    record Occasion(
            String name, CertificateSigningRequest request, Circumstances circumstances, ErrorCode code, String rule) {
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
        Verdict verdict = CertificateRules.judge(hostile.request(), Requests.ORDER, QUIET);

        // then
        assertDenied(verdict, hostile.code(), hostile.rule());
    }

    static Stream<Occasion> occasions() {
        CertificateSigningRequest honest = Requests.honest();
        CertificateSigningRequest other = withAnotherKey();
        CertificateSigningRequest garbage = Requests.ofText("junk");
        return Stream.of(
                occasion("a Node of the name", held("a Node"), ErrorCode.NODE_NAME_IN_USE, "name-free"),
                occasion("pods bound to the name", held("pods"), ErrorCode.NODE_NAME_IN_USE, "name-free"),
                at("a minute and a second before the token", -61),
                at("a day before the token", -86_400),
                at("a minute and a second after the end", 361),
                at("a day after the end", 86_400),
                rivalled("another key, undecided", other),
                rivalled("another key, approved", Requests.decided(other, RequestStatus.APPROVED)),
                rivalled("the same key, approved", Requests.decided(honest, RequestStatus.APPROVED)),
                rivalled("something unreadable", garbage),
                rivalled("something unreadable that is approved", Requests.decided(garbage, RequestStatus.APPROVED)),
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
        Verdict verdict = CertificateRules.judge(occasion.request(), Requests.ORDER, occasion.circumstances());

        // then
        assertDenied(verdict, occasion.code(), occasion.rule());
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
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Rule.values()).map(Rule::text).toList());
    }

    private static void assertDenied(Verdict verdict, ErrorCode code, String rule) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Deny.class, denied -> {
            assertThat(denied.problem().code()).isEqualTo(code);
            assertThat(denied.rule()).isEqualTo(rule);
        });
    }

    private static Occasion occasion(String name, Circumstances circumstances, ErrorCode code, String rule) {
        return new Occasion(name, Requests.honest(), circumstances, code, rule);
    }

    private static Occasion at(String name, int seconds) {
        CertificateSigningRequest request = new CertificateSigningRequestBuilder(Requests.honest())
                .editMetadata()
                .withCreationTimestamp(Requests.ISSUED.plusSeconds(seconds).toString())
                .endMetadata()
                .build();
        return new Occasion(name, request, QUIET, ErrorCode.CSR_TIMEOUT, "in-time");
    }

    private static Occasion rivalled(String name, CertificateSigningRequest... rivals) {
        return occasion(
                name, new Circumstances(Optional.empty(), List.of(rivals)), ErrorCode.CSR_KEY_MISMATCH, "one-key");
    }

    private static Occasion flooded(
            String name, CertificateSigningRequest request, List<CertificateSigningRequest> others) {
        return new Occasion(
                name, request, new Circumstances(Optional.empty(), others), ErrorCode.CSR_FLOOD, "no-flood");
    }

    private static Circumstances held(String by) {
        return new Circumstances(Optional.of(by), List.of());
    }

    private static CertificateSigningRequest denied(CertificateSigningRequest request) {
        return Requests.decided(request, RequestStatus.DENIED);
    }

    private static CertificateSigningRequest withAnotherKey() {
        return Requests.of(Pkcs10Forge.signed(
                Pkcs10Forge.subject(Requests.GROUP, Requests.NAME), Pkcs10Forge.ec("secp256r1"), "SHA256withECDSA"));
    }
}
