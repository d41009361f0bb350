package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.ServingRequests.dns;
import static io.nodejoin.activities.kubernetes.csr.ServingRequests.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.Sha256;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServingCsrPolicyTest {
    static Stream<Arguments> honestRequests() {
        CertificateSigningRequest rsa = ServingRequests.keyed(Pkcs10Forge.other("RSA", 2048), "SHA256withRSA");
        return Stream.of(
                honest("P-256", ServingRequests.honest(), ServingRequests.NODE),
                honest("P-384", ServingRequests.keyed(Pkcs10Forge.ec("secp384r1"), "SHA384withECDSA")),
                honest("Ed25519", ServingRequests.keyed(Pkcs10Forge.other("Ed25519", 0), "Ed25519")),
                honest("RSA", rsa),
                honest(
                        "RSA with key encipherment",
                        ServingRequests.using(rsa, "digital signature", "server auth", "key encipherment")),
                honest("names in another order", ServingRequests.named(ip("10.0.0.7"), dns("worker-1"))),
                honest(
                        "an address of each family",
                        ServingRequests.named(dns("worker-1"), ip("10.0.0.7"), ip("2001:db8::7")),
                        ServingRequests.node("10.0.0.7", "2001:DB8:0::7")),
                honest(
                        "an IPv4 address that was declared in its IPv6 form",
                        ServingRequests.honest(),
                        ServingRequests.node("::ffff:10.0.0.7")),
                honest("in the second of the registration", createdAt(0)),
                honest("by another API server's clock, ten seconds behind", createdAt(-10)),
                honest("a renewal after a year", createdAt(365 * 86_400)),
                honest(
                        "a life of an hour",
                        new CertificateSigningRequestBuilder(ServingRequests.honest())
                                .editSpec()
                                .withExpirationSeconds(3600)
                                .endSpec()
                                .build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("honestRequests")
    void shouldApproveTheHonestRequest(
            String name, CertificateSigningRequest csr, ServingCsrPolicy.RegisteredNode node) {
        // when
        CsrDecision decision = ServingCsrPolicy.evaluate(csr, node);

        // then
        assertThat(decision)
                .as(name)
                .isInstanceOfSatisfying(
                        CsrDecision.Approve.class,
                        approved -> assertThat(approved.passed()).hasSize(ServingCsrRule.values().length));
    }

    @Test
    void shouldNameTheKeyThatItApproves() {
        // when
        CsrDecision decision = ServingCsrPolicy.evaluate(ServingRequests.honest(), ServingRequests.NODE);

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CsrDecision.Approve.class,
                        approved -> assertThat(approved.keyDigest())
                                .isEqualTo(Sha256.hex(TestCsrs.KEY.getPublic().getEncoded())));
    }

    static Stream<HostileServing> hostileRequests() {
        return HostileServing.all();
    }

    @ParameterizedTest
    @MethodSource("hostileRequests")
    void shouldDenyByTheRuleThatIsBroken(HostileServing hostile) {
        // when
        CsrDecision decision = ServingCsrPolicy.evaluate(hostile.request(), ServingRequests.NODE);

        // then
        assertThat(decision).isInstanceOfSatisfying(CsrDecision.Deny.class, denied -> {
            assertThat(denied.rule()).isEqualTo(hostile.rule().ruleName());
            assertThat(denied.problem().code()).isEqualTo(hostile.code());
            assertThat(denied.problem().detail()).isPrintable().hasSizeLessThan(600);
        });
    }

    @Test
    void shouldHoldAtLeast60HostileCasesWithNamesOfTheirOwn() {
        // when
        List<String> names = hostileRequests().map(HostileServing::name).toList();

        // then
        assertThat(names).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
    }

    @Test
    void shouldBreakEachRule() {
        // when
        List<ServingCsrRule> broken =
                hostileRequests().map(HostileServing::rule).distinct().toList();

        // then
        assertThat(broken).containsExactlyInAnyOrder(ServingCsrRule.values());
    }

    static Stream<Arguments> foreignRequests() {
        return Stream.of(
                Arguments.of("of another node", by("system:node:worker-2", ServingCsrPolicy.SIGNER)),
                Arguments.of("of a token", by("system:bootstrap:abc123", ServingCsrPolicy.SIGNER)),
                Arguments.of("of a name that begins alike", by("system:node:worker-11", ServingCsrPolicy.SIGNER)),
                Arguments.of("to the client signer", by(TestCsrs.NAME, ClientCsrPolicy.SIGNER)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foreignRequests")
    void shouldLeaveAlone(String name, CertificateSigningRequest csr) {
        // when
        CsrDecision decision = ServingCsrPolicy.evaluate(csr, ServingRequests.NODE);

        // then
        assertThat(decision).as(name).isEqualTo(new CsrDecision.NotManaged());
    }

    private static CertificateSigningRequest by(String user, String signer) {
        return new CertificateSigningRequestBuilder(ServingRequests.honest())
                .editSpec()
                .withUsername(user)
                .withSignerName(signer)
                .endSpec()
                .build();
    }

    private static CertificateSigningRequest createdAt(int seconds) {
        return new CertificateSigningRequestBuilder(ServingRequests.honest())
                .editMetadata()
                .withCreationTimestamp(
                        ServingRequests.REGISTERED.plusSeconds(seconds).toString())
                .endMetadata()
                .build();
    }

    private static Arguments honest(String name, CertificateSigningRequest csr) {
        return honest(name, csr, ServingRequests.NODE);
    }

    private static Arguments honest(String name, CertificateSigningRequest csr, ServingCsrPolicy.RegisteredNode node) {
        return Arguments.of(name, csr, node);
    }
}
